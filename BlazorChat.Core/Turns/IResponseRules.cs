using BlazorChat.Rooms;

namespace BlazorChat.Turns;

/// <summary>Decides which assistants answer a message.</summary>
internal interface IResponseRules
{
    /// <summary>Whether an assistant answers on this server: the author of an old message may have left the configuration since.</summary>
    bool CanAnswer(string assistantId);

    /// <summary>The assistants that should answer a message.</summary>
    /// <param name="room">The room, with its answer mode.</param>
    /// <param name="text">The message's text.</param>
    /// <returns>Ids of assistants, without duplicates; empty for none.</returns>
    IReadOnlyList<string> Choose(Room room, string text);
}
