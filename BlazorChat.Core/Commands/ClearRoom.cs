using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>
/// Removes all messages of a room and discards its running responses. Its owners can bring them back for a while. Returns the sequence up to which messages were removed.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
internal sealed record ClearRoom(Guid RoomId, Person? By) : RoomCommand<long>(RoomId, By)
{
    internal override RoomPermission? Permission => RoomPermission.ClearRoom;

    internal override async Task<Result<long>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        var cleared = await context.ChangeAsync<long>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room)
            {
                return RoomErrors.NoSuchRoom;
            }

            var isKept = context.KeepRemovedFor > TimeSpan.Zero;
            if (isKept)
            {
                await change.InterruptUnfinishedAsync(context.Now, token).ConfigureAwait(false);
            }

            await change.RemoveMessagesAsync(isKept, context.By, token).ConfigureAwait(false);
            change.Save(room with { MessageCount = 0, ClearedThrough = room.LastSequence });
            change.Tell(new RoomEvent.RoomCleared(room.LastSequence, context.By) { IsKept = isKept && room.LastSequence > room.ClearedThrough });
            return room.LastSequence;
        }, cancellationToken).ConfigureAwait(false);
        if (cleared.Error is null)
        {
            context.Running.Discard(RoomId, null);
            CommandLog.RoomCleared(context.Logger, RoomId);
        }

        return cleared;
    }
}
