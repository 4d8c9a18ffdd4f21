using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace BlazorChat.Accounts;

/// <summary>Somebody whose password was right, and who has yet to give a code.</summary>
/// <param name="PersonId">Who it is.</param>
/// <param name="Stamp">The account's security stamp: with a new password, the step before is void.</param>
internal sealed record PendingSignIn(Guid PersonId, string Stamp);

/// <summary>
/// Keeps in a cookie, between the two steps of signing in, whose password was right. The cookie signs nobody in. It ends with the browser's
/// session, with the second step, and after a few minutes.
/// </summary>
internal sealed class SecondStep(IDataProtectionProvider protection, TimeProvider time)
{
    private const string CookieName = "BlazorChat.SecondStep";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly IDataProtector _protector = protection.CreateProtector("BlazorChat.Accounts.SecondStep");

    /// <summary>Who waits for the second step in this browser; null for nobody.</summary>
    public PendingSignIn? Find(HttpContext context)
    {
        if (context.Request.Cookies[CookieName] is not { Length: > 0 } value)
        {
            return null;
        }

        try
        {
            return _protector.Unprotect(value).Split(' ') is [var id, var stamp, var until]
                && long.Parse(until, CultureInfo.InvariantCulture) > time.GetUtcNow().ToUnixTimeSeconds()
                    ? new PendingSignIn(Guid.ParseExact(id, "N"), stamp)
                    : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Begins the second step in this browser.</summary>
    public void Begin(HttpContext context, PendingSignIn pending) => context.Response.Cookies.Append(
        CookieName,
        _protector.Protect(string.Create(CultureInfo.InvariantCulture, $"{pending.PersonId:N} {pending.Stamp} {(time.GetUtcNow() + Lifetime).ToUnixTimeSeconds()}")),
        Options(context));

    /// <summary>Ends it.</summary>
    public static void End(HttpContext context)
    {
        if (context.Request.Cookies.ContainsKey(CookieName))
        {
            context.Response.Cookies.Delete(CookieName, Options(context));
        }
    }

    private static CookieOptions Options(HttpContext context) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        IsEssential = true,
        Path = context.Request.PathBase.HasValue ? context.Request.PathBase.Value : "/",
    };
}
