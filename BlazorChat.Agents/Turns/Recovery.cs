namespace BlazorChat.Turns;

/// <summary>What a start does first: answers that a crash cut off go on, or get their outcome, so that nothing streams for ever.</summary>
internal sealed partial class Recovery(ITurnStore store, IAssistants assistants, TimeProvider time, ILogger<Recovery> logger)
{
    // The turns of an assistant that is not configured any more.
    private static readonly RecoveryPolicy Nobodys = new(RecoveryMode.Mark, 0, TimeSpan.Zero);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var (continued, marked) = await store.RecoverAsync(
            id => assistants.Find(id) is { } assistant ? TurnRunner.PolicyOf(assistant) : Nobodys, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        if (continued + marked > 0)
        {
            LogRecovered(continued + marked, continued, marked);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Count} answers were cut off when the server last stopped: {Continued} go on, {Marked} are marked as interrupted.")]
    private partial void LogRecovered(int count, int continued, int marked);
}
