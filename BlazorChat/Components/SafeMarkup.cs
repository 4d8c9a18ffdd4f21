using System.Collections.Immutable;
using BlazorChat.Markdown;
using Microsoft.AspNetCore.Components.Rendering;

namespace BlazorChat.Components;

/// <summary>
/// The only place in the application that adds markup to a page, apart from what Razor generates for .razor files; a test enforces this.
/// The markup comes from BlazorChat.Markdown or is a constant. Text from people or models is in it only if it was encoded.
/// </summary>
internal static class SafeMarkup
{
    /// <summary>Adds markup as one node. The renderer does not compare the string again if it is the same instance.</summary>
    public static void AddMarkup(this RenderTreeBuilder builder, int sequence, string? html) =>
#pragma warning disable ASP0006 // The number comes from the caller, which writes it as a constant.
        builder.AddMarkupContent(sequence, html);
#pragma warning restore ASP0006

    /// <summary>
    /// Appends blocks, each as one node. The renderer compares blocks place by place, and blocks are only ever added at the end. All
    /// circuits share the strings, and the renderer does not compare identical instances.
    /// </summary>
    public static void AddBlocks(this RenderTreeBuilder builder, ImmutableArray<MarkdownBlock> blocks)
    {
        foreach (var block in blocks)
        {
            builder.AddMarkup(0, block.Html);
        }
    }
}
