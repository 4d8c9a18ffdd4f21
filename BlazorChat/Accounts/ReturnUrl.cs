namespace BlazorChat.Accounts;

/// <summary>The page to open after joining, always in this application.</summary>
public static class ReturnUrl
{
    private static readonly Uri AnyHost = new("http://host");

    /// <summary>Gives the URL if it is a path in this application, or else the start page.</summary>
    /// <param name="url">The untrusted URL from the request.</param>
    public static string LocalOrStart(string? url) => LocalOrStart(url, PathString.Empty);

    /// <summary>Gives the URL if it is a path in this application, or else the start page.</summary>
    /// <param name="url">The untrusted URL from the request, with or without the path that the application is below.</param>
    /// <param name="pathBase">The path that the application is below; empty for none.</param>
    /// <returns>A path that begins with <paramref name="pathBase"/>.</returns>
    public static string LocalOrStart(string? url, PathString pathBase)
    {
        var root = pathBase.ToUriComponent() + "/";
        if (!IsLocal(url))
        {
            return root;
        }

        if (url == pathBase.ToUriComponent())
        {
            return root;
        }

        var path = url!.StartsWith(root, StringComparison.Ordinal) ? url : pathBase.ToUriComponent() + url;
        // Without a path base, every path of this host is the application's.
        return root.Length == 1 || (Uri.TryCreate(AnyHost, path, out var uri) && uri.AbsolutePath.StartsWith(root, StringComparison.Ordinal)) ? path : root;
    }

    // Browsers read "//host" and "/\host" as another host, so neither a slash nor a backslash may follow the first slash. Browsers
    // drop control characters before they parse, so "/\t/host" is another host, too.
    private static bool IsLocal(string? url) =>
        url is ['/', ..] && (url.Length == 1 || url[1] is not ('/' or '\\')) && !url.Any(char.IsControl);
}
