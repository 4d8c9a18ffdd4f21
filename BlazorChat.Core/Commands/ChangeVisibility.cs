using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>
/// Decides who can see a room besides its members. Whoever cannot any more loses it at once. A room without an owner stays open: nobody could
/// let anybody in again. Returns the room as stored.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
/// <param name="Visibility">Who can see it from now on.</param>
internal sealed record ChangeVisibility(Guid RoomId, Person? By, RoomVisibility Visibility) : RoomCommand<Room>(RoomId, By)
{
    private static readonly RoomError NoOwner = new(RoomErrorKind.Conflict, "A room without an owner stays open. Please make somebody its owner first.");

    private static readonly RoomError Unknown = new(RoomErrorKind.Invalid, "Please choose who can see this room.");

    internal override RoomPermission? Permission => RoomPermission.ManageMembers;

    internal override RoomError? Check() => Enum.IsDefined(Visibility) ? null : Unknown;

    internal override Task<Result<Room>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken) =>
        context.ChangeAsync<Room>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room)
            {
                return RoomErrors.NoSuchRoom;
            }

            if (room.Visibility == Visibility)
            {
                return room;
            }

            if (Visibility == RoomVisibility.Private && !(await change.ReadMembersAsync(token).ConfigureAwait(false)).Any(m => m.Role == RoomRole.Owner))
            {
                return NoOwner;
            }

            var changed = room with { Visibility = Visibility };
            change.Save(changed);
            change.Tell(new RoomEvent.RoomChanged(changed));
            return changed;
        }, cancellationToken);
}
