using System.Collections.Concurrent;
using BlazorChat.Outbox;

namespace BlazorChat.Samples;

/// <summary>A consumer that keeps who cleared or deleted what: it misses nothing, whatever crashes.</summary>
public sealed class AuditTrail : IRoomEventConsumer
{
    private readonly ConcurrentDictionary<long, string> _lines = new();

    /// <summary>What was removed, in order.</summary>
    public IReadOnlyList<string> Lines => [.. _lines.OrderBy(l => l.Key).Select(l => l.Value)];

    /// <inheritdoc />
    public string Name => "audit-trail";

    /// <inheritdoc />
    public Task ConsumeAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var entry in entries.Where(e => e.Kind is "RoomCleared" or "RoomDeleted" or "MessageRemoved"))
        {
            // The same again is the same line: an entry may come twice.
            _lines[entry.Position] = $"{entry.Kind} in {entry.RoomId}";
        }

        return Task.CompletedTask;
    }
}
