using Microsoft.Extensions.AI;

namespace BlazorChat.Turns;

/// <summary>A temporary note beside a running response ("retrying in 4 s"). Not stored and not sent to a model.</summary>
/// <param name="note">A short phrase for people.</param>
public class ResponseNoteContent(string note) : AIContent
{
    /// <summary>The note.</summary>
    public string Note { get; } = note;
}
