using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace BlazorChat.Languages;

/// <summary>
/// The sentences that the application stores with messages, in English: the store keeps what happened as it was said, and a page says it in its
/// reader's language. They are found by their texts, so that old messages are read in another language, too.
/// </summary>
internal sealed partial class StoredSentences
{
    private readonly FrozenDictionary<string, string> _plain;
    private readonly ImmutableArray<Pattern> _patterns;

    private StoredSentences(params ImmutableArray<string> prefixes)
    {
        var english = Words.English;
        var texts = english.Keys.Where(key => prefixes.Any(p => key.StartsWith(p, StringComparison.Ordinal))).Select(key => (Key: key, Text: english[key])).ToLookup(t => Places().IsMatch(t.Text));
        _plain = texts[false].DistinctBy(t => t.Text, StringComparer.Ordinal).ToFrozenDictionary(t => t.Text, t => t.Key, StringComparer.Ordinal);
        // The one that says most of a sentence itself.
        _patterns = [.. texts[true].Select(t => new Pattern(t.Key, [.. Places().Split(t.Text)], [.. Places().Matches(t.Text).Select(m => m.ValueSpan[1] - '0')])).OrderByDescending(p => p.Literals.Sum(l => l.Length))];
    }

    /// <summary>What is said of messages: why an answer failed, or why nobody was asked.</summary>
    public static StoredSentences OfMessages { get; } = new("Error_", "Reason_");

    /// <summary>What the application's own tools do.</summary>
    public static StoredSentences OfTools { get; } = new("Tool_");

    /// <summary>A sentence in a language; the same sentence if it is none of them.</summary>
    /// <param name="words">The language.</param>
    /// <param name="sentence">The sentence, as it is stored.</param>
    /// <param name="hasInsertions">Whether it may be one that inserts something. False where somebody else's sentence could look like one.</param>
    public string In(Words words, string sentence, bool hasInsertions = true)
    {
        if (words == Words.English)
        {
            return sentence;
        }

        if (_plain.TryGetValue(sentence, out var key))
        {
            return words[key];
        }

        foreach (var pattern in hasInsertions ? _patterns : [])
        {
            if (pattern.Match(sentence) is { IsDefault: false } arguments)
            {
                // What it inserts may be such a sentence again: the reason why nobody was asked.
                return words[pattern.Key, [.. arguments.Select(a => In(words, a))]];
            }
        }

        return sentence;
    }

    [GeneratedRegex(@"\{[0-9](:[^{}]*)?\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Places();

    private sealed record Pattern(string Key, ImmutableArray<string> Literals, ImmutableArray<int> Places)
    {
        // Each literal at its first place. No sentence needs more.
        public ImmutableArray<string> Match(string sentence)
        {
            var end = sentence.Length - Literals[^1].Length;
            var at = Literals[0].Length;
            if (end < at || !sentence.StartsWith(Literals[0], StringComparison.Ordinal) || !sentence.EndsWith(Literals[^1], StringComparison.Ordinal))
            {
                return default;
            }

            var arguments = new string[Places.Max() + 1];
            for (var i = 0; i < Places.Length; i++)
            {
                var isLast = i == Places.Length - 1;
                var next = isLast ? end : sentence.IndexOf(Literals[i + 1], at, end - at, StringComparison.Ordinal);
                if (next < at)
                {
                    return default;
                }

                arguments[Places[i]] = sentence[at..next];
                at = next + (isLast ? 0 : Literals[i + 1].Length);
            }

            return [.. arguments];
        }
    }
}
