using System.Globalization;
using System.Text;

namespace BlazorChat.Markdown;

/// <summary>
/// Finds addresses that stand in a text without marks. They may follow any character that is not part of a word, and end before a space, a
/// quotation mark, a bracket that they did not open, and punctuation of any script: texts without spaces go on right behind an address.
/// </summary>
internal static class BareLink
{
    private static readonly string[] Starts = ["https://", "http://", "www.", "mailto:"];

    // Punctuation that may also be part of a name in an address: only between letters.
    private const string Joining = "\u00B7\u30FB\u2019\u2010\u2011\u2012\u2013";

    private const string Trailing = "?!.,:;*_~'([{";

    /// <summary>The length of the address at the start of the text, or 0. One that is too long for a link is cut just past that length.</summary>
    /// <param name="text">The text from the address on.</param>
    /// <param name="before">The text before it.</param>
    public static int Length(ReadOnlySpan<char> text, ReadOnlySpan<char> before)
    {
        foreach (var start in Starts)
        {
            if (text.StartsWith(start, StringComparison.OrdinalIgnoreCase))
            {
                return MayFollow(before, start) ? LengthFrom(text, start) : 0;
            }
        }

        return 0;
    }

    /// <summary>The address that a link leads to.</summary>
    public static string Target(ReadOnlySpan<char> address) =>
        address.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? $"https://{address}" : address.ToString();

    private static bool MayFollow(ReadOnlySpan<char> before, string start)
    {
        if (before.IsEmpty)
        {
            return true;
        }

        Rune.DecodeLastFromUtf16(before, out var rune, out _);
        return rune.Value switch
        {
            // Of an attribute, a longer address, or of what was replaced.
            '/' or '@' or '=' or '\\' or '\uFFFD' => false,
            '.' or '-' or '_' when start is "www." => false,
            _ => Flanking.IsCjk(rune) || !Rune.IsLetterOrDigit(rune),
        };
    }

    private static int LengthFrom(ReadOnlySpan<char> text, string start)
    {
        var isMail = start == "mailto:";
        var end = Scan(text, start.Length);
        if (end > SafeLinks.MaxLength)
        {
            // No link is that long, and a part of an address leads elsewhere.
            return end;
        }

        end = isMail ? end : EndOfHost(text[..end], start is "www." ? 0 : start.Length);
        end = TrimEnd(text, end);
        if (end <= start.Length)
        {
            return 0;
        }

        var rest = text[start.Length..end];
        return (isMail ? rest.IndexOf('@') is > 0 and var at && at < rest.Length - 1 : char.IsLetterOrDigit(rest[0]) || rest[0] is '[' || char.IsHighSurrogate(rest[0]))
            ? end
            : 0;
    }

    private static int Scan(ReadOnlySpan<char> text, int start)
    {
        Span<char> open = stackalloc char[16];
        var depth = 0;
        var i = start;
        while (i < text.Length && i <= SafeLinks.MaxLength)
        {
            var c = text[i];
            if (c is <= ' ' or '<' or '>' or '"' or '`' or '\\' or '|' or '\u007F' or '\uFFFD' || (c == '&' && IsEntity(text[i..])))
            {
                break;
            }

            if (c is '(' or '[' or '{')
            {
                if (depth == open.Length)
                {
                    break;
                }

                open[depth++] = c;
            }
            else if (c is ')' or ']' or '}')
            {
                if (depth == 0 || open[depth - 1] != (c switch { ')' => '(', ']' => '[', _ => '{' }))
                {
                    break;
                }

                depth--;
            }

            if (char.IsAscii(c))
            {
                i++;
                continue;
            }

            Rune.DecodeFromUtf16(text[i..], out var rune, out var length);
            if (EndsAddress(rune) && !(Joining.Contains(c, StringComparison.Ordinal) && i + 1 < text.Length && char.IsLetterOrDigit(text[i + 1])))
            {
                break;
            }

            i += length;
        }

        return i;
    }

    private static bool EndsAddress(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.ConnectorPunctuation => false,
        UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation
            or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation
            or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate => true,
        UnicodeCategory.MathSymbol => rune.Value >= 0xFF00, // full-width signs
        _ => false,
    };

    // A name of a host does not change from Latin to Chinese letters: 'example.com了解' is a host and the text that follows it.
    private static int EndOfHost(ReadOnlySpan<char> text, int start)
    {
        var host = text[start..];
        var end = host.IndexOfAny("/?#:");
        host = end < 0 ? host : host[..end];
        var label = host.LastIndexOf('.') + 1;
        var letters = host[label..].IndexOfAnyExceptInRange('\0', '\u007F');
        if (label == 0 || letters <= 0)
        {
            return text.Length;
        }

        Rune.DecodeFromUtf16(host[(label + letters)..], out var rune, out _);
        return Flanking.IsCjk(rune) ? start + label + letters : text.Length;
    }

    private static int TrimEnd(ReadOnlySpan<char> text, int end)
    {
        while (end > 0 && (Trailing.Contains(text[end - 1], StringComparison.Ordinal) || Joining.Contains(text[end - 1], StringComparison.Ordinal)))
        {
            end--;
        }

        return end;
    }

    private static bool IsEntity(ReadOnlySpan<char> text)
    {
        const int longest = 32;
        var end = text[..Math.Min(text.Length, longest)].IndexOf(';');
        if (end < 2)
        {
            return false;
        }

        foreach (var c in text[1..end])
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '#')
            {
                return false;
            }
        }

        return true;
    }
}
