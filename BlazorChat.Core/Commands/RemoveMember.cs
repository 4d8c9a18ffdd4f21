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

    internal override async Task<Result<Guid>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<Guid> running = [];
        var left = await context.ChangeAsync<Guid>(async (change, token) =>
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

            running = await change.LeaveAsync(room, member, context.By, context.Now, token).ConfigureAwait(false);
            return PersonId;
        }, cancellationToken).ConfigureAwait(false);
        context.Stop(running, context.By, Leaving.NotInRoom);
        return left;
    }
}
