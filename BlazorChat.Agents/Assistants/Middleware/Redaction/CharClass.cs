using System.Text.RegularExpressions;

namespace BlazorChat.Assistants.Middleware.Redaction;

/// <summary>A set of characters (UTF-16), written as one atom of a regular expression: <c>\d</c>, <c>[a-z]</c>, <c>.</c></summary>
internal sealed class CharClass
{
    private readonly bool[] _ascii = new bool[128];
    private readonly Regex _others;

    /// <exception cref="ArgumentException">The atom is not a valid regular expression.</exception>
    public CharClass(string atom, bool ignoreCase)
    {
        // One character and no loops, so it cannot take long.
        _others = new Regex(atom, RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None), TimeSpan.FromSeconds(1));
        for (var i = 0; i < _ascii.Length; i++)
        {
            _ascii[i] = _others.IsMatch([(char)i]);
        }
    }

    /// <summary>Whether the set has a character, or the usual form of it (<see cref="WrittenForms"/>).</summary>
    public bool Contains(char character) =>
        character < _ascii.Length ? _ascii[character]
        : _others.IsMatch([character]) || (WrittenForms.Usual(character) is < (char)128 and var usual && _ascii[usual]);
}
