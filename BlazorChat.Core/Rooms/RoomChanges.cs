using BlazorChat.Messages;
using BlazorChat.Turns;

namespace BlazorChat.Rooms;

/// <summary>Changes that several commands make.</summary>
internal static class RoomChanges
{
    /// <summary>The turns of the room as they are stored.</summary>
    public static async Task<TurnQueue> ReadQueueAsync(this IRoomChange change, Room room, CancellationToken cancellationToken) =>
        new(room.Id, room.Settings, await change.ReadTurnsAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Saves what became of the queue, lets go of responses whose turn was withdrawn, and tells all that.</summary>
    public static async Task SaveAsync(this IRoomChange change, TurnQueue queue, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var turn in queue.Gone)
        {
            change.Remove(turn);
        }

        foreach (var turn in queue.Withdrawn)
        {
            change.Remove(turn);
            var message = turn.MessageId is { } id ? await change.FindMessageAsync(id, cancellationToken).ConfigureAwait(false)
                : turn.Before is { } sequence ? await change.FindMessageAtAsync(sequence, cancellationToken).ConfigureAwait(false)
                : null;
            if (message is not null && TurnTransitions.LetGo(turn, message, now) is var changed && !ReferenceEquals(changed, message))
            {
                change.SaveAndTell(changed);
            }
        }

        foreach (var turn in queue.Withdrawn)
        {
            change.Tell(new RoomEvent.TurnWithdrawn(turn.Id));
        }

        foreach (var turn in queue.Queued)
        {
            change.Save(turn);
            change.Tell(new RoomEvent.TurnQueued(turn));
        }
    }

    /// <summary>Saves a message and tells that it changed.</summary>
    public static void SaveAndTell(this IRoomChange change, Message message)
    {
        change.Save(message);
        change.Tell(new RoomEvent.MessageChanged(message));
    }

    /// <summary>Names a room that has no name of its own, with the first number behind it that is free.</summary>
    public static async Task<Room> TitleAsync(this IRoomChange change, Room room, string title, CancellationToken cancellationToken)
    {
        // Beyond that many rooms of one title the room stays without.
        const int MaxOfOneTitle = 50;
        for (var number = 1; !room.IsNamed && number <= MaxOfOneTitle; number++)
        {
            var name = number == 1 ? title : $"{title} ({number})";
            if (!await change.IsNameTakenAsync(name, cancellationToken).ConfigureAwait(false))
            {
                room = room with { Name = name, IsNamed = true };
            }
        }

        return room;
    }
}
