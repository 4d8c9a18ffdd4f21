using System.Collections.Immutable;
using BlazorChat.Messages;

namespace BlazorChat.Rooms;

/// <summary>The current content of a running response, given to a new follower of an open room.</summary>
/// <param name="MessageId">The response.</param>
/// <param name="Number">The number of the last applied delta; 0 when there is none.</param>
/// <param name="Parts">Its parts so far.</param>
/// <param name="Shown">Transient data: shown while it runs, and not stored.</param>
/// <param name="Note">A notice beside the text, or null.</param>
internal sealed record RunningResponse(Guid MessageId, long Number, ImmutableArray<MessagePart> Parts, ImmutableArray<DataPart> Shown, string? Note);

/// <summary>The fold of a running response's deltas. Not thread-safe.</summary>
internal sealed class RunningResponseFold
{
    private readonly Guid _messageId;
    private readonly MessageDraft _draft;
    private ImmutableArray<DataPart> _shown;
    private string? _note;
    private long _number;

    public RunningResponseFold(RunningResponse begun)
    {
        _messageId = begun.MessageId;
        _number = begun.Number;
        _draft = new MessageDraft(begun.Parts);
        _shown = begun.Shown;
        _note = begun.Note;
    }

    /// <summary>Applies a delta.</summary>
    /// <returns>False when it is not the next one: it is a repeat, or another one was missed.</returns>
    public bool Apply(ResponseDelta delta)
    {
        if (delta.Number != _number + 1)
        {
            return false;
        }

        _number = delta.Number;
        switch (delta)
        {
            case ResponseDelta.PartSet set:
                _draft.Set(set.Part);
                break;
            case ResponseDelta.TextAppended appended:
                _draft.Append(appended.PartId, appended.Text);
                break;
            case ResponseDelta.DataShown shown:
                _shown = PartList.Show(_shown, shown.Data);
                break;
            case ResponseDelta.Noted noted:
                _note = noted.Note;
                break;
        }

        return true;
    }

    /// <summary>The current content.</summary>
    public RunningResponse Capture()
    {
        _draft.Settle();
        return new RunningResponse(_messageId, _number, [.. _draft.Parts], _shown, _note);
    }
}
