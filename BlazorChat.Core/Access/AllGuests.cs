using BlazorChat.Messages;

namespace BlazorChat.Access;

/// <summary>A server without accounts: everybody is a guest.</summary>
internal sealed class AllGuests : IPeople
{
    /// <inheritdoc />
    public event EventHandler<RightsChangedEventArgs>? Changed
    {
        add { }
        remove { }
    }

    /// <inheritdoc />
    public Standing StandingOf(Person person) => Standing.Guest;

    /// <inheritdoc />
    public string? NameOf(Guid personId) => "Guest";
}
