namespace BlazorChat.Accounts;

/// <summary>The page to open after joining, always in this application.</summary>
public static class ReturnUrl
{
    /// <summary>Gives the URL if it is a path in this application, or else the start page.</summary>
    /// <param name="url">The untrusted URL from the request.</param>
    public static string LocalOrStart(string? url) => IsLocal(url) ? url! : "/";

    // Browsers read "//host" and "/\host" as another host, so neither a slash nor a backslash may follow the first slash. Browsers
    // drop control characters before they parse, so "/\t/host" is another host, too.
    private static bool IsLocal(string? url) =>
        url is ['/', ..] && (url.Length == 1 || url[1] is not ('/' or '\\')) && !url.Any(char.IsControl);
}
