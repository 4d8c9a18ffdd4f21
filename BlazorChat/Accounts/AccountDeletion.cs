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
    OwnProofs proofs, AccountAdministration administration, PeopleStore store, PeopleDirectory directory, RoomService rooms, DeletedPeople deleted, TimeProvider time)
{
    private static readonly RoomError OwnsRooms = new(RoomErrorKind.Conflict, "Some rooms would have no owner without you. Hand them over or delete them first.");

    private static readonly RoomError NoAdministrator = new(RoomErrorKind.Conflict, "The server needs an administrator. Make somebody else one first.");

    private static readonly RoomError NotOneself = new(RoomErrorKind.Conflict, "To delete your own account, open “Your account”.");

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
            if (directory.StandingOf(person) < Standing.Registered || await change.FindAsync(person.Id).ConfigureAwait(false) is not { } row)
            {
                return RoomErrors.NoSuchPerson;
            }

            // Asked inside the transaction: of two owners of a room who leave at the same moment, the second is its last one.
            if (rooms.OwnedAlone(person.Id).Length > 0)
            {
                return OwnsRooms;
            }

            return await DeleteAsync(change, row, messages, person.Id).ConfigureAwait(false);
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
        var error = by.Id == personId ? NotOneself : await administration.AdministerAsync(by, async change =>
            await change.FindAsync(personId).ConfigureAwait(false) is { DeletedAt: null } row
                ? await DeleteAsync(change, row, messages, by.Id).ConfigureAwait(false)
                : RoomErrors.NoSuchPerson, cancellationToken).ConfigureAwait(false);
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

    private async Task<RoomError?> DeleteAsync(PeopleChange change, PersonRow row, MessagesOfDeleted messages, Guid by)
    {
        if (row.Standing == Standing.Administrator && !directory.People.Any(p => p.StandingNow == Standing.Administrator && p.Id != row.Id))
        {
            return NoAdministrator;
        }

        var now = time.GetUtcNow();
        await change.DeleteAsync(row, messages == MessagesOfDeleted.Remove ? messages : MessagesOfDeleted.Keep, now).ConfigureAwait(false);
        change.Record(new AuditEntry(AuditAction.AccountDeleted, by, row.Id), now);
        return null;
    }
}
