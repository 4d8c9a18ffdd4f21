using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Layout;

/// <summary>
/// The icons of the sprite as constant markup: no components, and one string for all circuits. All are decorations beside a name.
/// </summary>
internal static class Icons
{
    public static readonly RenderFragment Plus = Of("plus");
    public static readonly RenderFragment Stop = Of("stop");
    public static readonly RenderFragment Retry = Of("retry");
    public static readonly RenderFragment Close = Of("close");
    public static readonly RenderFragment Down = Of("down");
    public static readonly RenderFragment Sweep = Of("sweep");
    public static readonly RenderFragment Trash = Of("trash");
    public static readonly RenderFragment Spark = Of("spark");
    public static readonly RenderFragment Lost = Of("lost");
    public static readonly RenderFragment Check = Of("check");
    public static readonly RenderFragment Alert = Of("alert");
    public static readonly RenderFragment Hand = Of("hand");
    public static readonly RenderFragment Browser = Of("browser");
    public static readonly RenderFragment Thought = Of("thought");
    public static readonly RenderFragment Link = Of("link");
    public static readonly RenderFragment File = Of("file");
    public static readonly RenderFragment Download = Of("download");
    public static readonly RenderFragment Previous = Of("previous");
    public static readonly RenderFragment Next = Of("next");
    public static readonly RenderFragment Info = Of("info");
    public static readonly RenderFragment Clock = Of("clock");
    public static readonly RenderFragment Code = Of("code");
    public static readonly RenderFragment List = Of("list");
    public static readonly RenderFragment Mail = Of("mail");
    public static readonly RenderFragment Table = Of("table");
    public static readonly RenderFragment People = Of("people");

    /// <summary>The application's mark: two speech bubbles, one with a spark.</summary>
    public static readonly RenderFragment Mark = builder => builder.AddMarkup(0, MarkMarkup);

    /// <summary>The mark in the size for use beside a name.</summary>
    public static readonly RenderFragment Logo = builder => builder.AddMarkup(0, $"""<span class="logo" aria-hidden="true">{MarkMarkup}</span>""");

    private const string MarkMarkup =
        """<svg viewBox="0 0 32 32" aria-hidden="true"><path class="logo-back" d="M4 9a5 5 0 0 1 5-5h14a5 5 0 0 1 5 5v9a5 5 0 0 1-5 5h-9l-6.2 4.7a.5.5 0 0 1-.8-.4V22.6A5 5 0 0 1 4 18z"/><path class="logo-front" d="M16 7.5c.55 3.9 2.7 6.05 6.5 6.5-3.800.5-5.95 2.6-6.5 6.5-.55-3.9-2.7-6-6.5-6.5 3.8-.45 5.95-2.6 6.5-6.5z"/></svg>""";

    /// <summary>The HTML of an icon, by its name in the sprite.</summary>
    public static string MarkupOf(string name) => $"""<svg class="icon" aria-hidden="true"><use href="#i-{name}"/></svg>""";

    private static RenderFragment Of(string name)
    {
        var markup = MarkupOf(name);
        return builder => builder.AddMarkup(0, markup);
    }
}
