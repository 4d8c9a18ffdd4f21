using BlazorChat.Access;
using BlazorChat.Rooms;
using BlazorChat.Storage;

namespace BlazorChat.Accounts;

/// <summary>The one-time links of accounts: makes them, and says which work.</summary>
internal sealed class OneTimeLinks(PeopleStore store, PeopleDirectory directory, TimeProvider time)
{
    /// <summary>A link that does not work.</summary>
    public static readonly RoomError UsedUp = new(RoomErrorKind.NotFound, "This link has been used or has expired. Ask for a new one.");

    /// <summary>The link that a token opens; null if it is none, or works no more. Looking changes nothing.</summary>
    public async Task<OneTimeLinkRow?> FindAsync(string? token, CancellationToken cancellationToken) =>
        OneTimeToken.HashOf(token) is { } hash ? IfWorks(await store.FindLinkAsync(hash, cancellationToken).ConfigureAwait(false)) : null;

    /// <summary>The same within a transaction, which uses the link.</summary>
    public async Task<OneTimeLinkRow?> FindAsync(PeopleChange change, string? token) =>
        OneTimeToken.HashOf(token) is { } hash ? IfWorks(await change.FindLinkAsync(hash).ConfigureAwait(false)) : null;

    /// <summary>Makes a link.</summary>
    /// <param name="change">The transaction.</param>
    /// <param name="kind">What it is for.</param>
    /// <param name="personId">Whose account it is for; null for nobody's yet.</param>
    /// <param name="by">The administrator who makes it; null for nobody.</param>
    /// <param name="lifetime">How long it works.</param>
    /// <returns>The token.</returns>
    public string Add(PeopleChange change, OneTimeLinkKind kind, Guid? personId, Guid? by, TimeSpan lifetime)
    {
        var (token, now) = (OneTimeToken.Create(), time.GetUtcNow());
        change.Add(new OneTimeLinkRow
        {
            Id = Guid.NewGuid(),
            TokenHash = OneTimeToken.HashOf(token)!,
            Kind = kind,
            PersonId = personId,
            CreatedById = by,
            CreatedAt = now,
            ExpiresAt = now + lifetime,
        });
        return token;
    }

    private OneTimeLinkRow? IfWorks(OneTimeLinkRow? link) => link is not null && Works(link) ? link : null;

    private bool Works(OneTimeLinkRow link) =>
        link.ExpiresAt > time.GetUtcNow()
        // Whoever made it could not make it any more: nobody comes back through a link of their own.
        && (link.CreatedById is not { } by || directory.Find(by) is { StandingNow: Standing.Administrator })
        // Only the first one is made this way, also if the link was not used for long.
        && (link.Kind != OneTimeLinkKind.Administrator || !directory.HadAdministrator);
}
