using System.Net;
using BlazorChat.Storage;

namespace BlazorChat.Web;

/// <summary>
/// Settings of the way in: the path below which the pages are, the reverse proxies in front, and the names of this server. They stand
/// beside <c>DataFolder</c>, in no section.
/// </summary>
internal sealed class DoorOptions
{
    /// <summary>The framework's own setting for forwarded headers, in the environment with the prefix <c>ASPNETCORE_</c>.</summary>
    private const string OldSetting = "ForwardedHeaders_Enabled";

    // A proxy may take the prefix off, and then nothing tells "/rooms" as a prefix from "/rooms" as a page.
    private static readonly string[] OwnPaths =
        ["_blazor", "_framework", "_content", "accent", "account", "Components", "css", "js", "lib", "error", "health", "invite", "join", "leave", "logo", "not-found", "people", "removed", "rooms"];

    private static readonly char[] Separators = [';', ',', ' '];

    /// <summary><c>PathBase</c>: the path below which the pages are, such as <c>/chat</c>; empty for none.</summary>
    public PathString PathBase { get; private init; }

    /// <summary><c>TrustedProxies</c>: the reverse proxies whose forwarded headers are believed.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; private init; } = [];

    /// <summary>Whether <c>TrustedProxies</c> contains <c>unix</c>: connections over a Unix socket come from a trusted proxy.</summary>
    public bool TrustsUnixSockets { get; private init; }

    /// <summary><c>AllowedHosts</c>: further names of this server for plain http. <c>*.example.com</c> stands for all subdomains, <c>*</c> for all names.</summary>
    public IReadOnlyList<string> AllowedHosts { get; private init; } = [];

    /// <summary>Whether <c>ASPNETCORE_FORWARDEDHEADERS_ENABLED</c> is set, which has no effect.</summary>
    public bool HasOldSetting { get; private init; }

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="StartException">A setting is wrong. The message names it.</exception>
    public static DoorOptions Read(IConfiguration configuration)
    {
        var proxies = List(configuration, nameof(TrustedProxies));
        return new DoorOptions
        {
            PathBase = ReadPathBase(configuration[nameof(PathBase)]),
            TrustedProxies = [.. proxies.Where(entry => !IsUnix(entry)).Select(ReadProxy)],
            TrustsUnixSockets = proxies.Any(IsUnix),
            AllowedHosts = [.. List(configuration, nameof(AllowedHosts)).Select(ReadHost)],
            HasOldSetting = string.Equals(configuration[OldSetting], "true", StringComparison.OrdinalIgnoreCase),
        };
    }

    /// <summary>
    /// Switches off what the framework would do by itself with these settings: its check of hosts answers before ours, without a reason,
    /// and its forwarded headers are believed whoever sends them.
    /// </summary>
    public static void SwitchOffFrameworks(WebApplicationBuilder builder)
    {
        builder.Services.Configure<Microsoft.AspNetCore.HostFiltering.HostFilteringOptions>(options => options.AllowedHosts = ["*"]);
        builder.Services.Configure<Microsoft.AspNetCore.Builder.ForwardedHeadersOptions>(
            options => options.ForwardedHeaders = Microsoft.AspNetCore.HttpOverrides.ForwardedHeaders.None);
    }

    /// <summary>Whether an address belongs to a trusted proxy.</summary>
    /// <param name="address">The address of the connection; null for a Unix socket.</param>
    public bool Trusts(IPAddress? address) =>
        address is null ? TrustsUnixSockets : TrustedProxies.Any(network => network.Contains(Plain(address)));

    /// <summary>The IPv4 address that an IPv6 address stands for, or the address itself.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static bool IsUnix(string entry) => entry.Equals("unix", StringComparison.OrdinalIgnoreCase);

    // One value with separators, as in the environment, or an array in a file.
    private static List<string> List(IConfiguration configuration, string name)
    {
        var section = configuration.GetSection(name);
        return [.. section.GetChildren().Select(child => child.Value).Prepend(section.Value)
            .SelectMany(value => (value ?? "").Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
    }

    private static PathString ReadPathBase(string? value)
    {
        var path = value?.Trim().TrimEnd('/') ?? "";
        if (path.Length == 0)
        {
            return PathString.Empty;
        }

        var segments = path.Split('/');
        if (segments[0].Length > 0 || segments.Skip(1).Any(segment => segment.Length == 0 || segment.All(c => c == '.') || !segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~')))
        {
            throw new StartException("The setting PathBase must be a path such as /chat: it begins with a slash and has letters, digits, hyphens, underscores, dots and tildes.");
        }

        return OwnPaths.Contains(segments[1], StringComparer.OrdinalIgnoreCase)
            ? throw new StartException($"The setting PathBase cannot begin with /{segments[1]}, because BlazorChat has pages or files of its own there.")
            : new PathString(path);
    }

    private static IPNetwork ReadProxy(string entry)
    {
        if (IPAddress.TryParse(entry, out var address))
        {
            var plain = Plain(address);
            return new IPNetwork(plain, plain.GetAddressBytes().Length * 8);
        }

        return IPNetwork.TryParse(entry, out var network)
            ? network
            : throw new StartException("The setting TrustedProxies must list addresses such as 192.0.2.1, networks such as 10.0.0.0/8, or unix for a Unix socket, separated by semicolons.");
    }

    private static string ReadHost(string entry)
    {
        // Browsers send names beyond ASCII in their ASCII form.
        var host = entry == "*" ? entry : new HostString(entry).ToUriComponent();
        var name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
        return name == "*" || (Uri.TryCreate($"http://{name}/", UriKind.Absolute, out var uri) && uri.Authority.Equals(name, StringComparison.OrdinalIgnoreCase) && uri.IsDefaultPort)
            ? host
            : throw new StartException("The setting AllowedHosts must list host names such as chat.example.com or *.example.com, without a scheme, port or path, separated by semicolons.");
    }
}
