using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace BlazorChat.Assistants.Providers;

/// <summary>Reads JSON strings from a server, even invalid ones.</summary>
internal static class WireText
{
    private const string Replacement = "\\uFFFD";

    /// <summary>A string's text. Invalid UTF-8 and halves of surrogate pairs become the replacement character.</summary>
    /// <param name="value">A JSON string.</param>
    public static string Of(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return JsonSerializer.Deserialize<string>(WithoutHalves(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(value))))!;
        }
    }

    /// <summary>A string's text, with the halves of surrogate pairs that the server has split.</summary>
    /// <param name="value">A JSON string.</param>
    public static string WithHalves(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Unescape(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(value)).AsSpan()[1..^1]);
        }
    }

    /// <summary>Replaces escapes that are half of a surrogate pair. Text that is not JSON stays invalid.</summary>
    public static string WithoutHalves(string json)
    {
        if (!json.Contains("\\ud", StringComparison.OrdinalIgnoreCase))
        {
            return json;
        }

        var mended = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length;)
        {
            var length = json[i] != '\\' || i + 1 == json.Length ? 1 : json[i + 1] != 'u' ? 2 : Math.Min(6, json.Length - i);
            var unit = Unit(json, i);
            if (char.IsHighSurrogate(unit) && char.IsLowSurrogate(Unit(json, i + 6)))
            {
                length = 12;
            }
            else if (char.IsSurrogate(unit))
            {
                mended.Append(Replacement);
                i += 6;
                continue;
            }

            mended.Append(json, i, length);
            i += length;
        }

        return mended.ToString();
    }

    private static string Unescape(ReadOnlySpan<char> json)
    {
        var text = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] != '\\')
            {
                text.Append(json[i]);
                continue;
            }

            var isUnit = json[++i] == 'u';
            text.Append(json[i] switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => (char)ushort.Parse(json.Slice(i + 1, 4), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture),
                var same => same,
            });
            i += isUnit ? 4 : 0;
        }

        return text.ToString();
    }

    /// <summary>The character of an escape at the beginning of JSON in UTF-8; NUL if there is none.</summary>
    public static char Unit(ReadOnlySpan<byte> json) =>
        json is [(byte)'\\', (byte)'u', _, _, _, _, ..] && ushort.TryParse(json.Slice(2, 4), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var unit) ? (char)unit : '\0';

    /// <summary>The character of an escape at this position; NUL if there is none.</summary>
    private static char Unit(string json, int i) =>
        i + 6 <= json.Length && json[i] == '\\' && json[i + 1] == 'u' && ushort.TryParse(json.AsSpan(i + 2, 4), System.Globalization.NumberStyles.HexNumber, null, out var unit) ? (char)unit : '\0';
}
