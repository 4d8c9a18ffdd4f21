using System.Diagnostics.CodeAnalysis;

namespace BlazorChat.Markdown;

/// <summary>
/// Decides which addresses become links: absolute http, https and mailto. An allow-list over the final address, after Markdig has resolved
/// entities and escapes: <c>java&amp;Tab;script:</c>, <c>//host</c>, <c>data:</c> and relative addresses do not begin with one of the
/// three.
/// </summary>
internal static class SafeLinks
{
    /// <summary>
    /// The longest address that becomes a link, in characters: what common servers take in the first line of a request.
    /// </summary>
    public const int MaxLength = 8 * 1024;

    private static readonly string[] Schemes = ["https://", "http://", "mailto:"];

    /// <summary>Whether an address may be used in <c>href</c>.</summary>
    public static bool IsAllowed([NotNullWhen(true)] string? url)
    {
        if (string.IsNullOrEmpty(url) || url.Length > MaxLength || !HasAllowedStart(url) || HasHiddenCharacters(url))
        {
            return false;
        }

        // Agrees with the browser about where the scheme ends: 'http://' alone and 'http:///x' have no host.
        return Uri.TryCreate(url, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeMailto || (uri.Scheme is "http" or "https" && uri.Host.Length > 0 && HasName(uri)));
    }

    // A host with letters that no name may have, or not in this order, has no Punycode. Nobody could tell where it leads.
    private static bool HasName(Uri uri)
    {
        if (!uri.Host.AsSpan().ContainsAnyExceptInRange('\0', '\u007F'))
        {
            return true;
        }

        try
        {
            return uri.IdnHost.Length > 0;
        }
        catch (UriFormatException)
        {
            return false;
        }
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

    // Browsers drop tabs and line breaks inside an address and treat '\' as '/'. The address that is checked must be the one that is
    // followed.
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
