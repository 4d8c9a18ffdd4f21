using Microsoft.Extensions.Primitives;

namespace BlazorChat.Web;

/// <summary>
/// Refuses requests for names that are not this server's (see <see cref="OwnNames"/>). Over https, the certificate vouches for the name:
/// this server's own, or that of a trusted proxy.
/// </summary>
internal sealed class HostCheck(DoorOptions options, OwnNames own, Refusals refusals)
{
    // What proxies add; the last ones are not read, but tell that there is a proxy.
    private static readonly string[] Forwarded =
        ["X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Scheme", "X-Forwarded-Ssl", "X-Real-IP", "Forwarded", "Via", "Front-End-Https"];

    private readonly IList<StringSegment> _allowed = [.. options.AllowedHosts.Select(host => new StringSegment(host))];

    // Monitors use whatever name they like, and learn nothing there.
    private static readonly PathString Health = "/health";

    public Task InvokeAsync(HttpContext context, Func<Task> next)
    {
        var request = context.Request;
        if (request.Path.StartsWithSegments(Health, StringComparison.OrdinalIgnoreCase))
        {
            return next();
        }

        var asked = request.Headers.Host.ToString();
        if (asked.Length > 0 && !IsPossible(request.Scheme, asked))
        {
            // Pages need an address that can be written. The server lets more through, such as a port past 65535.
            return refusals.RefuseAsync(
                context,
                StatusCodes.Status400BadRequest,
                "This address is not possible",
                $"The request is for {Refusals.Shown(asked)}, which no address can have as its host.",
                "If a reverse proxy is in between, have it pass on the host that the browser asked for.");
        }

        if ((request.IsHttps && request.Host.HasValue) || IsKnown(request.Host.Host))
        {
            return next();
        }

        var host = Refusals.Shown(request.Host.Host);
        return refusals.RefuseAsync(
            context,
            StatusCodes.Status403Forbidden,
            "This address is not allowed",
            host.Length == 0 ? "The request names no host." : $"Over plain http, this server does not answer to the name {host}.",
            [
                host.Length == 0 ? "Have the reverse proxy pass on the host that the browser asked for." : $"If {host} is a name of this server, its operator can allow it: set AllowedHosts to {host}.",
                .. IsForwarded(context) ? [ForwardedAdvice(context)] : Array.Empty<string>(),
                .. options.HasOldSetting ? ["ASPNETCORE_FORWARDEDHEADERS_ENABLED has no effect: TrustedProxies replaces it."] : Array.Empty<string>(),
            ]);
    }

    private static bool IsPossible(string scheme, string host)
    {
        try
        {
            // The framework reads the Punycode in a name with each use of the host, and fails if it is none.
            return Uri.TryCreate($"{scheme}://{HostString.FromUriComponent(host).ToUriComponent()}/", UriKind.Absolute, out _);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // A dot at the end, as in chat.example.com., only says that the name is complete.
    private bool IsKnown(string host) => host.Length > 0 && (own.Contains(host) || HostString.MatchesAny(host.EndsWith('.') ? host[..^1] : host, _allowed));

    private static bool IsForwarded(HttpContext context) => Doors.IsFromTrustedProxy(context) || Array.Exists(Forwarded, name => context.Request.Headers.ContainsKey(name));

    private static string ForwardedAdvice(HttpContext context) =>
        Doors.IsFromTrustedProxy(context)
            ? "If a reverse proxy provides https, have it send X-Forwarded-Proto: https."
            : "The request came through a reverse proxy that is not trusted: set TrustedProxies to the proxy’s address, and have it send X-Forwarded-Proto.";
}
