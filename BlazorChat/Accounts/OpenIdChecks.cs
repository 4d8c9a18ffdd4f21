using System.Collections.Concurrent;
using BlazorChat.Access;
using BlazorChat.Rooms;
using BlazorChat.Storage;

namespace BlazorChat.Accounts;

/// <summary>
/// Asks providers again whether the sign-ins of people who are here still hold: whoever has a page open when the time comes, and everybody
/// else with their next request. An account or a group that has ended there ends here, on open pages as well.
/// </summary>
internal sealed partial class OpenIdChecks(
    PeopleStore store, PeopleDirectory directory, OpenPages pages, OpenIdProviders providers, OpenIdTokens tokens, GroupRights rights, TimeProvider time, ILogger<OpenIdChecks> logger)
    : BackgroundService
{
    /// <summary>How long a sign-in holds that nobody confirms: the provider is away, or gives no refresh tokens.</summary>
    public static readonly TimeSpan LongestUnconfirmed = TimeSpan.FromHours(12);

    private const int AtOnce = 4;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    // A provider that is away is not asked with every request.
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMinutes(1);

    // A refresh token may work once: two questions at the same time would look like a theft.
    private readonly ConcurrentDictionary<Guid, Lazy<Task<bool>>> _running = new();

    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _tried = new();

    // Whose sessions were looked through just now: not with every request.
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _looked = new();

    /// <summary>
    /// Whether a session still holds; asks its provider if it is time, and those of the person's other sessions: what their groups give is the
    /// person's in every browser, whatever they signed in with there.
    /// </summary>
    public async ValueTask<bool> ConfirmAsync(KnownSession session, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (providers.All.Count > 0 && (!_looked.TryGetValue(session.PersonId, out var looked) || now - looked >= Step))
        {
            await LookAsync(session.PersonId, now, except: session.Id).WaitAsync(cancellationToken).ConfigureAwait(false);
            // Not before the answers: a second request of the same moment waits for them as well.
            _looked[session.PersonId] = now;
        }

        return (!IsDue(session, now) || await CheckAsync(session).WaitAsync(cancellationToken).ConfigureAwait(false)) && Holds(session);
    }

    /// <summary>
    /// Why somebody cannot sign in otherwise than with the provider that their account came from: nobody would say when the account ends. Asks the
    /// provider if it is time.
    /// </summary>
    /// <param name="personId">Who.</param>
    /// <param name="provider">The provider with which they sign in; null for a passkey or a password.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Null if they can.</returns>
    public async Task<RoomError?> RefuseAsync(Guid personId, string? provider, CancellationToken cancellationToken)
    {
        if (directory.Find(personId)?.AccountBy is not { } origin || origin == provider || IsAllowed(origin))
        {
            return null;
        }

        await LookAsync(personId, time.GetUtcNow(), except: null).WaitAsync(cancellationToken).ConfigureAwait(false);
        var name = providers.Find(origin)?.DisplayName;
        return IsConfirmedElsewhere(personId, origin) ? null
            : name is null ? new RoomError(RoomErrorKind.Forbidden, "Your account came with a sign-in that this server does not offer any more. Ask an administrator of this server for a link to a password.")
            : new RoomError(RoomErrorKind.Forbidden, $"Your account came from {name}. Continue with {name}, or ask an administrator of this server for a link to a password.");
    }

    /// <summary>Ends the sessions of people whose accounts came from a provider with which no sign-in of theirs holds.</summary>
    /// <param name="personId">Whose; null for everybody's.</param>
    public async Task EndOthersAsync(Guid? personId)
    {
        var ending = directory.Sessions.Where(s => (personId is null || s.PersonId == personId) && !Holds(s)).ToList();
        if (ending.Count == 0)
        {
            return;
        }

        await store.ChangeAsync(async change =>
        {
            change.Why = SessionEnd.Provider;
            foreach (var session in ending)
            {
                if (!Holds(session) && await change.EndSessionAsync(session.Id).ConfigureAwait(false))
                {
                    change.Record(new AuditEntry(AuditAction.SignedOutByProvider, By: null, session.PersonId), time.GetUtcNow());
                }
            }

            return true;
        }, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Asks for everybody who has a page open and whose time has come.</summary>
    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var (personId, looked) in _looked)
        {
            if (now - looked >= Step)
            {
                _looked.TryRemove(personId, out _);
            }
        }

        var here = pages.People();
        var due = directory.Sessions.Where(s => s.Provider is not null && here.Contains(s.PersonId) && IsDue(s, now)).ToList();
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (session, _) =>
            await CheckAsync(session).ConfigureAwait(false)).ConfigureAwait(false);
        await EndOthersAsync(personId: null).ConfigureAwait(false);
        await EndUnconfirmedRightsAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (providers.All.Count == 0)
        {
            return;
        }

        using var timer = new PeriodicTimer(Step, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await RunDueAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (StorageUnavailableException)
            {
                LogStorageAway();
            }
        }
    }

    private bool IsDue(KnownSession session, DateTimeOffset now)
    {
        if (session.Provider is null)
        {
            return false;
        }

        var after = providers.Find(session.Provider)?.Options.RecheckAfter ?? TimeSpan.Zero;
        return now - (session.CheckedAt ?? session.SeenAt) >= after
            && (!_tried.TryGetValue(session.Id, out var tried) || now - tried >= (after < BetweenAttempts ? after : BetweenAttempts) || _running.ContainsKey(session.Id));
    }

    private Task<bool[]> LookAsync(Guid personId, DateTimeOffset now, Guid? except) =>
        Task.WhenAll(directory.Sessions.Where(s => s.PersonId == personId && s.Id != except && IsDue(s, now)).Select(CheckAsync));

    // Whether a session may go on, as far as the provider is concerned that the account came from.
    private bool Holds(KnownSession session) =>
        directory.Find(session.PersonId)?.AccountBy is not { } origin || origin == session.Provider || IsAllowed(origin) || IsConfirmedElsewhere(session.PersonId, origin);

    private bool IsAllowed(string origin) => providers.Find(origin) is { Options.AllowOtherSignIns: true };

    private Task<bool> CheckAsync(KnownSession session) => _running.GetOrAdd(session.Id, id => new Lazy<Task<bool>>(async () =>
    {
        try
        {
            // Not with the request's token: others may wait for the same answer, and a refresh token that was used must be replaced.
            return await AskAsync(session).ConfigureAwait(false);
        }
        finally
        {
            _running.TryRemove(id, out _);
        }
    })).Value;

    private async Task<bool> AskAsync(KnownSession session)
    {
        var now = time.GetUtcNow();
        _tried[session.Id] = now;
        if (await store.FindSessionAsync(session.Id, CancellationToken.None).ConfigureAwait(false) is not { } row)
        {
            _tried.TryRemove(session.Id, out _);
            return false;
        }

        // The provider may have been taken out of the settings, or the account unlinked.
        if (providers.Find(row.Provider) is not { } provider
            || (await store.ListLoginsAsync(row.PersonId, CancellationToken.None).ConfigureAwait(false)).Find(l => l.Provider == provider.Name) is not { } login)
        {
            return await EndAsync(row, providers.Find(row.Provider)).ConfigureAwait(false);
        }

        var answer = row.RefreshToken is { } token ? await tokens.AskAsync(provider, login.Subject, token, CancellationToken.None).ConfigureAwait(false) : OpenIdAnswer.Unknown;
        var isConfirmed = answer.Verdict == OpenIdVerdict.Confirmed && provider.Admits(answer.Groups);
        if ((answer.Verdict != OpenIdVerdict.Unknown && !isConfirmed) || (!isConfirmed && now - (row.CheckedAt ?? row.CreatedAt) >= LongestUnconfirmed))
        {
            return await EndAsync(row, provider).ConfigureAwait(false);
        }

        if (isConfirmed || answer.RefreshToken is not null)
        {
            await store.ChangeAsync(async change =>
            {
                if (await change.FindSessionAsync(row.Id).ConfigureAwait(false) is { } stored)
                {
                    stored.RefreshToken = answer.RefreshToken;
                    stored.CheckedAt = isConfirmed ? now : stored.CheckedAt;
                }

                return true;
            }, CancellationToken.None).ConfigureAwait(false);
        }

        if (isConfirmed)
        {
            await rights.ApplyAsync(provider, row.PersonId, answer.Groups, CancellationToken.None).ConfigureAwait(false);
        }
        else
        {
            LogUnknown(provider.Name);
        }

        return true;
    }

    private async Task<bool> EndAsync(SessionRow row, OpenIdProvider? provider)
    {
        await store.ChangeAsync(async change =>
        {
            change.Why = SessionEnd.Provider;
            if (await change.EndSessionAsync(row.Id).ConfigureAwait(false))
            {
                change.Record(new AuditEntry(AuditAction.SignedOutByProvider, By: null, row.PersonId), time.GetUtcNow());
            }

            return true;
        }, CancellationToken.None).ConfigureAwait(false);
        _tried.TryRemove(row.Id, out _);
        await EndOthersAsync(row.PersonId).ConfigureAwait(false);
        if (provider is not null && !IsConfirmedElsewhere(row.PersonId, provider.Name))
        {
            await rights.ApplyAsync(provider, row.PersonId, NoGroups(), CancellationToken.None).ConfigureAwait(false);
        }

        return false;
    }

    // Whoever is here by a password alone has nothing of groups: nobody would say when it ends.
    private async Task EndUnconfirmedRightsAsync(CancellationToken cancellationToken)
    {
        var here = directory.Sessions.Select(s => s.PersonId).ToHashSet();
        foreach (var (personId, name) in await store.ListGroupHoldersAsync(cancellationToken).ConfigureAwait(false))
        {
            if (here.Contains(personId) && !IsConfirmedElsewhere(personId, name) && providers.Find(name) is { } provider)
            {
                await rights.ApplyAsync(provider, personId, NoGroups(), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private bool IsConfirmedElsewhere(Guid personId, string provider) => directory.Sessions.Any(s => s.PersonId == personId && s.Provider == provider);

    private static HashSet<string> NoGroups() => new(StringComparer.Ordinal);

    [LoggerMessage(LogLevel.Warning, "The OpenID provider {Provider} did not say whether a sign-in still holds. It holds for 12 hours after it was last confirmed.")]
    private partial void LogUnknown(string provider);

    [LoggerMessage(LogLevel.Warning, "Sign-ins could not be checked, because the database cannot be reached. They are checked again in a few seconds.")]
    private partial void LogStorageAway();
}
