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

    // How far each has come, and what of that is stored.
    private Dictionary<string, long> _positions = new(StringComparer.Ordinal);
    private Dictionary<string, long> _stored = new(StringComparer.Ordinal);

    /// <summary>Finds its place before anything can happen: a consumer that is new gets everything from the start on.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _positions = await BeginAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var isDone = await DeliverAsync(stoppingToken).ConfigureAwait(false);
                if (isDone)
                {
                    await signal.WaitAsync(stoppingToken).ConfigureAwait(false);
                }

                await Task.Delay(!isDone ? TryAgainAfter : _consumers.Length == 0 ? PauseWithoutConsumers : Pause, time, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was not taken comes after the next start.
        }
    }

    /// <returns>False when something failed and is to be tried again.</returns>
    private async Task<bool> DeliverAsync(CancellationToken stoppingToken)
    {
        try
        {
            var isDone = true;
            foreach (var consumer in _consumers)
            {
                isDone &= await DeliverAsync(consumer, _positions, stoppingToken).ConfigureAwait(false);
            }

            if (await HasToStoreAsync(_positions, stoppingToken).ConfigureAwait(false))
            {
                await outbox.SavePositionsAsync(_positions, stoppingToken).ConfigureAwait(false);
                _stored = new(_positions, StringComparer.Ordinal);
            }

            return isDone;
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(e);
            return false;
        }
    }

    private async Task<Dictionary<string, long>> BeginAsync(CancellationToken stoppingToken)
    {
        var (stored, end) = await outbox.ReadPositionsAsync(stoppingToken).ConfigureAwait(false);
        _stored = new(stored, StringComparer.Ordinal);
        return _consumers.ToDictionary(c => c.Name, c => stored.GetValueOrDefault(c.Name, end), StringComparer.Ordinal);
    }

    // An application in which nothing happens writes nothing.
    private async Task<bool> HasToStoreAsync(Dictionary<string, long> positions, CancellationToken stoppingToken) =>
        positions.Count != _stored.Count || positions.Any(p => !_stored.TryGetValue(p.Key, out var stored) || stored != p.Value)
        || (positions.Count == 0 && await outbox.ReadAsync(0, 1, stoppingToken).ConfigureAwait(false) is { Count: > 0 });

    private async Task<bool> DeliverAsync(IRoomEventConsumer consumer, Dictionary<string, long> positions, CancellationToken stoppingToken)
    {
        while (await outbox.ReadAsync(positions[consumer.Name], MaxEntries, stoppingToken).ConfigureAwait(false) is { Count: > 0 } entries)
        {
            try
            {
                await consumer.ConsumeAsync(entries, stoppingToken).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Consumers are others' code; what they do wrong must not hold up the others.
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogFailed(e, consumer.Name, entries.Count);
                return false;
            }

            positions[consumer.Name] = entries[^1].Position;
        }

        return true;
    }

    [LoggerMessage(LogLevel.Error, "The consumer {Consumer} could not take {Count} events of rooms; it is tried again.")]
    private partial void LogFailed(Exception exception, string consumer, int count);

    [LoggerMessage(LogLevel.Error, "Events of rooms could not be read, or what was taken could not be stored; it is tried again.")]
    private partial void LogStorageFailed(Exception exception);
}

/// <summary>Says that the outbox has something.</summary>
internal sealed class OutboxSignal : IDisposable
{
    private readonly SemaphoreSlim _hasSome = new(0, 1);

    public void Set()
    {
        lock (_hasSome)
        {
            if (_hasSome.CurrentCount == 0)
            {
                _hasSome.Release();
            }
        }
    }

    public Task WaitAsync(CancellationToken cancellationToken) => _hasSome.WaitAsync(cancellationToken);

    public void Dispose() => _hasSome.Dispose();
}
