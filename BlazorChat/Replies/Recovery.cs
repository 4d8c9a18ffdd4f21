namespace BlazorChat.Replies;

/// <summary>What a start does first: answers that a crash cut off get their outcome, so that nothing streams for ever.</summary>
internal sealed partial class Recovery(ITurnStore store, TimeProvider time, ILogger<Recovery> logger)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var interrupted = await store.RecoverAsync(time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        if (interrupted > 0)
        {
            LogRecovered(interrupted);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Count} answers were cut off when the server last stopped; they are marked as interrupted.")]
    private partial void LogRecovered(int count);
}
