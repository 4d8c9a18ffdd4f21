using Microsoft.Extensions.AI;

namespace BlazorChat.Turns;

/// <summary>Something to show beside a running response while it is so ("retrying in 4 s"). Not stored, not sent to a model.</summary>
/// <param name="note">A short phrase for people.</param>
public class ResponseNoteContent(string note) : AIContent
{
    /// <summary>The phrase.</summary>
    public string Note { get; } = note;
}
