using System.Diagnostics;

namespace BlazorChat.Benchmarks.Stub;

/// <summary>One response of the stub: its text, its pace, and when each token went.</summary>
internal sealed class PlannedResponse
{
    private readonly double _tokensPerSecond;
    private readonly long[] _sentAt;
    private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Plans a response.</summary>
    /// <param name="text">What is sent.</param>
    /// <param name="tokensPerSecond">How fast, above 0.</param>
    public PlannedResponse(ResponseText text, double tokensPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tokensPerSecond);
        Text = text;
        _tokensPerSecond = tokensPerSecond;
        _sentAt = new long[text.Tokens.Count];
    }

    /// <summary>What is sent.</summary>
    public ResponseText Text { get; }

    /// <summary>Ends when the last token went; fails when the app hung up before.</summary>
    public Task Sent => _sent.Task;

    /// <summary>When the token that is this mark went, as <see cref="Stopwatch.GetTimestamp"/> counts.</summary>
    public long SentAt(int mark) => _sentAt[ResponseText.TokenOf(mark)];

    /// <summary>
    /// Sends the tokens, each when its time has come, whatever the ones before took. The gaps vary between nothing and
    /// twice their mean: with even ones every mark would meet an app's frame clock at the same place of its beat, and
    /// the latency would be that of one place instead of all.
    /// </summary>
    public async Task StreamAsync(Stream body, CancellationToken cancellationToken)
    {
        try
        {
            var random = new Random(Text.Response);
            var due = TimeSpan.Zero;
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < Text.Tokens.Count; i++)
            {
                var early = due - Stopwatch.GetElapsedTime(started);
                if (early > TimeSpan.FromMilliseconds(1))
                {
                    await Task.Delay(early, cancellationToken);
                }

                var chunk = CompletionChunks.Token(Text.Tokens[i]);
                _sentAt[i] = Stopwatch.GetTimestamp();
                await body.WriteAsync(chunk, cancellationToken);
                await body.FlushAsync(cancellationToken);
                due += Gap(random);
            }

            await body.WriteAsync(CompletionChunks.End(Text.Tokens.Count), cancellationToken);
            _sent.TrySetResult();
        }
        catch (Exception error)
        {
            _sent.TrySetException(error);
            throw;
        }
    }

#pragma warning disable CA5394 // Not for secrets: the same gaps for the same response.
    private TimeSpan Gap(Random random) => TimeSpan.FromSeconds(2 * random.NextDouble() / _tokensPerSecond);
#pragma warning restore CA5394
}
