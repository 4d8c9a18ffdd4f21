using System.Globalization;
using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Accounts;

/// <summary>What the pages of accounts have in common: the browser's part of signing in.</summary>
internal sealed class SignInFlow(AccountService accounts, PersonSessions sessions, PeopleDirectory directory, GuestRules guests, KnownBrowser browsers)
{
    /// <summary>Whether a request's sender may come in with a name alone.</summary>
    public bool LetsGuestsIn(HttpContext context) => directory.LetsGuestsIn && guests.AreLetIn(context);

    /// <summary>Signs somebody in with a password.</summary>
    /// <returns>The reason if they are not, with the response's status set; null if they are.</returns>
    public async Task<RoomError?> SignInAsync(HttpContext context, string? name, string? password)
    {
        var origin = new SignInOrigin(context.Connection.RemoteIpAddress, id => browsers.Find(context, id));
        var (person, refusal) = await accounts.SignInAsync(name, password, origin, context.RequestAborted).ConfigureAwait(false);
        if (person is null)
        {
            if (refusal!.Wait > TimeSpan.Zero)
            {
                context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                context.Response.Headers.RetryAfter = Math.Ceiling(refusal.Wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            }

            return refusal.Error;
        }

        if (context.FindPerson() is { } before)
        {
            await EndAsync(before, context.RequestAborted).ConfigureAwait(false);
        }

        await CompleteAsync(context, person).ConfigureAwait(false);
        return null;
    }

    /// <summary>Writes the cookies of somebody who has just signed in.</summary>
    public async Task CompleteAsync(HttpContext context, Person person)
    {
        browsers.Add(context, person.Id);
        await context.JoinAsync(person).ConfigureAwait(false);
    }

    // Of a guest, only the session ends: the rooms and the name go on to be theirs for as long as a guest's do.
    private Task EndAsync(Person before, CancellationToken cancellationToken) => sessions.EndAsync(before, cancellationToken);
}
