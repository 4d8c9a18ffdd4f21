using BlazorChat.Markdown;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace BlazorChat.Components.Messages;

/// <summary>
/// A text that is being written, or was in this circuit. It renders when a block is closed or another kind of block begins. Changes
/// inside the open block go directly to <see cref="OpenBlockView"/>.
/// </summary>
public sealed class LiveText : IComponent
{
    private readonly RenderFragment _render;
    private RenderHandle _handle;
    private MarkdownFrame? _text;
    private OpenBlockView? _openView;
    private bool _isSettled;

    /// <summary>Creates a view that shows nothing yet.</summary>
    public LiveText() => _render = Render;

    /// <summary>The text. Newer states may also come through <see cref="Show"/>.</summary>
    [Parameter, EditorRequired]
    public required MarkdownFrame Text { get; set; }

    /// <summary>Whether another part follows the text, which then has no caret at its end.</summary>
    [Parameter]
    public bool IsSettled { get; set; }

    /// <inheritdoc />
    public void Attach(RenderHandle renderHandle) => _handle = renderHandle;

    /// <inheritdoc />
    public Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        if (_isSettled != IsSettled)
        {
            _isSettled = IsSettled;
            _text = Text;
            _handle.Render(_render);
        }
        else
        {
            Show(Text);
        }

        return Task.CompletedTask;
    }

    /// <summary>Shows a newer state. Does nothing if it is the same instance.</summary>
    internal void Show(MarkdownFrame text)
    {
        var last = _text;
        if (ReferenceEquals(text, last))
        {
            return;
        }

        _text = text;
        if (last is not null && last.Closed == text.Closed && HasSameShell(last.Open, text.Open) && _openView is { } view)
        {
            view.Show(text.Open);
        }
        else
        {
            _handle.Render(_render);
        }
    }

    // The elements around the open block's pieces are rendered here, so they must not differ.
    private static bool HasSameShell(OpenBlock? a, OpenBlock? b) => (a, b) switch
    {
        (OpenMarkup x, OpenMarkup y) => x.Shell == y.Shell || x.Shell.Select(tag => tag.Source).SequenceEqual(y.Shell.Select(tag => tag.Source), StringComparer.Ordinal),
        (OpenCode x, OpenCode y) => x.Language == y.Language,
        _ => false,
    };

    private void Render(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "div");
        builder.AddAttribute(1, "class", _isSettled ? "blocks settled" : "blocks");
        builder.OpenRegion(2);
        builder.AddBlocks(_text!.Closed);
        builder.CloseRegion();
        if (_text.Open is { } open)
        {
            RenderOpen(builder, open);
        }

        builder.CloseElement();
    }

    // The same elements that BlazorChat.Markdown writes around a closed block of this kind.
    private void RenderOpen(RenderTreeBuilder builder, OpenBlock open)
    {
        switch (open)
        {
            case OpenCode code:
                builder.OpenElement(3, "code-block");
                builder.AddAttribute(4, "class", "code-block");
                builder.AddAttribute(4, "dir", "ltr");
                builder.OpenElement(5, "div");
                builder.AddAttribute(6, "class", "code-head");
                if (code.Language is not null)
                {
                    builder.OpenElement(7, "span");
                    builder.AddAttribute(8, "class", "code-lang");
                    builder.AddAttribute(8, "translate", "no");
                    builder.AddContent(9, CodeLanguage.NameOf(code.Language));
                    builder.CloseElement();
                }

                builder.CloseElement();
                builder.OpenElement(10, "pre");
                builder.AddAttribute(11, "tabindex", "0");
                builder.AddAttribute(11, "translate", "no");
                builder.OpenElement(12, "code");
                if (code.Language is not null)
                {
                    builder.AddAttribute(13, "class", $"language-{code.Language}");
                }

                RenderPieces(builder, code);
                builder.CloseElement();
                builder.CloseElement();
                builder.CloseElement();
                break;
            case OpenMarkup { Shell.IsEmpty: false } markup:
                foreach (var tag in markup.Shell)
                {
                    builder.OpenElement(20, tag.Name);
                    foreach (var (name, value) in tag.Attributes)
                    {
                        builder.AddAttribute(21, name, value);
                    }
                }

                RenderPieces(builder, open);
                foreach (var _ in markup.Shell)
                {
                    builder.CloseElement();
                }

                break;
            default:
                builder.OpenRegion(30);
                RenderPieces(builder, open);
                builder.CloseRegion();
                break;
        }
    }

    private void RenderPieces(RenderTreeBuilder builder, OpenBlock open)
    {
        builder.OpenComponent<OpenBlockView>(0);
        builder.AddComponentParameter(1, nameof(OpenBlockView.Block), open);
        builder.AddComponentReferenceCapture(2, view => _openView = (OpenBlockView)view);
        builder.CloseComponent();
    }
}
