using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Turns;

/// <summary>The asker and their page. Tools and hooks get it; it is not sent to a model automatically.</summary>
/// <param name="RequestedBy">The asker.</param>
public sealed record TurnRequest(Author RequestedBy)
{
    /// <summary>The asker's time zone, an IANA name, or null when unknown.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The language of the asker's browser (BCP 47, for example <c>de-AT</c>), or null when unknown.</summary>
    public string? Language { get; init; }

    /// <summary>
    /// Entries that the page added: at most <see cref="RoomLimits.RequestDataEntries"/>, with keys and values of at most
    /// <see cref="RoomLimits.RequestDataLength"/> characters.
    /// </summary>
    public ImmutableDictionary<string, string> Data { get; init; } = ImmutableDictionary<string, string>.Empty;
}
