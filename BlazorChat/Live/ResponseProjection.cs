using System.Collections.Immutable;
using BlazorChat.Markdown;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Live;

/// <summary>One part of a running response as a viewer sees it. An unchanged part is the same instance as in the previous frame.</summary>
/// <param name="Part">The part. A text or reasoning part is as it was when it began; its current text is in <paramref name="Text"/>.</param>
/// <param name="Text">The settled and open blocks of a text or reasoning part; null for other parts.</param>
public sealed record PartFrame(MessagePart Part, MarkdownFrame? Text)
{
    /// <summary>The frame of a part that does not grow.</summary>
    internal static PartFrame Ended(RenderedPart part) => new(part.Part, part.Part is TextPart or ReasoningPart ? new MarkdownFrame(part.Blocks, null) : null);
}

/// <summary>A running response as a viewer sees it at one moment.</summary>
/// <param name="Number">The number of the frame, higher by one than that of the previous frame.</param>
/// <param name="Parts">The parts, in order.</param>
/// <param name="Shown">Data that is shown while the response runs and is not stored.</param>
/// <param name="Note">A remark beside the text, such as "retrying in 4 s", or null.</param>
public sealed record ResponseFrame(long Number, ImmutableArray<PartFrame> Parts, ImmutableArray<DataPart> Shown, string? Note)
{
    /// <summary>The frame of a response without any content yet.</summary>
    public static ResponseFrame Empty { get; } = new(0, [], [], null);
}

/// <summary>
/// A running response, rendered once for all viewers of this process. Deltas add to it. At the pace of the room's throttle, a frame is
/// composed, which every circuit then reads. Adding never waits for parsing, and text is parsed once for any number of viewers.
/// </summary>
public sealed class ResponseProjection
{
    private readonly Lock _adding = new();
    private readonly List<LivePart> _parts;
    private readonly Lock _composing = new();
    private ImmutableArray<DataPart> _shown;
    private ResponseFrame _frame = ResponseFrame.Empty;
    private string? _note;
    private bool _isBroken;

    /// <summary>Creates a projection that continues from a response's current state.</summary>
    /// <param name="running">The response's content so far.</param>
    /// <param name="shown">What viewers have seen of a response that goes on. Who looks before the first frame is composed goes on seeing it.</param>
    internal ResponseProjection(RunningResponse running, ImmutableArray<RenderedPart> shown = default)
    {
        if (!shown.IsDefaultOrEmpty)
        {
            var kept = running.Parts.Select(p => p.PartId).ToHashSet();
            _frame = ResponseFrame.Empty with { Parts = [.. shown.Where(p => kept.Contains(p.Part.PartId)).Select(PartFrame.Ended)] };
        }

        _parts = [.. running.Parts.Select(p => new LivePart(p))];
        _shown = running.Shown;
        _note = running.Note;
    }

    /// <summary>The newest composed frame. While anyone watches, it is at most one frame behind the response.</summary>
    public ResponseFrame Frame => Volatile.Read(ref _frame);

    /// <summary>Adds a delta of the response.</summary>
    internal void Apply(ResponseDelta delta)
    {
        lock (_adding)
        {
            switch (delta)
            {
                case ResponseDelta.TextAppended appended:
                    Find(appended.PartId)!.Stream!.Append(appended.Text);
                    break;
                case ResponseDelta.PartSet set:
                    Set(set.Part);
                    break;
                case ResponseDelta.DataShown shown:
                    _shown = PartList.Show(_shown, shown.Data);
                    break;
                case ResponseDelta.Noted noted:
                    _note = noted.Note;
                    break;
            }
        }
    }

    /// <summary>Brings <see cref="Frame"/> up to date.</summary>
    internal void Compose()
    {
        lock (_composing)
        {
            if (_isBroken)
            {
                return;
            }

            // Remains set if the renderer throws: it would throw for this text in every frame.
            _isBroken = true;
            var (parts, shown, note) = ComposeParts(_frame.Parts);
            _isBroken = false;
            if (parts != _frame.Parts || shown != _frame.Shown || note != _frame.Note)
            {
                Volatile.Write(ref _frame, new ResponseFrame(_frame.Number + 1, parts, shown, note));
            }
        }
    }

    /// <summary>Renders the stored parts of the ended response. Unchanged blocks are the instances that viewers already have.</summary>
    internal ImmutableArray<RenderedPart> Complete(Message ended)
    {
        Dictionary<int, (Type Kind, int Length, ImmutableArray<MarkdownBlock> Blocks)> streamed;
        lock (_composing)
        {
            lock (_adding)
            {
                // Text that made the renderer throw would do so again.
                var wasBroken = _isBroken;
                _isBroken = true;
                streamed = wasBroken ? [] : _parts.ToDictionary(p => p.Part.PartId, p => (p.Part.GetType(), p.Stream?.Length ?? 0, p.Stream?.Complete() ?? []));
                _isBroken = wasBroken;
            }
        }

        var rendered = ImmutableArray.CreateBuilder<RenderedPart>(ended.Parts.Length);
        foreach (var part in ended.Parts)
        {
            // Streamed parts are stored unchanged. A part of another kind or length is a different part: an error came before it.
            rendered.Add(streamed.TryGetValue(part.PartId, out var known) && known.Kind == part.GetType() && known.Length == PartList.TextOf(part)?.Length
                ? new RenderedPart(part, known.Blocks)
                : RenderedPart.Of(part, ended.Author));
        }

        return rendered.MoveToImmutable();
    }

    private void Set(MessagePart part)
    {
        if (Find(part.PartId) is not { } known)
        {
            _parts.Add(new LivePart(part));
        }
        else if (known.Stream?.Length == PartList.TextOf(part)?.Length)
        {
            // The text is the same and only other properties changed, or the part has no text.
            known.Part = part;
        }
        else
        {
            _parts[_parts.IndexOf(known)] = new LivePart(part);
        }
    }

    // Searches from the end: nearly every delta concerns the newest part.
    private LivePart? Find(int partId)
    {
        for (var i = _parts.Count - 1; i >= 0; i--)
        {
            if (_parts[i].Part.PartId == partId)
            {
                return _parts[i];
            }
        }

        return null;
    }

    private (ImmutableArray<PartFrame> Parts, ImmutableArray<DataPart> Shown, string? Note) ComposeParts(ImmutableArray<PartFrame> last)
    {
        List<(MarkdownStream? Stream, MessagePart Part)> parts;
        ImmutableArray<DataPart> shown;
        string? note;
        lock (_adding)
        {
            note = _note;
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

        return (changed?.DrainToImmutable() ?? last, shown, note);
    }

    private sealed class LivePart
    {
        public LivePart(MessagePart part)
        {
            Part = part;
            if (PartList.TextOf(part) is { } text)
            {
                Stream = new MarkdownStream();
                Stream.Append(text);
            }
        }

        public MessagePart Part { get; set; }

        public MarkdownStream? Stream { get; }
    }
}
