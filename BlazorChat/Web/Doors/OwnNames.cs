using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace BlazorChat.Web;

/// <summary>
/// The names under which this server may be opened over plain http. A page of another site can have its own name lead to this server's
/// address (DNS rebinding), and then acts as a page of this server. It cannot do that with an address, or with a name that the machine or
/// the network gives out.
/// </summary>
internal sealed class OwnNames
{
    private static readonly IPNetwork[] PrivateNetworks =
    [
        .. new[]
        {
            "0.0.0.0/32", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
            "::/128", "::1/128", "fc00::/7", "fe80::/10",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase) { "localhost" };

    /// <summary>Reads the machine's names. They do not change while the process runs.</summary>
    public OwnNames()
        : this(MachineName(), DomainName())
    {
    }

    internal OwnNames(string machine, string domain)
    {
        if (machine.Length == 0)
        {
            return;
        }

        _names.Add(machine);
        // How machines find each other in a network without a name server.
        _names.Add($"{machine}.local");
        if (domain.Length > 0)
        {
            _names.Add($"{machine}.{domain}");
        }
    }

    /// <summary>Whether a host, without its port, is a private address or a name of this machine.</summary>
    public bool Contains(string host)
    {
        var name = host.EndsWith('.') ? host[..^1] : host;
        // Browsers never look up subdomains of localhost.
        return _names.Contains(name) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) || IsPrivate(name);
    }

    private static bool IsPrivate(string host)
    {
        var isBracketed = host is ['[', .., ']'];
        // Only the usual form of an IPv4 address: browsers send no other, and "10.1" could be a name somewhere.
        return IPAddress.TryParse(isBracketed ? host[1..^1] : host, out var address)
            && (isBracketed == (address.AddressFamily == AddressFamily.InterNetworkV6))
            && (isBracketed || address.ToString() == host)
            && Array.Exists(PrivateNetworks, network => network.Contains(DoorOptions.Plain(address)));
    }

    private static string MachineName()
    {
        try
        {
            return Dns.GetHostName();
        }
        catch (SocketException)
        {
            return "";
        }
    }

    private static string DomainName()
    {
        try
        {
            return IPGlobalProperties.GetIPGlobalProperties().DomainName;
        }
        catch (NetworkInformationException)
        {
            return "";
        }
    }
}
