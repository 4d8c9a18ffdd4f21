using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Accounts;

/// <summary>What the pages of accounts have in common: the browser's part of signing in.</summary>
internal sealed class SignInFlow(
    AccountService accounts, TwoFactor twoFactor, SecondStep secondStep, PersonSessions sessions, PeopleDirectory directory, GuestRules guests, KnownBrowser browsers)
{
    /// <summary>Whether a request's sender may come in with a name alone.</summary>
    public bool LetsGuestsIn(HttpContext context) => directory.LetsGuestsIn && guests.AreLetIn(context);

    /// <summary>Whether they come in because nobody else reaches the server, and not by the setting.</summary>
    public bool LetsGuestsInByDefault => guests.AreLetInByDefault(directory.HasAdministrator);

    /// <summary>Signs somebody in with a password, or has them asked for a code.</summary>
    /// <returns>Whether a code is needed.</returns>
    public async Task<Result<bool>> SignInAsync(HttpContext context, string? name, string? password) =>
        await TakeAsync(context, await accounts.SignInAsync(name, password, OriginOf(context), context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);

    /// <summary>Sets a password with a link, which signs in, or has them asked for a code.</summary>
    /// <returns>Whether a code is needed.</returns>
    public async Task<Result<bool>> ResetAsync(HttpContext context, string? token, string? password) =>
        await TakeAsync(context, await accounts.ResetPasswordAsync(token, password, context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false);

    /// <summary>Whether somebody waits for the second step in this browser.</summary>
    public bool AwaitsCode(HttpContext context) => secondStep.Find(context) is not null;

    /// <summary>Does the second step of signing in.</summary>
    /// <returns>The reason if they are not signed in; null if they are.</returns>
    public async Task<RoomError?> GiveCodeAsync(HttpContext context, string? code)
    {
        var signedIn = await twoFactor.SignInAsync(secondStep.Find(context), code, OriginOf(context), context.RequestAborted).ConfigureAwait(false);
        if (signedIn.Error is null)
        {
            await EnterAsync(context, signedIn.Value).ConfigureAwait(false);
        }

        return signedIn.Error;
    }

    /// <summary>Writes the cookies of somebody who has just signed in.</summary>
    public async Task CompleteAsync(HttpContext context, Person person)
    {
        SecondStep.End(context);
        browsers.Add(context, person.Id);
        await context.JoinAsync(person).ConfigureAwait(false);
    }

    /// <summary>Signs in whose session has begun.</summary>
    public async Task EnterAsync(HttpContext context, Person person)
    {
        // Of a guest, only the session ends: the rooms and the name go on to be theirs for as long as a guest's do.
        // Nor does the session end on which the new one rests.
        if (context.FindPerson() is { } before && (before.Id != person.Id || !sessions.IsOfOrigin(before) || sessions.IsOfOrigin(person)))
        {
            await sessions.EndAsync(before, context.RequestAborted).ConfigureAwait(false);
        }

        await CompleteAsync(context, person).ConfigureAwait(false);
    }

    private SignInOrigin OriginOf(HttpContext context) => new(context.Connection.RemoteIpAddress, id => browsers.Find(context, id));

    private async Task<Result<bool>> TakeAsync(HttpContext context, Result<PasswordSignIn> result)
    {
        if (result.Error is { } error)
        {
            return error;
        }

        if (result.Value.Pending is { } pending)
        {
            secondStep.Begin(context, pending);
            return true;
        }

        await EnterAsync(context, result.Value.Person!).ConfigureAwait(false);
        return false;
    }
}
