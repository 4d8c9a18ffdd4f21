using BlazorChat.Languages;
using BlazorChat.Messages;
using BlazorChat.Turns;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components;

/// <summary>A person at one page, with their time zone. Fixed for the life of a circuit.</summary>
/// <param name="Person">The person; null if they have not joined, and so can see only the join page.</param>
/// <param name="Zone">The browser's time zone, so that days on the page begin when the reader's days begin.</param>
public sealed record Visitor(Person? Person, TimeZoneInfo Zone)
{
    /// <summary>The name of the cookie in which theme.js stores the browser's time zone (an IANA name).</summary>
    public const string ZoneCookie = "zone";

    /// <summary>The name of the cookie in which theme.js stores whether the window is as narrow as a phone's: 1 or 0.</summary>
    public const string NarrowCookie = "narrow";

    /// <summary>Whether the window was as narrow as a phone's when the page was loaded.</summary>
    public bool IsNarrow { get; init; }

    /// <summary>The time zone's name as the browser gave it; null if it gave none and <see cref="Zone"/> is a guess.</summary>
    public string? ZoneName { get; init; }

    /// <summary>The browser's language (BCP 47), or null if it is unknown.</summary>
    public string? Language { get; init; }

    /// <summary>What pages say, in the visitor's language.</summary>
    public Words Words { get; init; } = Words.English;

    /// <summary>
    /// The request data of every turn that this page starts; null if the visitor has not joined. Its size is limited here, because
    /// cookies can contain anything.
    /// </summary>
    public TurnRequest? Request => Person is { } person
        ? TurnRequests.Bound(new TurnRequest(person.AsAuthor()) { TimeZone = ZoneName, Language = Language })
        : null;

    /// <summary>Converts a time to the visitor's time zone.</summary>
    public DateTimeOffset Local(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, Zone);

    /// <summary>A day in the page, in the visitor's language and time zone.</summary>
    public RenderFragment Date(DateTimeOffset time) => Times.Date(time, Zone);

    /// <summary>A day and a time in the page, in the visitor's language and time zone.</summary>
    public RenderFragment Moment(DateTimeOffset time) => Times.Moment(time, Zone);

    /// <summary>A day and a time where there can be no element: in digits, in the visitor's time zone.</summary>
    public string Text(DateTimeOffset time) => Times.Text(time, Zone);

    /// <summary>Finds a time zone by the name that a browser gave; UTC if this server does not know the name.</summary>
    public static TimeZoneInfo FindZone(string? name) =>
        name is { Length: > 0 and < 64 } && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;
}
