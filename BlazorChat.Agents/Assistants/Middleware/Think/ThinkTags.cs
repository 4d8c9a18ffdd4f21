namespace BlazorChat.Assistants.Middleware.Think;

/// <summary>Finds the tags between which models write their reasoning.</summary>
/// <param name="name">The only name that counts; null for those that models use.</param>
internal sealed class ThinkTags(string? name)
{
    /// <summary>The characters with which a tag begins.</summary>
    public const string Starts = "<[◁";

    // think: DeepSeek, Qwen and most others; seed:think: Seed-OSS; [THINK]: Mistral's Magistral; ◁think▷: Kimi. The others are asked for by instructions.
    private static readonly string[] Known = ["think", "thinking", "thought", "thoughts", "reasoning", "seed:think"];

    private readonly string[] _names = name is null ? Known : [name];

    /// <summary>Reads a tag at the beginning of a text.</summary>
    /// <param name="text">The text, which begins with one of <see cref="Starts"/>.</param>
    /// <param name="tag">The tag.</param>
    /// <returns>True for a tag; false for anything else; null if more text must come first.</returns>
    public bool? Read(ReadOnlySpan<char> text, out ThinkTag tag)
    {
        tag = default;
        var (end, isStrict) = text[0] switch { '<' => ('>', false), '[' => (']', true), _ => ('▷', false) };
        var rest = text[1..];
        var isClosing = rest is ['/', ..];
        rest = isClosing ? rest[1..] : rest;
        foreach (var known in _names)
        {
            // [THINK] in other letters is a link or a list of Markdown.
            var expected = isStrict ? known.ToUpperInvariant() : known;
            var comparison = isStrict ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
            if (rest.Length < expected.Length)
            {
                if (expected.AsSpan().StartsWith(rest, comparison))
                {
                    return null;
                }

                continue;
            }

            if (!rest.StartsWith(expected, comparison))
            {
                continue;
            }

            var behind = rest[expected.Length..].TrimStart(' ');
            if (behind.IsEmpty)
            {
                return null;
            }

            if (behind[0] == end)
            {
                tag = new ThinkTag(known, isClosing, text.Length - behind.Length + 1);
                return true;
            }
        }

        return false;
    }
}

/// <summary>A tag in a text.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsClosing">Whether it ends reasoning.</param>
/// <param name="Length">Its length in characters.</param>
internal readonly record struct ThinkTag(string Name, bool IsClosing, int Length);
