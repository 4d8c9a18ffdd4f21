using Microsoft.Extensions.AI;

namespace BlazorChat.Replies;

/// <summary>Something to show beside a running answer while it is so ("retrying in 4 s"). Not stored, not sent to a model.</summary>
/// <param name="note">A short phrase for people.</param>
public class ReplyNoteContent(string note) : AIContent
{
    /// <summary>The phrase.</summary>
    public string Note { get; } = note;
}
