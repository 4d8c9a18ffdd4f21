using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Claims;
using System.Security.Cryptography;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace BlazorChat.Tests.Accounts;

/// <summary>An account at the provider.</summary>
internal sealed class ProviderAccount(string subject)
{
    public string Subject => subject;

    public string Name { get; set; } = "Grace";

    public string Email { get; set; } = "grace@example.org";

    public IReadOnlyList<string> Groups { get; set; } = [];

    public bool IsGone { get; set; }

    public string Session { get; set; } = "s1";

    /// <summary>When they signed in there.</summary>
    public DateTimeOffset? SignedInAt { get; set; }
}

/// <summary>An OpenID provider, by OpenIddict, that signs in whoever the test says without asking.</summary>
internal sealed class TestProvider : IAsyncDisposable
{
    public const string ClientId = "blazorchat";

    public const string ClientSecret = "a secret of the test";

    private readonly WebApplication _app;
    private readonly RsaSecurityKey _key;
    private readonly ConcurrentDictionary<string, ProviderAccount> _accounts = new(StringComparer.Ordinal);

    private TestProvider(WebApplication app, RsaSecurityKey key) => (_app, _key) = (app, key);

    public Uri Address => new(_app.Urls.First());

    /// <summary>Who signs in next.</summary>
    public ProviderAccount Current { get; private set; } = null!;

    /// <summary>Its clock.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Whether people are signed in there again when they are asked to: most providers ask them.</summary>
    public bool AsksAgain { get; set; } = true;

    /// <summary>Whether somebody turns back instead of signing in.</summary>
    public bool IsTurnedBack { get; set; }

    /// <summary>Whether it answers no questions.</summary>
    public bool IsAway { get; set; }

    /// <summary>All tokens that it has given out.</summary>
    public ConcurrentBag<string> Tokens { get; } = [];

    /// <summary>How often a refresh token was used.</summary>
    public int Refreshes { get; private set; }

    /// <summary>How often its keys were asked for.</summary>
    public int KeyRequests { get; private set; }

    public string[] Settings(params string[] more) =>
    [
        $"--OpenIdConnect:Company:Authority={Address}", $"--OpenIdConnect:Company:ClientId={ClientId}", $"--OpenIdConnect:Company:ClientSecret={ClientSecret}",
        "--OpenIdConnect:Company:DisplayName=Example Company", .. more,
    ];

    public ProviderAccount SignIn(string subject) => Current = _accounts.GetOrAdd(subject, s => new ProviderAccount(s));

    /// <summary>A logout token.</summary>
    public string LogoutToken(Action<Dictionary<string, object>>? change = null, SecurityKey? key = null, string type = "logout+jwt")
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["iss"] = Address.ToString(),
            ["aud"] = ClientId,
            ["iat"] = now,
            ["exp"] = now + 120,
            ["jti"] = Guid.NewGuid().ToString(),
            ["sub"] = Current.Subject,
            ["sid"] = Current.Session,
            ["events"] = new Dictionary<string, object> { ["http://schemas.openid.net/event/backchannel-logout"] = new Dictionary<string, object>() },
        };
        change?.Invoke(claims);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Claims = claims,
            TokenType = type,
            SigningCredentials = new SigningCredentials(key ?? _key, SecurityAlgorithms.RsaSha256),
        });
    }

    /// <summary>Signs in with the provider.</summary>
    /// <returns>Where the application leads afterwards.</returns>
    public static Task<string> ContinueAsync(FormBrowser browser, string target = "/") => FollowAsync(browser, $"/account/openid/Company?returnUrl={target}");

    /// <summary>Follows a link to the provider and back.</summary>
    /// <returns>Where the application leads afterwards.</returns>
    public static async Task<string> FollowAsync(FormBrowser browser, string path)
    {
        for (var hops = 0; hops < 3; hops++)
        {
            using var response = await browser.GetAsync(path);
            Assert.True(response.Headers.Location is not null, $"{path}: {response.StatusCode} {await response.Content.ReadAsStringAsync()}");
            path = response.Headers.Location.ToString();
        }

        return path;
    }

    public static async Task<TestProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var key = new RsaSecurityKey(RSA.Create(2048)) { KeyId = "test" };
        TestProvider provider = null!;
        builder.Services.AddAuthentication();
        builder.Services.AddAuthorization();
        builder.Services.AddOpenIddict().AddServer(options =>
        {
            options.SetAuthorizationEndpointUris("connect/authorize").SetTokenEndpointUris("connect/token").SetUserInfoEndpointUris("connect/userinfo");
            options.AllowAuthorizationCodeFlow().AllowRefreshTokenFlow().RequireProofKeyForCodeExchange();
            options.RegisterScopes("openid", "profile", "email", "offline_access");
            // Without a database: what may be asked is decided below.
            options.EnableDegradedMode();
            options.AddSigningKey(key).AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)));
            options.UseAspNetCore().EnableAuthorizationEndpointPassthrough().EnableTokenEndpointPassthrough().EnableUserInfoEndpointPassthrough().DisableTransportSecurityRequirement();
            options.AddEventHandler<ValidateAuthorizationRequestContext>(b => b.UseInlineHandler(context =>
            {
                if (context.ClientId != ClientId || !context.RedirectUri!.EndsWith("/account/openid/Company/callback", StringComparison.Ordinal))
                {
                    context.Reject(OpenIddictConstants.Errors.InvalidClient);
                }

                return default;
            }));
            options.AddEventHandler<ValidateTokenRequestContext>(b => b.UseInlineHandler(context =>
            {
                if (context.ClientId != ClientId || context.ClientSecret != ClientSecret)
                {
                    context.Reject(OpenIddictConstants.Errors.InvalidClient);
                }

                return default;
            }));
            options.AddEventHandler<ApplyTokenResponseContext>(b => b.UseInlineHandler(context =>
            {
                foreach (var token in new[] { context.Response.AccessToken, context.Response.IdToken, context.Response.RefreshToken }.OfType<string>())
                {
                    provider.Tokens.Add(token);
                }

                return default;
            }));
        });
        var app = builder.Build();
        app.Use((context, next) =>
        {
            provider.KeyRequests += context.Request.Path.StartsWithSegments("/.well-known/jwks", StringComparison.Ordinal) ? 1 : 0;
            if (!provider.IsAway)
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        });
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/connect/authorize", (HttpContext context) =>
        {
            if (provider.IsTurnedBack)
            {
                return Refuse(OpenIddictConstants.Errors.AccessDenied);
            }

            var asked = context.GetOpenIddictServerRequest()!;
            if (asked.MaxAge == 0 && provider.AsksAgain)
            {
                provider.Current.SignedInAt = provider.Time.GetUtcNow();
            }

            return SignInResult(provider.Current, asked.GetScopes());
        });
        app.MapPost("/connect/token", async (HttpContext context) =>
        {
            var asked = context.GetOpenIddictServerRequest()!;
            var principal = (await context.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)).Principal!;
            var account = provider._accounts[principal.GetClaim("sub")!];
            provider.Refreshes += asked.IsRefreshTokenGrantType() ? 1 : 0;
            return account.IsGone ? Refuse(OpenIddictConstants.Errors.InvalidGrant) : SignInResult(account, principal.GetScopes());
        });
        app.MapGet("/connect/userinfo", async (HttpContext context) =>
        {
            var principal = (await context.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme)).Principal!;
            var account = provider._accounts[principal.GetClaim("sub")!];
            return Results.Json(new { sub = account.Subject, name = account.Name, email = account.Email });
        });
        provider = new TestProvider(app, key);
        await app.StartAsync();
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static IResult Refuse(string error) => Results.Forbid(
        new AuthenticationProperties(new Dictionary<string, string?> { [OpenIddictServerAspNetCoreConstants.Properties.Error] = error }),
        [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);

    private static IResult SignInResult(ProviderAccount account, ImmutableArray<string> scopes)
    {
        var identity = new ClaimsIdentity("test", "name", "role");
        identity.SetClaim("sub", account.Subject).SetClaim("name", account.Name).SetClaim("email", account.Email).SetClaim("sid", account.Session)
            .SetClaim("auth_time", account.SignedInAt?.ToUnixTimeSeconds()).SetClaims("groups", [.. account.Groups]).SetScopes(scopes).SetDestinations(_ => ["access_token", "id_token"]);
        return Results.SignIn(new ClaimsPrincipal(identity), null, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }
}
