using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>Makes somebody a member of a room, or gives a member another role. Returns the member as stored.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
/// <param name="PersonId">The person.</param>
/// <param name="Role">Their role from now on.</param>
internal sealed record SetMember(Guid RoomId, Person? By, Guid PersonId, RoomRole Role) : RoomCommand<RoomMember>(RoomId, By)
{
    internal override RoomPermission? Permission => RoomPermission.ManageMembers;

    internal override RoomError? Check() => Enum.IsDefined(Role) ? null : RoomErrors.NoSuchRole;

    internal override Task<Result<RoomMember>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken) =>
        SetAsync(context, PersonId, Role, isAppointed: false, cancellationToken);

    /// <summary>Sets a member, for this command and <see cref="AppointOwner"/>.</summary>
    internal static async Task<Result<RoomMember>> SetAsync(RoomCommandContext context, Guid personId, RoomRole role, bool isAppointed, CancellationToken cancellationToken)
    {
        if (context.People.NameOf(personId) is null || context.People.IsGone(personId))
        {
            return RoomErrors.NoSuchPerson;
        }

        if (role == RoomRole.Owner && context.IsLobby)
        {
            return RoomErrors.LobbyIsNobodys;
        }

        return await context.ChangeAsync<RoomMember>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room)
            {
                return RoomErrors.NoSuchRoom;
            }

            var members = await change.ReadMembersAsync(token).ConfigureAwait(false);
            var known = members.FirstOrDefault(m => m.PersonId == personId);
            if (known is { Role: RoomRole.Owner } && role != RoomRole.Owner && members.IsLastOwner(personId, context.People))
            {
                return RoomErrors.LastOwner;
            }

            if (known is null && members.Length >= RoomLimits.Members)
            {
                return RoomErrors.TooManyMembers;
            }

            var member = known is null
                ? new RoomMember(personId, role, context.Now) { SeesFrom = room.HidesHistory ? room.LastSequence + 1 : 0 }
                : known with { Role = role };
            if (member != known)
            {
                change.Save(member);
                change.Tell(new RoomEvent.MemberSet(member, context.By) { IsAppointed = isAppointed });
                if (isAppointed)
                {
                    change.SaveWithNotice(room, context.By, "Appointed another owner of this room, as an administrator of this server.", context.Now);
                }
            }

            return member;
        }, cancellationToken).ConfigureAwait(false);
    }
}
