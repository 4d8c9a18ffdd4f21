using System.Text.Json.Serialization;
using BlazorChat.Rooms;

namespace BlazorChat.Messages;

/// <summary>One part of a message. A closed set, stored as versioned JSON (see Storage/MessagePartsJson).</summary>
/// <remarks>The names below and those of the members are stored in databases: never change one. <see cref="UnknownPart"/> has no name; it
/// is stored as it was read.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(TextPart), "text")]
[JsonDerivedType(typeof(ReasoningPart), "reasoning")]
[JsonDerivedType(typeof(ToolCallPart), "call")]
[JsonDerivedType(typeof(DataPart), "data")]
[JsonDerivedType(typeof(SourcePart), "source")]
[JsonDerivedType(typeof(FilePart), "file")]
[JsonDerivedType(typeof(ErrorPart), "error")]
public abstract record MessagePart
{
    private protected MessagePart()
    {
    }

    /// <summary>
    /// The part's id, unique within its message and never changed: deltas, frames and pages identify a part by it. Ids count from 1 in the
    /// order in which parts arrive. 0 until the part belongs to a message, which assigns the id (see <see cref="Message.Parts"/>).
    /// </summary>
    public int PartId { get; init; }

    /// <summary>
    /// The request to the model that produced this part, counted from 0 within one response. The text and calls of a step go back to the
    /// model together, followed by the results of the calls.
    /// </summary>
    public int Step { get; init; }
}

/// <summary>Markdown text.</summary>
/// <param name="Text">The text exactly as written or generated.</param>
public sealed record TextPart(string Text) : MessagePart;

/// <summary>A model's reasoning. Shown collapsed; sent back only to the provider that produced it.</summary>
/// <param name="Text">The reasoning, as Markdown; may be empty when the provider only gives <see cref="ProtectedData"/>.</param>
public sealed record ReasoningPart(string Text) : MessagePart
{
    /// <summary>Opaque data that the provider expects back (Anthropic's signature), or null.</summary>
    public string? ProtectedData { get; init; }

    /// <summary>The provider's and the model's name, or null when the reasoning is not sent back.</summary>
    public string? Origin { get; init; }

    /// <summary>How long it took, if that was long enough to say; otherwise null.</summary>
    public TimeSpan? Took { get; init; }
}

/// <summary>
/// Typed data, shown by the renderer of its type, or as a tree when there is none. A part replaces an earlier one of the response with the
/// same type and id; a part without an id is always a new one.
/// </summary>
/// <param name="Type">Lower-case letters, digits and hyphens, 1 to 64 characters.</param>
/// <param name="Id">At most 64 characters, or null.</param>
/// <param name="Json">One JSON value, at most <see cref="RoomLimits.DataLength"/> characters.</param>
public sealed record DataPart([property: JsonPropertyName("dataType")] string Type, string? Id, string Json) : MessagePart
{
    /// <summary>Sources of a response: an array of objects with <c>url</c> and <c>title</c>.</summary>
    public const string Sources = "sources";

    /// <summary>Progress: <c>label</c>, and <c>value</c> of <c>max</c> (numbers; without them the progress is indeterminate).</summary>
    public const string Progress = "progress";

    /// <summary>Tokens: <c>input</c>, <c>output</c>, <c>cached</c> and <c>reasoning</c>, each an optional number.</summary>
    public const string Usage = "usage";
}

/// <summary>A source of a response.</summary>
/// <param name="Url">An absolute address; shown as a link only when it is http or https.</param>
/// <param name="Title">The text to show instead of the address, or null.</param>
public sealed record SourcePart(string Url, string? Title) : MessagePart;

/// <summary>A file that is kept with the message.</summary>
/// <param name="BlobId">The blob with its bytes.</param>
/// <param name="Name">The file's name, 1 to 255 characters.</param>
/// <param name="MediaType">Its media type (RFC 6838), for example <c>text/plain</c>.</param>
/// <param name="Length">The size in bytes.</param>
public sealed record FilePart(Guid BlobId, string Name, string MediaType, long Length) : MessagePart;

/// <summary>An error that did not end the response.</summary>
/// <param name="Message">A sentence for people, without secrets.</param>
public sealed record ErrorPart([property: JsonPropertyName("sentence")] string Message) : MessagePart;

/// <summary>A stored part that this version cannot read: shown as unknown, kept unchanged, never sent to a model.</summary>
/// <param name="Json">The stored JSON.</param>
public sealed record UnknownPart(string Json) : MessagePart;
