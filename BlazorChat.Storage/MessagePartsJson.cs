using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using BlazorChat.Messages;

namespace BlazorChat.Storage;

/// <summary>
/// The stored form of a message's parts: <c>{"v":1,"parts":[{"type":"text","text":"…"},{"type":"call",…}]}</c>. A part that cannot be read
/// (from a newer version, or damaged) becomes an <see cref="UnknownPart"/> and never breaks the room. Types and members are only ever
/// added, and an older version keeps unknown ones unchanged.
/// </summary>
internal static partial class MessagePartsJson
{
    private const int Version = 1;

    // Stored, never written into a page. The relaxed encoding keeps text readable, and short in languages other than English.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions PartOptions = new(JsonSerializerDefaults.Web)
    {
        // A newer version or a manual edit may put a part's type after its other members.
        AllowOutOfOrderMetadataProperties = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        IgnoreReadOnlyProperties = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

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
                if (part is UnknownPart unknown)
                {
                    WriteUnknown(writer, unknown.Json);
                }
                else
                {
                    JsonSerializer.Serialize(writer, part, PartOptions);
                }
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    /// <summary>The escape character for literal wildcards in a <see cref="LikePattern"/>.</summary>
    public const string LikeEscape = "!";

    /// <summary>
    /// A LIKE pattern that matches every stored message with this text, and possibly others. LIKE ignores the case of ASCII letters only,
    /// so the pattern uses the longest ASCII piece of the text.
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
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or with invalid strings. Shown as an unknown part below, so that the rest of the room stays readable.
        }

        return [new UnknownPart(json)];
    }

    private static MessagePart ReadPart(JsonElement part)
    {
        try
        {
            if (Check(part.Deserialize<MessagePart>(PartOptions)) is { } known)
            {
                return known;
            }
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            // Damaged, or from a newer version.
        }

        return new UnknownPart(part.GetRawText());
    }

    // Members that a part cannot do without.
    private static MessagePart? Check(MessagePart? part) => part switch
    {
        TextPart { Text: null } or ReasoningPart { Text: null } or ErrorPart { Message: null } or SourcePart { Url: null } => null,
        ToolCallPart { CallId: null } or ToolCallPart { Name: null } or ToolCallPart { Arguments: null } => null,
        ToolCallPart { Work.Parts.IsDefault: true } => null,
        ToolCallPart { Work: { } work } when work.Parts.Any(inner => Check(inner) is null) => null,
        ToolCallPart { Decision: { By: null } or { By.Id: null } or { By.Name: null } } => null,
        ToolCallPart { FirstApproval: { By: null } or { By.Id: null } or { By.Name: null } } => null,
        DataPart { Type: null } or DataPart { Json: null } or FilePart { Name: null } or FilePart { MediaType: null } => null,
        _ => part,
    };

    [GeneratedRegex("[^\\x00-\\x7F]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NotAscii();

    [GeneratedRegex("[!%_]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Wildcard();

    private static void WriteUnknown(Utf8JsonWriter writer, string json)
    {
        try
        {
            // Written as is: half a surrogate pair, which JSON can escape, cannot be written value by value.
            using var document = JsonDocument.Parse(json);
            writer.WriteRawValue(json, skipInputValidation: true);
        }
        catch (JsonException)
        {
            writer.WriteStringValue(json);
        }
    }
}
