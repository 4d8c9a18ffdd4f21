using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using BlazorChat.Text;

namespace BlazorChat.Components.Messages.Parts;

/// <summary>
/// A value of a tool's arguments or result as people read it: text, a link, a picture, labels with values, a list or a table. It leaves nothing
/// out and changes nothing that matters for a decision: what it cannot show in full is shown as JSON instead. Made once per text for all circuits.
/// </summary>
internal abstract record ShownValue
{
    // More than this is data for programs. It is shown as JSON, which has no such limits.
    private const int MostValues = 200;
    private const int MostDepth = 3;
    private const int MostRows = 50;
    private const int MostColumns = 6;
    private const int LongestCell = 500;
    private const int LongestLabel = 40;
    private const int LongestAddress = 2_000;

    // Of a picture, whose file may be small all the same.
    private const int MostPixels = 4_000_000;
    private const string Png = "data:image/png;base64,";

    private static ReadOnlySpan<byte> PngHead => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    private static readonly ConditionalWeakTable<string, Root> Known = [];

    private ShownValue()
    {
    }

    /// <summary>Reads a JSON object or array; null for any other text, and for what these views cannot show in full.</summary>
    public static ShownValue? Of(string json) => Known.GetValue(json, static text => new Root(Read(text))).Value;

    private static ShownValue? Read(string json)
    {
        if (json.AsSpan().TrimStart() is not ['{' or '[', ..] || Names.HasLoneSurrogate(json))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            var left = MostValues;
            return Make(document.RootElement, 0, ref left);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or only its beginning; half of a surrogate pair in an escape.
            return null;
        }
    }

    private static ShownValue? Make(JsonElement element, int depth, ref int left)
    {
        if (--left < 0)
        {
            return null;
        }

        return element.ValueKind switch
        {
            JsonValueKind.Object when depth < MostDepth => MakeFields(element, depth, ref left),
            JsonValueKind.Array when depth < MostDepth => (ShownValue?)MakeTable(element, ref left) ?? MakeList(element, depth, ref left),
            JsonValueKind.String => OfString(element.GetString()!),
            JsonValueKind.Object or JsonValueKind.Array => null,
            // Numbers and words, as they were written: ASCII.
            _ => new Plain(element.GetRawText(), IsQuoted: true),
        };
    }

    private static Fields? MakeFields(JsonElement element, int depth, ref int left)
    {
        var names = element.EnumerateObject().Select(p => p.Name).ToList();
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Count)
        {
            // Which of two values counts is for the tool to say.
            return null;
        }

        var labels = LabelsOf(names);
        var items = ImmutableArray.CreateBuilder<Field>(names.Count);
        foreach (var property in element.EnumerateObject())
        {
            if (Make(property.Value, depth + 1, ref left) is not { } value)
            {
                return null;
            }

            items.Add(new Field(labels[items.Count], value));
        }

        return new Fields(items.ToImmutable());
    }

    private static List? MakeList(JsonElement element, int depth, ref int left)
    {
        var items = ImmutableArray.CreateBuilder<ShownValue>();
        foreach (var item in element.EnumerateArray())
        {
            if (Make(item, depth + 1, ref left) is not { } value)
            {
                return null;
            }

            items.Add(value);
        }

        return new List(items.ToImmutable());
    }

    // A table of what has the same members throughout.
    private static Table? MakeTable(JsonElement element, ref int left)
    {
        var count = element.GetArrayLength();
        if (count is 0 or > MostRows || element[0].ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var names = element[0].EnumerateObject().Select(p => p.Name).ToList();
        if (names.Count is 0 or > MostColumns || count * names.Count > left || names.Distinct(StringComparer.Ordinal).Count() < names.Count)
        {
            return null;
        }

        var rows = ImmutableArray.CreateBuilder<ImmutableArray<ShownValue>>(count);
        foreach (var row in element.EnumerateArray())
        {
            if (row.ValueKind != JsonValueKind.Object || !row.EnumerateObject().Select(p => p.Name).SequenceEqual(names, StringComparer.Ordinal))
            {
                return null;
            }

            var cells = ImmutableArray.CreateBuilder<ShownValue>(names.Count);
            foreach (var property in row.EnumerateObject())
            {
                if (property.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array || property.Value.GetRawText().Length > LongestCell)
                {
                    return null;
                }

                cells.Add(property.Value.ValueKind == JsonValueKind.String ? OfString(property.Value.GetString()!) : new Plain(property.Value.GetRawText(), IsQuoted: true));
            }

            rows.Add(cells.ToImmutable());
        }

        left -= count * names.Count;
        return new Table(LabelsOf(names), rows.ToImmutable());
    }

    private static ShownValue OfString(string text)
    {
        if (text.Length <= LongestAddress && SafeAddress.TryGetHost(text, out var host) && HiddenCharacters.Show(text) == text && !text.Contains('\n', StringComparison.Ordinal))
        {
            // A host with letters that look like others is written out beside the address.
            return new Link(text, text.Contains(host, StringComparison.OrdinalIgnoreCase) ? null : host);
        }

        if (text.StartsWith(Png, StringComparison.Ordinal) && SizeOf(text) is { } size)
        {
            return new Picture(text, size.Width, size.Height, size.Length);
        }

        // Quoted, as JSON writes it, where the plain text would not show what it is: a space at its end, a text that looks like a number, or
        // like the mark of a hidden character.
        var isOdd = text.Length == 0 || char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]) || text.Contains("[U+", StringComparison.OrdinalIgnoreCase)
            || text is "true" or "false" or "null" || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        return isOdd ? new Plain(JsonText.Quote(text), IsQuoted: true) : new Plain(HiddenCharacters.Show(text), IsQuoted: false);
    }

    // The size that the file itself names: a small file may be a huge picture, which would take a browser's memory.
    private static (int Width, int Height, long Length)? SizeOf(string address)
    {
        var data = address.AsSpan(Png.Length);
        Span<byte> head = stackalloc byte[24];
        if (data.Length < 32 || !Base64.IsValid(data, out var length) || data.ContainsAny(" \t\r\n")
            || !Convert.TryFromBase64Chars(data[..32], head, out _) || !head.StartsWith(PngHead))
        {
            return null;
        }

        var width = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(head[16..20]);
        var height = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(head[20..24]);
        return width > 0 && height > 0 && (long)width * height <= MostPixels ? (width, height, length) : null;
    }

    // Names of programs become words. If that makes two labels alike, or a name is none of a program's, all stay as they were written.
    private static ImmutableArray<string> LabelsOf(List<string> names)
    {
        var words = names.Select(WordsOf).ToList();
        return !words.Contains(null) && words.Distinct(StringComparer.OrdinalIgnoreCase).Count() == words.Count
            ? [.. words.OfType<string>()]
            : [.. names.Select(JsonText.Quote)];
    }

    private static string? WordsOf(string name)
    {
        if (name.Length is 0 or > LongestLabel || !char.IsAsciiLetter(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
        {
            return null;
        }

        var words = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            var begins = i > 0 && char.IsAsciiLetterUpper(c) && char.IsAsciiLetterLower(name[i - 1]);
            words.Append(begins ? " " : "")
                .Append(c is '_' or '-' ? ' ' : i == 0 ? char.ToUpperInvariant(c) : begins && i + 1 < name.Length && char.IsAsciiLetterLower(name[i + 1]) ? char.ToLowerInvariant(c) : c);
        }

        return words.ToString();
    }

    /// <summary>A label with its value.</summary>
    internal sealed record Field(string Label, ShownValue Value);

    /// <summary>Text.</summary>
    /// <param name="Text">The text, with hidden characters written out.</param>
    /// <param name="IsQuoted">Whether it is written as in JSON: a number, a word, or a text in quotation marks.</param>
    internal sealed record Plain(string Text, bool IsQuoted) : ShownValue;

    /// <summary>An address that may be a link.</summary>
    /// <param name="Url">The address.</param>
    /// <param name="Host">Its host, where the address does not show it; otherwise null.</param>
    internal sealed record Link(string Url, string? Host) : ShownValue;

    /// <summary>A picture within the text.</summary>
    /// <param name="Source">A data address.</param>
    /// <param name="Width">Its width in pixels.</param>
    /// <param name="Height">Its height in pixels.</param>
    /// <param name="Length">The length of its file in bytes.</param>
    internal sealed record Picture(string Source, int Width, int Height, long Length) : ShownValue;

    /// <summary>Labels with values; may be empty.</summary>
    internal sealed record Fields(ImmutableArray<Field> Items) : ShownValue;

    /// <summary>A list; may be empty.</summary>
    internal sealed record List(ImmutableArray<ShownValue> Items) : ShownValue;

    /// <summary>A table.</summary>
    internal sealed record Table(ImmutableArray<string> Columns, ImmutableArray<ImmutableArray<ShownValue>> Rows) : ShownValue;

    private sealed record Root(ShownValue? Value);
}
