using BlazorChat.Rooms;

namespace BlazorChat.Components;

/// <summary>Who looks at the page, and in which time zone. Fixed for the life of a circuit.</summary>
/// <param name="Person">Who; null for somebody who has not joined, who sees no page but the one to join.</param>
/// <param name="Zone">The browser's time zone, so that days begin where the reader's day begins.</param>
public sealed record Visitor(Person? Person, TimeZoneInfo Zone)
{
    /// <summary>Name of the cookie in which theme.js leaves the browser's time zone (an IANA name).</summary>
    public const string ZoneCookie = "zone";

    /// <summary>A time as the visitor's clock shows it.</summary>
    public DateTimeOffset Local(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, Zone);

    /// <summary>A time zone by the name that a browser gave; UTC when there is none of that name here.</summary>
    public static TimeZoneInfo FindZone(string? name) =>
        name is { Length: > 0 and < 64 } && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;
}
