using System.Diagnostics.CodeAnalysis;

namespace BlazorChat.Markdown;

/// <summary>
/// Which addresses become links: absolute http, https and mailto. An allow-list over the finished address, after Markdig
/// has resolved its entities and escapes: <c>java&amp;Tab;script:</c>, <c>//host</c>, <c>data:</c> and relative ones simply
/// do not begin with one of the three.
/// </summary>
internal static class SafeLinks
{
    /// <summary>The longest address in characters that becomes a link; every browser and proxy takes this much.</summary>
    public const int MaxLength = 2048;

    private static readonly string[] Schemes = ["https://", "http://", "mailto:"];

    /// <summary>Whether an address may stand in <c>href</c>.</summary>
    public static bool IsAllowed([NotNullWhen(true)] string? url)
    {
        if (string.IsNullOrEmpty(url) || url.Length > MaxLength || !HasAllowedStart(url) || HasHiddenCharacters(url))
        {
            return false;
        }

        // Agrees with the browser on where the scheme ends: 'http://' alone or 'http:///x' has no host.
        return Uri.TryCreate(url, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeMailto || (uri.Scheme is "http" or "https" && uri.Host.Length > 0));
    }

    private static bool HasAllowedStart(string url)
    {
        foreach (var scheme in Schemes)
        {
            if (url.Length > scheme.Length && url.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // Browsers drop tabs and line breaks inside an address and take '\' for '/': what is checked must be what is followed.
    private static bool HasHiddenCharacters(string url)
    {
        foreach (var c in url)
        {
            if (char.IsControl(c) || char.IsWhiteSpace(c) || c is '\\' or '\uFFFD')
            {
                return true;
            }
        }

        return false;
    }
}
