using System.Diagnostics.CodeAnalysis;
using BlazorChat.Markdown;

namespace BlazorChat.Components.Messages.Parts;

/// <summary>Which addresses of sources become links: http and https, as <see cref="SafeLinks"/> knows them safe.</summary>
internal static class SafeAddress
{
    /// <summary>Whether an address may be a link.</summary>
    /// <param name="url">The address, from a model or a tool.</param>
    /// <param name="host">Where it leads, look-alike letters written out (<c>xn--…</c>).</param>
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
