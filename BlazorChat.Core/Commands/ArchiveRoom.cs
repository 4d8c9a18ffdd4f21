using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;

namespace BlazorChat.Commands;

/// <summary>
/// Archives a room, or brings it back. An archived room is read only, and out of the list. What is being answered there, or waits, ends; the
/// text so far is kept. Returns the room as stored.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
/// <param name="IsArchived">Whether it is to be archived.</param>
/// <param name="AsAdministrator">Whether by an administrator of the server, who need not see the room. Its members read who it was.</param>
internal sealed record ArchiveRoom(Guid RoomId, Person? By, bool IsArchived, bool AsAdministrator = false) : RoomCommand<Room>(RoomId, By)
{
    internal override RoomPermission? Permission => AsAdministrator ? RoomPermission.AdministerRoom : RoomPermission.ArchiveRoom;

    internal override async Task<Result<Room>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        var archived = await context.ChangeAsync<Room>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room)
            {
                return RoomErrors.NoSuchRoom;
            }

            if (room.IsArchived == IsArchived)
            {
                return room;
            }

            if (IsArchived)
            {
                await EndWaitingAsync(change, room, context, token).ConfigureAwait(false);
            }

            var changed = room with { ArchivedAt = IsArchived ? context.Now : null };
            if (AsAdministrator)
            {
                changed = change.SaveWithNotice(changed, context.By, $"{(IsArchived ? "Archived this room" : "Took this room out of the archive")}, as an administrator of this server.", context.Now);
            }
            else
            {
                change.Save(changed);
            }

            change.Tell(new RoomEvent.RoomChanged(changed) { By = context.By });
            return changed;
        }, cancellationToken).ConfigureAwait(false);
        if (archived.Error is null && IsArchived)
        {
            // Nothing begins any more, and what runs is stopped. Its end is stored after this.
            context.Running.Stop(RoomId, null, context.By);
        }

        return archived;
    }

    private static async Task EndWaitingAsync(IRoomChange change, Room room, RoomCommandContext context, CancellationToken cancellationToken)
    {
        var queue = await change.ReadQueueAsync(room, cancellationToken).ConfigureAwait(false);
        foreach (var turn in queue.Turns.Where(t => t.Status is TurnStatus.Suspended or TurnStatus.Ready && t.MessageId is not null).ToList())
        {
            if (await change.FindMessageAsync(turn.MessageId!.Value, cancellationToken).ConfigureAwait(false)
                is { Status: MessageStatus.AwaitingPeople or MessageStatus.Recovering } response)
            {
                change.SaveAndTell(TurnTransitions.Stop(response, context.By, $"Not finished: {context.By.Name} archived the room.", context.Now));
                queue.End(turn, context.By);
            }
        }

        queue.Withdraw(_ => true, TurnQueue.TakenOut(context.By));
        await change.SaveAsync(queue, context.Now, cancellationToken).ConfigureAwait(false);
    }
}
