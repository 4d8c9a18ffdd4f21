using System.Text.Json.Serialization;
using BlazorChat.Rooms;

namespace BlazorChat.Messages;

/// <summary>One part of a message. A closed set; stored as versioned JSON (see Storage/MessagePartsJson).</summary>
/// <remarks>The names below are in databases, as are those of members: never change one. <see cref="UnknownPart"/> has none, it is stored as it came.</remarks>
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
    /// Its id, unique within its message and kept for its life: deltas, frames and pages know a part by it. Counted from 1 in the order
    /// in which parts come; 0 until it is part of a message, which gives it one (see <see cref="Message.Parts"/>).
    /// </summary>
    public int PartId { get; init; }

    /// <summary>
    /// The request to the model that this part came from, counted from 0 within one response: what a step said and called goes
    /// back to the model together, followed by the results of its calls.
    /// </summary>
    public int Step { get; init; }
}

/// <summary>Markdown text.</summary>
/// <param name="Text">The text exactly as written or generated.</param>
public sealed record TextPart(string Text) : MessagePart;

/// <summary>What a model thought aloud before it went on. Shown folded; sent back only to the provider that it came from.</summary>
/// <param name="Text">The thoughts, Markdown; may be empty where a provider only gives <see cref="ProtectedData"/>.</param>
public sealed record ReasoningPart(string Text) : MessagePart
{
    /// <summary>What the provider wants back with it, unread (Anthropic's signature), or null.</summary>
    public string? ProtectedData { get; init; }

    /// <summary>Who gave it: the provider's and the model's name, or null where nobody needs it back.</summary>
    public string? Origin { get; init; }
}

/// <summary>
/// Typed data, shown by the renderer of its type or, where there is none, as a tree. A part with the same type and id as an
/// earlier one of the response takes its place; one without an id is always another one.
/// </summary>
/// <param name="Type">Lower-case letters, digits and hyphens, 1 to 64 characters.</param>
/// <param name="Id">At most 64 characters, or null.</param>
/// <param name="Json">One JSON value, at most <see cref="RoomLimits.DataLength"/> characters.</param>
public sealed record DataPart([property: JsonPropertyName("dataType")] string Type, string? Id, string Json) : MessagePart
{
    /// <summary>What a response rests on: an array of objects with <c>url</c> and <c>title</c>.</summary>
    public const string Sources = "sources";

    /// <summary>How far something has come: <c>label</c> and <c>value</c> of <c>max</c> (numbers; without them it is under way).</summary>
    public const string Progress = "progress";

    /// <summary>Tokens: <c>input</c>, <c>output</c>, <c>cached</c> and <c>reasoning</c>, each a number that may be missing.</summary>
    public const string Usage = "usage";
}

/// <summary>Something that a response rests on.</summary>
/// <param name="Url">An absolute address; it is a link only when it is http or https.</param>
/// <param name="Title">What to show in its place, or null.</param>
public sealed record SourcePart(string Url, string? Title) : MessagePart;

/// <summary>A file that is kept with the message.</summary>
/// <param name="BlobId">Where its bytes are.</param>
/// <param name="Name">Its name, 1 to 255 characters.</param>
/// <param name="MediaType">Its media type (RFC 6838), for example <c>text/plain</c>.</param>
/// <param name="Length">In bytes.</param>
public sealed record FilePart(Guid BlobId, string Name, string MediaType, long Length) : MessagePart;

/// <summary>Something that went wrong on the way, while the response went on.</summary>
/// <param name="Message">For people, without secrets.</param>
public sealed record ErrorPart([property: JsonPropertyName("sentence")] string Message) : MessagePart;

/// <summary>A stored part that this version cannot read: shown as such, kept as it is, never sent to a model.</summary>
/// <param name="Json">The stored JSON.</param>
public sealed record UnknownPart(string Json) : MessagePart;
