using System.Collections.Immutable;

namespace BlazorChat.Messages;

/// <summary>
/// One message of a room, by a person, an assistant or a service. Immutable: a change is a new instance with the same id.
/// </summary>
public sealed record Message
{
    /// <summary>A version 7 GUID made by the server (for a response, before its first token).</summary>
    public required Guid Id { get; init; }

    /// <summary>The room.</summary>
    public required Guid RoomId { get; init; }

    /// <summary>The place in the room: strictly rising, with gaps where messages were removed. Messages have no other order.</summary>
    public required long Sequence { get; init; }

    /// <summary>The author.</summary>
    public required Author Author { get; init; }

    /// <summary>The content; empty until something of a response has arrived. Parts without an id get one here.</summary>
    public required ImmutableArray<MessagePart> Parts
    {
        get;
        init => field = PartList.Numbered(value);
    }

    /// <summary>The message's state, and how it ended.</summary>
    public required MessageStatus Status { get; init; }

    /// <summary>When it was stored; for a response, when it began.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a response ended; null for people's messages and running responses.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>
    /// Whether another message answers in place of this one. Earlier versions appended one when somebody tried again. Such a response is kept,
    /// but not sent to a model.
    /// </summary>
    public bool IsRetried { get; init; }

    /// <summary>
    /// For a response, the author of the question that it answers, or the person who requested it when there is no question; null for
    /// people's messages. Requesting another version or a continuation does not change the asker.
    /// </summary>
    public Author? AskedBy { get; init; }

    /// <summary>The person it belongs to: the author, or for a response the asker; null for a response that no one asked for.</summary>
    public Author? Owner => Author.Kind == AuthorKind.Assistant ? AskedBy : Author;

    /// <summary>For a response, the message that it answers; null for people's messages and for responses without a question.</summary>
    public Guid? QuestionId { get; init; }

    /// <summary>
    /// For a response, the first step that may still arrive: the journal of earlier steps is already in <see cref="Parts"/>.
    /// </summary>
    public int Step { get; init; }

    /// <summary>
    /// The number of versions, this newest one included: each regeneration of a response and each edit of a person's message adds one.
    /// </summary>
    public int Versions { get; init; } = 1;

    /// <summary>When its author last edited it; null when never edited, and for responses.</summary>
    public DateTimeOffset? EditedAt { get; init; }

    /// <summary>How a response came about; null for people's messages.</summary>
    public ResponseMetadata? Metadata { get; init; }

    /// <summary>Whether an assistant is writing it now.</summary>
    public bool IsRunning => Status is MessageStatus.Streaming;

    /// <summary>The tool calls of a response.</summary>
    public IEnumerable<ToolCallPart> Calls => Parts.OfType<ToolCallPart>();

    /// <summary>The text of all text parts; the text of a response's later steps starts new paragraphs.</summary>
    public string Text => Parts switch
    {
        [] => "",
        [TextPart only] => only.Text,
        _ => string.Join("\n\n", Parts.OfType<TextPart>().Select(p => p.Text)),
    };
}
