using BlazorChat.Rooms;

namespace BlazorChat.Turns;

/// <summary>
/// The sink of a turn's response: the journal, for a restart, and the room, for viewers. While the journal keeps up, the room gets
/// text at once. Otherwise text waits here until it is on disk, and everything after it waits with it, so the order is kept. So a crash
/// takes back only what was shown in a moment before it, however busy the machine is.
/// </summary>
internal sealed class RoomSink : IResponseSink, IDisposable
{
    private const string OnHold = "This answer can't be saved right now, so the rest of it waits. Retrying…";

    private readonly Lock _lock = new();
    private readonly Queue<(ResponseDelta Delta, long Batch)> _held = [];
    private readonly OpenRoom _room;
    private readonly TurnJournal _journal;
    private readonly Guid _messageId;
    private readonly IDisposable _following;

    // A note overtakes what is held, so deltas are numbered again here, in the order in which the room gets them.
    private long _number;
    private bool _isNoted;
    private bool _isClosed;

    /// <summary>Creates the sink of a response that begins or resumes.</summary>
    public RoomSink(OpenRoom room, TurnJournal journal, Guid messageId)
    {
        _room = room;
        _journal = journal;
        _messageId = messageId;
        _following = journal.Follow(OnJournal);
    }

    /// <inheritdoc />
    public void OnDelta(ResponseDelta delta)
    {
        lock (_lock)
        {
            if (delta is ResponseDelta.Noted)
            {
                _isNoted = false;
                Show(delta);
            }
            else if (_held.Count == 0)
            {
                Show(delta);
            }
            else
            {
                _held.Enqueue((delta, 0));
            }
        }
    }

    /// <inheritdoc />
    public void OnText(Guid messageId, int step, string text, bool isReasoning, ResponseDelta delta)
    {
        var batch = _journal.Append(messageId, step, text, isReasoning);
        lock (_lock)
        {
            // Looks again: the batch may have been stored meanwhile, and then no further call would release the text.
            if (_held.Count == 0 && (batch == 0 || batch <= _journal.Progress.Stored))
            {
                Show(delta);
            }
            else
            {
                _held.Enqueue((delta, batch));
                NoteFailure(_journal.Progress);
            }
        }
    }

    /// <summary>Drops what is held: the response has ended, and its end shows all of it.</summary>
    public void Dispose()
    {
        _following.Dispose();
        lock (_lock)
        {
            _isClosed = true;
            _held.Clear();
        }
    }

    private void OnJournal(JournalProgress progress)
    {
        lock (_lock)
        {
            while (_held.TryPeek(out var next) && (progress.KeepsUp || next.Batch <= progress.Stored))
            {
                Show(_held.Dequeue().Delta);
            }

            if (_held.Count > 0)
            {
                NoteFailure(progress);
            }
            else if (_isNoted)
            {
                _isNoted = false;
                Show(new ResponseDelta.Noted(_messageId, 0, null));
            }
        }
    }

    private void NoteFailure(JournalProgress progress)
    {
        if (progress.IsFailing && !_isNoted)
        {
            _isNoted = true;
            Show(new ResponseDelta.Noted(_messageId, 0, OnHold));
        }
    }

    private void Show(ResponseDelta delta)
    {
        if (!_isClosed)
        {
            _number++;
            _room.Apply(delta.Number == _number ? delta : delta with { Number = _number });
        }
    }
}
