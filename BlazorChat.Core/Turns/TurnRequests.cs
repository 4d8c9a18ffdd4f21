using System.Collections.Immutable;
using BlazorChat.Rooms;

namespace BlazorChat.Turns;

/// <summary>Limits for a page's part of a turn request, which comes from a browser.</summary>
internal static class TurnRequests
{
    private const int NameLength = 64;

    /// <summary>The request without the entries that exceed a limit: a page that sends nonsense still gets answers.</summary>
    public static TurnRequest Bound(TurnRequest request) => request with
    {
        TimeZone = request.TimeZone is { Length: > 0 and <= NameLength } zone && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _) ? zone : null,
        Language = request.Language is { Length: > 0 and <= NameLength } language && language.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? language : null,
        Data = request.Data
            .Where(d => d.Key.Length is > 0 and <= RoomLimits.RequestDataLength && d.Value.Length <= RoomLimits.RequestDataLength)
            .OrderBy(d => d.Key, StringComparer.Ordinal).Take(RoomLimits.RequestDataEntries)
            .ToImmutableDictionary(StringComparer.Ordinal),
    };
}
