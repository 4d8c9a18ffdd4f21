using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>
/// Takes somebody out of a room; members may take out themselves. They see the room no longer unless it is open. A room keeps its last owner.
/// Returns the person's id.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
/// <param name="PersonId">The person.</param>
internal sealed record RemoveMember(Guid RoomId, Person? By, Guid PersonId) : RoomCommand<Guid>(RoomId, By)
{
    internal override RoomPermission? Permission => By?.Id == PersonId ? RoomPermission.LeaveRoom : RoomPermission.ManageMembers;

    internal override Task<Result<Guid>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken) =>
        context.ChangeAsync<Guid>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room)
            {
                return RoomErrors.NoSuchRoom;
            }

            var members = await change.ReadMembersAsync(token).ConfigureAwait(false);
            if (members.FirstOrDefault(m => m.PersonId == PersonId) is not { } member)
            {
                return RoomErrors.NoSuchMember;
            }

            if (members.IsLastOwner(PersonId, context.People))
            {
                return RoomErrors.LastOwner;
            }

            change.Remove(member);
            if (room.Settings.Rights.Approvers.Contains(PersonId))
            {
                // In an open room they can still write.
                change.SaveAndTell(room, room.Settings.Rights with { Approvers = room.Settings.Rights.Approvers.Remove(PersonId) }, context.By);
            }

            change.Tell(new RoomEvent.MemberRemoved(PersonId, context.By));
            return PersonId;
        }, cancellationToken);
}
