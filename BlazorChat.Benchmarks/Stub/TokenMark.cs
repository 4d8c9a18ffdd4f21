using System.Runtime.InteropServices;

namespace BlazorChat.Benchmarks.Stub;

/// <summary>
/// A word that can be found again in whatever a viewer receives: <c>mk</c>, two digits of the response's number, three of
/// the mark's. Who sees it knows which token came; the stub, in the same process, knows when it went. Short, so that
/// it does not fill the tokens that are measured, and without anything that Markdown or HTML would change.
/// </summary>
/// <param name="Response">The response's number, 0 to 99.</param>
/// <param name="Ordinal">The mark's place among the response's marks, 0 to 999.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TokenMark(int Response, int Ordinal)
{
    /// <summary>Responses are numbered modulo this.</summary>
    public const int Responses = 100;

    /// <summary>A response has at most this many marks.</summary>
    public const int MaxMarks = 1000;

    private const int Digits = 5;

    private static ReadOnlySpan<byte> Prefix => "mk"u8;

    /// <summary>Finds the next mark.</summary>
    /// <param name="text">UTF-8; what lies behind the mark stays in it.</param>
    /// <param name="mark">The mark.</param>
    /// <returns>False when there is none left.</returns>
    public static bool TryTake(ref ReadOnlySpan<byte> text, out TokenMark mark)
    {
        while (text.IndexOf(Prefix) is var found && found >= 0)
        {
            text = text[(found + Prefix.Length)..];
            if (TryReadDigits(text, out var number))
            {
                text = text[Digits..];
                mark = new TokenMark(number / MaxMarks, number % MaxMarks);
                return true;
            }
        }

        text = [];
        mark = default;
        return false;
    }

    /// <summary>The mark as it stands in the text.</summary>
    public override string ToString() => $"mk{Response:d2}{Ordinal:d3}";

    private static bool TryReadDigits(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        if (text.Length < Digits)
        {
            return false;
        }

        foreach (var character in text[..Digits])
        {
            if (!char.IsAsciiDigit((char)character))
            {
                return false;
            }

            number = (number * 10) + (character - '0');
        }

        return true;
    }
}
