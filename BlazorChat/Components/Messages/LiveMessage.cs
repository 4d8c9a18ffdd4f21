using System.Globalization;
using BlazorChat.Components.Rooms;
using BlazorChat.Markdown;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace BlazorChat.Components.Messages;

/// <summary>
/// The text of an answer that is (or in this circuit was) being written. It renders when a block is closed, another
/// kind of block begins, or the answer ends; what happens inside the open block goes past it to <see cref="OpenBlockView"/>.
/// After the end it stays and shows the final blocks: those that did not change keep their elements.
/// </summary>
public sealed class LiveMessage : IComponent, IDisposable
{
    private readonly RenderFragment _render;
    private RenderHandle _handle;
    private RoomMessage? _message;
    private ReplyFrame? _frame;
    private OpenBlockView? _openView;
    private IDisposable? _watch;

    /// <summary>Shows nothing yet.</summary>
    public LiveMessage() => _render = Render;

    /// <summary>The page's view of the room, which brings the frames.</summary>
    [Parameter, EditorRequired]
    public required RoomView View { get; set; }

    /// <summary>The message, running or ended.</summary>
    [Parameter, EditorRequired]
    public required RoomMessage Message { get; set; }

    /// <inheritdoc />
    public void Attach(RenderHandle renderHandle) => _handle = renderHandle;

    /// <inheritdoc />
    public Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        if (ReferenceEquals(Message, _message))
        {
            return Task.CompletedTask;
        }

        _message = Message;
        _watch?.Dispose();
        _watch = null;
        _frame = Message.Live?.Frame;
        if (Message.Live is { } live)
        {
            _watch = View.WatchLive(live, _frame!, Show);
        }

        _handle.Render(_render);
        return Task.CompletedTask;
    }

    /// <summary>Takes no more frames; safe to call more than once.</summary>
    public void Dispose() => _watch?.Dispose();

    private void Show(ReplyFrame frame)
    {
        var last = _frame;
        _frame = frame;
        if (last is not null && last.Note == frame.Note && last.Text.Closed == frame.Text.Closed
            && HasSameShell(last.Text.Open, frame.Text.Open) && _openView is { } view)
        {
            view.Show(frame.Text.Open);
        }
        else
        {
            _handle.Render(_render);
        }
    }

    // What stands around the open block's pieces is rendered here, so it must not differ.
    private static bool HasSameShell(OpenBlock? a, OpenBlock? b) => (a, b) switch
    {
        (OpenMarkup x, OpenMarkup y) => x.Container == y.Container && x.Start == y.Start,
        (OpenCode x, OpenCode y) => x.Language == y.Language,
        _ => false,
    };

    private void Render(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "div");
        builder.AddAttribute(1, "class", "blocks");
        builder.OpenRegion(2);
        if (_frame is { } frame)
        {
            builder.AddBlocks(frame.Text.Closed);
        }
        else
        {
            builder.AddBlocks(BlockMarkup.BlocksOf(_message!));
        }

        builder.CloseRegion();
        if (_frame?.Text.Open is { } open)
        {
            RenderOpen(builder, open);
        }

        builder.CloseElement();
        if (_frame?.Note is { } note)
        {
            builder.OpenElement(40, "p");
            builder.AddAttribute(41, "class", "note");
            builder.AddContent(42, note);
            builder.CloseElement();
        }
    }

    // The same elements as Markdown/ writes around a closed block of the kind.
    private void RenderOpen(RenderTreeBuilder builder, OpenBlock open)
    {
        switch (open)
        {
            case OpenCode code:
                builder.OpenElement(3, "div");
                builder.AddAttribute(4, "class", "code-block");
                builder.OpenElement(5, "div");
                builder.AddAttribute(6, "class", "code-head");
                if (code.Language is not null)
                {
                    builder.OpenElement(7, "span");
                    builder.AddAttribute(8, "class", "code-lang");
                    builder.AddContent(9, code.Language);
                    builder.CloseElement();
                }

                builder.CloseElement();
                builder.OpenElement(10, "pre");
                builder.AddAttribute(11, "tabindex", "0");
                builder.OpenElement(12, "code");
                RenderPieces(builder, code);
                builder.CloseElement();
                builder.CloseElement();
                builder.CloseElement();
                break;
            case OpenMarkup { Container: "table" }:
                builder.OpenElement(20, "div");
                builder.AddAttribute(21, "class", "table-scroll");
                builder.OpenElement(22, "table");
                RenderPieces(builder, open);
                builder.CloseElement();
                builder.CloseElement();
                break;
            case OpenMarkup { Container: { } container } markup:
                builder.OpenElement(25, container);
                builder.AddAttribute(26, "dir", "auto");
                if (markup.Start is { } start)
                {
                    builder.AddAttribute(27, "start", start.ToString(CultureInfo.InvariantCulture));
                }

                RenderPieces(builder, open);
                builder.CloseElement();
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
