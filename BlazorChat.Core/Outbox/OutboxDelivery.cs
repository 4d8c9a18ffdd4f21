using System.Collections.Concurrent;
using BlazorChat.Rooms;
using Microsoft.Extensions.Hosting;

namespace BlazorChat.Outbox;

/// <summary>
/// Takes what happened in rooms to its consumers, each at its own pace: one that fails is tried again and holds up no other. What
/// everybody has taken is removed; without consumers that is everything.
/// </summary>
internal sealed partial class OutboxDelivery(
    IOutbox outbox, IEnumerable<IRoomEventConsumer> consumers, OutboxSignal signal, TimeProvider time, ILogger<OutboxDelivery> logger) : BackgroundService
{
    private const int MaxEntries = 100;

    // Taken together, so that a message that is posted costs no write of its own here.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan PauseWithoutConsumers = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(10);

    private readonly IRoomEventConsumer[] _consumers = [.. consumers];

    // How far each has come.
    private readonly ConcurrentDictionary<string, long> _positions = new(StringComparer.Ordinal);

    /// <summary>Finds its place before anything can happen: a consumer that is new gets everything from the start on, whatever crashes.</summary>
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
            // What was not taken comes after the next start.
        }
    }

    // Nobody takes anything.
    private async Task RemoveAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var more = signal.Next;
            await ContainAsync(async () =>
            {
                // An application in which nothing happens writes nothing.
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
            // Before it is looked, so that nothing falls between.
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
#pragma warning disable CA1031 // Consumers are others' code; what they do wrong must not end the delivery.
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

    [LoggerMessage(LogLevel.Error, "The consumer {Consumer} could not take {Count} events of rooms; it is tried again.")]
    private partial void LogFailed(Exception exception, string consumer, int count);

    [LoggerMessage(LogLevel.Error, "Events of rooms could not be read, or what was taken could not be stored; it is tried again.")]
    private partial void LogStorageFailed(Exception exception);
}

/// <summary>Says that the outbox has something more.</summary>
internal sealed class OutboxSignal
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when something comes from now on.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Set() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
