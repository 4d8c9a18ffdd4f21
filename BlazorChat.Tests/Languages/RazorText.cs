using System.Text;
using System.Text.RegularExpressions;

namespace BlazorChat.Tests.Languages;

/// <summary>What a .razor file shows as it stands: text between tags, and attributes that people read or hear. Expressions, comments and code are left out.</summary>
internal static partial class RazorText
{
    private static readonly HashSet<string> Read = new(StringComparer.OrdinalIgnoreCase)
    {
        "title", "aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "placeholder", "alt", "label", "content", "action", "close", "explanation", "emptyhint", "heading",
    };

    /// <summary>The texts of a file.</summary>
    public static IEnumerable<string> Of(string file)
    {
        var code = file.IndexOf("\n@code", StringComparison.Ordinal);
        var page = Comments().Replace(code < 0 ? file : file[..code], string.Empty);
        var text = new StringBuilder();
        for (var i = 0; i < page.Length;)
        {
            if (page[i] == '@' && i + 1 < page.Length && page[i + 1] is not ('@' or '{'))
            {
                i = AfterExpression(page, i + 1);
            }
            else if (page[i] == '<' && i + 1 < page.Length && (char.IsLetter(page[i + 1]) || page[i + 1] is '/' or '!'))
            {
                foreach (var line in Lines(text))
                {
                    yield return line;
                }

                i++;
                foreach (var shown in Attributes(page, ref i))
                {
                    yield return shown;
                }
            }
            else
            {
                text.Append(page[i++]);
            }
        }

        foreach (var line in Lines(text))
        {
            yield return line;
        }
    }

    // Lines of code between tags are told by their form.
    private static List<string> Lines(StringBuilder text)
    {
        var lines = text.ToString().Split('\n').Select(l => l.Trim()).Where(l => Word().IsMatch(l) && !Code().IsMatch(l)).ToList();
        text.Clear();
        return lines;
    }

    private static List<string> Attributes(string page, ref int i)
    {
        var shown = new List<string>();
        while (i < page.Length && page[i] != '>')
        {
            if (page[i] != '"')
            {
                i++;
                continue;
            }

            var name = Name().Match(page[..i]).Groups["name"].Value;
            var value = new StringBuilder();
            for (i++; i < page.Length && page[i] != '"';)
            {
                if (page[i] == '@')
                {
                    i = AfterExpression(page, i + 1);
                }
                else if (page[i] == '(' && name.StartsWith('@'))
                {
                    i = AfterGroup(page, i);
                }
                else
                {
                    value.Append(page[i++]);
                }
            }

            i++;
            if (Read.Contains(name) && Word().IsMatch(value.ToString()))
            {
                shown.Add(value.ToString());
            }
        }

        i++;
        return shown;
    }

    // After @name.Of[...](...)
    private static int AfterExpression(string page, int i)
    {
        while (i < page.Length)
        {
            if (page[i] is '(' or '[')
            {
                i = AfterGroup(page, i);
            }
            else if (char.IsLetterOrDigit(page[i]) || page[i] is '_' or '-' || (page[i] is '.' or '?' && i + 1 < page.Length && (char.IsLetter(page[i + 1]) || page[i + 1] == '.')))
            {
                i++;
            }
            else
            {
                break;
            }
        }

        return i;
    }

    private static int AfterGroup(string page, int i)
    {
        var depth = 0;
        var isQuoted = false;
        for (; i < page.Length; i++)
        {
            isQuoted ^= page[i] == '"';
            depth += isQuoted ? 0 : page[i] is '(' or '[' or '{' ? 1 : page[i] is ')' or ']' or '}' ? -1 : 0;
            if (depth == 0)
            {
                return i + 1;
            }
        }

        return i;
    }

    [GeneratedRegex(@"@\*.*?\*@|<!--.*?-->|^@(using|inject|implements|inherits|page|attribute|layout|namespace)\b[^\n]*$", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Comments();

    [GeneratedRegex(@"\p{L}{2}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();

    [GeneratedRegex(@"^([@{}]|//|(else|var|if|foreach|for|while|switch|case|break|continue|using|namespace|inject|_\w+)\b)|[;{}]$|=>|=\s|\)\s*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();

    [GeneratedRegex(@"(?<name>[\w@:.-]+)=$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
