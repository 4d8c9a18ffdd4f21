using System.Collections.Immutable;
using BlazorChat.Components.Messages.Parts;
using BlazorChat.Components.Rooms;
using BlazorChat.Live;
using BlazorChat.Messages;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace BlazorChat.Components.Messages;

/// <summary>
/// The parts of a response that is being written, or was in this circuit, or that has more than text. It renders when a part is added
/// or changes, or when the response ends. Text that grows at the end goes directly to <see cref="LiveText"/>. After the response has
/// ended, the component stays and shows the final parts; unchanged parts keep their elements.
/// </summary>
public sealed class LiveMessage : IComponent, IDisposable
{
    private readonly RenderFragment _render;
    private RenderHandle _handle;
    private MessageFrame? _message;
    private object? _rights;
    private ResponseFrame? _frame;
    private ImmutableArray<PartFrame> _ended = [];
    private LiveText? _lastText;
    private IDisposable? _watch;

    /// <summary>Creates a view that shows nothing yet.</summary>
    public LiveMessage() => _render = Render;

    /// <summary>The page's view of the room, the source of the frames.</summary>
    [Parameter, EditorRequired]
    public required RoomView View { get; set; }

    /// <summary>The message, running or ended.</summary>
    [Parameter, EditorRequired]
    public required MessageFrame Message { get; set; }

    /// <summary>See <see cref="RoomView.Rights"/>: what the parts offer depends on it.</summary>
    [Parameter]
    public object? Rights { get; set; }

    /// <inheritdoc />
    public void Attach(RenderHandle renderHandle) => _handle = renderHandle;

    /// <inheritdoc />
    public Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        var isSame = ReferenceEquals(Rights, _rights);
        _rights = Rights;
        if (ReferenceEquals(Message, _message))
        {
            if (!isSame)
            {
                _handle.Render(_render);
            }

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
        else
        {
            _ended = [.. MessageMarkup.PartsOf(View.Words, Message).Select(PartFrame.Ended)];
        }

        _handle.Render(_render);
        return Task.CompletedTask;
    }

    /// <summary>Stops taking frames. Safe to call more than once.</summary>
    public void Dispose() => _watch?.Dispose();

    private void Show(ResponseFrame frame)
    {
        var last = _frame!;
        _frame = frame;
        if (_lastText is { } text && frame.Parts is [.., { Part: TextPart, Text: { } grown }] && HasSameRest(last, frame))
        {
            text.Show(grown);
        }
        else
        {
            _handle.Render(_render);
        }
    }

    // Whether only the last part's text differs, as in most frames of a running response.
    private static bool HasSameRest(ResponseFrame a, ResponseFrame b)
    {
        if (a.Parts.Length != b.Parts.Length || a.Note != b.Note || a.Shown != b.Shown || !ReferenceEquals(a.Parts[^1].Part, b.Parts[^1].Part))
        {
            return false;
        }

        for (var i = 0; i < a.Parts.Length - 1; i++)
        {
            if (!ReferenceEquals(a.Parts[i], b.Parts[i]))
            {
                return false;
            }
        }

        return true;
    }

    // Several calls on end, with what was thought between them, fold into one line. Whatever a person has to decide, or has decided, is seen.
    private static ImmutableArray<PartFrame> StepsFrom(ImmutableArray<PartFrame> parts, int first)
    {
        if (!Folds(parts[first].Part))
        {
            return [];
        }

        var (calls, last) = (1, first);
        for (var i = first + 1; i < parts.Length && (parts[i].Part is ReasoningPart || Folds(parts[i].Part)); i++)
        {
            if (parts[i].Part is ToolCallPart)
            {
                calls++;
                last = i;
            }
        }

        return calls > 1 ? parts[first..(last + 1)] : [];

        static bool Folds(MessagePart part) => part is ToolCallPart { State: not (ToolCallState.AwaitingApproval or ToolCallState.Rejected or ToolCallState.Expired), Decision: null, FirstApproval: null };
    }

    private void Render(RenderTreeBuilder builder)
    {
        var parts = _frame?.Parts ?? _ended;
        var isLive = _frame is not null;
        _lastText = null;
        if (parts.IsEmpty)
        {
            // The place of the caret until the first part comes.
            builder.AddMarkup(0, "<div class=\"blocks\"></div>");
        }

        for (var i = 0; i < parts.Length; i++)
        {
            var isLast = i == parts.Length - 1;
            if (StepsFrom(parts, i) is { Length: > 0 } steps)
            {
                builder.OpenComponent<ToolSteps>(20);
                builder.SetKey((nameof(ToolSteps), steps[0].Part.PartId));
                builder.AddComponentParameter(21, nameof(ToolSteps.View), View);
                builder.AddComponentParameter(22, nameof(ToolSteps.Message), _message!.Message);
                builder.AddComponentParameter(23, nameof(ToolSteps.Parts), steps);
                builder.CloseComponent();
                i += steps.Length - 1;
            }
            else if (parts[i] is { Part: TextPart, Text: { } text })
            {
                builder.OpenComponent<LiveText>(1);
                builder.SetKey(parts[i].Part.PartId);
                builder.AddComponentParameter(2, nameof(LiveText.Text), text);
                builder.AddComponentParameter(3, nameof(LiveText.IsSettled), !isLast);
                if (isLast && isLive)
                {
                    builder.AddComponentReferenceCapture(4, view => _lastText = (LiveText)view);
                }

                builder.CloseComponent();
            }
            else
            {
                builder.OpenComponent<MessagePartView>(5);
                // Keyed by the call, because what someone unfolded or typed in a call's card belongs to that call only.
                builder.SetKey(parts[i].Part is ToolCallPart call ? (call.PartId, call.CallId) : parts[i].Part.PartId);
                builder.AddComponentParameter(6, nameof(MessagePartView.View), View);
                builder.AddComponentParameter(7, nameof(MessagePartView.Message), _message!.Message);
                builder.AddComponentParameter(8, nameof(MessagePartView.Frame), parts[i]);
                builder.AddComponentParameter(9, nameof(MessagePartView.IsLive), isLive && isLast);
                builder.CloseComponent();
            }
        }

        foreach (var data in _frame?.Shown ?? [])
        {
            builder.OpenComponent<DataPartView>(10);
            builder.AddComponentParameter(11, nameof(DataPartView.Part), data);
            builder.CloseComponent();
        }

        if (_frame?.Note is { } note)
        {
            builder.OpenElement(40, "p");
            builder.AddAttribute(41, "class", "note");
            builder.AddContent(42, View.Words.OfSentence(note));
            builder.CloseElement();
        }
    }
}
