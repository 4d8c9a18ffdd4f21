using BlazorChat.Rooms;

namespace BlazorChat.Turns;

/// <summary>Decides which assistants answer a message.</summary>
public interface IResponseRules
{
    /// <summary>Whether an assistant answers on this server: one that wrote messages may have gone from the configuration since.</summary>
    bool CanAnswer(string assistantId);

    /// <summary>The assistants that are to answer.</summary>
    /// <param name="room">Where it was written, with its response mode.</param>
    /// <param name="text">What was written.</param>
    /// <returns>Ids of assistants, each once; empty for none.</returns>
    IReadOnlyList<string> Choose(Room room, string text);
}
