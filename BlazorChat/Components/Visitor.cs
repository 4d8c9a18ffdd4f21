using BlazorChat.Messages;
using BlazorChat.Turns;


namespace BlazorChat.Components;

/// <summary>Who looks at the page, and in which time zone. Fixed for the life of a circuit.</summary>
/// <param name="Person">Who; null for somebody who has not joined, who sees no page but the one to join.</param>
/// <param name="Zone">The browser's time zone, so that days begin where the reader's day begins.</param>
public sealed record Visitor(Person? Person, TimeZoneInfo Zone)
{
    /// <summary>Name of the cookie in which theme.js leaves the browser's time zone (an IANA name).</summary>
    public const string ZoneCookie = "zone";

    /// <summary>Name of the cookie in which theme.js leaves the browser's language (BCP 47).</summary>
    public const string LanguageCookie = "language";

    /// <summary>The name that the browser gave its time zone; null when it gave none, and <see cref="Zone"/> is a guess.</summary>
    public string? ZoneName { get; init; }

    /// <summary>The browser's language (BCP 47), or null when it is not known.</summary>
    public string? Language { get; init; }

    /// <summary>What every turn that this page asks for knows of who asks; null for somebody who has not joined. Cookies say anything, so it is bounded here.</summary>
    public TurnRequest? Request => Person is { } person
        ? TurnRequests.Bound(new TurnRequest(person.AsAuthor()) { TimeZone = ZoneName, Language = Language })
        : null;

    /// <summary>A time as the visitor's clock shows it.</summary>
    public DateTimeOffset Local(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, Zone);

    /// <summary>A time zone by the name that a browser gave; UTC when there is none of that name here.</summary>
    public static TimeZoneInfo FindZone(string? name) =>
        name is { Length: > 0 and < 64 } && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;
}
