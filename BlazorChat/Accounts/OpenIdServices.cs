using BlazorChat.Components;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace BlazorChat.Accounts;

/// <summary>Registers OpenID Connect: a scheme for each configured provider, and what its sign-ins mean here.</summary>
internal static class OpenIdServices
{
    private const string Link = "BlazorChat.Link";

    private const string Again = "BlazorChat.Again";

    public static IServiceCollection AddOpenId(this IServiceCollection services)
    {
        services.AddSingleton<OpenIdProviders>();
        services.AddSingleton<OpenIdTokens>();
        services.AddSingleton<GroupRights>();
        services.AddSingleton<OpenIdChecks>();
        services.AddHostedService(s => s.GetRequiredService<OpenIdChecks>());
        services.AddSingleton<BackChannelLogout>();
        services.AddScoped<ExternalSignIns>();
        services.AddTransient<OpenIdConnectHandler>();
        services.AddSingleton<IConfigureOptions<AuthenticationOptions>, Schemes>();
        services.AddSingleton<IConfigureOptions<OpenIdConnectOptions>, Settings>();
        services.AddSingleton<IPostConfigureOptions<OpenIdConnectOptions>, OpenIdConnectPostConfigureOptions>();
        return services;
    }

    public static void MapOpenId(this IEndpointRouteBuilder endpoints)
    {
        // A plain link: the content security policy lets no form lead to another server. Whoever is led here by another site signs in at most.
        endpoints.MapGet("/" + Links.ExternalSignIn, async (HttpContext context, string provider, string? returnUrl, string? link, bool? again, OpenIdProviders providers, ExternalSignIns signIns) =>
        {
            if (providers.Find(provider) is not { } found || (link is not null && !signIns.IsOwnLink(context, found, link)))
            {
                return Results.NotFound();
            }

            var target = ReturnUrl.LocalOrStart(returnUrl, context.Request.PathBase);
            var properties = new OpenIdConnectChallengeProperties { RedirectUri = target };
            if (link is not null)
            {
                properties.Items[Link] = link;
            }

            if (again == true)
            {
                properties.Items[Again] = "";
                // Not the sign-in that the provider remembers: whoever found this page open would have that, too. (Some providers refuse "prompt=login".)
                properties.MaxAge = TimeSpan.Zero;
            }

            await context.ChallengeAsync(found.Scheme, properties).ConfigureAwait(false);
            return Results.Empty;
        }).AllowAnonymous();
        endpoints.MapPost("/account/openid/{provider}/logout", (HttpContext context, string provider, BackChannelLogout logout) =>
            logout.RunAsync(context, provider)).AllowAnonymous().DisableAntiforgery();
    }

    private static async Task ReceiveAsync(TicketReceivedContext context, OpenIdProvider provider)
    {
        context.HandleResponse();
        var http = context.HttpContext;
        var wish = WishOf(context.Properties);
        var refused = await http.RequestServices.GetRequiredService<ExternalSignIns>()
            .ReceiveAsync(http, provider, context.Principal!, http.Features.Get<ReceivedTokens>()?.RefreshToken, wish).ConfigureAwait(false);
        http.Response.Redirect(refused is { } reason ? await PageOfAsync(http, wish, context.ReturnUri, reason).ConfigureAwait(false) : context.ReturnUri ?? http.Request.PathBase + "/");
    }

    private static async Task FailAsync(RemoteFailureContext context)
    {
        context.HandleResponse();
        context.HttpContext.Response.Redirect(
            await PageOfAsync(context.HttpContext, WishOf(context.Properties), context.Properties?.RedirectUri, ExternalRefusal.Failed).ConfigureAwait(false));
    }

    private static ExternalWish WishOf(AuthenticationProperties? properties) =>
        new(properties?.Items.TryGetValue(Link, out var link) == true ? link : null, properties?.Items.ContainsKey(Again) == true);

    // The page that says why: the one that they came from, as long as it is theirs.
    private static async Task<string> PageOfAsync(HttpContext http, ExternalWish wish, string? target, ExternalRefusal reason)
    {
        // The provider's answer is handled before anybody asks who sent the request.
        var isSignedIn = await http.AuthenticateAsync().ConfigureAwait(false) is { Succeeded: true } known && PersonPrincipal.Find(known.Principal) is not null;
        var page = isSignedIn && wish.Link is not null ? Links.LinkRefused(reason)
            : isSignedIn && wish.IsAgain ? Links.SignInAgainRefused(target ?? "/", reason)
            : Links.SignInRefused(reason);
        return $"{http.Request.PathBase}/{page}";
    }

    /// <summary>What the token endpoint gave, until the sign-in is complete. It never gets into a cookie.</summary>
    private sealed record ReceivedTokens(string? RefreshToken);

    private sealed class Schemes(OpenIdProviders providers) : IConfigureOptions<AuthenticationOptions>
    {
        public void Configure(AuthenticationOptions options)
        {
            foreach (var provider in providers.All)
            {
                options.AddScheme<OpenIdConnectHandler>(provider.Scheme, provider.DisplayName);
            }
        }
    }

    private sealed class Settings(OpenIdProviders providers, TimeProvider time) : IConfigureNamedOptions<OpenIdConnectOptions>
    {
        private static readonly string[] UsualScopes = ["openid", "profile", "email", "offline_access"];

        public void Configure(OpenIdConnectOptions options) => Configure(Options.DefaultName, options);

        public void Configure(string? name, OpenIdConnectOptions options)
        {
            if (providers.All.FirstOrDefault(p => p.Scheme == name) is not { } provider)
            {
                return;
            }

            var settings = provider.Options;
            options.TimeProvider = time;
            options.SignInScheme = CookieAuthenticationDefaults.AuthenticationScheme;
            options.Authority = settings.Authority;
            // Only an address of this machine may be http: see OpenIdProviders.
            options.RequireHttpsMetadata = !settings.Authority!.StartsWith("http:", StringComparison.OrdinalIgnoreCase);
            options.ClientId = settings.ClientId;
            options.ClientSecret = settings.ClientSecret;
            options.ResponseType = OpenIdConnectResponseType.Code;
            // A form that another site posts would need cookies that go with such forms.
            options.ResponseMode = OpenIdConnectResponseMode.Query;
            options.UsePkce = true;
            // Whoever sends tokens with made-up keys does not have the provider asked for its keys each time.
            options.RefreshInterval = TimeSpan.FromMinutes(5);
            options.BackchannelTimeout = TimeSpan.FromSeconds(10);
            options.SaveTokens = false;
            options.MapInboundClaims = false;
            options.GetClaimsFromUserInfoEndpoint = true;
            options.CallbackPath = $"/account/openid/{provider.Name}/callback";
            // Nobody signs out here by a page of the provider.
            options.RemoteSignOutPath = PathString.Empty;
            options.Scope.Clear();
            foreach (var scope in settings.Scopes.Count > 0 ? settings.Scopes : [.. UsualScopes])
            {
                options.Scope.Add(scope);
            }

            foreach (var claim in new[] { settings.NameClaim, settings.EmailClaim, settings.GroupsClaim })
            {
                options.ClaimActions.MapJsonKey(claim, claim);
            }

            options.CorrelationCookie.SameSite = options.NonceCookie.SameSite = SameSiteMode.Lax;
            options.CorrelationCookie.SecurePolicy = options.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.Events.OnTokenValidated = context =>
            {
                context.HttpContext.Features.Set(new ReceivedTokens(context.TokenEndpointResponse?.RefreshToken));
                return Task.CompletedTask;
            };
            options.Events.OnTicketReceived = context => ReceiveAsync(context, provider);
            options.Events.OnRemoteFailure = FailAsync;
        }
    }
}
