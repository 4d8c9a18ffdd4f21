using System.Globalization;
using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Web;

namespace BlazorChat.Accounts;

/// <summary>What the pages of accounts have in common: the browser's part of signing in.</summary>
internal sealed class SignInFlow(
    AccountService accounts, TwoFactor twoFactor, SecondStep secondStep, PersonSessions sessions, PeopleDirectory directory, GuestRules guests, KnownBrowser browsers,
    JoinRate joins)
{
    private static readonly RoomError TooManyNames = new(RoomErrorKind.Limit, "You have changed your name too often. Please wait a minute and try again.");

    private static readonly RoomError TooManyJoined =
        new(RoomErrorKind.Limit, "Too many people have just joined from your network. Please wait a minute and try again.");

    /// <summary>Whether a request's sender may come in with a name alone.</summary>
    public bool LetsGuestsIn(HttpContext context) => directory.LetsGuestsIn && guests.AreLetIn(context);

    /// <summary>Signs somebody in with a password, or has them asked for a code.</summary>
    /// <returns>The reason if they are not, with the response's status set; null if they are. And whether a code is needed.</returns>
    public async Task<(RoomError? Error, bool NeedsCode)> SignInAsync(HttpContext context, string? name, string? password) =>
        await TakeAsync(context, await accounts.SignInAsync(name, password, OriginOf(context), context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);

    /// <summary>Sets a password with a link, which signs in, or has them asked for a code.</summary>
    /// <returns>The reason if it was not set. And whether a code is needed.</returns>
    public async Task<(RoomError? Error, bool NeedsCode)> ResetAsync(HttpContext context, string? token, string? password) =>
        await TakeAsync(context, await accounts.ResetPasswordAsync(token, password, context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);

    /// <summary>Whether somebody waits for the second step in this browser.</summary>
    public bool AwaitsCode(HttpContext context) => secondStep.Find(context) is not null;

    /// <summary>Does the second step of signing in.</summary>
    /// <returns>The reason if they are not signed in, with the response's status set; null if they are.</returns>
    public async Task<RoomError?> GiveCodeAsync(HttpContext context, string? code)
    {
        var (person, refusal) = await twoFactor.SignInAsync(secondStep.Find(context), code, OriginOf(context), context.RequestAborted).ConfigureAwait(false);
        return person is null ? Refuse(context, refusal!) : await EnterAsync(context, person).ConfigureAwait(false);
    }

    /// <summary>Counts somebody who joins or registers.</summary>
    /// <returns>The reason if they have to wait, with the response's status set; null if they may.</returns>
    public RoomError? CountJoin(HttpContext context)
    {
        if (joins.Take(context.Connection.RemoteIpAddress) is not { } wait)
        {
            return null;
        }

        HaveWait(context, wait);
        return TooManyJoined;
    }

    /// <summary>Counts somebody who wants another name.</summary>
    /// <returns>The reason if they have to wait, with the response's status set; null if they may.</returns>
    public RoomError? CountRename(HttpContext context, Person person)
    {
        if (joins.TakeName(person.Id) is not { } wait)
        {
            return null;
        }

        HaveWait(context, wait);
        return TooManyNames;
    }

    /// <summary>Writes the cookies of somebody who has just signed in.</summary>
    public async Task CompleteAsync(HttpContext context, Person person)
    {
        SecondStep.End(context);
        browsers.Add(context, person.Id);
        await context.JoinAsync(person).ConfigureAwait(false);
    }

    /// <summary>Signs in whose session has begun.</summary>
    public async Task<RoomError?> EnterAsync(HttpContext context, Person person)
    {
        // Of a guest, only the session ends: the rooms and the name go on to be theirs for as long as a guest's do.
        // Nor does the session end on which the new one rests.
        if (context.FindPerson() is { } before && (before.Id != person.Id || !sessions.IsOfOrigin(before) || sessions.IsOfOrigin(person)))
        {
            await sessions.EndAsync(before, context.RequestAborted).ConfigureAwait(false);
        }

        await CompleteAsync(context, person).ConfigureAwait(false);
        return null;
    }

    /// <summary>Says why somebody is refused, with the response's status set if they have to wait.</summary>
    public static RoomError Refuse(HttpContext context, SignInRefusal refusal)
    {
        if (refusal.Wait > TimeSpan.Zero)
        {
            HaveWait(context, refusal.Wait);
        }

        return refusal.Error;
    }

    private static void HaveWait(HttpContext context, TimeSpan wait)
    {
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
    }

    private SignInOrigin OriginOf(HttpContext context) => new(context.Connection.RemoteIpAddress, id => browsers.Find(context, id));

    private async Task<(RoomError? Error, bool NeedsCode)> TakeAsync(HttpContext context, PasswordSignIn result)
    {
        if (result.Refusal is { } refusal)
        {
            return (Refuse(context, refusal), false);
        }

        if (result.Pending is { } pending)
        {
            secondStep.Begin(context, pending);
            return (null, true);
        }

        return (await EnterAsync(context, result.Person!).ConfigureAwait(false), false);
    }
}
