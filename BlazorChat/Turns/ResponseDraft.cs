using System.Collections.Immutable;
using System.Text;
using BlazorChat.Turns.Tools;
using BlazorChat.Rooms;

namespace BlazorChat.Turns;

/// <summary>
/// A running response as its turn writes it: its parts so far. Whatever comes goes at once to the room, and text to the
/// journal. Thread-safe: tools run side by side, and people decide while they do; what is told of one response is told in
/// the order in which it came.
/// </summary>
internal sealed class ResponseDraft
{
    private readonly Lock _lock = new();
    private readonly RoomBroadcaster _broadcaster;
    private readonly TurnJournal _journal;
    private readonly Guid _roomId;
    private readonly Guid _messageId;
    private readonly List<MessagePart> _parts;
    private readonly StringBuilder _open = new();
    private bool _hasStreamed;

    public ResponseDraft(Message response, int step, RoomBroadcaster broadcaster, TurnJournal journal)
    {
        _roomId = response.RoomId;
        _messageId = response.Id;
        _broadcaster = broadcaster;
        _journal = journal;
        _parts = [.. response.Parts];
        Step = Math.Max(step, PartList.NextStep(_parts));
        OpenLast();
    }

    /// <summary>The step whose contents come now.</summary>
    public int Step { get; private set; }

    /// <summary>The step that comes when the response goes on later: text of this one that is still on its way to the journal must not be taken for more of it.</summary>
    public int NextFreeStep
    {
        get
        {
            lock (_lock)
            {
                return Math.Max(_hasStreamed ? Step + 1 : Step, PartList.NextStep(_parts));
            }
        }
    }

    /// <summary>The parts as they are to be stored: without what is only shown.</summary>
    public ImmutableArray<MessagePart> Parts
    {
        get
        {
            lock (_lock)
            {
                Settle();
                return [.. _parts.Select(Storable)];
            }
        }
    }

    /// <summary>The calls of a step.</summary>
    public ImmutableArray<ToolCallPart> CallsOf(int step)
    {
        lock (_lock)
        {
            return [.. _parts.OfType<ToolCallPart>().Where(c => c.Step == step)];
        }
    }

    /// <summary>Whether it can take another part.</summary>
    public bool IsFull
    {
        get
        {
            lock (_lock)
            {
                return _parts.Count >= RoomLimits.Parts;
            }
        }
    }

    public void NextStep()
    {
        lock (_lock)
        {
            Step++;
            _hasStreamed = false;
        }
    }

    public void AppendText(string text)
    {
        lock (_lock)
        {
            if (_parts is not [.., TextPart] || !PartList.GoesOn(_parts, Step))
            {
                Begin(new TextPart("") { Step = Step });
            }

            _hasStreamed = true;
            _open.Append(text);
            _broadcaster.Publish(_roomId, new RoomEvent.TextAppended(_messageId, text));
            _journal.Append(_messageId, Step, text, isReasoning: false);
        }
    }

    public void AppendReasoning(string text)
    {
        lock (_lock)
        {
            if (_parts is not [.., ReasoningPart { ProtectedData: null }] || !PartList.GoesOn(_parts, Step))
            {
                Begin(new ReasoningPart("") { Step = Step });
            }

            _hasStreamed = true;
            _open.Append(text);
            _broadcaster.Publish(_roomId, new RoomEvent.ReasoningAppended(_messageId, text));
            _journal.Append(_messageId, Step, text, isReasoning: true);
        }
    }

    /// <summary>What the provider wants back with the reasoning that has just come.</summary>
    public void SealReasoning(string protectedData, string origin)
    {
        lock (_lock)
        {
            Settle();
            var last = _parts is [.., ReasoningPart { ProtectedData: null } open] ? open : null;
            Set(last is null ? _parts.Count : _parts.Count - 1, (last ?? new ReasoningPart("") { Step = Step }) with { ProtectedData = protectedData, Origin = origin });
        }
    }

    /// <summary>Puts a call in its place, or at the end.</summary>
    public void SetCall(ToolCallPart call)
    {
        lock (_lock)
        {
            var at = IndexOf(call.CallId);
            Set(at < 0 ? _parts.Count : at, call);
        }
    }

    /// <summary>Changes a call as it is now.</summary>
    /// <returns>The call after that, or null when there is none of that id.</returns>
    public ToolCallPart? ChangeCall(string callId, Func<ToolCallPart, ToolCallPart> change)
    {
        lock (_lock)
        {
            var at = IndexOf(callId);
            if (at < 0)
            {
                return null;
            }

            var before = (ToolCallPart)_parts[at];
            var after = change(before);
            if (after != before)
            {
                Set(at, after);
            }

            return after;
        }
    }

    /// <summary>Rejects what waits for people because who asked wrote something else instead.</summary>
    public void RejectAwaited(Author by, DateTimeOffset now)
    {
        lock (_lock)
        {
            var after = CallChanges.RejectAwaited([.. _parts], by, now);
            for (var i = 0; i < after.Length; i++)
            {
                if (!ReferenceEquals(after[i], _parts[i]))
                {
                    Set(i, after[i]);
                }
            }
        }
    }

    /// <summary>Adds a part that comes whole.</summary>
    public void Add(MessagePart part)
    {
        lock (_lock)
        {
            Set(_parts.Count, part);
        }
    }

    /// <summary>Shows data, in the place of those with the same type and id.</summary>
    public void Put(DataPart data, bool isTransient)
    {
        lock (_lock)
        {
            if (isTransient)
            {
                _broadcaster.Publish(_roomId, new RoomEvent.DataShown(_messageId, data));
                return;
            }

            var at = _parts.FindIndex(p => p is DataPart other && PartList.IsSame(other, data));
            if (at >= 0)
            {
                Set(at, data with { Step = _parts[at].Step });
            }
            else
            {
                Add(data);
            }
        }
    }

    public void Note(string? note) => _broadcaster.Publish(_roomId, new RoomEvent.ResponseNoted(_messageId, note));

    private void MakeRoom()
    {
        if (_parts.Count >= RoomLimits.Parts)
        {
            throw new ResponseFailedException($"This answer has more than {RoomLimits.Parts} parts, which is the most.");
        }
    }

    // Half a surrogate pair may be a piece of a whole one that is still coming; what is stored cannot have it.
    private static MessagePart Storable(MessagePart part) => part switch
    {
        ToolCallPart { State: ToolCallState.Running, Result: not null } call => call with { Result = null },
        TextPart text when StorableText.From(text.Text) is var storable && !ReferenceEquals(storable, text.Text) => text with { Text = storable },
        ReasoningPart reasoning when StorableText.From(reasoning.Text) is var storable && !ReferenceEquals(storable, reasoning.Text) => reasoning with { Text = storable },
        _ => part,
    };

    // A part of its own for what comes now.
    private void Begin(MessagePart part)
    {
        if (_parts is [.., var last] && last.GetType() == part.GetType() && last is not ReasoningPart { ProtectedData: not null })
        {
            // Whoever watches would go on in the last one.
            Set(_parts.Count, part);
            return;
        }

        Settle();
        MakeRoom();
        _parts.Add(part);
        _open.Clear();
    }

    private int IndexOf(string callId) => _parts.FindLastIndex(p => p is ToolCallPart call && call.CallId == callId);

    private void Set(int index, MessagePart part)
    {
        Settle();
        if (index < _parts.Count)
        {
            _parts[index] = part;
        }
        else
        {
            MakeRoom();
            _parts.Add(part);
            OpenLast();
        }

        _broadcaster.Publish(_roomId, new RoomEvent.PartChanged(_messageId, index, part));
    }

    // The last part's text grows in a builder; here it gets into the part.
    private void Settle()
    {
        if (_parts is [.., TextPart text] && text.Text.Length != _open.Length)
        {
            _parts[^1] = text with { Text = _open.ToString() };
        }
        else if (_parts is [.., ReasoningPart reasoning] && reasoning.Text.Length != _open.Length)
        {
            _parts[^1] = reasoning with { Text = _open.ToString() };
        }
    }

    private void OpenLast()
    {
        _open.Clear();
        if (_parts is [.., var last])
        {
            _open.Append(RenderedPart.TextOf(last));
        }
    }
}
