using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>Removes a room with everything in it and tells its viewers. Its owners can bring it back for a while. Returns the room's id.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
/// <param name="AsAdministrator">Whether by an administrator of the server, who need not see the room.</param>
internal sealed record DeleteRoom(Guid RoomId, Person? By, bool AsAdministrator = false) : RoomCommand<Guid>(RoomId, By)
{
    internal override RoomPermission? Permission => AsAdministrator ? RoomPermission.AdministerRoom : RoomPermission.DeleteRoom;

    internal override async Task<Result<Guid>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        var deleted = await context.ChangeAsync<Guid>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is null)
            {
                return RoomErrors.NoSuchRoom;
            }

            if (context.IsLobby)
            {
                return RoomErrors.LobbyStays;
            }

            var isKept = context.KeepRemovedFor > TimeSpan.Zero;
            if (isKept)
            {
                if (context.RefuseToKeepOneMore() is { } full)
                {
                    return full;
                }

                await change.InterruptUnfinishedAsync(context.Now, token).ConfigureAwait(false);
            }

            change.Tell(new RoomEvent.RoomDeleted(context.By) { IsKept = isKept });
            await change.RemoveRoomAsync(isKept, context.By, token).ConfigureAwait(false);
            return RoomId;
        }, cancellationToken).ConfigureAwait(false);
        if (deleted.Error is null)
        {
            context.Running.Discard(RoomId, null);
            CommandLog.RoomDeleted(context.Logger, RoomId);
        }

        return deleted;
    }
}
