using System.Collections.Concurrent;
using BlazorChat.Turns.Hooks;
using Microsoft.Extensions.Options;

namespace BlazorChat.Turns;

/// <summary>
/// Runs the queues: one turn at a time per assistant and room, many rooms side by side. It is told of new turns when they are queued, and
/// picks up waiting ones at startup. At a shutdown, running turns get a few seconds to finish.
/// </summary>
internal sealed partial class TurnWorker(
    TurnRunner runner,
    TurnSchedule schedule,
    ITurnStore store,
    RunningTurns running,
    TurnObservers observers,
    IOptions<TurnsOptions> options,
    ShutdownGrace grace,
    TimeProvider time,
    ILogger<TurnWorker> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    // The time to store outcomes at a shutdown. Anything not stored by then is found at the next start.
    private static readonly TimeSpan StoreWithin = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _places = new(options.Value.MaxRunningTurns);
    private readonly Lock _lock = new();

    // The queues being worked on; true if a turn was queued after the worker last looked.
    private readonly Dictionary<(Guid RoomId, string AssistantId), bool> _active = [];
    private readonly ConcurrentDictionary<Task, byte> _tasks = new();

    /// <inheritdoc />
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // First, so that no turn is missed between reading the stored ones and being told of new ones.
        schedule.Start(Schedule, observers.Tell);
        foreach (var turn in await store.ReadWaitingAsync(cancellationToken).ConfigureAwait(false))
        {
            Schedule(turn);
        }
    }

    /// <inheritdoc />
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        grace.Begin();
        Task all;
        lock (_lock)
        {
            // Under the lock, so that no turn begins after the turns to wait for were counted.
            _stopping.Cancel();
            all = Task.WhenAll(_tasks.Keys);
        }

        await Task.WhenAny(all, Task.Delay(grace.Left, time, CancellationToken.None)).ConfigureAwait(false);
        var ended = running.EndAll(new TurnEnding.ShuttingDown());
        if (ended > 0)
        {
            LogInterrupted(ended);
        }

        // A separate time limit, not the host's token: connections that close slowly must not cost an outcome.
        await Task.WhenAny(all, Task.Delay(StoreWithin, time, CancellationToken.None)).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _stopping.Dispose();
        _places.Dispose();
    }

    // A turn that waits for quiet wakes its queue when it is due. If it was postponed since, it is not due then and has another
    // wake-up.
    private void Schedule(Turn turn)
    {
        if (turn.NotBefore is not { } due || due <= time.GetUtcNow())
        {
            Work(turn.RoomId, turn.AssistantId);
            return;
        }

        _ = WakeAsync();

        async Task WakeAsync()
        {
            try
            {
                // A timer may fire early by its resolution, and the clock may be set back. Nothing else would wake the queue.
                while (due - time.GetUtcNow() is var left && left > TimeSpan.Zero)
                {
                    await Task.Delay(left > Shortest ? left : Shortest, time, _stopping.Token).ConfigureAwait(false);
                }

                Work(turn.RoomId, turn.AssistantId);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                // The next start picks it up.
            }
        }
    }

    private void Work(Guid roomId, string assistantId)
    {
        lock (_lock)
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            var key = (roomId, assistantId);
            if (_active.ContainsKey(key))
            {
                _active[key] = true;
                return;
            }

            _active[key] = false;
            // Not on the thread that queued the turn, which holds the room's gate, and without its context: a turn belongs to no circuit,
            // neither in logs nor in traces.
            Task task;
            using (ExecutionContext.SuppressFlow())
            {
                task = Task.Run(() => WorkAsync(key));
            }

            _tasks[task] = 0;
            _ = task.ContinueWith(t => _tasks.TryRemove(t, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task WorkAsync((Guid RoomId, string AssistantId) key)
    {
        try
        {
            do
            {
                await _places.WaitAsync(_stopping.Token).ConfigureAwait(false);
                try
                {
                    while (!_stopping.IsCancellationRequested && await TryRunNextAsync(key).ConfigureAwait(false))
                    {
                    }
                }
                finally
                {
                    _places.Release();
                }
            }
            while (!IsDone(key));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Turns that still wait are in the database, and the next start picks them up.
        }
    }

    private async Task<bool> TryRunNextAsync((Guid RoomId, string AssistantId) key)
    {
        try
        {
            return await runner.RunNextAsync(key.RoomId, key.AssistantId, _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // No error may leave the queue standing still until the next start.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogNotTaken(e, key.RoomId, key.AssistantId);
            await Task.Delay(TryAgainAfter, time, _stopping.Token).ConfigureAwait(false);
            return true;
        }
    }

    private bool IsDone((Guid RoomId, string AssistantId) key)
    {
        lock (_lock)
        {
            if (_active[key] && !_stopping.IsCancellationRequested)
            {
                _active[key] = false;
                return false;
            }

            return _active.Remove(key);
        }
    }

    [LoggerMessage(LogLevel.Information, "Responses still running at the shutdown: {Count}. Their text is stored. The next start continues or marks them, according to their assistants' Recovery setting.")]
    private partial void LogInterrupted(int count);

    [LoggerMessage(LogLevel.Error, "The next turn of {AssistantId} in room {RoomId} could not be taken; retrying.")]
    private partial void LogNotTaken(Exception exception, Guid roomId, string assistantId);
}
