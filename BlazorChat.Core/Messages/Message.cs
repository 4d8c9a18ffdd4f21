using System.Collections.Immutable;

namespace BlazorChat.Messages;

/// <summary>One message of a room, by a person or an assistant. Immutable: a change is a new instance with the same id.</summary>
public sealed record Message
{
    /// <summary>Version 7 GUID made by the server (for a response: before its first token).</summary>
    public required Guid Id { get; init; }

    /// <summary>The room that it belongs to.</summary>
    public required Guid RoomId { get; init; }

    /// <summary>Place in the room: strictly rising, with gaps where messages were removed. The only order there is.</summary>
    public required long Sequence { get; init; }

    /// <summary>Who wrote it.</summary>
    public required Author Author { get; init; }

    /// <summary>What it says. Empty while nothing has come of a response. Parts that have no id yet get one here.</summary>
    public required ImmutableArray<MessagePart> Parts
    {
        get;
        init => field = PartList.Numbered(value);
    }

    /// <summary>How far it has come and how it ended.</summary>
    public required MessageStatus Status { get; init; }

    /// <summary>When it was stored, for a response when it began.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a response ended; null for people's messages and running responses.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>True once somebody asked for a new response in place of this one: it is kept, and not sent to a model any more.</summary>
    public bool IsRetried { get; init; }

    /// <summary>
    /// Of a response, the author of the question that it answers, or, where there is none, whoever asked for it; null for people's
    /// messages. Whoever asks for another version, or for more of it, does not become the asker.
    /// </summary>
    public Author? AskedBy { get; init; }

    /// <summary>Whose it is: its author's, and of a response the asker's; null for a response that nobody asked for.</summary>
    public Author? Owner => Author.Kind == AuthorKind.Assistant ? AskedBy : Author;

    /// <summary>Of a response, the message that it answers; null for people's messages, and where none asked for it.</summary>
    public Guid? QuestionId { get; init; }

    /// <summary>Of a response, no step before this one is still to come: what the journal has of earlier ones is in <see cref="Parts"/>.</summary>
    public int Step { get; init; }

    /// <summary>How many versions there are: a response has one more with each regeneration, a person's message with each edit. This is the newest.</summary>
    public int Versions { get; init; } = 1;

    /// <summary>When its author last edited it; null when never, and for answers.</summary>
    public DateTimeOffset? EditedAt { get; init; }

    /// <summary>What is known of how a response came about; null for people's messages.</summary>
    public ResponseMetadata? Metadata { get; init; }

    /// <summary>Whether an assistant is writing it now.</summary>
    public bool IsRunning => Status is MessageStatus.Streaming;

    /// <summary>The tool calls of a response.</summary>
    public IEnumerable<ToolCallPart> Calls => Parts.OfType<ToolCallPart>();

    /// <summary>The text of all text parts, those of a response's later steps as paragraphs of their own.</summary>
    public string Text => Parts switch
    {
        [] => "",
        [TextPart only] => only.Text,
        _ => string.Join("\n\n", Parts.OfType<TextPart>().Select(p => p.Text)),
    };
}
