using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>
/// Makes an administrator of the server a member of any room, which is the only way for them to read one that is not open to them. Its members see
/// that they did, and so does the audit log. Returns the member as stored.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
internal sealed record JoinAsAdministrator(Guid RoomId, Person? By) : RoomCommand<RoomMember>(RoomId, By)
{
    internal override RoomPermission? Permission => RoomPermission.JoinRoom;

    internal override Task<Result<RoomMember>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken) =>
        context.ChangeAsync<RoomMember>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room)
            {
                return RoomErrors.NoSuchRoom;
            }

            var members = await change.ReadMembersAsync(token).ConfigureAwait(false);
            if (members.FirstOrDefault(m => m.PersonId == By!.Id) is { } known)
            {
                // Also whoever sends the same request again because the answer got lost.
                return known;
            }

            if (members.Length >= RoomLimits.Members)
            {
                return RoomErrors.TooManyMembers;
            }

            var member = new RoomMember(By!.Id, RoomRole.Member, context.Now) { SeesFrom = room.HidesHistory ? room.LastSequence + 1 : 0 };
            change.Save(member);
            change.Tell(new RoomEvent.MemberSet(member, context.By) { IsAppointed = true });
            change.SaveWithNotice(room, context.By, "Joined this room, as an administrator of this server.", context.Now);
            return member;
        }, cancellationToken);
}
