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
                words => new RefusalText(words["Refusal_ImpossibleHost"], words["Refusal_ImpossibleHostReason", Refusals.Shown(asked)], words["Refusal_ProxyIsBetween"]));
        }

        if ((request.IsHttps && request.Host.HasValue) || IsKnown(request.Host.Host))
        {
            return next();
        }

        var host = Refusals.Shown(request.Host.Host);
        return refusals.RefuseAsync(
            context,
            StatusCodes.Status403Forbidden,
            words => new RefusalText(
                words["Refusal_OtherHost"],
                host.Length == 0 ? words["Refusal_NoHostReason"] : words["Refusal_OtherHostReason", host],
                [
                    host.Length == 0 ? words["Refusal_PassHostOn"] : words["Refusal_AllowHost", host],
                    .. IsForwarded(context) ? [words[ForwardedAdvice(context)]] : Array.Empty<string>(),
                    .. options.HasOldSetting ? [words["Refusal_OldSetting"]] : Array.Empty<string>(),
                ]));
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
            ? "Refusal_SendProto"
            : "Refusal_TrustProxy";
}
