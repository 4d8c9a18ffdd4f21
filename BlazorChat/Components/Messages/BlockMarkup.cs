using System.Collections.Immutable;
using BlazorChat.Live;
using BlazorChat.Markdown;
using BlazorChat.Messages;
using Microsoft.AspNetCore.Components.Rendering;

namespace BlazorChat.Components.Messages;

/// <summary>
/// Puts rendered blocks into a page. The HTML comes from BlazorChat.Markdown alone, which is the only place that makes any; the
/// strings are shared by all circuits, and the renderer stops comparing where it meets the same instance.
/// </summary>
internal static class BlockMarkup
{
    private static readonly ImmutableArray<MarkdownBlock> Unreadable = [new("<p class=\"unreadable\">This message cannot be shown.</p>")];

    /// <summary>Appends blocks, each as one markup frame. Blocks are compared place by place, and only ever added at the end.</summary>
    public static void AddBlocks(this RenderTreeBuilder builder, ImmutableArray<MarkdownBlock> blocks)
    {
        foreach (var block in blocks)
        {
            builder.AddMarkup(0, block.Html);
        }
    }

    /// <summary>
    /// The blocks of an ended message. A message whose text cannot be rendered says so in its own place: no other
    /// message is affected, which is what an error boundary per message would give at the price of a component each.
    /// </summary>
    public static ImmutableArray<MarkdownBlock> BlocksOf(MessageFrame message) => Contain(() => message.Blocks, Unreadable);

    /// <summary>The parts of an ended message, under the same promise.</summary>
    public static ImmutableArray<RenderedPart> PartsOf(MessageFrame message) => Contain(() => message.Parts, [new RenderedPart(new TextPart(""), Unreadable)]);

    private static T Contain<T>(Func<T> render, T unreadable)
    {
        try
        {
            return render();
        }
#pragma warning disable CA1031 // Whatever the text does to the renderer, the conversation must stay readable.
        catch (Exception)
#pragma warning restore CA1031
        {
            return unreadable;
        }
    }
}
