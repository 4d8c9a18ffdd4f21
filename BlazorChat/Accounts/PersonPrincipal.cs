using System.Security.Claims;
using BlazorChat.Messages;
using BlazorChat.Text;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace BlazorChat.Accounts;

/// <summary>A person as the claims of the signed cookie, and back.</summary>
public static class PersonPrincipal
{
    /// <summary>The principal that the cookie carries: the stable id and the chosen name.</summary>
    public static ClaimsPrincipal Create(Person person) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, person.Id.ToString("N")),
            new Claim(ClaimTypes.Name, person.Name),
        ],
        CookieAuthenticationDefaults.AuthenticationScheme));

    /// <summary>The person behind a principal.</summary>
    /// <returns>Null when nobody has joined, or when the claims are not ones that this version writes.</returns>
    public static Person? Find(ClaimsPrincipal? principal) =>
        principal?.Identity?.IsAuthenticated == true
        && Guid.TryParseExact(principal.FindFirstValue(ClaimTypes.NameIdentifier), "N", out var id)
        && id != Guid.Empty
        && Names.CheckPersonName(principal.FindFirstValue(ClaimTypes.Name)) is { Error: null } name
            ? new Person(id, name.Value)
            : null;
}
