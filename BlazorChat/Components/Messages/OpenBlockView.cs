using BlazorChat.Markdown;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace BlazorChat.Components.Messages;

/// <summary>
/// The growing end of a live response. Its root nodes are the nodes that change, with no element around them (each level
/// costs 32 bytes in every frame), and it is rendered alone: <see cref="LiveMessage"/> hands it each frame directly.
/// </summary>
public sealed class OpenBlockView : IComponent
{
    private readonly RenderFragment _render;
    private RenderHandle _handle;
    private OpenBlock? _block;

    /// <summary>A view of nothing yet.</summary>
    public OpenBlockView() => _render = Render;

    /// <summary>What to show first. Later states come by <see cref="Show"/>.</summary>
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

    /// <summary>Shows a newer state; does nothing when it is the same.</summary>
    internal void Show(OpenBlock? block)
    {
        if (!ReferenceEquals(block, _block))
        {
            _block = block;
            _handle.Render(_render);
        }
    }

    // Frames are compared place by place: pieces change in place or are added at the end. Chunks of code are text nodes
    // that are only ever added, so that a selection in what is there already survives.
    private void Render(RenderTreeBuilder builder)
    {
        switch (_block)
        {
            case OpenMarkup markup:
                foreach (var piece in markup.Pieces)
                {
                    builder.AddMarkup(0, piece);
                }

                break;
            case OpenCode code:
                foreach (var chunk in code.Chunks)
                {
                    builder.AddContent(1, chunk);
                }

                break;
        }
    }
}
