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

    internal override async Task<Result<RoomMember>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        if (context.People.NameOf(PersonId) is null)
        {
            return RoomErrors.NoSuchPerson;
        }

        return await context.ChangeAsync<RoomMember>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room)
            {
                return RoomErrors.NoSuchRoom;
            }

            var members = await change.ReadMembersAsync(token).ConfigureAwait(false);
            var known = members.FirstOrDefault(m => m.PersonId == PersonId);
            if (known is { Role: RoomRole.Owner } && Role != RoomRole.Owner && members.IsLastOwner(PersonId))
            {
                return RoomErrors.LastOwner;
            }

            if (known is null && members.Length >= RoomLimits.Members)
            {
                return RoomErrors.TooManyMembers;
            }

            var member = known is null
                ? new RoomMember(PersonId, Role, context.Now) { SeesFrom = room.HidesHistory ? room.LastSequence + 1 : 0 }
                : known with { Role = Role };
            if (member != known)
            {
                change.Save(member);
                change.Tell(new RoomEvent.MemberSet(member, context.By));
            }

            return member;
        }, cancellationToken).ConfigureAwait(false);
    }
}
