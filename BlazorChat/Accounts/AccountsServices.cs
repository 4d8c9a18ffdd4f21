using BlazorChat.Access;
using BlazorChat.Mail;
using BlazorChat.Messages;
using BlazorChat.Storage;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BlazorChat.Accounts;

/// <summary>Signs people in, guests and accounts: a cookie that only this server can write names the person and the session.</summary>
internal static class AccountsServices
{
    /// <summary>The page where people give their name, or sign in where guests are not let in.</summary>
    public const string JoinPath = "/join";

    /// <summary>The address to which the sign-out form is posted.</summary>
    public const string LeavePath = "/leave";

    /// <summary>The page where guests decide about their rooms before they leave, and where accounts are deleted.</summary>
    public const string LeaveServerPath = "/account/leave";

    // More than Identity's own, as advised for this hash.
    private const int HashIterations = 210_000;

    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddSection<AccountsOptions>(AccountsOptions.Section);
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options =>
        {
            options.Cookie.Name = "BlazorChat.Person";
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            // Renewed after half of it has passed: a visit every three months is enough to stay signed in.
            options.ExpireTimeSpan = KnownSession.Lifetime;
            options.SlidingExpiration = true;
            options.LoginPath = JoinPath;
            options.AccessDeniedPath = JoinPath;
            options.ReturnUrlParameter = "returnUrl";
            options.Events.OnValidatePrincipal = ValidateAsync;
        });
        services.AddAuthorization();
        services.AddCascadingAuthenticationState();
        services.AddScoped<IdentityStore>();
        services.AddScoped<IUserStore<PersonRow>>(s => s.GetRequiredService<IdentityStore>());
        services.AddSingleton<NameRules>();
        services.AddSingleton<ILookupNormalizer>(s => s.GetRequiredService<NameRules>());
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = HashIterations);
        services.AddIdentityCore<PersonRow>(options =>
        {
            // Length is what counts; rules about characters make people write passwords down.
            options.Password.RequiredLength = AccountLinks.ShortestPassword;
            options.Password.RequiredUniqueChars = AccountLinks.DifferentCharacters;
            options.Password.RequireDigit = options.Password.RequireLowercase = options.Password.RequireUppercase = options.Password.RequireNonAlphanumeric = false;
        }).AddPasswordValidator<LongestPassword>().AddTokenProvider<AuthenticatorTokenProvider<PersonRow>>(TokenOptions.DefaultAuthenticatorProvider);
        // Names are NameRules' alone, in the transaction that takes them.
        services.RemoveAll<IUserValidator<PersonRow>>();
        services.AddSingleton<IGuests, GuestRules>();
        services.AddSingleton<GuestRules>(s => (GuestRules)s.GetRequiredService<IGuests>());
        services.AddSingleton<PersonSessions>();
        services.AddSingleton<SignInWaits>();
        services.AddSingleton<PasswordGate>();
        services.AddSingleton<RecentSignIns>();
        services.AddSingleton<KnownBrowser>();
        services.AddSingleton<Newcomers>();
        services.AddSingleton<OpenPages>();
        services.AddSingleton<AccountAuthorizer>();
        services.AddSingleton<RoomInvitations>();
        services.AddSingleton<OneTimeLinks>();
        services.AddScoped<OwnProofs>();
        services.AddScoped<AccountService>();
        services.AddSingleton<AccountAdministration>();
        services.AddMail();
        services.AddScoped<AccountMail>();
        services.AddScoped<AccountDeletion>();
        services.AddSingleton<AccountAudit>();
        services.AddSingleton<DeletedPeople>();
        services.AddHostedService(s => s.GetRequiredService<DeletedPeople>());
        services.AddSingleton<SecondStep>();
        services.AddScoped<TwoFactor>();
        services.AddScoped<IPasskeyHandler<PersonRow>, PasskeyHandler<PersonRow>>();
        services.AddSingleton<AnsweredChallenges>();
        services.AddScoped<Passkeys>();
        services.AddScoped<SignInFlow>();
        services.AddHostedService<SessionAges>();
        services.AddSingleton<AccountsStart>();
        services.AddOpenId();
        return services;
    }

    /// <summary>Writes the cookie of somebody whose session has begun.</summary>
    public static Task JoinAsync(this HttpContext context, Person person) =>
        context.SignInAsync(PersonPrincipal.Create(person), new AuthenticationProperties { IsPersistent = true });

    /// <summary>Writes the cookie of somebody who has another session now, and goes on with it: the page that is being made is still theirs.</summary>
    public static Task RenewAsync(this HttpContext context, Person person)
    {
        context.User = PersonPrincipal.Create(person);
        return context.JoinAsync(person);
    }

    /// <summary>Who sent a request: whoever is signed in, or a guest whose cookie is good and who is not let in any more.</summary>
    public static Person? FindPerson(this HttpContext context) => PersonPrincipal.Find(context.User) ?? context.Features.Get<TurnedAway>()?.Guest;

    public static void MapAccounts(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost(LeavePath, async (HttpContext context, IAntiforgery antiforgery, AccountDeletion deletion) =>
        {
            if (!await antiforgery.IsRequestValidAsync(context).ConfigureAwait(false))
            {
                return Results.BadRequest();
            }

            if (context.FindPerson() is { } person && await deletion.LeaveAsync(person, context.RequestAborted).ConfigureAwait(false) is not null)
            {
                // Whoever signs out of an account comes back; a guest does not. One who is not let in any more signs in or registers first.
                return Results.LocalRedirect("~" + LeaveServerPath);
            }

            await context.SignOutAsync().ConfigureAwait(false);
            return Results.LocalRedirect("~" + JoinPath);
        });

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var http = context.HttpContext;
        var services = http.RequestServices;
        if (PersonPrincipal.Find(context.Principal) is not { } cookie
            || await services.GetRequiredService<PersonSessions>().ResumeAsync(cookie, http.RequestAborted).ConfigureAwait(false) is not { } person)
        {
            context.RejectPrincipal();
            return;
        }

        var standing = services.GetRequiredService<PeopleDirectory>().StandingOf(person);
        if (standing == Standing.None || (standing == Standing.Guest && !services.GetRequiredService<GuestRules>().AreLetIn(http)))
        {
            // Nobody here, but known all the same: they may register and keep what is theirs.
            http.Features.Set(new TurnedAway(person));
            context.RejectPrincipal();
            return;
        }

        if (cookie.Session is null || cookie.Name != person.Name)
        {
            context.ReplacePrincipal(PersonPrincipal.Create(person));
            context.ShouldRenew = true;
        }
    }

    /// <summary>A guest whose session is good, where guests are not let in.</summary>
    private sealed record TurnedAway(Person Guest);

    /// <summary>Refuses passwords that are so long that they only cost time.</summary>
    private sealed class LongestPassword : IPasswordValidator<PersonRow>
    {
        public Task<IdentityResult> ValidateAsync(UserManager<PersonRow> manager, PersonRow user, string? password) => Task.FromResult(
            password is { Length: > AccountLinks.PasswordLength }
                ? IdentityResult.Failed(new IdentityError { Code = AccountLinks.PasswordTooLong })
                : IdentityResult.Success);
    }
}
