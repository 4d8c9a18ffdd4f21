using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using BlazorChat.Rooms;

namespace BlazorChat.Web;

/// <inheritdoc cref="IPersonAddresses" />
internal sealed class PersonAddresses : IPersonAddresses
{
    // Forgets everybody past this. Pages that are open are known again when they next connect.
    private const int Most = 100_000;

    private readonly ConcurrentDictionary<Guid, string> _addresses = new();

    /// <inheritdoc />
    public string? Find(Guid personId) => _addresses.GetValueOrDefault(personId);

    /// <summary>Remembers where a person's page connects from.</summary>
    public void Add(Guid personId, IPAddress? address)
    {
        if (_addresses.Count >= Most)
        {
            _addresses.Clear();
        }

        if (KeyOf(address) is { } key)
        {
            _addresses[personId] = key;
        }
    }

    /// <summary>
    /// What counts as one address: of IPv6, the network that a household or a machine gets. Null for this machine itself: it is the
    /// operator's, or a reverse proxy that is not trusted, behind which everybody has one address.
    /// </summary>
    public static string? KeyOf(IPAddress? address)
    {
        if (address is null || IPAddress.IsLoopback(address))
        {
            return null;
        }

        var plain = DoorOptions.Plain(address);
        return plain.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(plain.GetAddressBytes().AsSpan(0, 8)) : plain.ToString();
    }
}
