using System.Collections.Immutable;
using BlazorChat.Markdown;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace BlazorChat.Components.Messages;

/// <summary>
/// The growing end of a running response. The changing nodes are its root nodes, without an element around them (each level costs
/// 32 bytes in every frame); only what is long in itself has its elements here. It is rendered alone: it gets each frame directly, through <see cref="LiveMessage"/> and
/// <see cref="LiveText"/>.
/// </summary>
public sealed class OpenBlockView : IComponent
{
    private readonly RenderFragment _render;
    private RenderHandle _handle;
    private OpenBlock? _block;

    /// <summary>Creates a view that shows nothing yet.</summary>
    public OpenBlockView() => _render = Render;

    /// <summary>The first state to show. Later states come through <see cref="Show"/>.</summary>
    [Parameter]
    public OpenBlock? Block { get; set; }

    /// <inheritdoc />
    public void Attach(RenderHandle renderHandle) => _handle = renderHandle;

    /// <inheritdoc />
    public Task SetParametersAsync(ParameterView parameters)
    {
        foreach (var parameter in parameters)
        {
            Block = (OpenBlock?)parameter.Value;
        }

        Show(Block);
        return Task.CompletedTask;
    }

    /// <summary>Shows a newer state. Does nothing if it is the same instance.</summary>
    internal void Show(OpenBlock? block)
    {
        if (!ReferenceEquals(block, _block))
        {
            _block = block;
            _handle.Render(_render);
        }
    }

    // The renderer compares nodes place by place: nodes change in place or are added at the end. Chunks of code are text nodes that
    // are only ever added, so that a selection in existing code survives.
    private void Render(RenderTreeBuilder builder)
    {
        switch (_block)
        {
            case OpenMarkup markup:
                AddNodes(builder, markup.Nodes);
                break;
            case OpenCode code:
                foreach (var chunk in code.Chunks)
                {
                    builder.AddContent(1, chunk);
                }

                break;
        }
    }

    // One number for all nodes: a piece that has grown into an element takes its place.
    private static void AddNodes(RenderTreeBuilder builder, ImmutableArray<OpenNode> nodes)
    {
        foreach (var node in nodes)
        {
            if (node is OpenElement element)
            {
                builder.OpenElement(0, element.Tag.Name);
                foreach (var (name, value) in element.Tag.Attributes)
                {
                    builder.AddAttribute(1, name, value);
                }

                AddNodes(builder, element.Children);
                builder.CloseElement();
            }
            else
            {
                builder.AddMarkup(0, ((OpenPiece)node).Html);
            }
        }
    }
}
