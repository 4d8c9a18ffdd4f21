using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace BlazorChat.Accounts;

/// <summary>
/// Remembers in a cookie who has signed in with this browser. The cookie signs nobody in: with it, failures of others do not hold this
/// browser up.
/// </summary>
internal sealed class KnownBrowser(IDataProtectionProvider protection)
{
    private const string CookieName = "BlazorChat.Browser";

    // People who share a browser.
    private const int Most = 5;

    private readonly IDataProtector _protector = protection.CreateProtector("BlazorChat.Accounts.KnownBrowser");

    /// <summary>The browser's id, if this person has signed in with it before.</summary>
    public string? Find(HttpContext context, Guid? personId) =>
        personId is { } id && Read(context) is [var browser, .. var people] && people.Contains(id.ToString("N")) ? browser : null;

    /// <summary>Remembers that somebody has signed in.</summary>
    public void Add(HttpContext context, Guid personId)
    {
        var (browser, people) = Read(context) is [var known, .. var others]
            ? (known, others)
            : (Convert.ToHexString(RandomNumberGenerator.GetBytes(16)), []);
        var id = personId.ToString("N");
        var value = _protector.Protect(string.Join('.', people.Where(p => p != id).Prepend(id).Take(Most).Prepend(browser)));
        context.Response.Cookies.Append(CookieName, value, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            IsEssential = true,
            MaxAge = TimeSpan.FromDays(400),
            Path = context.Request.PathBase.HasValue ? context.Request.PathBase.Value : "/",
        });
    }

    private string[]? Read(HttpContext context)
    {
        if (context.Request.Cookies[CookieName] is not { Length: > 0 } value)
        {
            return null;
        }

        try
        {
            return _protector.Unprotect(value).Split('.');
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
