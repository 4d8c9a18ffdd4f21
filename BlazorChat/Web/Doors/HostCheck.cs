using Microsoft.Extensions.Primitives;

namespace BlazorChat.Web;

/// <summary>
/// Refuses requests for names that are not this server's (see <see cref="OwnNames"/>). Over https, the certificate vouches for the name:
/// this server's own, or that of a trusted proxy.
/// </summary>
internal sealed class HostCheck(DoorOptions options, OwnNames own, Refusals refusals)
{
    private static readonly string[] Forwarded = ["X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-For"];

    private readonly IList<StringSegment> _allowed = [.. options.AllowedHosts.Select(host => new StringSegment(host))];

    // Monitors use whatever name they like, and learn nothing there.
    private static readonly PathString Health = "/health";

    public Task InvokeAsync(HttpContext context, Func<Task> next)
    {
        var request = context.Request;
        if (request.IsHttps || IsKnown(request.Host.Host) || request.Path.StartsWithSegments(Health, StringComparison.OrdinalIgnoreCase))
        {
            return next();
        }

        var host = Refusals.Shown(request.Host.Host);
        return refusals.RefuseAsync(
            context,
            StatusCodes.Status403Forbidden,
            "This address is not allowed",
            host.Length == 0 ? "The request over plain http names no host." : $"Over plain http, this server does not answer to the name {host}.",
            [
                host.Length == 0 ? "Have the reverse proxy pass on the host that the browser asked for." : $"If {host} is a name of this server, its operator can allow it: set AllowedHosts to {host}.",
                .. IsForwarded(context) ? [ForwardedAdvice(context)] : Array.Empty<string>(),
                .. options.HasOldSetting ? ["ASPNETCORE_FORWARDEDHEADERS_ENABLED has no effect: TrustedProxies replaces it."] : Array.Empty<string>(),
            ]);
    }

    private bool IsKnown(string host) => host.Length > 0 && (own.Contains(host) || HostString.MatchesAny(host, _allowed));

    private static bool IsForwarded(HttpContext context) => Array.Exists(Forwarded, name => context.Request.Headers.ContainsKey(name));

    private string ForwardedAdvice(HttpContext context) =>
        options.Trusts(context.Connection.RemoteIpAddress)
            ? "If a reverse proxy provides https, have it send X-Forwarded-Proto: https."
            : "The request came through a reverse proxy that is not trusted: set TrustedProxies to the proxy’s address, and have it send X-Forwarded-Proto.";
}
