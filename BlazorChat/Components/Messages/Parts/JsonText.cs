using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using BlazorChat.Text;

namespace BlazorChat.Components.Messages.Parts;

/// <summary>A piece of text to show.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsIsolated">Whether it has right-to-left letters, which must not reorder the surrounding text.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct JsonTextRun(string Text, bool IsIsolated);

/// <summary>
/// JSON for people: indented and exact. Numbers are shown as written, keys in their order and including duplicates, and every hidden
/// character as its JSON escape. Text that is not JSON is shown unchanged, except for hidden characters. Made once per text for all
/// circuits.
/// </summary>
internal sealed class JsonText
{
    // Text that is nested deeper is shown as it was written. Indentation grows with depth, so its total growth is limited as well.
    private const int MostDepth = 64;
    private const int MostGrowth = 4;
    private const int FreeGrowth = 4 * 1024;

    private static readonly ConditionalWeakTable<string, JsonText> Known = [];

    private JsonText(ImmutableArray<JsonTextRun> runs, bool isJson) => (Runs, IsJson) = (runs, isJson);

    /// <summary>The pieces of the text, in order.</summary>
    public ImmutableArray<JsonTextRun> Runs { get; }

    /// <summary>
    /// Whether the text is a JSON object, array, number, Boolean or null. If the text is a JSON string, this is false and the string's
    /// content is shown.
    /// </summary>
    public bool IsJson { get; }

    /// <summary>Converts a text for showing. Never throws, and never leaves anything out.</summary>
    public static JsonText Of(string text) => Known.GetValue(text, Make);

    /// <summary>Converts a text that is not JSON, or not yet. Only hidden characters are replaced.</summary>
    public static JsonText Raw(string text) => new([new JsonTextRun(HiddenCharacters.Show(text), false)], isJson: false);

    /// <summary>Writes a string in quotes, as in JSON.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2);
        AppendQuoted(quoted, text);
        return quoted.ToString();
    }

    /// <summary>The whole text, as it is shown.</summary>
    public override string ToString() => string.Concat(Runs.Select(r => r.Text));

    private static JsonText Make(string text)
    {
        if (Names.HasLoneSurrogate(text))
        {
            return Raw(text);
        }

        try
        {
            return Indent(text) ?? Raw(text);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, too deep, or a lone surrogate in a string.
            return Raw(text);
        }
    }

    private static JsonText? Indent(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { MaxDepth = MostDepth });
        var runs = ImmutableArray.CreateBuilder<JsonTextRun>();
        var shown = new StringBuilder(text.Length + (text.Length / 4));
        var (length, isFirst, isAfterName) = (0, true, false);
        while (reader.Read())
        {
            var token = reader.TokenType;
            if (token == JsonTokenType.String && reader.CurrentDepth == 0)
            {
                var only = reader.GetString()!;
                return reader.Read() ? null : Raw(only);
            }

            var isEnd = token is JsonTokenType.EndObject or JsonTokenType.EndArray;
            if (isEnd ? !isFirst : !isAfterName && reader.CurrentDepth > 0)
            {
                shown.Append(isFirst || isEnd ? "\n" : ",\n").Append(' ', 2 * reader.CurrentDepth);
            }

            Append(ref reader, shown, runs, ref length);
            isAfterName = token == JsonTokenType.PropertyName;
            isFirst = token is JsonTokenType.StartObject or JsonTokenType.StartArray;
            if (length + shown.Length > FreeGrowth + (MostGrowth * text.Length))
            {
                return null;
            }
        }

        if (shown.Length > 0)
        {
            runs.Add(new JsonTextRun(shown.ToString(), false));
        }

        return new JsonText(runs.DrainToImmutable(), isJson: true);
    }

    private static void Append(ref Utf8JsonReader reader, StringBuilder shown, ImmutableArray<JsonTextRun>.Builder runs, ref int length)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName or JsonTokenType.String:
                var text = reader.GetString()!;
                if (HasRightToLeft(text))
                {
                    length += shown.Length;
                    runs.Add(new JsonTextRun(shown.ToString(), false));
                    shown.Clear();
                    runs.Add(new JsonTextRun(Quote(text), true));
                    length += runs[^1].Text.Length;
                }
                else
                {
                    AppendQuoted(shown, text);
                }

                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    shown.Append(": ");
                }

                break;
            default:
                // Brackets, numbers and literals: ASCII, as they were written.
                shown.Append(Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan));
                break;
        }
    }

    private static void AppendQuoted(StringBuilder quoted, string text)
    {
        quoted.Append('"');
        for (var at = 0; at < text.Length;)
        {
            var length = HiddenCharacters.LengthAt(text, at);
            switch (text[at])
            {
                case '"' or '\\':
                    quoted.Append('\\').Append(text[at]);
                    break;
                case '\n':
                    quoted.Append("\\n");
                    break;
                case '\r':
                    quoted.Append("\\r");
                    break;
                case '\t':
                    quoted.Append("\\t");
                    break;
                default:
                    if (!HiddenCharacters.IsHidden(text, at))
                    {
                        quoted.Append(text, at, length);
                        break;
                    }

                    foreach (var c in text.AsSpan(at, length))
                    {
                        quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
                    }

                    break;
            }

            at += length;
        }

        quoted.Append('"');
    }

    private static bool HasRightToLeft(string text)
    {
        foreach (var c in text)
        {
            // The blocks of right-to-left scripts, and the high surrogates of those above U+FFFF (U+10800 to U+10FFF, U+1E800 to U+1EFFF).
            if (c is (>= '\u0590' and <= '\u08FF') or (>= '\uFB1D' and <= '\uFDFF') or (>= '\uFE70' and <= '\uFEFC') or (>= '\uD802' and <= '\uD803') or (>= '\uD83A' and <= '\uD83B'))
            {
                return true;
            }
        }

        return false;
    }
}
