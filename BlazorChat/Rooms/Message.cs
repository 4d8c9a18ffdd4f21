using System.Collections.Immutable;

namespace BlazorChat.Rooms;

/// <summary>One message of a room, by a person or an assistant. Immutable: a change is a new instance with the same id.</summary>
public sealed record Message
{
    /// <summary>Version 7 GUID made by the server (for an answer: before its first token).</summary>
    public required Guid Id { get; init; }

    /// <summary>The room that it belongs to.</summary>
    public required Guid RoomId { get; init; }

    /// <summary>Place in the room: strictly rising, with gaps where messages were removed. The only order there is.</summary>
    public required long Sequence { get; init; }

    /// <summary>Who wrote it.</summary>
    public required Author Author { get; init; }

    /// <summary>What it says. Empty while nothing has come of an answer.</summary>
    public required ImmutableArray<MessagePart> Parts { get; init; }

    /// <summary>How far it has come and how it ended.</summary>
    public required MessageStatus Status { get; init; }

    /// <summary>When it was stored, for an answer when it began.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When an answer ended; null for people's messages and running answers.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>True once somebody asked for a new answer in place of this one: it is kept, and not sent to a model any more.</summary>
    public bool IsRetried { get; init; }

    /// <summary>The text of all text parts.</summary>
    public string Text => Parts switch
    {
        [] => "",
        [TextPart only] => only.Text,
        _ => string.Concat(Parts.OfType<TextPart>().Select(p => p.Text)),
    };
}
