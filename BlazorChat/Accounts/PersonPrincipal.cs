using System.Security.Claims;
using BlazorChat.Messages;
using BlazorChat.Text;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace BlazorChat.Accounts;

/// <summary>Converts a person to the claims of the signed cookie, and back.</summary>
public static class PersonPrincipal
{
    private const string Session = "session";

    /// <summary>Creates the principal that the cookie carries: the stable id, the name, and the session.</summary>
    public static ClaimsPrincipal Create(Person person) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, person.Id.ToString("N")),
            new Claim(ClaimTypes.Name, person.Name),
            .. person.Session is { } session ? [new Claim(Session, session.ToString("N"))] : Array.Empty<Claim>(),
        ],
        CookieAuthenticationDefaults.AuthenticationScheme));

    /// <summary>Finds the person behind a principal.</summary>
    /// <returns>The person; null if nobody has joined, or if this version does not write such claims.</returns>
    public static Person? Find(ClaimsPrincipal? principal)
    {
        if (principal?.Identity?.IsAuthenticated != true
            || !Guid.TryParseExact(principal.FindFirstValue(ClaimTypes.NameIdentifier), "N", out var id) || id == Guid.Empty
            || Names.CheckPersonName(principal.FindFirstValue(ClaimTypes.Name)) is not { Error: null } name)
        {
            return null;
        }

        // Earlier versions wrote cookies without a session.
        return principal.FindFirstValue(Session) is not { } text ? new Person(id, name.Value)
            : Guid.TryParseExact(text, "N", out var session) ? new Person(id, name.Value) { Session = session }
            : null;
    }
}
