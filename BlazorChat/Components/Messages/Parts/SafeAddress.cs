using System.Diagnostics.CodeAnalysis;
using BlazorChat.Markdown;

namespace BlazorChat.Components.Messages.Parts;

/// <summary>Decides which addresses of sources become links: http and https addresses that <see cref="SafeLinks"/> allows.</summary>
internal static class SafeAddress
{
    /// <summary>Whether an address may be a link.</summary>
    /// <param name="url">The address, from a model or a tool.</param>
    /// <param name="host">The host, with look-alike letters in Punycode (<c>xn--…</c>); empty if the address may not be a link.</param>
    public static bool TryGetHost([NotNullWhen(true)] string? url, out string host)
    {
        host = "";
        if (!SafeLinks.IsAllowed(url) || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            return false;
        }

        host = uri.IdnHost;
        return true;
    }
}
