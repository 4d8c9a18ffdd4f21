using System.Collections.Immutable;
using BlazorChat.Markdown;

namespace BlazorChat.Rooms;

/// <summary>One part of a running response as a viewer sees it. The same instance as in the frame before when it did not change.</summary>
/// <param name="Part">What it is; of text and reasoning as the part was when it began, since what it says is in <paramref name="Text"/>.</param>
/// <param name="Text">Settled and open blocks of text and reasoning; null for others.</param>
public sealed record PartFrame(MessagePart Part, MarkdownFrame? Text);

/// <summary>What a viewer sees of a running response.</summary>
/// <param name="Number">Rises by one with each frame.</param>
/// <param name="Parts">Its parts, in order.</param>
/// <param name="Shown">Data that are shown while the response runs and are not stored.</param>
/// <param name="Note">Something to tell beside the text ("retrying in 4 s"), or null.</param>
public sealed record ResponseFrame(long Number, ImmutableArray<PartFrame> Parts, ImmutableArray<DataPart> Shown, string? Note)
{
    /// <summary>Nothing yet.</summary>
    public static ResponseFrame Empty { get; } = new(0, [], [], null);
}

/// <summary>
/// What has come of a running response, once for all viewers. The turn appends; the room's frame clock composes a frame that
/// every circuit then reads. Appending never waits for parsing, and parsing happens once however many watch.
/// </summary>
public sealed class LiveResponse
{
    private readonly Lock _adding = new();
    private readonly List<LivePart> _parts = [];
    private readonly Lock _composing = new();
    private ImmutableArray<DataPart> _shown = [];
    private ResponseFrame _frame = ResponseFrame.Empty;
    private string? _note;
    private bool _isBroken;

    /// <summary>A response of which nothing has come.</summary>
    public LiveResponse()
    {
    }

    /// <summary>A response that goes on where it was.</summary>
    /// <param name="parts">What has come of it.</param>
    public LiveResponse(ImmutableArray<MessagePart> parts)
    {
        foreach (var part in parts)
        {
            var live = new LivePart(part);
            live.Stream?.Append(RenderedPart.TextOf(part)!);
            _parts.Add(live);
        }
    }

    /// <summary>The newest composed frame. Behind the response by at most one frame while somebody watches.</summary>
    public ResponseFrame Frame => Volatile.Read(ref _frame);

    private ImmutableArray<(Type Kind, int Length, ImmutableArray<MarkdownBlock> Blocks)>? _completed;

    /// <summary>The stored parts of the response with the blocks that viewers already have, once <see cref="Complete"/> has made them.</summary>
    internal ImmutableArray<RenderedPart>? Render(Message ended)
    {
        if (_completed is not { } completed)
        {
            return null;
        }

        var rendered = ImmutableArray.CreateBuilder<RenderedPart>(ended.Parts.Length);
        for (var i = 0; i < ended.Parts.Length; i++)
        {
            var part = ended.Parts[i];
            // What was streamed is what was stored; a part of another kind or length is another one (an error came before it).
            rendered.Add(i < completed.Length && completed[i].Kind == part.GetType() && completed[i].Length == RenderedPart.TextOf(part)?.Length
                ? new RenderedPart(part, completed[i].Blocks)
                : RenderedPart.Of(part));
        }

        return rendered.MoveToImmutable();
    }

    internal void Append(string text, bool isReasoning)
    {
        lock (_adding)
        {
            // Reasoning that its provider has sealed is not added to: what follows is another thought.
            if (_parts is not [.., var last] || (isReasoning ? last.Part is not ReasoningPart { ProtectedData: null } : last.Part is not TextPart))
            {
                _parts.Add(last = new LivePart(isReasoning ? new ReasoningPart("") : new TextPart("")));
            }

            last.Stream!.Append(text);
        }
    }

    internal void Set(int index, MessagePart part)
    {
        lock (_adding)
        {
            if (index < _parts.Count)
            {
                _parts[index].Part = part;
            }
            else
            {
                _parts.Add(new LivePart(part));
            }
        }
    }

    internal void Show(DataPart data)
    {
        lock (_adding)
        {
            var shown = PartList.Put(_shown, data);
            _shown = shown.Length > RoomLimits.ShownData ? shown.RemoveAt(0) : shown;
        }
    }

    internal void Note(string? note) => Volatile.Write(ref _note, note);

    /// <summary>Brings <see cref="Frame"/> up to date.</summary>
    internal void Compose()
    {
        lock (_composing)
        {
            if (_isBroken)
            {
                return;
            }

            // Stays so when the text breaks the renderer: it would do so in every frame.
            _isBroken = true;
            var (parts, shown) = ComposeParts(_frame.Parts);
            _isBroken = false;
            var note = Volatile.Read(ref _note);
            if (parts != _frame.Parts || shown != _frame.Shown || note != _frame.Note)
            {
                Volatile.Write(ref _frame, new ResponseFrame(_frame.Number + 1, parts, shown, note));
            }
        }
    }

    /// <summary>Makes the final blocks; those that did not change are the instances that viewers already have.</summary>
    internal void Complete()
    {
        lock (_composing)
        {
            lock (_adding)
            {
                _completed = [.. _parts.Select(p => (p.Part.GetType(), p.Stream?.Length ?? 0, p.Stream?.Complete() ?? []))];
            }
        }
    }

    private (ImmutableArray<PartFrame> Parts, ImmutableArray<DataPart> Shown) ComposeParts(ImmutableArray<PartFrame> last)
    {
        List<(MarkdownStream? Stream, MessagePart Part)> parts;
        ImmutableArray<DataPart> shown;
        lock (_adding)
        {
            parts = _parts.ConvertAll(p => (p.Stream, p.Part));
            shown = _shown;
        }

        ImmutableArray<PartFrame>.Builder? changed = null;
        for (var i = 0; i < parts.Count; i++)
        {
            var text = parts[i].Stream?.Refresh();
            if (i < last.Length && ReferenceEquals(last[i].Part, parts[i].Part) && ReferenceEquals(last[i].Text, text))
            {
                continue;
            }

            changed ??= last.ToBuilder();
            var frame = new PartFrame(parts[i].Part, text);
            if (i < changed.Count)
            {
                changed[i] = frame;
            }
            else
            {
                changed.Add(frame);
            }
        }

        return (changed?.DrainToImmutable() ?? last, shown);
    }

    private sealed class LivePart(MessagePart part)
    {
        public MessagePart Part { get; set; } = part;

        public MarkdownStream? Stream { get; } = part is TextPart or ReasoningPart ? new MarkdownStream() : null;
    }
}
