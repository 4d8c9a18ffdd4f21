using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>
/// Makes the caller a member by an invite link. It counts once for each person, lets nobody in twice (whoever was removed needs a new one),
/// and never lowers a role, nor what somebody may do in an open room without being its member. It works only as long as whoever made it may invite people. Everything else is refused in the same words.
/// Returns the role of the caller from now on.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
/// <param name="TokenHash">The hash of the invite's token.</param>
/// <param name="IsCounted">Whether the caller was counted when they made their account with it, a moment ago.</param>
internal sealed record UseInvite(Guid RoomId, Person? By, string TokenHash, bool IsCounted = false) : RoomCommand<RoomRole>(RoomId, By)
{
    internal override RoomPermission? Permission => RoomPermission.UseInvite;

    internal override async Task<Result<RoomRole>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        var used = await context.ChangeAsync<RoomRole>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room
                || (await change.ReadInvitesAsync(token).ConfigureAwait(false)).FirstOrDefault(i => i.TokenHash == TokenHash) is not { } invite)
            {
                return RoomErrors.NoSuchInvite;
            }

            var members = await change.ReadMembersAsync(token).ConfigureAwait(false);
            var known = members.FirstOrDefault(m => m.PersonId == By!.Id);
            if (known is not null && known.Role >= invite.Role)
            {
                // Also whoever sends the same request again because the answer got lost.
                return known.Role;
            }

            if (context.RoleOfCaller is { } role && role > invite.Role)
            {
                return role;
            }

            if (!(IsCounted ? context.Now < invite.ExpiresAt : invite.IsOpen(context.Now))
                || await change.HasUsedInviteAsync(invite.Id, By!.Id, token).ConfigureAwait(false) != IsCounted
                || !await MayInviteAsync(context, invite, token).ConfigureAwait(false))
            {
                return RoomErrors.NoSuchInvite;
            }

            if (invite.Role == RoomRole.Owner && context.IsLobby)
            {
                // From before the lobby was known as such.
                return RoomErrors.NoSuchInvite;
            }

            if (known is null && members.Length >= RoomLimits.Members)
            {
                return RoomErrors.TooManyMembers;
            }

            var member = known is null
                ? new RoomMember(By.Id, invite.Role, context.Now) { SeesFrom = room.HidesHistory ? room.LastSequence + 1 : 0 }
                : known with { Role = invite.Role };
            change.Save(member);
            if (!IsCounted)
            {
                change.Save(invite with { Uses = invite.Uses + 1 });
                change.AddInviteUse(invite.Id, By.Id, context.Now);
            }

            change.Tell(new RoomEvent.MemberSet(member, context.By) { IsByInvite = true });
            return member.Role;
        }, cancellationToken).ConfigureAwait(false);
        if (used.Error is null)
        {
            CommandLog.InviteUsed(context.Logger, RoomId);
        }

        return used;
    }

    private static async Task<bool> MayInviteAsync(RoomCommandContext context, RoomInvite invite, CancellationToken cancellationToken) =>
        context.People.NameOf(invite.CreatedBy) is { } name
        && await context.AskAsync(new Person(invite.CreatedBy, name), RoomPermission.ManageMembers, cancellationToken).ConfigureAwait(false) is null;
}
