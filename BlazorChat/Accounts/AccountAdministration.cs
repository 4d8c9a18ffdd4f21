using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Text;

namespace BlazorChat.Accounts;

/// <summary>An invitation that nobody has used yet.</summary>
/// <param name="Id">Its id.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">Until when it works.</param>
/// <param name="By">Who made it; null if they are not known any more.</param>
internal sealed record OpenInvitation(Guid Id, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, string? By);

/// <summary>What administrators do: they invite people, make links to new passwords, disable and appoint. And how the first one becomes one.</summary>
internal sealed class AccountAdministration(AccountAuthorizer authorizer, PeopleStore store, PeopleDirectory directory, NameRules names, OneTimeLinks links, TimeProvider time)
{
    private static readonly RoomError TooManyInvitations =
        new(RoomErrorKind.Limit, $"There are {AccountLinks.MostInvitations} invitations that nobody has used yet. Please revoke some first.");

    /// <summary>Makes a link with which somebody can register.</summary>
    /// <returns>The token.</returns>
    public Task<Result<string>> InviteAsync(Person by, CancellationToken cancellationToken) => ChangeAsync<string>(by, AccountPermission.Invite, null, async change =>
    {
        if (await change.CountLinksAsync(OneTimeLinkKind.Invitation, time.GetUtcNow()).ConfigureAwait(false) >= AccountLinks.MostInvitations)
        {
            return TooManyInvitations;
        }

        Record(change, AuditAction.InvitationMade, by.Id, null);
        return links.Add(change, OneTimeLinkKind.Invitation, null, by.Id, AccountLinks.InvitationLifetime);
    }, cancellationToken);

    /// <summary>Makes a link with which somebody can set their password. An earlier one stops working.</summary>
    /// <returns>The token.</returns>
    public Task<Result<string>> CreateResetAsync(Person by, Guid personId, CancellationToken cancellationToken) => ChangeAsync<string>(
        by, AccountPermission.ResetPassword, personId, async change => await AddResetAsync(change, personId, by.Id).ConfigureAwait(false), cancellationToken);

    /// <summary>The invitations that nobody has used yet.</summary>
    public async Task<Result<IReadOnlyList<OpenInvitation>>> ListInvitationsAsync(Person by, CancellationToken cancellationToken)
    {
        if (authorizer.Authorize(by, AccountPermission.ManageInvitations) is { } no)
        {
            return no;
        }

        var now = time.GetUtcNow();
        return (await store.ListLinksAsync(OneTimeLinkKind.Invitation, cancellationToken).ConfigureAwait(false))
            .Where(l => l.ExpiresAt > now).OrderByDescending(l => l.CreatedAt)
            .Select(l => new OpenInvitation(l.Id, l.CreatedAt, l.ExpiresAt, l.CreatedById is { } id ? directory.NameOf(id) : null)).ToList();
    }

    /// <summary>Takes an invitation back.</summary>
    public Task<RoomError?> RevokeInvitationAsync(Person by, Guid linkId, CancellationToken cancellationToken) => store.ChangeAsync(async change =>
    {
        if (authorizer.Authorize(by, AccountPermission.ManageInvitations) is { } no)
        {
            return no;
        }

        await change.RemoveLinkAsync(linkId).ConfigureAwait(false);
        Record(change, AuditAction.InvitationRevoked, by.Id, null);
        return null;
    }, cancellationToken);

    /// <summary>Everybody with a name, for administrators.</summary>
    public Result<IReadOnlyList<KnownPerson>> List(Person by) =>
        authorizer.Authorize(by, AccountPermission.ManageServer) is { } no ? no
        : directory.People.Where(p => p.Standing != Standing.None).OrderByDescending(p => p.Standing).ThenBy(p => p.Name, StringComparer.OrdinalIgnoreCase).ThenBy(p => p.Id).ToList();

    /// <summary>Disables somebody, which signs them out everywhere at once, or lets them in again.</summary>
    public Task<RoomError?> SetDisabledAsync(Person by, Guid personId, bool isDisabled, CancellationToken cancellationToken) => ChangeAsync(by, isDisabled ? AccountPermission.Disable : AccountPermission.Enable, personId, async (change, row) =>
    {
        row.IsDisabled = isDisabled;
        Record(change, isDisabled ? AuditAction.AccountDisabled : AuditAction.AccountEnabled, by.Id, personId);
        if (isDisabled)
        {
            await change.RemoveResetsAsync(personId).ConfigureAwait(false);
            await change.EndSessionsAsync(personId, except: null).ConfigureAwait(false);
        }

        return null;
    }, cancellationToken);

    /// <summary>Makes an account an administrator's, or takes that back.</summary>
    public Task<RoomError?> SetAdministratorAsync(Person by, Guid personId, bool isAdministrator, CancellationToken cancellationToken) => ChangeAsync(by, isAdministrator ? AccountPermission.Appoint : AccountPermission.Dismiss, personId, (change, row) =>
    {
        // From now on it is not a group that decides, until the group is looked at again.
        (row.Standing, row.AdministratorBy) = (isAdministrator ? Standing.Administrator : Standing.Registered, null);
        Record(change, isAdministrator ? AuditAction.AdministratorAppointed : AuditAction.AdministratorDismissed, by.Id, personId);
        return Task.FromResult<RoomError?>(null);
    }, cancellationToken);

    /// <summary>Makes somebody an administrator who can then set a password with a link. For the operator of the machine.</summary>
    /// <param name="name">The name of an account, of a guest, or of nobody yet.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The link's token.</returns>
    public async Task<Result<string>> AppointAsync(string? name, CancellationToken cancellationToken)
    {
        var checkedName = Names.CheckPersonName(name);
        if (checkedName.Error is { } bad)
        {
            return bad;
        }

        var now = time.GetUtcNow();
        return await store.ChangeAsync<Result<string>>(async change =>
        {
            if (await change.FindByNameAsync(NameRules.KeyOf(checkedName.Value)).ConfigureAwait(false) is not { } row)
            {
                row = new PersonRow { Id = Guid.NewGuid(), Name = checkedName.Value, CreatedAt = now, SeenAt = now };
                if (!await names.TryTakeAsync(change, row, checkedName.Value).ConfigureAwait(false))
                {
                    return new RoomError(RoomErrorKind.Conflict, "An assistant has this name, or it could be taken for the name of somebody else.");
                }

                change.Add(row);
            }

            if (row.IsDisabled)
            {
                Record(change, AuditAction.AccountEnabled, null, row.Id);
            }

            if (row.Standing < Standing.Registered)
            {
                // Whoever is here as this guest did not show that they are who the operator means. The link does.
                await change.EndSessionsAsync(row.Id, except: null).ConfigureAwait(false);
            }

            // Whatever their groups say, as of somebody whom an administrator appoints.
            (row.Standing, row.AdministratorBy, row.IsDisabled) = (Standing.Administrator, null, false);
            Record(change, AuditAction.AdministratorAppointed, null, row.Id);
            row.SecurityStamp ??= Guid.NewGuid().ToString("N");
            await change.SaveAsync().ConfigureAwait(false);
            return await AddResetAsync(change, row.Id, by: null).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes the link for the first administrator; those of earlier starts stop working.</summary>
    /// <returns>The token; null if there is an administrator, or was one.</returns>
    public Task<string?> CreateFirstLinkAsync(CancellationToken cancellationToken) => store.ChangeAsync(async change =>
    {
        await change.RemoveExpiredAsync(time.GetUtcNow()).ConfigureAwait(false);
        await change.RemoveLinksAsync(OneTimeLinkKind.Administrator, null).ConfigureAwait(false);
        return directory.HadAdministrator ? null : links.Add(change, OneTimeLinkKind.Administrator, null, null, AccountLinks.FirstLifetime);
    }, cancellationToken);

    /// <summary>Changes something about somebody.</summary>
    /// <param name="by">The administrator.</param>
    /// <param name="permission">What is to be done.</param>
    /// <param name="personId">About whom.</param>
    /// <param name="work">Does it.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    // Asked inside the transaction: of two administrators who dismiss each other, the second is none any more.
    internal async Task<RoomError?> ChangeAsync(
        Person by, AccountPermission permission, Guid personId, Func<PeopleChange, PersonRow, Task<RoomError?>> work, CancellationToken cancellationToken) =>
        (await ChangeAsync<bool>(by, permission, personId, async change =>
            await change.FindAsync(personId).ConfigureAwait(false) is not { } row ? RoomErrors.NoSuchPerson
            : await work(change, row).ConfigureAwait(false) is { } no ? no
            : true, cancellationToken).ConfigureAwait(false)).Error;

    private Task<Result<T>> ChangeAsync<T>(Person by, AccountPermission permission, Guid? personId, Func<PeopleChange, Task<Result<T>>> work, CancellationToken cancellationToken) =>
        store.ChangeAsync(async change => authorizer.Authorize(by, permission, personId) is { } no ? no : await work(change).ConfigureAwait(false), cancellationToken);

    private async Task<string> AddResetAsync(PeopleChange change, Guid personId, Guid? by)
    {
        await change.RemoveLinksAsync(OneTimeLinkKind.Password, personId).ConfigureAwait(false);
        Record(change, AuditAction.PasswordLinkMade, by, personId);
        return links.Add(change, OneTimeLinkKind.Password, personId, by, AccountLinks.ResetLifetime);
    }

    private void Record(PeopleChange change, AuditAction action, Guid? by, Guid? personId) => change.Record(new AuditEntry(action, by, personId), time.GetUtcNow());
}
