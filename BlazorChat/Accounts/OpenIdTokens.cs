using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace BlazorChat.Accounts;

/// <summary>What a provider says about a sign-in when it is asked again.</summary>
/// <param name="Verdict">Whether it holds.</param>
/// <param name="Groups">The groups, if it does.</param>
/// <param name="RefreshToken">What to ask with the next time.</param>
internal sealed record OpenIdAnswer(OpenIdVerdict Verdict, IReadOnlySet<string> Groups, string? RefreshToken)
{
    private static readonly HashSet<string> None = new(StringComparer.Ordinal);

    /// <summary>It has ended.</summary>
    public static OpenIdAnswer Ended { get; } = new(OpenIdVerdict.Ended, None, null);

    /// <summary>The provider gave no answer that counts.</summary>
    public static OpenIdAnswer Unknown { get; } = new(OpenIdVerdict.Unknown, None, null);
}

/// <summary>Whether a sign-in still holds.</summary>
internal enum OpenIdVerdict
{
    /// <summary>Nobody knows.</summary>
    Unknown,

    /// <summary>It holds.</summary>
    Confirmed,

    /// <summary>It does not.</summary>
    Ended,
}

/// <summary>Asks providers with refresh tokens, and checks what they sign. Tokens stay here: nothing of them is logged or shown.</summary>
internal sealed class OpenIdTokens(IOptionsMonitor<OpenIdConnectOptions> options, IDataProtectionProvider protection)
{
    private const int LongestAnswer = 1_000_000;

    // What providers say when somebody would have to sign in again.
    private static readonly string[] EndingErrors = ["invalid_grant", "access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required"];

    private readonly IDataProtector _protector = protection.CreateProtector("BlazorChat.Accounts.OpenIdTokens");

    /// <summary>The groups among claims.</summary>
    public static IReadOnlySet<string> GroupsOf(OpenIdProvider provider, IEnumerable<Claim> claims) =>
        claims.Where(c => c.Type == provider.Options.GroupsClaim).Select(c => c.Value).ToHashSet(StringComparer.Ordinal);

    /// <summary>Makes a token fit to be stored.</summary>
    public string Protect(string token) => _protector.Protect(token);

    /// <summary>Asks a provider whether a sign-in still holds.</summary>
    /// <param name="provider">The provider.</param>
    /// <param name="subject">Its id for the account.</param>
    /// <param name="stored">The refresh token, as stored.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<OpenIdAnswer> AskAsync(OpenIdProvider provider, string subject, string stored, CancellationToken cancellationToken)
    {
        var settings = options.Get(provider.Scheme);
        try
        {
            var configuration = await settings.ConfigurationManager!.GetConfigurationAsync(cancellationToken).ConfigureAwait(false);
            var fields = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["grant_type"] = "refresh_token",
                ["refresh_token"] = _protector.Unprotect(stored),
                ["client_id"] = settings.ClientId!,
            };
            if (settings.ClientSecret is { } secret)
            {
                fields["client_secret"] = secret;
            }

            using var content = new FormUrlEncodedContent(fields);
            using var response = await settings.Backchannel.PostAsync(configuration.TokenEndpoint, content, cancellationToken).ConfigureAwait(false);
            using var answer = await ReadAsync(response, cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                return response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                    && EndingErrors.Contains(TextOf(answer, "error"), StringComparer.Ordinal) ? OpenIdAnswer.Ended : OpenIdAnswer.Unknown;
            }

            // Kept whatever comes next: the one before may not work any more.
            var next = TextOf(answer, "refresh_token") is { } replaced ? Protect(replaced) : stored;
            try
            {
                var claims = await ClaimsAsync(settings, configuration, answer, subject, cancellationToken).ConfigureAwait(false);
                return claims is null ? OpenIdAnswer.Unknown with { RefreshToken = next } : new OpenIdAnswer(OpenIdVerdict.Confirmed, GroupsOf(provider, claims), next);
            }
            catch (HttpRequestException)
            {
                return OpenIdAnswer.Unknown with { RefreshToken = next };
            }
        }
        catch (CryptographicException)
        {
            return OpenIdAnswer.Ended;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or InvalidOperationException or IOException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return OpenIdAnswer.Unknown;
        }
    }

    /// <summary>Checks a token that a provider signed for this server.</summary>
    /// <returns>Its claims; null if it is not good.</returns>
    public async Task<IDictionary<string, object>?> ValidateAsync(OpenIdProvider provider, string token, CancellationToken cancellationToken)
    {
        var settings = options.Get(provider.Scheme);
        var configuration = await settings.ConfigurationManager!.GetConfigurationAsync(cancellationToken).ConfigureAwait(false);
        var result = await ValidateAsync(settings, configuration, token, needsLifetime: false).ConfigureAwait(false);
        if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            // The provider may have new keys.
            settings.ConfigurationManager.RequestRefresh();
            configuration = await settings.ConfigurationManager.GetConfigurationAsync(cancellationToken).ConfigureAwait(false);
            result = await ValidateAsync(settings, configuration, token, needsLifetime: false).ConfigureAwait(false);
        }

        return result.IsValid ? result.Claims : null;
    }

    private static Task<TokenValidationResult> ValidateAsync(OpenIdConnectOptions settings, OpenIdConnectConfiguration configuration, string token, bool needsLifetime)
    {
        var parameters = settings.TokenValidationParameters.Clone();
        parameters.ValidIssuer = configuration.Issuer;
        parameters.ValidAudience = settings.ClientId;
        parameters.IssuerSigningKeys = configuration.SigningKeys;
        parameters.RequireSignedTokens = true;
        // Logout tokens may go without an end: their age counts.
        parameters.RequireExpirationTime = needsLifetime;
        return settings.TokenHandler.ValidateTokenAsync(token, parameters);
    }

    private static async Task<List<Claim>?> ClaimsAsync(
        OpenIdConnectOptions settings, OpenIdConnectConfiguration configuration, JsonDocument answer, string subject, CancellationToken cancellationToken)
    {
        var claims = new List<Claim>();
        if (TextOf(answer, "id_token") is { } idToken)
        {
            var result = await ValidateAsync(settings, configuration, idToken, needsLifetime: true).ConfigureAwait(false);
            if (!result.IsValid || result.ClaimsIdentity.FindFirst("sub")?.Value != subject)
            {
                // The provider may have new keys.
                settings.ConfigurationManager!.RequestRefresh();
                return null;
            }

            claims.AddRange(result.ClaimsIdentity.Claims);
        }

        if (!string.IsNullOrEmpty(configuration.UserInfoEndpoint) && TextOf(answer, "access_token") is { } access)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, configuration.UserInfoEndpoint);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", access);
            using var response = await settings.Backchannel.SendAsync(request, cancellationToken).ConfigureAwait(false);
            response.EnsureSuccessStatusCode();
            using var info = await ReadAsync(response, cancellationToken).ConfigureAwait(false);
            if (TextOf(info, "sub") != subject)
            {
                return null;
            }

            foreach (var property in info.RootElement.EnumerateObject())
            {
                var values = property.Value.ValueKind == JsonValueKind.Array ? property.Value.EnumerateArray().ToList() : [property.Value];
                claims.AddRange(values.Where(v => v.ValueKind == JsonValueKind.String).Select(v => new Claim(property.Name, v.GetString()!)));
            }
        }

        return claims;
    }

    private static async Task<JsonDocument> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(LongestAnswer, cancellationToken).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            return await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
    }

    private static string? TextOf(JsonDocument document, string name) =>
        document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
