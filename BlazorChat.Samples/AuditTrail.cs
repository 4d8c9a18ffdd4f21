using System.Collections.Concurrent;
using BlazorChat.Outbox;

namespace BlazorChat.Samples;

/// <summary>A consumer that records what was cleared or deleted. It misses nothing, even after a crash.</summary>
public sealed class AuditTrail : IRoomEventConsumer
{
    private readonly ConcurrentDictionary<long, string> _lines = new();

    /// <summary>The removals, in order.</summary>
    public IReadOnlyList<string> Lines => [.. _lines.OrderBy(l => l.Key).Select(l => l.Value)];

    /// <inheritdoc />
    public string Name => "audit-trail";

    /// <inheritdoc />
    public Task ConsumeAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var entry in entries.Where(e => e.Kind is "RoomCleared" or "RoomDeleted" or "MessageRemoved" or "PersonForgotten"))
        {
            // An entry may come twice: then it replaces the same line.
            _lines[entry.Position] = $"{entry.Kind} in {entry.RoomId}";
        }

        return Task.CompletedTask;
    }
}
