namespace BlazorChat.Accounts;

/// <summary>Where to go after joining: only ever a place in this application.</summary>
public static class ReturnUrl
{
    /// <summary>The url when it is a path of this application, otherwise the start page.</summary>
    /// <param name="url">As it came from outside.</param>
    public static string LocalOrStart(string? url) => IsLocal(url) ? url! : "/";

    // One slash and then neither slash nor backslash: browsers take "//host" and "/\host" for another host. Control
    // characters are dropped by browsers before they parse, so "/\t/host" is another host, too.
    private static bool IsLocal(string? url) =>
        url is ['/', ..] && (url.Length == 1 || url[1] is not ('/' or '\\')) && !url.Any(char.IsControl);
}
