using BlazorChat.Access;
using BlazorChat.Storage;
using BlazorChat.Web;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace BlazorChat.Accounts;

/// <summary>What is done for accounts at each start.</summary>
internal sealed partial class AccountsStart(
    PeopleStore store, PeopleDirectory directory, NameRules names, GuestRules guests, DoorOptions doors, IServer server, IServiceScopeFactory scopes, IHostApplicationLifetime lifetime,
    ILogger<AccountsStart> logger)
{
    /// <summary>Reads everybody, and makes names unique that are not: after an upgrade, or with a new assistant.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await store.LoadAsync(cancellationToken).ConfigureAwait(false);
        if (directory.People.All(p => p.NameKey is not { } key || (key == NameRules.KeyOf(p.Name) && !names.IsReserved(p.Name))))
        {
            return;
        }

        var renamed = await store.ChangeAsync(async change =>
        {
            var people = (await change.ListNamedAsync().ConfigureAwait(false)).Where(p => p.NameKey != NameRules.KeyOf(p.Name) || names.IsReserved(p.Name)).ToList();
            foreach (var person in people)
            {
                person.NameKey = null;
            }

            await change.SaveAsync().ConfigureAwait(false);
            // Accounts keep their names rather than guests, and those who were here first.
            foreach (var person in people.OrderByDescending(p => p.Standing).ThenBy(p => p.CreatedAt))
            {
                await names.TakeOrRenameAsync(change, person, person.Name).ConfigureAwait(false);
                await change.SaveAsync().ConfigureAwait(false);
            }

            return people.Count(p => p.IsRenamed);
        }, cancellationToken).ConfigureAwait(false);
        if (renamed > 0)
        {
            LogRenamed(renamed);
        }
    }

    /// <summary>Removes what is out of date, and has the first administrator's link printed once the server listens.</summary>
    public async Task InviteFirstAdministratorAsync(CancellationToken cancellationToken)
    {
        string? token;
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            token = await scope.ServiceProvider.GetRequiredService<AccountAdministration>().CreateFirstLinkAsync(cancellationToken).ConfigureAwait(false);
        }

        if (token is null && !directory.HasAdministrator)
        {
            LogNone();
        }

        if (token is not null)
        {
            lifetime.ApplicationStarted.Register(() =>
            {
                LogFirst(Address() + AccountLinks.Invitation(token));
                if (guests.AreLetInByDefault(directory.HadAdministrator))
                {
                    LogGuests();
                }
            });
        }
    }

    private string Address()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        foreach (var address in addresses)
        {
            var parsed = BindingAddress.Parse(address);
            if (!parsed.IsUnixPipe && !parsed.IsNamedPipe)
            {
                var host = parsed.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "localhost" : parsed.Host;
                return $"{parsed.Scheme}://{host}:{parsed.Port}{doors.PathBase.ToUriComponent()}/";
            }
        }

        return $"{doors.PathBase.ToUriComponent()}/";
    }

    [LoggerMessage(LogLevel.Warning, "This server has no administrator. To become one, open this link on the server’s address; it works once, until the next start: {Link}")]
    private partial void LogFirst(string link);

    [LoggerMessage(LogLevel.Warning, "This server has no administrator any more, because the group of the last one ended. To make one, stop the server and run: dotnet BlazorChat.dll admin NAME")]
    private partial void LogNone();

    [LoggerMessage(LogLevel.Information, "Until then, whoever reaches this server comes in as a guest, with a name alone, because it listens on this machine only. A proxy or tunnel on this machine makes it public: become the administrator first, or set Accounts:Guests to false.")]
    private partial void LogGuests();

    [LoggerMessage(LogLevel.Warning, "The names of {Count} people were taken, so a number was added to them. They are told, and can change it.")]
    private partial void LogRenamed(int count);
}
