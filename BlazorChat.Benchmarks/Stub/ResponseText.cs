using System.Text;

namespace BlazorChat.Benchmarks.Stub;

/// <summary>
/// The text of one response, token by token, the same every time but for its marks. It comes in sections of 100 tokens, a
/// paragraph of 50, a list of 3 items with 10 each, a code fence with 19, and the first word of the next paragraph,
/// so that any 100 tokens in a row hold the same mixture and the first can be compared with the last.
/// Words and word pieces are as short as a model's: about 3.75 bytes a token with the marks.
/// </summary>
internal sealed class ResponseText
{
    /// <summary>Each token with this distance is a mark; the first mark is token 9.</summary>
    public const int TokensPerMark = 10;

    private const int TokensPerSection = 100;

    private static readonly string[] Words =
    [
        " the", " of", " to", " and", " a", " in", " is", " it", " you", " that", " he", " was", " for", " on", " are", " as",
        " I", " his", " be", " at", " one", " or", " had", " by", " hot", " but", " we", " out", " all", " up", " use", " an",
        " how", " so", " if", " do", " no", " my", " go", " time", " room", "s", "ed", "ing", "er", "ly", "al", ",",
    ];

    private static readonly string[] CodeTokens =
        ["\nvar", " x", " =", " y", " +", " 1", ";", "\nif", " (", "x", " >", " n", ")", "\n  y", " =", " f", "(", "x", ");"];

    private ResponseText(int response, string[] tokens)
    {
        Response = response;
        Tokens = tokens;
        MeanTokenBytes = tokens.Average(Encoding.UTF8.GetByteCount);
    }

    /// <summary>The number in the response's marks.</summary>
    public int Response { get; }

    /// <summary>What the model sends, piece by piece.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>How many marks the tokens hold.</summary>
    public int Marks => Tokens.Count / TokensPerMark;

    /// <summary>UTF-8 bytes per token.</summary>
    public double MeanTokenBytes { get; }

    /// <summary>Makes a response.</summary>
    /// <param name="response">Its number, taken modulo <see cref="TokenMark.Responses"/>.</param>
    /// <param name="tokens">Its length: a multiple of 100, so that its last token is a mark, and at most 10,000.</param>
    public static ResponseText Create(int response, int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, TokensPerSection);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, TokenMark.MaxMarks * TokensPerMark);
        ArgumentOutOfRangeException.ThrowIfNotEqual(tokens % TokensPerSection, 0);

        response %= TokenMark.Responses;
        var random = new Random(17);
        return new ResponseText(response, [.. Enumerable.Range(0, tokens).Select(index => Token(response, index, random))]);
    }

    /// <summary>The index of the token that is a mark.</summary>
    public static int TokenOf(int mark) => (mark * TokensPerMark) + TokensPerMark - 1;

    private static string Token(int response, int index, Random random)
    {
        var isMark = index % TokensPerMark == TokensPerMark - 1;
        var mark = new TokenMark(response, index / TokensPerMark);
        return (index % TokensPerSection) switch
        {
            0 when index == 0 => "Well",
            49 or 79 => $" {mark}\n\n",
            50 or 60 or 70 => "- So",
            59 or 69 => $" {mark}\n",
            80 => "```csharp",
            98 => "\n```\n\n",
            99 => $"{mark}",
            > 80 and < 98 and var code => isMark ? $" {mark}" : CodeTokens[code - 81],
            _ => isMark ? $" {mark}" : Word(random),
        };
    }

#pragma warning disable CA5394 // Not for secrets: the same words every time is the point.
    private static string Word(Random random) => Words[random.Next(Words.Length)];
#pragma warning restore CA5394
}
