using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Text;
using BlazorChat.Rooms;

namespace BlazorChat.Turns;

/// <summary>What people, and their browsers, decide about tool calls.</summary>
public sealed partial class ResponseService
{
    /// <summary>
    /// Says yes or no to a tool call that waits for approval. The first response counts; the same response again changes
    /// nothing. What runs is the call as the server stored it, whatever was shown.
    /// </summary>
    /// <param name="person">Who decides.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">The response.</param>
    /// <param name="callId">The call.</param>
    /// <param name="argumentsShown">The arguments that the person saw; refused when they are not those of the call.</param>
    /// <param name="isApproved">Yes or no.</param>
    /// <param name="reason">Why, at most <see cref="RoomLimits.ReasonLength"/> characters; may be empty.</param>
    /// <param name="cancellationToken">Gives up before it is stored.</param>
    /// <returns>The response.</returns>
    public async Task<Result<Message>> DecideAsync(
        Person? person, Guid roomId, Guid messageId, string callId, string argumentsShown, bool isApproved, string? reason, CancellationToken cancellationToken)
    {
        if (reason?.Length > RoomLimits.ReasonLength)
        {
            return new RoomError(RoomErrorKind.Invalid, $"A reason can have at most {RoomLimits.ReasonLength} characters; this one has {reason.Length}.");
        }

        return await ChangeCallAsync(person, RoomPermission.DecideToolCall, roomId, messageId, callId, call =>
        {
            if (call.Decision is { } before)
            {
                return before.By.Id == person!.AsAuthor().Id && before.IsApproved == isApproved
                    ? call
                    : new RoomError(RoomErrorKind.Conflict, $"{before.By.Name} has {(before.IsApproved ? "approved" : "rejected")} this already.");
            }

            if (call.State != ToolCallState.AwaitingApproval)
            {
                return RoomErrors.NoSuchCall;
            }

            if (call.Arguments != argumentsShown)
            {
                return new RoomError(RoomErrorKind.Conflict, "This is not the call that you were shown. Please look again.");
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
    /// <param name="messageId">The response.</param>
    /// <param name="callId">The call.</param>
    /// <param name="result">What the browser gave: untrusted text, at most <see cref="RoomLimits.ToolResultLength"/> characters.</param>
    /// <param name="isError">Whether it says what went wrong.</param>
    /// <param name="cancellationToken">Gives up before it is stored.</param>
    /// <returns>The response.</returns>
    public async Task<Result<Message>> AnswerBrowserCallAsync(
        Person? person, Guid roomId, Guid messageId, string callId, string result, bool isError, CancellationToken cancellationToken)
    {
        if (result.Length > RoomLimits.ToolResultLength)
        {
            (result, isError) = ($"The browser gave a result of {result.Length:N0} characters; at most {RoomLimits.ToolResultLength:N0} are taken.", true);
        }

        var text = StorableText.From(result);
        var state = isError ? ToolCallState.Failed : ToolCallState.Succeeded;
        return await ChangeCallAsync(person, RoomPermission.AnswerBrowserCall, roomId, messageId, callId, call => call switch
        {
            { State: ToolCallState.AwaitingBrowser } => call with { State = state, Result = text, EndedAt = time.GetUtcNow() },
            { IsFinished: true } when call.State == state && call.Result == text => call,
            { IsFinished: true } => new RoomError(RoomErrorKind.Conflict, "Another result of this came first."),
            _ => RoomErrors.NoSuchCall,
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Result<Message>> ChangeCallAsync(
        Person? person, RoomPermission permission, Guid roomId, Guid messageId, string callId, Func<ToolCallPart, Result<ToolCallPart>> change, CancellationToken cancellationToken)
    {
        try
        {
            if (await rooms.FindAsync(roomId, cancellationToken).ConfigureAwait(false) is not { } room)
            {
                return RoomErrors.NoSuchRoom;
            }

            using var gate = await gates.EnterAsync(roomId, cancellationToken).ConfigureAwait(false);
            var response = await FindResponseAsync(roomId, messageId, cancellationToken).ConfigureAwait(false);
            // Asked within the gate, with what is stored: a right that was lost a moment ago is lost.
            var resource = new AuthorizedResource(roomId) { OwnerId = room.OwnerId, Whose = response?.AskedBy };
            if (await authorizer.AuthorizeAsync(person, permission, resource, cancellationToken).ConfigureAwait(false) is { } no)
            {
                return no;
            }

            if (response is null)
            {
                return RoomErrors.NoSuchResponse;
            }

            // While other calls of the response still run, what is decided goes into the running response, and to disk with it.
            if (running.Find(roomId, messageId) is { } turn)
            {
                return await ChangeRunningCallAsync(turn, response, callId, change).ConfigureAwait(false);
            }

            var changed = await store.ChangeCallAsync(roomId, messageId, callId, change, cancellationToken).ConfigureAwait(false);
            return changed.Error is { } error ? error : Tell(roomId, changed.Value);
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(e, roomId);
            return RoomErrors.NotStored;
        }
    }

    private static async Task<Result<Message>> ChangeRunningCallAsync(RunningTurn turn, Message response, string callId, Func<ToolCallPart, Result<ToolCallPart>> change)
    {
        RoomError? error = RoomErrors.NoSuchCall;
        var isChanged = false;
        turn.Draft.ChangeCall(callId, call =>
        {
            var changed = change(call);
            error = changed.Error;
            isChanged = error is null && changed.Value != call;
            return error is null ? changed.Value : call;
        });
        if (error is not null)
        {
            return error;
        }

        if (!isChanged)
        {
            // The model may be writing by now: text that was stored in the middle of a step would come out of the journal again.
            return response with { Parts = turn.Draft.Parts };
        }

        try
        {
            await turn.SaveAsync().ConfigureAwait(false);
            return response with { Parts = turn.Draft.Parts };
        }
        catch (OperationCanceledException)
        {
            return RoomErrors.NoSuchCall;
        }
    }
}
