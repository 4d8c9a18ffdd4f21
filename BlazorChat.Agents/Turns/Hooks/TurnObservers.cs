using System.Collections.Concurrent;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Turns.Hooks;

/// <summary>Tells observers of turns, each in its own task, so that none delays a room or another observer.</summary>
internal sealed partial class TurnObservers(IEnumerable<ITurnObserver> observers, ILogger<TurnObservers> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ITurnObserver[] _observers = [.. observers];
    private readonly ConcurrentDictionary<Task, byte> _tasks = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private List<(Guid SubjectId, Func<ITurnObserver, CancellationToken, ValueTask> Tell)>? _early = [];

    public void Tell(TurnOutcome ended) => Tell(ended.Message.Id, (observer, token) => observer.OnTurnEndedAsync(ended, token));

    /// <summary>Tells of a turn that was given up, or of the response that people ended while it waited.</summary>
    public void Tell(RoomEvent.TurnWithdrawn withdrawn, Message? response)
    {
        if (withdrawn.Turn is not { } turn)
        {
            return;
        }

        if (response is { Status.IsEnded: true })
        {
            Tell(new TurnOutcome(turn, turn.Request, response, default, null, TimeSpan.Zero));
        }
        else if (turn.MessageId is null)
        {
            Tell(turn.Id, (observer, token) => observer.OnTurnWithdrawnAsync(new TurnWithdrawal(turn, withdrawn.Reason), token));
        }
    }

    private void Tell(Guid subjectId, Func<ITurnObserver, CancellationToken, ValueTask> tell)
    {
        lock (_lock)
        {
            if (_early is not null)
            {
                // The application has not started: what the start itself gave up is told when it has.
                _early.Add((subjectId, tell));
                return;
            }
        }

        foreach (var observer in _observers)
        {
            var task = Task.Run(() => TellAsync(observer, subjectId, tell));
            _tasks[task] = 0;
            _ = task.ContinueWith(t => _tasks.TryRemove(t, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        List<(Guid SubjectId, Func<ITurnObserver, CancellationToken, ValueTask> Tell)>? early;
        lock (_lock)
        {
            (early, _early) = (_early, null);
        }

        early?.ForEach(one => Tell(one.SubjectId, one.Tell));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(Task.WhenAll(_tasks.Keys), Task.Delay(Patience, CancellationToken.None)).ConfigureAwait(false);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task TellAsync(ITurnObserver observer, Guid subjectId, Func<ITurnObserver, CancellationToken, ValueTask> tell)
    {
        try
        {
            await tell(observer, _stopping.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Observers are external code; their failures must not change anything here.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(e, observer.GetType(), subjectId);
        }
    }

    [LoggerMessage(LogLevel.Error, "The observer {Observer} failed when it was told of response or turn {SubjectId}.")]
    private partial void LogFailed(Exception exception, Type observer, Guid subjectId);
}
