using BlazorChat.Components;
using BlazorChat.Languages;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

#pragma warning disable BL0006 // Only the frames tell one string from an equal one.

namespace BlazorChat.Tests.Components;

/// <summary>What a circuit keeps of what it renders.</summary>
internal static class Frames
{
    /// <summary>A page for parts of messages, whose reader has a language.</summary>
    public static BunitContext Page(Words? words = null)
    {
        var page = new BunitContext();
        page.RenderTree.Add<CascadingValue<Visitor>>(p => p.Add(v => v.Value, new Visitor(null, TimeZoneInfo.Utc) { Words = words ?? Words.English }));
        return page;
    }

    /// <summary>The string of what renders one piece of markup and nothing else.</summary>
    public static string MarkupOf(RenderFragment fragment)
    {
        using var builder = new RenderTreeBuilder();
        fragment(builder);
        var frames = builder.GetFrames();
        return Assert.Single(frames.Array.Take(frames.Count)).MarkupContent;
    }
}
