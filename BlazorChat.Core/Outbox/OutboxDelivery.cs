using System.Collections.Concurrent;
using BlazorChat.Rooms;
using Microsoft.Extensions.Hosting;

namespace BlazorChat.Outbox;

/// <summary>
/// Delivers room events to their consumers, each at its own pace: one that fails is retried and delays no other. Entries that every
/// consumer has taken are removed; without consumers, all are.
/// </summary>
internal sealed partial class OutboxDelivery(
    IOutbox outbox, IEnumerable<IRoomEventConsumer> consumers, OutboxSignal signal, TimeProvider time, ILogger<OutboxDelivery> logger) : BackgroundService
{
    private const int MaxEntries = 100;

    // Entries are taken in batches, so that a posted message costs no write of its own here.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan PauseWithoutConsumers = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(10);

    private readonly IRoomEventConsumer[] _consumers = [.. consumers];

    // The consumers' positions.
    private readonly ConcurrentDictionary<string, long> _positions = new(StringComparer.Ordinal);

    /// <summary>
    /// Finds the consumers' positions before any event can be stored, so that a new consumer gets every event from the start on, even after
    /// a crash.
    /// </summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var (stored, end) = await outbox.ReadPositionsAsync(cancellationToken).ConfigureAwait(false);
        foreach (var consumer in _consumers)
        {
            _positions[consumer.Name] = stored.GetValueOrDefault(consumer.Name, end);
        }

        if (_positions.Count != stored.Count || _positions.Keys.Any(name => !stored.ContainsKey(name)))
        {
            await SaveAsync(cancellationToken).ConfigureAwait(false);
        }

        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(_consumers.Length == 0 ? [RemoveAsync(stoppingToken)] : _consumers.Select(c => DeliverAsync(c, stoppingToken))).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Entries that were not taken are delivered after the next start.
        }
    }

    // Without consumers.
    private async Task RemoveAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var more = signal.Next;
            await ContainAsync(async () =>
            {
                // An idle application writes nothing.
                if (await outbox.ReadAsync(0, 1, stoppingToken).ConfigureAwait(false) is { Count: > 0 })
                {
                    await SaveAsync(stoppingToken).ConfigureAwait(false);
                }
            }).ConfigureAwait(false);
            await more.WaitAsync(stoppingToken).ConfigureAwait(false);
            await Task.Delay(PauseWithoutConsumers, time, stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task DeliverAsync(IRoomEventConsumer consumer, CancellationToken stoppingToken)
    {
        while (true)
        {
            // Taken before reading, so that no entry is missed in between.
            var more = signal.Next;
            var isDone = false;
            await ContainAsync(async () => isDone = await DeliverAllAsync(consumer, stoppingToken).ConfigureAwait(false)).ConfigureAwait(false);
            if (isDone)
            {
                await more.WaitAsync(stoppingToken).ConfigureAwait(false);
            }

            await Task.Delay(isDone ? Pause : TryAgainAfter, time, stoppingToken).ConfigureAwait(false);
        }
    }

    /// <returns>False when the consumer failed.</returns>
    private async Task<bool> DeliverAllAsync(IRoomEventConsumer consumer, CancellationToken stoppingToken)
    {
        while (await outbox.ReadAsync(_positions[consumer.Name], MaxEntries, stoppingToken).ConfigureAwait(false) is { Count: > 0 } entries)
        {
            try
            {
                await consumer.ConsumeAsync(entries, stoppingToken).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Consumers are extension code; their errors must not end the delivery.
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogFailed(e, consumer.Name, entries.Count);
                return false;
            }

            _positions[consumer.Name] = entries[^1].Position;
            await SaveAsync(stoppingToken).ConfigureAwait(false);
        }

        return true;
    }

    private Task SaveAsync(CancellationToken cancellationToken) =>
        outbox.SavePositionsAsync(new Dictionary<string, long>(_positions, StringComparer.Ordinal), cancellationToken);

    private async Task ContainAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(e);
        }
    }

    [LoggerMessage(LogLevel.Error, "The consumer {Consumer} failed to take {Count} room events and will be retried.")]
    private partial void LogFailed(Exception exception, string consumer, int count);

    [LoggerMessage(LogLevel.Error, "Room events could not be read, or the consumers' positions could not be stored; this will be retried.")]
    private partial void LogStorageFailed(Exception exception);
}

/// <summary>Signals new entries in the outbox.</summary>
internal sealed class OutboxSignal
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the next entry is stored.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Set() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
