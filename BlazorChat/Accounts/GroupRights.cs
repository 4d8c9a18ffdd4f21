using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;

namespace BlazorChat.Accounts;

/// <summary>
/// Gives people what their groups at a provider give, and takes it away with the group. What people of this server gave stays theirs.
/// </summary>
internal sealed partial class GroupRights(PeopleStore store, PeopleDirectory people, RoomAccessDirectory access, RoomService rooms, TimeProvider time, ILogger<GroupRights> logger) : IDisposable
{
    // Two sessions of one person may be looked at in the same moment.
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Makes somebody what their groups say.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="personId">The person.</param>
    /// <param name="groups">All of their groups there.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task ApplyAsync(OpenIdProvider provider, Guid personId, IReadOnlySet<string> groups, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await StandAsync(provider, personId, provider.MakesAdministrator(groups), cancellationToken).ConfigureAwait(false);
            var roles = provider.RolesOf(groups);
            var held = await store.ListGroupRolesAsync(personId, provider.Name, cancellationToken).ConfigureAwait(false);
            // First what ends.
            foreach (var ended in held.Where(h => !roles.ContainsKey(h.RoomId)))
            {
                await TellAsync(provider, ended.RoomId, personId, null, cancellationToken).ConfigureAwait(false);
                await SaveAsync(provider, personId, ended.RoomId, null, cancellationToken).ConfigureAwait(false);
            }

            foreach (var (roomId, role) in roles)
            {
                var own = access.Find(roomId)?.Members.GetValueOrDefault(personId)?.Role;
                var given = held.Find(h => h.RoomId == roomId)?.Role;
                // A role that people gave stays theirs, and ends with nothing here. A group that gives less takes the rest away.
                if (given is null ? own >= role : own >= role && given <= role)
                {
                    continue;
                }

                // Before it is given: what is not noted would not end.
                await SaveAsync(provider, personId, roomId, role, cancellationToken).ConfigureAwait(false);
                if (given > role)
                {
                    await TellAsync(provider, roomId, personId, null, cancellationToken).ConfigureAwait(false);
                }

                await TellAsync(provider, roomId, personId, role, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _one.Dispose();

    private async Task StandAsync(OpenIdProvider provider, Guid personId, bool isAdministrator, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(personId, cancellationToken).ConfigureAwait(false) is not { Standing: >= Standing.Registered } now
            || isAdministrator == (now.Standing == Standing.Administrator) || (!isAdministrator && now.AdministratorBy != provider.Name))
        {
            return;
        }

        await store.ChangeAsync(async change =>
        {
            if (await change.FindAsync(personId).ConfigureAwait(false) is { Standing: >= Standing.Registered } row)
            {
                var before = row.Standing;
                // Who made them an administrator stays known (see PersonRow).
                (row.Standing, row.AdministratorBy) = isAdministrator ? (Standing.Administrator, provider.Name)
                    : row.AdministratorBy == provider.Name ? (Standing.Registered, row.AdministratorBy)
                    : (row.Standing, row.AdministratorBy);
                if (row.Standing != before)
                {
                    change.Record(new AuditEntry(isAdministrator ? AuditAction.AdministratorAppointed : AuditAction.AdministratorDismissed, By: null, personId), time.GetUtcNow());
                }
            }

            return true;
        }, cancellationToken).ConfigureAwait(false);
        if (!people.HasAdministrator)
        {
            LogNoAdministrator(provider.Name);
        }
    }

    private Task<bool> SaveAsync(OpenIdProvider provider, Guid personId, Guid roomId, RoomRole? role, CancellationToken cancellationToken) => store.ChangeAsync(async change =>
    {
        // A room that is gone has no members.
        await change.SetGroupRoleAsync(personId, provider.Name, roomId, access.Find(roomId) is null ? null : role).ConfigureAwait(false);
        return true;
    }, cancellationToken);

    private async Task TellAsync(OpenIdProvider provider, Guid roomId, Guid personId, RoomRole? role, CancellationToken cancellationToken)
    {
        var service = new Author(AuthorKind.Service, $"openid-{provider.Name.ToLowerInvariant()}", provider.DisplayName);
        if ((await rooms.SetGroupRoleAsync(service, roomId, personId, role, cancellationToken).ConfigureAwait(false)).Error is not null && role is not null)
        {
            LogNoRole(roomId, provider.Name);
        }
    }

    [LoggerMessage(LogLevel.Warning, "This server has no administrator any more, because a group of the OpenID provider {Provider} ended. To make one, stop the server and run: dotnet BlazorChat.dll admin NAME")]
    private partial void LogNoAdministrator(string provider);

    [LoggerMessage(LogLevel.Warning, "Room {Room} of a group of the OpenID provider {Provider} is gone, or has as many members as it can.")]
    private partial void LogNoRole(Guid room, string provider);
}
