using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>
/// Makes an invite link for a room. Nobody can see the token again: only its hash is stored. Returns the invite.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
/// <param name="InviteId">The invite's id.</param>
/// <param name="TokenHash">The hash of its token.</param>
/// <param name="Role">What people may do in the room who come by it.</param>
/// <param name="ValidFor">How long it works.</param>
/// <param name="MaxUses">How many people it lets in.</param>
/// <param name="MakesAccounts">Whether people without an account can make one with it. For those who may invite people to the server.</param>
internal sealed record CreateInvite(Guid RoomId, Person? By, Guid InviteId, string TokenHash, RoomRole Role, TimeSpan ValidFor, int MaxUses, bool MakesAccounts)
    : RoomCommand<RoomInvite>(RoomId, By)
{
    private static readonly RoomError WrongTime = new(RoomErrorKind.Invalid, $"An invite link can work for up to {RoomLimits.InviteTime.TotalDays:N0} days.");

    private static readonly RoomError WrongUses = new(RoomErrorKind.Invalid, $"An invite link can let in 1 to {RoomLimits.InviteUses} people.");

    internal override RoomPermission? Permission => RoomPermission.ManageMembers;

    internal override RoomError? Check() =>
        !Enum.IsDefined(Role) ? RoomErrors.NoSuchRole
        : ValidFor <= TimeSpan.Zero || ValidFor > RoomLimits.InviteTime ? WrongTime
        : MaxUses is < 1 or > RoomLimits.InviteUses ? WrongUses
        : null;

    internal override Task<Result<RoomInvite>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken) =>
        context.ChangeAsync<RoomInvite>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is null)
            {
                return RoomErrors.NoSuchRoom;
            }

            if (Role == RoomRole.Owner && context.IsLobby)
            {
                return RoomErrors.LobbyIsNobodys;
            }

            if (MakesAccounts && await context.AskAsync(By!, RoomPermission.InviteToServer, token).ConfigureAwait(false) is { } no)
            {
                return no;
            }

            var invites = await change.ReadInvitesAsync(token).ConfigureAwait(false);
            foreach (var over in invites.Where(i => !i.IsOpen(context.Now)))
            {
                change.Remove(over);
            }

            if (invites.Count(i => i.IsOpen(context.Now)) >= RoomLimits.Invites)
            {
                return RoomErrors.TooManyInvites;
            }

            var invite = new RoomInvite(InviteId, Role, By!.Id, context.Now, context.Now + ValidFor, MaxUses) { TokenHash = TokenHash, MakesAccounts = MakesAccounts };
            change.Save(invite);
            change.Tell(new RoomEvent.InviteCreated(InviteId, context.By));
            return invite;
        }, cancellationToken);
}
