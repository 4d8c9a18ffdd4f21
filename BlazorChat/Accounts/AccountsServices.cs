using BlazorChat.Access;
using BlazorChat.Messages;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace BlazorChat.Accounts;

/// <summary>Signs people in: a cookie that only this server can write holds their name and a stable id.</summary>
internal static class AccountsServices
{
    /// <summary>The page where people give their name.</summary>
    public const string JoinPath = "/join";

    /// <summary>The address to which the sign-out form is posted.</summary>
    public const string LeavePath = "/leave";

    // Renewed after half of it has passed: a visit every three months is enough to stay the same person.
    private static readonly TimeSpan Lifetime = ILeavers.Remembered;

    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options =>
        {
            options.Cookie.Name = "BlazorChat.Person";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.ExpireTimeSpan = Lifetime;
            options.SlidingExpiration = true;
            options.LoginPath = JoinPath;
            options.AccessDeniedPath = JoinPath;
            options.ReturnUrlParameter = "returnUrl";
            options.Events.OnValidatePrincipal = ValidateAsync;
        });
        services.AddAuthorization();
        services.AddCascadingAuthenticationState();
        return services;
    }

    public static Task JoinAsync(this HttpContext context, Person person) =>
        context.SignInAsync(PersonPrincipal.Create(person), new AuthenticationProperties { IsPersistent = true });

    public static void MapAccounts(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost(LeavePath, async (HttpContext context, IAntiforgery antiforgery, ILeavers leavers) =>
        {
            if (!await antiforgery.IsRequestValidAsync(context).ConfigureAwait(false))
            {
                return Results.BadRequest();
            }

            if (PersonPrincipal.Find(context.User) is { } person)
            {
                await leavers.AddAsync(person.Id, context.RequestAborted).ConfigureAwait(false);
            }

            await context.SignOutAsync().ConfigureAwait(false);
            return Results.LocalRedirect("~" + JoinPath);
        });

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var leavers = context.HttpContext.RequestServices.GetRequiredService<ILeavers>();
        if (PersonPrincipal.Find(context.Principal) is not { } person
            || await leavers.HasLeftAsync(person.Id, context.HttpContext.RequestAborted).ConfigureAwait(false))
        {
            context.RejectPrincipal();
        }
    }
}
