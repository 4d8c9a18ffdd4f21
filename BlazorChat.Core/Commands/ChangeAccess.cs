using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>
/// Decides who can see a room besides its members, and what newcomers see of its history. Whoever cannot see it any more loses it at once. The lobby
/// stays open. A room without an owner stays open: nobody could let anybody in again. Only a private room can hide its history, because everybody else would
/// see it without ever coming in. Returns the room as stored.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
/// <param name="Visibility">Who can see it from now on; null to keep that.</param>
/// <param name="HidesHistory">Whether newcomers see only what comes after they came; null to keep that.</param>
internal sealed record ChangeAccess(Guid RoomId, Person? By, RoomVisibility? Visibility, bool? HidesHistory) : RoomCommand<Room>(RoomId, By)
{
    private static readonly RoomError NoOwner = new(RoomErrorKind.Conflict, "A room without an owner stays open. Please make somebody its owner first.");

    private static readonly RoomError OpenHistory = new(
        RoomErrorKind.Conflict, "Newcomers can see only new messages in a private room. Please make the room private, or show newcomers everything.");

    internal override RoomPermission? Permission => RoomPermission.ManageMembers;

    internal override RoomError? Check() => Visibility is not { } visibility || Enum.IsDefined(visibility) ? null : RoomErrors.NoSuchVisibility;

    internal override Task<Result<Room>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken) =>
        context.ChangeAsync<Room>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room)
            {
                return RoomErrors.NoSuchRoom;
            }

            var changed = room with { Visibility = Visibility ?? room.Visibility, HidesHistory = HidesHistory ?? room.HidesHistory };
            if (changed == room)
            {
                return room;
            }

            if (changed is { HidesHistory: true, Visibility: not RoomVisibility.Private })
            {
                return OpenHistory;
            }

            if (changed.Visibility == RoomVisibility.Private && context.IsLobby)
            {
                return RoomErrors.LobbyStaysOpen;
            }

            if (changed.Visibility == RoomVisibility.Private && !(await change.ReadMembersAsync(token).ConfigureAwait(false)).Any(m => m.Role == RoomRole.Owner))
            {
                return NoOwner;
            }

            change.Save(changed);
            change.Tell(new RoomEvent.RoomChanged(changed) { By = context.By });
            return changed;
        }, cancellationToken);
}
