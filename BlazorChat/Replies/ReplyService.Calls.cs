using BlazorChat.Replies.Tools;
using BlazorChat.Rooms;

namespace BlazorChat.Replies;

/// <summary>What people, and their browsers, decide about tool calls.</summary>
public sealed partial class ReplyService
{
    /// <summary>
    /// Says yes or no to a tool call that waits for approval. The first answer counts; the same answer again changes
    /// nothing. What runs is the call as the server stored it, whatever was shown.
    /// </summary>
    /// <param name="person">Who decides.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">The answer.</param>
    /// <param name="callId">The call.</param>
    /// <param name="argumentsShown">The arguments that the person saw; refused when they are not those of the call.</param>
    /// <param name="isApproved">Yes or no.</param>
    /// <param name="reason">Why, at most <see cref="RoomLimits.ReasonLength"/> characters; may be empty.</param>
    /// <param name="cancellationToken">Gives up before it is stored.</param>
    /// <returns>The answer.</returns>
    public async Task<Result<Message>> DecideAsync(
        Person? person, Guid roomId, Guid messageId, string callId, string argumentsShown, bool isApproved, string? reason, CancellationToken cancellationToken)
    {
        if (reason?.Length > RoomLimits.ReasonLength)
        {
            return new Refusal(RefusalKind.Invalid, $"A reason can have at most {RoomLimits.ReasonLength} characters; this one has {reason.Length}.");
        }

        return await ChangeCallAsync(person, RoomAction.DecideToolCall, roomId, messageId, callId, call =>
        {
            if (call.Decision is { } before)
            {
                return before.By.Id == person!.AsAuthor().Id && before.IsApproved == isApproved
                    ? call
                    : new Refusal(RefusalKind.Conflict, $"{before.By.Name} has {(before.IsApproved ? "approved" : "rejected")} this already.");
            }

            if (call.State != ToolCallState.AwaitingApproval)
            {
                return Refusals.NoSuchCall;
            }

            if (call.Arguments != argumentsShown)
            {
                return new Refusal(RefusalKind.Conflict, "This is not the call that you were shown. Please look again.");
            }

            var text = reason is null ? null : Names.WithoutControls(reason).Trim();
            var decision = new ToolDecision(isApproved, person!.AsAuthor(), time.GetUtcNow(), string.IsNullOrEmpty(text) ? null : text);
            LogDecided(call.Name, callId, messageId, roomId, isApproved);
            return isApproved ? CallChanges.Approve(call, decision) : CallChanges.Reject(call, decision);
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Gives the result of a tool call that runs in the browser of the person who asked. The first result counts; the same
    /// one again changes nothing, another one is refused.
    /// </summary>
    /// <param name="person">Whose browser it was.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">The answer.</param>
    /// <param name="callId">The call.</param>
    /// <param name="result">What the browser gave: untrusted text, at most <see cref="RoomLimits.ToolResultLength"/> characters.</param>
    /// <param name="isError">Whether it says what went wrong.</param>
    /// <param name="cancellationToken">Gives up before it is stored.</param>
    /// <returns>The answer.</returns>
    public async Task<Result<Message>> AnswerBrowserCallAsync(
        Person? person, Guid roomId, Guid messageId, string callId, string result, bool isError, CancellationToken cancellationToken)
    {
        if (result.Length > RoomLimits.ToolResultLength)
        {
            (result, isError) = ($"The browser gave a result of {result.Length:N0} characters; at most {RoomLimits.ToolResultLength:N0} are taken.", true);
        }

        var text = StorableText.From(result);
        var state = isError ? ToolCallState.Failed : ToolCallState.Succeeded;
        return await ChangeCallAsync(person, RoomAction.AnswerBrowserCall, roomId, messageId, callId, call => call switch
        {
            { State: ToolCallState.AwaitingBrowser } => call with { State = state, Result = text, EndedAt = time.GetUtcNow() },
            { IsFinished: true } when call.State == state && call.Result == text => call,
            { IsFinished: true } => new Refusal(RefusalKind.Conflict, "Another result of this came first."),
            _ => Refusals.NoSuchCall,
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Result<Message>> ChangeCallAsync(
        Person? person, RoomAction action, Guid roomId, Guid messageId, string callId, Func<ToolCallPart, Result<ToolCallPart>> change, CancellationToken cancellationToken)
    {
        try
        {
            if (await rooms.FindAsync(roomId, cancellationToken).ConfigureAwait(false) is not { } room)
            {
                return Refusals.NoSuchRoom;
            }

            using var gate = await gates.EnterAsync(roomId, cancellationToken).ConfigureAwait(false);
            var answer = await FindAnswerAsync(roomId, messageId, cancellationToken).ConfigureAwait(false);
            // Asked within the gate, with what is stored: a right that was lost a moment ago is lost.
            var subject = new PolicySubject(roomId) { OwnerId = room.OwnerId, Whose = answer?.AskedBy };
            if (await policy.DecideAsync(person, action, subject, cancellationToken).ConfigureAwait(false) is { } no)
            {
                return no;
            }

            if (answer is null)
            {
                return Refusals.NoSuchAnswer;
            }

            // While other calls of the answer still run, what is decided goes into the running answer, and to disk with it.
            if (running.Find(roomId, messageId) is { } turn)
            {
                return await ChangeRunningCallAsync(turn, answer, callId, change).ConfigureAwait(false);
            }

            var changed = await store.ChangeCallAsync(roomId, messageId, callId, change, cancellationToken).ConfigureAwait(false);
            return changed.Refusal is { } refusal ? refusal : Tell(roomId, changed.Value);
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(e, roomId);
            return Refusals.NotStored;
        }
    }

    private static async Task<Result<Message>> ChangeRunningCallAsync(RunningTurn turn, Message answer, string callId, Func<ToolCallPart, Result<ToolCallPart>> change)
    {
        Refusal? refusal = Refusals.NoSuchCall;
        var isChanged = false;
        turn.Draft.ChangeCall(callId, call =>
        {
            var changed = change(call);
            refusal = changed.Refusal;
            isChanged = refusal is null && changed.Value != call;
            return refusal is null ? changed.Value : call;
        });
        if (refusal is not null)
        {
            return refusal;
        }

        if (!isChanged)
        {
            // The model may be writing by now: text that was stored in the middle of a step would come out of the journal again.
            return answer with { Parts = turn.Draft.Parts };
        }

        try
        {
            await turn.SaveAsync().ConfigureAwait(false);
            return answer with { Parts = turn.Draft.Parts };
        }
        catch (OperationCanceledException)
        {
            return Refusals.NoSuchCall;
        }
    }
}
