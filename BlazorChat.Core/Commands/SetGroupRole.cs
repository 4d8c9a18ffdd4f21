using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>
/// Gives somebody the role that a group has in a room, or takes it away: a group of the organization decides, not people of this server. A
/// role that is higher already stays. The room may lose its last owner. Returns whether something changed.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="Service">Who keeps the groups.</param>
/// <param name="PersonId">The person.</param>
/// <param name="Role">Their role from now on; null for none.</param>
internal sealed record SetGroupRole(Guid RoomId, Author Service, Guid PersonId, RoomRole? Role) : RoomCommand<bool>(RoomId, By: null)
{
    internal override RoomPermission? Permission => null;

    internal override async Task<Result<bool>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<Guid> running = [];
        var set = await context.ChangeAsync<bool>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room)
            {
                return RoomErrors.NoSuchRoom;
            }

            var members = await change.ReadMembersAsync(token).ConfigureAwait(false);
            var known = members.FirstOrDefault(m => m.PersonId == PersonId);
            if (Role is not { } role)
            {
                if (known is not null)
                {
                    running = await change.LeaveAsync(room, known, Service, context.Now, token).ConfigureAwait(false);
                }

                return known is not null;
            }

            if (known is not null && known.Role >= role)
            {
                return false;
            }

            if (role == RoomRole.Owner && context.IsLobby)
            {
                return RoomErrors.LobbyIsNobodys;
            }

            if (known is null && members.Length >= RoomLimits.Members)
            {
                return RoomErrors.TooManyMembers;
            }

            var member = known is null
                ? new RoomMember(PersonId, role, context.Now) { SeesFrom = room.HidesHistory ? room.LastSequence + 1 : 0 }
                : known with { Role = role };
            change.Save(member);
            change.Tell(new RoomEvent.MemberSet(member, Service));
            return true;
        }, cancellationToken).ConfigureAwait(false);
        context.Stop(running, Service, Leaving.NotInRoom);
        return set;
    }
}
