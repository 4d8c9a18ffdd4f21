using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>
/// Removes for good what was removed from a room, or the room itself if it was deleted, before the time for bringing it back is over. Returns the
/// room's id.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
internal sealed record RemoveForGood(Guid RoomId, Person? By) : RoomCommand<Guid>(RoomId, By)
{
    internal override RoomPermission? Permission => RoomPermission.BringBack;

    internal override bool IsOfRemoved => true;

    internal override Task<Result<Guid>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken) =>
        context.ChangeAsync<Guid>(async (change, token) =>
        {
            await change.RemoveForGoodAsync(context.By, token).ConfigureAwait(false);
            return RoomId;
        }, cancellationToken);
}
