using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;

namespace BlazorChat.Accounts;

/// <summary>
/// Invites of rooms that are invitations to the server as well: whoever has such a link makes an account with it, and is a member of the room. Each
/// account counts as one use, in the transaction that makes it. It works only while whoever made the link may invite people to the server and to the
/// room.
/// </summary>
internal sealed class RoomInvitations(PeopleStore store, PeopleDirectory directory, AccountAuthorizer authorizer, RoomService rooms, TimeProvider time)
{
    /// <summary>Whether somebody may make an account with the link of a room. Looking changes nothing.</summary>
    /// <param name="person">Who it is now; null for nobody.</param>
    /// <param name="token">The last part of the link; null for none.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<bool> MakesAccountAsync(Person? person, string? token, CancellationToken cancellationToken) =>
        OneTimeToken.HashOf(token) is { } hash
        && await store.FindRoomInviteAsync(hash, person?.Id, cancellationToken).ConfigureAwait(false) is { } found
        && await WorksAsync(found, cancellationToken).ConfigureAwait(false);

    /// <summary>Counts an account that is made with the link of a room, within the transaction that makes it.</summary>
    /// <returns>The invite, if it works.</returns>
    internal async Task<UsedRoomInvitation?> UseAsync(PeopleChange change, string? token, Guid personId, CancellationToken cancellationToken)
    {
        if (OneTimeToken.HashOf(token) is not { } hash
            || await change.FindRoomInviteAsync(hash, personId).ConfigureAwait(false) is not { } found
            || !await WorksAsync(found, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        if (!found.IsUsed)
        {
            change.Use(found.Invite, personId, time.GetUtcNow());
        }

        // A guest who came by it before, and may have been removed from the room since, comes in no second time.
        return new UsedRoomInvitation(found.Invite.RoomId, hash, IsCounted: !found.IsUsed);
    }

    /// <summary>Makes somebody a member of the room whose link made their account. If that is not possible any more, they have an account all the same.</summary>
    internal async Task JoinAsync(Person person, UsedRoomInvitation used, CancellationToken cancellationToken)
    {
        if (used.IsCounted)
        {
            await rooms.UseCountedInviteAsync(person, used.RoomId, used.TokenHash, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> WorksAsync(FoundRoomInvite found, CancellationToken cancellationToken)
    {
        var invite = found.Invite;
        if (time.GetUtcNow() >= invite.ExpiresAt || (invite.Uses >= invite.MaxUses && !found.IsUsed) || directory.NameOf(invite.CreatedBy) is not { } name)
        {
            return false;
        }

        var maker = new Person(invite.CreatedBy, name);
        return authorizer.May(maker, AccountPermission.Invite) && await rooms.MayInviteAsync(maker, invite.RoomId, cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>The link of a room with which an account was made.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="TokenHash">The hash of the link's token.</param>
/// <param name="IsCounted">Whether they were counted now. Otherwise they had used it as a guest.</param>
internal sealed record UsedRoomInvitation(Guid RoomId, string TokenHash, bool IsCounted);
