using System.Collections.Concurrent;

namespace BlazorChat.Turns.Hooks;

/// <summary>Tells observers of turns, each in its own task, so that none delays a room or another observer.</summary>
internal sealed partial class TurnObservers(IEnumerable<ITurnObserver> observers, ILogger<TurnObservers> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ITurnObserver[] _observers = [.. observers];
    private readonly ConcurrentDictionary<Task, byte> _tasks = new();
    private readonly CancellationTokenSource _stopping = new();

    public void Tell(TurnOutcome ended)
    {
        foreach (var observer in _observers)
        {
            var task = Task.Run(() => TellAsync(observer, ended));
            _tasks[task] = 0;
            _ = task.ContinueWith(t => _tasks.TryRemove(t, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(Task.WhenAll(_tasks.Keys), Task.Delay(Patience, CancellationToken.None)).ConfigureAwait(false);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task TellAsync(ITurnObserver observer, TurnOutcome ended)
    {
        try
        {
            await observer.OnTurnEndedAsync(ended, _stopping.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Observers are external code; their failures must not change anything here.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(e, observer.GetType(), ended.Message.Id);
        }
    }

    [LoggerMessage(LogLevel.Error, "The observer {Observer} failed at the end of response {MessageId}.")]
    private partial void LogFailed(Exception exception, Type observer, Guid messageId);
}
