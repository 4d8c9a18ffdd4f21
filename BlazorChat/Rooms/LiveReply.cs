using System.Collections.Immutable;
using BlazorChat.Markdown;

namespace BlazorChat.Rooms;

/// <summary>What a viewer sees of a running answer.</summary>
/// <param name="Number">Rises by one with each frame.</param>
/// <param name="Text">Settled and open blocks.</param>
/// <param name="Note">Something to tell beside the text ("retrying in 4 s"), or null.</param>
public sealed record ReplyFrame(long Number, MarkdownFrame Text, string? Note);

/// <summary>
/// The text of a running answer, once for all viewers. The turn appends; the room's frame clock composes a frame that
/// every circuit then reads. Appending never waits for parsing, and parsing happens once however many watch.
/// </summary>
public sealed class LiveReply
{
    private readonly Lock _composing = new();
    private readonly MarkdownStream _stream = new();
    private ReplyFrame _frame = new(0, MarkdownFrame.Empty, null);
    private string? _note;

    /// <summary>The newest composed frame. Behind the text by at most one frame while somebody watches.</summary>
    public ReplyFrame Frame => Volatile.Read(ref _frame);

    internal void Append(string text) => _stream.Append(text);

    internal void Note(string? note) => Volatile.Write(ref _note, note);

    /// <summary>Brings <see cref="Frame"/> up to date.</summary>
    internal void Compose()
    {
        lock (_composing)
        {
            var text = _stream.Refresh();
            var note = Volatile.Read(ref _note);
            if (!ReferenceEquals(text, _frame.Text) || note != _frame.Note)
            {
                Volatile.Write(ref _frame, new ReplyFrame(_frame.Number + 1, text, note));
            }
        }
    }

    /// <summary>The whole text's final blocks; those that did not change are the instances that viewers already have.</summary>
    internal ImmutableArray<MarkdownBlock> Complete()
    {
        lock (_composing)
        {
            return _stream.Complete();
        }
    }
}
