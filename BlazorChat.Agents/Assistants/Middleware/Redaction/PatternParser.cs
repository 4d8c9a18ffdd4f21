using System.Globalization;

namespace BlazorChat.Assistants.Middleware.Redaction;

/// <summary>
/// Parses the regular expressions for redaction: .NET's, without anything that cannot be decided character by character. There are no
/// anchors (except <c>\b</c>), back references, lazy or possessive quantifiers or inline options. Lookarounds can only exclude one
/// character before (<c>(?&lt;!\d)</c>) or after (<c>(?!\d)</c>) a position.
/// </summary>
internal sealed class PatternParser
{
    /// <summary>The most characters of a pattern.</summary>
    public const int MaxLength = 1000;

    private const int MaxDepth = 50;
    private const int MaxCount = 1000;

    private readonly string _text;
    private readonly bool _ignoreCase;
    private int _at;
    private int _depth;

    private PatternParser(string text, bool ignoreCase)
    {
        _text = text;
        _ignoreCase = ignoreCase;
    }

    private bool AtEnd => _at == _text.Length;

    /// <exception cref="FormatException">The expression cannot be used; the message says why, as the end of a sentence.</exception>
    public static PatternNode Parse(string text, bool ignoreCase)
    {
        if (text.Length is 0 or > MaxLength)
        {
            throw new FormatException($"must have 1 to {MaxLength} characters");
        }

        var parser = new PatternParser(text, ignoreCase);
        var node = parser.Choice();
        if (!parser.AtEnd)
        {
            throw new FormatException($"has an unmatched closing parenthesis at {parser._at + 1}");
        }

        return node.CanBeEmpty ? throw new FormatException("matches the empty string") : node;
    }

    private PatternNode Choice()
    {
        var options = new List<PatternNode> { Sequence() };
        while (Takes("|"))
        {
            options.Add(Sequence());
        }

        return options.Count == 1 ? options[0] : new PatternNode.Choice(options);
    }

    private PatternNode.Sequence Sequence()
    {
        var parts = new List<PatternNode>();
        while (!AtEnd && _text[_at] is not ('|' or ')'))
        {
            parts.Add(Quantified(Atom()));
        }

        return new PatternNode.Sequence(parts);
    }

    private PatternNode Quantified(PatternNode node)
    {
        if (AtEnd || _text[_at] is not ('*' or '+' or '?' or '{'))
        {
            return node;
        }

        var (least, most) = _text[_at++] switch
        {
            '*' => (0, (int?)null),
            '+' => (1, null),
            '?' => (0, 1),
            _ => Counts(),
        };
        if (!AtEnd && _text[_at] is ('*' or '+' or '?' or '{'))
        {
            throw new FormatException($"has a lazy, possessive or doubled quantifier at {_at + 1}, which redaction does not support: it always takes the longest match");
        }

        return node is PatternNode.Condition ? throw new FormatException($"repeats a condition at {_at}") : new PatternNode.Repeat(node, least, most);
    }

    private (int Least, int? Most) Counts()
    {
        var least = Number();
        int? most = least;
        if (Takes(","))
        {
            most = !AtEnd && _text[_at] == '}' ? null : Number();
        }

        return Takes("}") && least <= (most ?? least)
            ? (least, most)
            : throw new FormatException($"has an invalid quantifier at {_at + 1}; write a literal brace as \\{{");
    }

    private int Number()
    {
        var start = _at;
        while (!AtEnd && char.IsAsciiDigit(_text[_at]))
        {
            _at++;
        }

        return int.TryParse(_text.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= MaxCount
            ? number
            : throw new FormatException($"needs a number from 0 to {MaxCount} at {start + 1}");
    }

    private PatternNode Atom()
    {
        switch (_text[_at])
        {
            case '(':
                return Group();
            case '^' or '$':
                throw new FormatException($"has an anchor at {_at + 1}; a text that is still being written has no lines");
            case '*' or '+' or '?' or '{':
                throw new FormatException($"has a quantifier with nothing before it at {_at + 1}");
            case '\\' when _text.AsSpan(_at).StartsWith("\\b", StringComparison.Ordinal):
                _at += 2;
                return new PatternNode.Condition(PatternOp.Boundary, new CharClass(@"\w", ignoreCase: false));
            default:
                return new PatternNode.One(Class());
        }
    }

    private PatternNode Group()
    {
        if (++_depth > MaxDepth)
        {
            throw new FormatException($"has groups nested more than {MaxDepth} levels deep");
        }

        _at++;
        PatternNode node;
        if (Takes("?<!"))
        {
            node = new PatternNode.Condition(PatternOp.NotBehind, Class());
        }
        else if (Takes("?!"))
        {
            node = new PatternNode.Condition(PatternOp.NotAhead, Class());
        }
        else if (!Takes("?:") && !AtEnd && _text[_at] == '?')
        {
            throw new FormatException($"has a kind of group at {_at} that redaction does not support");
        }
        else
        {
            node = Choice();
        }

        _depth--;
        return Takes(")") ? node : throw new FormatException($"has at {_at + 1} a group that is not closed or that looks at more than one character");
    }

    private CharClass Class()
    {
        var start = _at;
        if (AtEnd || _text[_at] is '(' or ')' or '|')
        {
            throw new FormatException($"needs a character at {_at + 1}");
        }

        switch (_text[_at++])
        {
            case '\\':
                Escape();
                break;
            case '[':
                Set();
                break;
            case '.':
                break;
            default:
                return New(System.Text.RegularExpressions.Regex.Escape(_text[start..(start + 1)]));
        }

        return New(_text[start.._at]);
    }

    private CharClass New(string atom)
    {
        try
        {
            return new CharClass(atom, _ignoreCase);
        }
        catch (ArgumentException exception)
        {
            throw new FormatException($"has an invalid character class before {_at + 1}", exception);
        }
    }

    private void Escape()
    {
        if (AtEnd)
        {
            throw new FormatException("ends with a backslash");
        }

        var character = _text[_at++];
        switch (character)
        {
            case 'p' or 'P':
                var end = _text.IndexOf('}', _at);
                _at = end < 0 ? throw new FormatException($"has a category that is not closed at {_at}") : end + 1;
                break;
            case 'x' or 'u':
                _at = Math.Min(_text.Length, _at + (character == 'x' ? 2 : 4));
                break;
            case 'd' or 'D' or 'w' or 'W' or 's' or 'S' or 't' or 'n' or 'r':
                break;
            case var other when char.IsAsciiLetterOrDigit(other):
                throw new FormatException($"has an escape at {_at - 1} that redaction does not support");
        }
    }

    private void Set()
    {
        _ = Takes("^");
        _ = Takes("]");
        while (!AtEnd && _text[_at] != ']')
        {
            if (_text[_at] == '\\')
            {
                _at++;
            }
            else if (_text.AsSpan(_at).StartsWith("-[", StringComparison.Ordinal))
            {
                throw new FormatException($"subtracts a character class at {_at + 1}, which redaction does not support");
            }

            _at++;
        }

        if (_at >= _text.Length)
        {
            throw new FormatException("has a character class that is not closed");
        }

        _at++;
    }

    private bool Takes(string expected)
    {
        if (!_text.AsSpan(_at).StartsWith(expected, StringComparison.Ordinal))
        {
            return false;
        }

        _at += expected.Length;
        return true;
    }
}
