using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using BlazorChat.Assistants.Resilience;

namespace BlazorChat.Assistants.Providers.Streams;

/// <summary>
/// Writes each event of a model's stream anew from what this application reads of it: text, reasoning, calls, the end and its reason, and
/// counts. The provider's library, which throws at any field that it does not expect, then sees nothing else, so a field that cannot be
/// read costs that field and never the text. Not thread-safe.
/// </summary>
/// <param name="output">Receives the events.</param>
internal abstract class EventRewriter(IBufferWriter<byte> output) : IDisposable
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether the server has said that the response is complete.</summary>
    public bool IsFinished { get; protected set; }

    /// <summary>Whether what came last has the form of a whole response, so that it is complete if nothing follows.</summary>
    public bool IsWhole { get; protected set; }

    /// <summary>Writes the JSON of an event: between <see cref="BeginEvent"/> and <see cref="EndEvent"/>.</summary>
    protected Utf8JsonWriter Json { get; } = new(output, Readable);

    /// <summary>The characters that a server has split.</summary>
    protected HalfCharacters Halves { get; } = new();

    /// <summary>Reads one event.</summary>
    /// <param name="name">Its name, if it has one.</param>
    /// <param name="root">Its data.</param>
    /// <param name="isAlone">Whether it came as a document of its own, not inside an event.</param>
    /// <exception cref="ChatFailureException">It is an error; what it said beside that has been passed on.</exception>
    public abstract void Take(string? name, JsonElement root, bool isAlone);

    /// <summary>Reads the mark <c>[DONE]</c>: the response is complete, even if nothing before has said so.</summary>
    public abstract void Done();

    /// <summary>Passes on what is still held back, at the end of the stream.</summary>
    public abstract void End();

    /// <summary>Reads an event whose data is not JSON.</summary>
    /// <returns>Whether that has a meaning.</returns>
    public virtual bool TakeText(string? name, ReadOnlySpan<byte> data) => false;

    /// <summary>Reads a line that belongs to no event.</summary>
    public virtual void TakeLine(ReadOnlySpan<byte> line)
    {
    }

    /// <inheritdoc/>
    public void Dispose() => Json.Dispose();

    /// <summary>The failure that an event reports; null if it reports none.</summary>
    protected static ChatFailureException? Error(string? name, JsonElement root)
    {
        var isError = name == "error"
            || (root.TryGetProperty("error", out var error) && IsError(error))
            || IsWord(root, "type", "error") || IsWord(root, "object", "error");
        if (!isError)
        {
            return null;
        }

        var (code, message) = ProviderMessage.Parse(root);
        return ChatFailures.ErrorEvent(code, message);
    }

    /// <summary>Whether a property has this value.</summary>
    protected static bool IsWord(JsonElement element, string name, string word) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.ValueEquals(word);

    /// <summary>A text that comes in pieces: a string, or a list of parts with text. Null if there is none.</summary>
    protected static string? Text(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.String } text => WireText.WithHalves(text),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        { ValueKind: JsonValueKind.Object } part => Text(LooseJson.Property(part, "text") ?? LooseJson.Property(part, "content")),
        { ValueKind: JsonValueKind.Array } parts => string.Concat(parts.EnumerateArray().Select(part => Text(part))),
        _ => null,
    };

    /// <summary>The arguments of a call: a text with JSON, or, from some servers, the JSON itself.</summary>
    protected static string Arguments(JsonElement? value) => value switch
    {
        null => "",
        { ValueKind: JsonValueKind.String } text => WireText.WithHalves(text),
        { } other => WireText.WithoutHalves(other.GetRawText()),
    };

    /// <summary>Begins an event whose data is an object.</summary>
    /// <param name="name">Its name; null for none.</param>
    protected void BeginEvent(string? name = null)
    {
        if (name is not null)
        {
            output.Write("event: "u8);
            output.Write(System.Text.Encoding.UTF8.GetBytes(name));
            output.Write("\n"u8);
        }

        output.Write("data: "u8);
        Json.Reset();
        Json.WriteStartObject();
    }

    /// <summary>Ends it.</summary>
    protected void EndEvent()
    {
        Json.WriteEndObject();
        Json.Flush();
        output.Write("\n\n"u8);
    }

    /// <summary>Writes bytes as they are.</summary>
    protected void Write(ReadOnlySpan<byte> bytes) => output.Write(bytes);

    // Some servers write an error of null, false, "" or {} into every event.
    private static bool IsError(JsonElement error) => error.ValueKind switch
    {
        JsonValueKind.String => !error.ValueEquals(""u8),
        JsonValueKind.Object => error.EnumerateObject().Any(),
        JsonValueKind.Array => error.GetArrayLength() > 0,
        JsonValueKind.True or JsonValueKind.Number => true,
        _ => false,
    };
}
