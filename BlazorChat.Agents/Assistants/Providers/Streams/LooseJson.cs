using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BlazorChat.Assistants.Providers.Streams;

/// <summary>
/// Reads JSON forgivingly: what is wrong costs only the value that it concerns. Servers write numbers as text,
/// NaN, raw line breaks inside strings and a list where one value is expected.
/// </summary>
internal static class LooseJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 256 };

    /// <summary>Parses data; null if it is not JSON even after the usual mistakes have been repaired.</summary>
    /// <param name="data">UTF-8; not changed while the document is in use.</param>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> data) => TryParse(data) ?? TryParse(Repair(data.Span));

    /// <summary>A property; null if the element is no object, or the property is missing or null.</summary>
    public static JsonElement? Property(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A property that is an object; null for anything else.</summary>
    public static JsonElement? Object(JsonElement element, string name) =>
        Property(element, name) is { ValueKind: JsonValueKind.Object } value ? value : null;

    /// <summary>The elements of a list; a single value counts as a list of one.</summary>
    public static IEnumerable<JsonElement> List(JsonElement? element) => element switch
    {
        null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => [],
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray(),
        { } one => [one],
    };

    /// <summary>The value that a text contains as JSON, which some servers send in its place; anything else as it is.</summary>
    public static JsonElement? Unpacked(JsonElement? element)
    {
        if (element is not { ValueKind: JsonValueKind.String } text)
        {
            return element;
        }

        using var document = Parse(Encoding.UTF8.GetBytes(WireText.Of(text)));
        return document?.RootElement.Clone() ?? element;
    }

    /// <summary>A word such as an id or a type: a string or number; null for anything else.</summary>
    public static string? Word(JsonElement element, string name) => Property(element, name) switch
    {
        { ValueKind: JsonValueKind.String } text => WireText.Of(text),
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };

    /// <summary>A whole number from 0; null for anything that cannot be read as one.</summary>
    public static long? Count(JsonElement? element)
    {
        var text = element switch
        {
            { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
            { ValueKind: JsonValueKind.String } word => WireText.Of(word),
            _ => null,
        };
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= int.MaxValue ? (long)value : null;
    }

    private static JsonDocument? TryParse(ReadOnlyMemory<byte> data)
    {
        try
        {
            return JsonDocument.Parse(data, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Repairs what serializers and proxies get wrong: control characters and unknown escapes inside strings, and Python's words.</summary>
    private static byte[] Repair(ReadOnlySpan<byte> data)
    {
        var output = new ArrayBufferWriter<byte>(data.Length + 16);
        var inString = false;
        for (var i = 0; i < data.Length;)
        {
            var current = data[i];
            if (current == '"')
            {
                inString = !inString;
            }
            else if (inString && current == '\\')
            {
                var isKnown = i + 1 < data.Length && "\"\\/bfnrtu"u8.Contains(data[i + 1]);
                output.Write(isKnown ? data.Slice(i, 2) : "\\\\"u8);
                i += isKnown ? 2 : 1;
                continue;
            }
            else if (inString && current < ' ')
            {
                output.Write(Encoding.ASCII.GetBytes($"\\u{(int)current:x4}"));
                i++;
                continue;
            }
            else if (!inString && (char.IsAsciiLetter((char)current) || (current == '-' && data[(i + 1)..].StartsWith("I"u8))))
            {
                var length = 1;
                while (i + length < data.Length && char.IsAsciiLetter((char)data[i + length]))
                {
                    length++;
                }

                // The exponent of a number is a letter too.
                var word = data.Slice(i, length);
                output.Write(word.SequenceEqual("True"u8) ? "true"u8
                    : word.SequenceEqual("False"u8) ? "false"u8
                    : length > 1 && !word.SequenceEqual("true"u8) && !word.SequenceEqual("false"u8) ? "null"u8
                    : word);
                i += length;
                continue;
            }

            output.Write(data.Slice(i, 1));
            i++;
        }

        return output.WrittenSpan.ToArray();
    }
}
