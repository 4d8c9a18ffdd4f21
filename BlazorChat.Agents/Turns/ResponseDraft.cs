using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Text;
using BlazorChat.Rooms;

namespace BlazorChat.Turns;

/// <summary>Receives what a running response produces. Called in order, within the draft's lock, so it must be quick.</summary>
internal interface IResponseSink
{
    /// <summary>Receives a change that adds no text.</summary>
    void OnDelta(ResponseDelta delta);

    /// <summary>Receives text or reasoning, with the delta that shows it.</summary>
    void OnText(Guid messageId, int step, string text, bool isReasoning, ResponseDelta delta);
}

/// <summary>
/// The parts of a running response, as its run writes them. Everything goes to the sink at once. Thread-safe: tools run side by side
/// and people decide meanwhile. The deltas of a response are sent in the order of its changes.
/// </summary>
internal sealed class ResponseDraft
{
    private readonly Lock _lock = new();
    private readonly IResponseSink _sink;
    private readonly Guid _messageId;
    private readonly MessageDraft _draft;
    private long _number;
    private bool _hasStreamed;

    /// <summary>Creates a draft that continues from the given parts.</summary>
    /// <param name="messageId">The response.</param>
    /// <param name="parts">Its parts so far.</param>
    /// <param name="step">The lowest number of the next step.</param>
    /// <param name="sink">Receives everything that is added.</param>
    public ResponseDraft(Guid messageId, ImmutableArray<MessagePart> parts, int step, IResponseSink sink)
    {
        _messageId = messageId;
        _sink = sink;
        _draft = new MessageDraft(parts);
        Step = Math.Max(step, PartList.NextStep(_draft.Parts));
    }

    /// <summary>The current step.</summary>
    public int Step { get; private set; }

    /// <summary>The step with which the response continues later. It must differ from the current one: text that is still on its way to the journal must not be joined with it.</summary>
    public int NextFreeStep
    {
        get
        {
            lock (_lock)
            {
                return Math.Max(_hasStreamed ? Step + 1 : Step, PartList.NextStep(_draft.Parts));
            }
        }
    }

    /// <summary>The parts to store: without transient ones.</summary>
    public ImmutableArray<MessagePart> Parts
    {
        get
        {
            lock (_lock)
            {
                _draft.Settle();
                return [.. _draft.Parts.Select(Storable)];
            }
        }
    }

    /// <summary>The calls of a step.</summary>
    public ImmutableArray<ToolCallPart> CallsOf(int step)
    {
        lock (_lock)
        {
            return [.. _draft.Parts.OfType<ToolCallPart>().Where(c => c.Step == step)];
        }
    }

    /// <summary>Whether it has the maximum number of parts.</summary>
    public bool IsFull
    {
        get
        {
            lock (_lock)
            {
                return _draft.Parts.Count >= RoomLimits.Parts;
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

    /// <summary>
    /// The connection to the model dropped. Calls that were being written have failed, and what follows belongs to another step: text
    /// that is still on its way to the journal must not be joined with it.
    /// </summary>
    public void CutOff(DateTimeOffset now)
    {
        lock (_lock)
        {
            _draft.Settle();
            var after = CallChanges.Recover([.. _draft.Parts], now);
            for (var i = 0; i < after.Length; i++)
            {
                if (!ReferenceEquals(after[i], _draft.Parts[i]))
                {
                    Set(after[i]);
                }
            }

            Step = Math.Max(_hasStreamed ? Step + 1 : Step, PartList.NextStep(_draft.Parts));
            _hasStreamed = false;
        }
    }

    public void AppendText(string text) => Append(text, isReasoning: false);

    public void AppendReasoning(string text) => Append(text, isReasoning: true);

    /// <summary>Seals the newest reasoning with the data that its provider wants back.</summary>
    public void SealReasoning(string protectedData, string origin)
    {
        lock (_lock)
        {
            _draft.Settle();
            var last = _draft.Parts is [.., ReasoningPart { ProtectedData: null } open] ? open : null;
            Set((last ?? new ReasoningPart("") { Step = Step }) with { ProtectedData = protectedData, Origin = origin });
        }
    }

    /// <summary>Notes how long the newest reasoning of this step took.</summary>
    public void EndReasoning(TimeSpan took)
    {
        lock (_lock)
        {
            _draft.Settle();
            if (FindLast(p => p is ReasoningPart && p.Step == Step) is ReasoningPart { Took: null } last)
            {
                Set(last with { Took = took });
            }
        }
    }

    /// <summary>Turns the text of this step since its last reasoning into reasoning.</summary>
    public void TurnTextIntoReasoning()
    {
        lock (_lock)
        {
            _draft.Settle();
            for (var i = _draft.Parts.Count - 1; i >= 0 && _draft.Parts[i].Step == Step && _draft.Parts[i] is not ReasoningPart; i--)
            {
                if (_draft.Parts[i] is TextPart text)
                {
                    Set(new ReasoningPart(text.Text) { PartId = text.PartId, Step = text.Step });
                }
            }
        }
    }

    /// <summary>Replaces a call, or adds it at the end.</summary>
    public void SetCall(ToolCallPart call)
    {
        lock (_lock)
        {
            Set(call with { PartId = FindCall(call.CallId)?.PartId ?? 0 });
        }
    }

    /// <summary>Changes the current state of a call.</summary>
    /// <returns>The changed call, or null if there is none with this id.</returns>
    public ToolCallPart? ChangeCall(string callId, Func<ToolCallPart, ToolCallPart> change)
    {
        lock (_lock)
        {
            if (FindCall(callId) is not { } before)
            {
                return null;
            }

            var after = change(before);
            if (after != before)
            {
                Set(after);
            }

            return after;
        }
    }

    /// <summary>The number of calls that wait for people.</summary>
    public int CountAwaited()
    {
        lock (_lock)
        {
            return _draft.Parts.Count(p => p is ToolCallPart { IsAwaited: true });
        }
    }

    /// <summary>Adds a complete part.</summary>
    public void Add(MessagePart part)
    {
        lock (_lock)
        {
            Set(part);
        }
    }

    /// <summary>Shows data, replacing data with the same type and id.</summary>
    public void Put(DataPart data, bool isTransient)
    {
        lock (_lock)
        {
            if (isTransient)
            {
                _sink.OnDelta(new ResponseDelta.DataShown(_messageId, ++_number, data));
                return;
            }

            Set(FindLast(p => p is DataPart other && PartList.IsSame(other, data)) is { } same ? data with { PartId = same.PartId, Step = same.Step } : data);
        }
    }

    /// <summary>Shows a note beside the text; null removes it.</summary>
    public void Note(string? note)
    {
        lock (_lock)
        {
            _sink.OnDelta(new ResponseDelta.Noted(_messageId, ++_number, note));
        }
    }

    private void Append(string text, bool isReasoning)
    {
        lock (_lock)
        {
            // Nothing is appended to reasoning that its provider has sealed: what follows is new reasoning.
            var goesOn = (isReasoning ? _draft.Parts is [.., ReasoningPart { ProtectedData: null }] : _draft.Parts is [.., TextPart]) && PartList.GoesOn(_draft.Parts, Step);
            _hasStreamed = true;
            ResponseDelta delta;
            if (goesOn)
            {
                var partId = _draft.Parts[^1].PartId;
                _draft.Append(partId, text);
                delta = new ResponseDelta.TextAppended(_messageId, ++_number, partId, text);
            }
            else
            {
                delta = Change(isReasoning ? new ReasoningPart(text) { Step = Step } : new TextPart(text) { Step = Step });
            }

            _sink.OnText(_messageId, Step, text, isReasoning, delta);
        }
    }

    private void MakeRoom()
    {
        if (_draft.Parts.Count >= RoomLimits.Parts)
        {
            throw new ResponseFailedException($"This answer has more than {RoomLimits.Parts} parts, which is the limit.");
        }
    }

    // Half of a surrogate pair may still be completed by the next piece, but it cannot be stored.
    private static MessagePart Storable(MessagePart part) => part switch
    {
        ToolCallPart { State: ToolCallState.Running, Result: not null } call => call with { Result = null },
        TextPart text when StorableText.From(text.Text) is var storable && !ReferenceEquals(storable, text.Text) => text with { Text = storable },
        ReasoningPart reasoning when StorableText.From(reasoning.Text) is var storable && !ReferenceEquals(storable, reasoning.Text) => reasoning with { Text = storable },
        _ => part,
    };

    private ToolCallPart? FindCall(string callId) => FindLast(p => p is ToolCallPart call && call.CallId == callId) as ToolCallPart;

    private MessagePart? FindLast(Func<MessagePart, bool> wanted)
    {
        for (var i = _draft.Parts.Count - 1; i >= 0; i--)
        {
            if (wanted(_draft.Parts[i]))
            {
                return _draft.Parts[i];
            }
        }

        return null;
    }

    private void Set(MessagePart part) => _sink.OnDelta(Change(part));

    private ResponseDelta.PartSet Change(MessagePart part)
    {
        if (part.PartId == 0)
        {
            MakeRoom();
        }

        return new ResponseDelta.PartSet(_messageId, ++_number, _draft.Set(part));
    }
}
