using System.Globalization;
using BlazorChat.Components;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Languages;

/// <summary>
/// Times in a page. The server writes digits that everyone can read, in the reader's time zone, and times.js writes them as the reader's language does:
/// the server has no culture data. In an attribute, or an option, the digits stay.
/// </summary>
internal static class Times
{
    /// <summary>A day: <c>2026-11-29</c>.</summary>
    public static RenderFragment Date(DateTimeOffset time, TimeZoneInfo zone) => Element(time, "date", Digits(time, zone, "yyyy-MM-dd"));

    /// <summary>A day and a time: <c>2026-11-29 13:05</c>.</summary>
    public static RenderFragment Moment(DateTimeOffset time, TimeZoneInfo zone) => Element(time, "moment", Text(time, zone));

    /// <summary>A day and a time where there can be no element.</summary>
    public static string Text(DateTimeOffset time, TimeZoneInfo zone) => Digits(time, zone, "yyyy-MM-dd HH:mm");

    /// <summary>A time for programs, for <c>datetime</c>.</summary>
    public static string Utc(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string Digits(DateTimeOffset time, TimeZoneInfo zone, string format) => TimeZoneInfo.ConvertTime(time, zone).ToString(format, CultureInfo.InvariantCulture);

    // Digits need no encoding.
    private static RenderFragment Element(DateTimeOffset time, string format, string digits) => builder =>
        builder.AddMarkup(0, $"""<time datetime="{Utc(time)}" data-format="{format}">{digits}</time>""");
}
