using System.Collections.Immutable;
using BlazorChat.Markdown;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Live;

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
/// A running response, rendered once for all viewers of this process. Deltas add to it; the room's throttle composes a frame that
/// every circuit then reads. Adding never waits for parsing, and parsing happens once however many watch.
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

    /// <summary>A response that goes on where it is.</summary>
    /// <param name="running">What has come of it.</param>
    internal ResponseProjection(RunningResponse running)
    {
        _parts = [.. running.Parts.Select(p => new LivePart(p))];
        _shown = running.Shown;
        _note = running.Note;
    }

    /// <summary>The newest composed frame. Behind the response by at most one frame while somebody watches.</summary>
    public ResponseFrame Frame => Volatile.Read(ref _frame);

    /// <summary>Takes more of the response.</summary>
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

            // Stays so when the text breaks the renderer: it would do so in every frame.
            _isBroken = true;
            var (parts, shown, note) = ComposeParts(_frame.Parts);
            _isBroken = false;
            if (parts != _frame.Parts || shown != _frame.Shown || note != _frame.Note)
            {
                Volatile.Write(ref _frame, new ResponseFrame(_frame.Number + 1, parts, shown, note));
            }
        }
    }

    /// <summary>The stored parts of the ended response; blocks that did not change are the instances that viewers already have.</summary>
    internal ImmutableArray<RenderedPart> Complete(Message ended)
    {
        Dictionary<int, (Type Kind, int Length, ImmutableArray<MarkdownBlock> Blocks)> streamed;
        lock (_composing)
        {
            lock (_adding)
            {
                // One that has broken the renderer would do so again.
                var wasBroken = _isBroken;
                _isBroken = true;
                streamed = wasBroken ? [] : _parts.ToDictionary(p => p.Part.PartId, p => (p.Part.GetType(), p.Stream?.Length ?? 0, p.Stream?.Complete() ?? []));
                _isBroken = wasBroken;
            }
        }

        var rendered = ImmutableArray.CreateBuilder<RenderedPart>(ended.Parts.Length);
        foreach (var part in ended.Parts)
        {
            // What was streamed is what was stored; a part of another kind or length is another one (an error came before it).
            rendered.Add(streamed.TryGetValue(part.PartId, out var known) && known.Kind == part.GetType() && known.Length == PartList.TextOf(part)?.Length
                ? new RenderedPart(part, known.Blocks)
                : RenderedPart.Of(part));
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
            // The same text with something else about it, or no text at all.
            known.Part = part;
        }
        else
        {
            _parts[_parts.IndexOf(known)] = new LivePart(part);
        }
    }

    // From the end: what comes nearly always concerns the newest.
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
