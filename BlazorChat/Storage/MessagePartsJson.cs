using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using BlazorChat.Rooms;

namespace BlazorChat.Storage;

/// <summary>
/// A message's parts as they are stored: <c>{"v":1,"parts":[{"type":"text","text":"…"}]}</c>. What cannot be read (a newer
/// version's part, damage) becomes an <see cref="UnknownPart"/> and never breaks the room.
/// </summary>
internal static partial class MessagePartsJson
{
    private const int Version = 1;

    // Stored, never written into a page: text stays readable, and short in languages that are not English.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(IEnumerable<MessagePart> parts)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteNumber("v", Version);
            writer.WriteStartArray("parts");
            foreach (var part in parts)
            {
                switch (part)
                {
                    case TextPart text:
                        writer.WriteStartObject();
                        writer.WriteString("type", "text");
                        writer.WriteString("text", text.Text);
                        writer.WriteEndObject();
                        break;
                    case UnknownPart unknown:
                        WriteUnknown(writer, unknown.Json);
                        break;
                }
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    public static string WriteText(string text) => Write(text.Length == 0 ? [] : [new TextPart(text)]);

    /// <summary>The character before a wildcard of <see cref="LikePattern"/> that is none.</summary>
    public const string LikeEscape = "!";

    /// <summary>
    /// A pattern for LIKE that every stored message with this text matches, and others too: LIKE ignores the case of ASCII letters
    /// only, so the longest piece in ASCII stands for the whole text.
    /// </summary>
    public static string LikePattern(string text)
    {
        var longest = NotAscii().Split(text).MaxBy(piece => piece.Length)!;
        var stored = JsonEncodedText.Encode(longest, WriterOptions.Encoder).Value;
        return $"%{Wildcard().Replace(stored, $"{LikeEscape}$0")}%";
    }

    public static ImmutableArray<MessagePart> Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("parts", out var parts) && parts.ValueKind == JsonValueKind.Array)
            {
                return [.. parts.EnumerateArray().Select(ReadPart)];
            }
        }
        catch (JsonException)
        {
            // Shown as an unknown part below: the rest of the room stays readable.
        }

        return [new UnknownPart(json)];
    }

    private static MessagePart ReadPart(JsonElement part) =>
        part.ValueKind == JsonValueKind.Object
        && part.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("text")
        && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String
            ? new TextPart(text.GetString()!)
            : new UnknownPart(part.GetRawText());

    [GeneratedRegex("[^\\x00-\\x7F]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NotAscii();

    [GeneratedRegex("[!%_]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Wildcard();

    private static void WriteUnknown(Utf8JsonWriter writer, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            document.RootElement.WriteTo(writer);
        }
        catch (JsonException)
        {
            writer.WriteStringValue(json);
        }
    }
}
