using System.Security.Claims;
using BlazorChat.Messages;
using BlazorChat.Text;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace BlazorChat.Accounts;

/// <summary>Converts a person to the claims of the signed cookie, and back.</summary>
public static class PersonPrincipal
{
    /// <summary>Creates the principal that the cookie carries: the stable id and the chosen name.</summary>
    public static ClaimsPrincipal Create(Person person) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, person.Id.ToString("N")),
            new Claim(ClaimTypes.Name, person.Name),
        ],
        CookieAuthenticationDefaults.AuthenticationScheme));

    /// <summary>Finds the person behind a principal.</summary>
    /// <returns>The person; null if nobody has joined, or if this version does not write such claims.</returns>
    public static Person? Find(ClaimsPrincipal? principal) =>
        principal?.Identity?.IsAuthenticated == true
        && Guid.TryParseExact(principal.FindFirstValue(ClaimTypes.NameIdentifier), "N", out var id)
        && id != Guid.Empty
        && Names.CheckPersonName(principal.FindFirstValue(ClaimTypes.Name)) is { Error: null } name
            ? new Person(id, name.Value)
            : null;
}
