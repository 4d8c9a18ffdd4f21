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
    private bool _isBroken;

    /// <summary>The newest composed frame. Behind the text by at most one frame while somebody watches.</summary>
    public ReplyFrame Frame => Volatile.Read(ref _frame);

    internal void Append(string text) => _stream.Append(text);

    internal void Note(string? note) => Volatile.Write(ref _note, note);

    /// <summary>The final blocks, once <see cref="Complete"/> has made them.</summary>
    internal ImmutableArray<MarkdownBlock>? Completed { get; private set; }

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
            var text = _stream.Refresh();
            _isBroken = false;
            var note = Volatile.Read(ref _note);
            if (!ReferenceEquals(text, _frame.Text) || note != _frame.Note)
            {
                Volatile.Write(ref _frame, new ReplyFrame(_frame.Number + 1, text, note));
            }
        }
    }

    /// <summary>Makes the whole text's final blocks; those that did not change are the instances that viewers already have.</summary>
    internal void Complete()
    {
        lock (_composing)
        {
            Completed = _stream.Complete();
        }
    }
}
