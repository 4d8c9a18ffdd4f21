using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Providers.Demo;

/// <summary>
/// Releases text at a model's pace: each piece is due by its position since the start, so that late timers do not add up. Four characters
/// count as a token.
/// </summary>
/// <param name="tokensPerSecond">The pace in tokens per second.</param>
/// <param name="time">The clock.</param>
internal sealed class DemoTokenRate(double tokensPerSecond, TimeProvider time)
{
    private const double CharactersPerToken = 4;
    private readonly long _start = time.GetTimestamp();
    private long _characters;

    /// <summary>Splits a text into words with the space after them, as a model's tokens often are.</summary>
    public static IEnumerable<string> Split(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = start;
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            while (end < text.Length && char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            yield return text[start..end];
            start = end;
        }
    }

    /// <summary>Waits until a piece is due.</summary>
    public async ValueTask NextAsync(string piece, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _characters += piece.Length;
        var wait = TimeSpan.FromSeconds(_characters / CharactersPerToken / tokensPerSecond) - time.GetElapsedTime(_start);
        if (wait >= TimeSpan.FromMilliseconds(1))
        {
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The estimated usage so far.</summary>
    public UsageDetails Usage(IEnumerable<ChatMessage> prompt)
    {
        var input = Tokens(prompt.Sum(message => (long)message.Text.Length));
        var output = Tokens(_characters);
        return new UsageDetails { InputTokenCount = input, OutputTokenCount = output, TotalTokenCount = input + output };
    }

    private static long Tokens(long characters) => (long)Math.Ceiling(characters / CharactersPerToken);
}
