using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>Ends an invite link. Whoever has come in by it stays. Returns the invite's id.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
/// <param name="InviteId">The invite.</param>
internal sealed record RevokeInvite(Guid RoomId, Person? By, Guid InviteId) : RoomCommand<Guid>(RoomId, By)
{
    private static readonly RoomError Gone = new(RoomErrorKind.NotFound, "This invite link has already ended.");

    internal override RoomPermission? Permission => RoomPermission.ManageMembers;

    internal override Task<Result<Guid>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken) =>
        context.ChangeAsync<Guid>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is null)
            {
                return RoomErrors.NoSuchRoom;
            }

            if ((await change.ReadInvitesAsync(token).ConfigureAwait(false)).FirstOrDefault(i => i.Id == InviteId) is not { } invite)
            {
                return Gone;
            }

            change.Remove(invite);
            change.Tell(new RoomEvent.InviteRevoked(InviteId, context.By));
            return InviteId;
        }, cancellationToken);
}
