using System.Net;
using BlazorChat.Access;
using BlazorChat.Web;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace BlazorChat.Accounts;

/// <summary>
/// Whether guests are let in. By default only on a server that is tried out on one's own machine: it listens on loopback alone, has no
/// proxy and never had an administrator. A proxy on the same machine makes such a server public without its knowing, so that, by this default, a
/// request that shows signs of a proxy is not let in either.
/// </summary>
internal sealed class GuestRules(IOptions<AccountsOptions> options, DoorOptions doors, IServer server, IHostApplicationLifetime lifetime) : IGuests
{
    private static readonly string[] ProxyHeaders =
    [
        "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Scheme", "X-Forwarded-Ssl", "X-Forwarded-Server",
        "X-Original-Host", "X-Original-For", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "Front-End-Https",
    ];

    private readonly bool _hasProxy = doors.TrustedProxies.Count > 0 || doors.TrustsUnixSockets;

    private bool? _isLocal;

    /// <inheritdoc />
    public bool AreLetIn(bool hadAdministrator) => options.Value.Guests ?? (!hadAdministrator && !_hasProxy && IsLocal());

    /// <summary>Whether a guest is let in with this request, on a server that lets guests in.</summary>
    public bool AreLetIn(HttpContext context) => options.Value.Guests ?? IsDirect(context);

    /// <summary>Whether guests come in now because nobody else reaches the server, as far as it can tell.</summary>
    public bool AreLetInByDefault(bool hadAdministrator) => options.Value.Guests is null && AreLetIn(hadAdministrator);

    /// <summary>Whether a request comes from this machine without a proxy, as far as can be told: its sender may be who runs the server.</summary>
    // A proxy that adds no header, and puts its own target in the place of the host, tells of itself by the page's origin, which it cannot change,
    // or by HTTP/1.0, which no browser speaks and some proxies do. Of one that does neither, nothing can be told (docs/operations.md says so).
    public static bool IsDirect(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(DoorOptions.Plain(address))
        && IsLoopback(context.Request.Host.Host)
        && !HttpProtocol.IsHttp10(context.Request.Protocol)
        && (context.Request.Headers.Origin.Count == 0 || (Uri.TryCreate(context.Request.Headers.Origin, UriKind.Absolute, out var page) && IsLoopback(page.Host)))
        && !Array.Exists(ProxyHeaders, context.Request.Headers.ContainsKey);

    private bool IsLocal()
    {
        if (_isLocal is { } known)
        {
            return known;
        }

        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var isLocal = addresses.Count > 0 && addresses.All(IsLoopbackAddress);
        // Before that, more addresses may be added.
        if (lifetime.ApplicationStarted.IsCancellationRequested)
        {
            _isLocal = isLocal;
        }

        return isLocal;
    }

    private static bool IsLoopbackAddress(string address)
    {
        var parsed = BindingAddress.Parse(address);
        // Whatever listens on a socket or a pipe has a proxy before it.
        return !parsed.IsUnixPipe && !parsed.IsNamedPipe && IsLoopback(parsed.Host);
    }

    private static bool IsLoopback(string host)
    {
        var name = host.EndsWith('.') ? host[..^1] : host;
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name is ['[', .., ']'] ? name[1..^1] : name, out var address) && IPAddress.IsLoopback(DoorOptions.Plain(address)));
    }
}
