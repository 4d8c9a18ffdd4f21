using System.Collections.Immutable;
using BlazorChat.Markdown;
using Microsoft.AspNetCore.Components.Rendering;

namespace BlazorChat.Components;

/// <summary>
/// The one place of the application that puts markup into a page (a test says so; what Razor makes of .razor files is its own). What comes
/// here was made by BlazorChat.Markdown, or is a constant of ours, into which nothing of people or models was put unless it was encoded.
/// </summary>
internal static class SafeMarkup
{
    /// <summary>Adds markup as one node. The same instance of the string is not compared again.</summary>
    public static void AddMarkup(this RenderTreeBuilder builder, int sequence, string? html) =>
#pragma warning disable ASP0006 // Of the caller's place in its code.
        builder.AddMarkupContent(sequence, html);
#pragma warning restore ASP0006

    /// <summary>
    /// Appends blocks, each as one node. Blocks are compared place by place, and only ever added at the end; the strings are shared by
    /// all circuits, and the renderer stops comparing where it meets the same instance.
    /// </summary>
    public static void AddBlocks(this RenderTreeBuilder builder, ImmutableArray<MarkdownBlock> blocks)
    {
        foreach (var block in blocks)
        {
            builder.AddMarkup(0, block.Html);
        }
    }
}
