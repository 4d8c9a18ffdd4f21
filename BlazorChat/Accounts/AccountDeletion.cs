using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;

namespace BlazorChat.Accounts;

/// <summary>
/// Deletes accounts, and lets guests leave. Whoever goes is somebody nowhere at once; <see cref="DeletedPeople"/> has the rooms forget them
/// behind that. Rooms that only they own have an owner before, or are deleted; of those that lose theirs otherwise, administrators appoint one.
/// </summary>
internal sealed class AccountDeletion(
    AccountAuthorizer authorizer, OwnProofs proofs, AccountAdministration administration, PeopleStore store, RoomService rooms, DeletedPeople deleted, TimeProvider time)
{
    private static readonly RoomError OwnsRooms = new(RoomErrorKind.Conflict, "Some rooms would have no owner without you. Hand them over or delete them first.");

    /// <summary>The rooms that somebody has to decide about before they leave the server.</summary>
    public IReadOnlyList<Room> RoomsOf(Person person) => rooms.OwnedAlone(person.Id);

    /// <summary>Deletes somebody's own account.</summary>
    /// <param name="person">Who.</param>
    /// <param name="password">Their password; null if they have none.</param>
    /// <param name="messages">What becomes of their messages.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Null if it is deleted, otherwise the reason.</returns>
    public async Task<RoomError?> DeleteAsync(Person person, string? password, MessagesOfDeleted messages, CancellationToken cancellationToken)
    {
        if ((await proofs.ProveAsync(person, password, cancellationToken).ConfigureAwait(false)).Error is { } no)
        {
            return no;
        }

        var error = await store.ChangeAsync(async change =>
        {
            if (authorizer.Authorize(person, AccountPermission.DeleteOwn) is { } refused)
            {
                return refused;
            }

            if (await change.FindAsync(person.Id).ConfigureAwait(false) is not { } row)
            {
                return RoomErrors.NoSuchPerson;
            }

            // Asked inside the transaction: of two owners of a room who leave at the same moment, the second is its last one.
            if (rooms.OwnedAlone(person.Id).Length > 0)
            {
                return OwnsRooms;
            }

            await DeleteAsync(change, row, messages, person.Id).ConfigureAwait(false);
            return null;
        }, cancellationToken).ConfigureAwait(false);
        deleted.Wake();
        return error;
    }

    /// <summary>Deletes somebody else's account, or a guest. Administrators find the rooms that have no owner then in a list.</summary>
    /// <param name="by">The administrator.</param>
    /// <param name="personId">Who is deleted.</param>
    /// <param name="messages">What becomes of their messages.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Null if it is deleted, otherwise the reason.</returns>
    public async Task<RoomError?> DeleteOtherAsync(Person by, Guid personId, MessagesOfDeleted messages, CancellationToken cancellationToken)
    {
        var error = await administration.ChangeAsync(by, AccountPermission.Delete, personId, async (change, row) =>
        {
            await DeleteAsync(change, row, messages, by.Id).ConfigureAwait(false);
            return null;
        }, cancellationToken).ConfigureAwait(false);
        deleted.Wake();
        return error;
    }

    /// <summary>
    /// Signs somebody out of this browser. A guest leaves the server with it, whether guests are let in now or not: nobody can come back as them,
    /// whatever was copied, and the name is free.
    /// </summary>
    /// <returns>Null if they have left, otherwise the reason.</returns>
    public Task<RoomError?> LeaveAsync(Person person, CancellationToken cancellationToken) => store.ChangeAsync<RoomError?>(async change =>
    {
        if (await change.FindAsync(person.Id).ConfigureAwait(false) is not { } row || person.Session is not { } session)
        {
            return null;
        }

        if (row.Standing >= Standing.Registered)
        {
            await change.EndSessionAsync(session).ConfigureAwait(false);
            return null;
        }

        // Asked inside the transaction, as for an account.
        if (rooms.OwnedAlone(person.Id).Length > 0)
        {
            return OwnsRooms;
        }

        await change.EndSessionsAsync(row.Id, except: null).ConfigureAwait(false);
        (row.Standing, row.NameKey) = (Standing.None, null);
        return null;
    }, cancellationToken);

    private async Task DeleteAsync(PeopleChange change, PersonRow row, MessagesOfDeleted messages, Guid by)
    {
        var now = time.GetUtcNow();
        await change.DeleteAsync(row, messages == MessagesOfDeleted.Remove ? messages : MessagesOfDeleted.Keep, now).ConfigureAwait(false);
        change.Record(new AuditEntry(AuditAction.AccountDeleted, by, row.Id), now);
    }
}
