using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;
using BlazorChat.Turns;

namespace BlazorChat.Commands;

/// <summary>Gives a tool call of a response what it waits for. Gives the response.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">Who does.</param>
/// <param name="MessageId">The response.</param>
/// <param name="CallId">The call.</param>
public abstract record ChangeCallCommand(Guid RoomId, Person? By, Guid MessageId, string CallId) : RoomCommand<Message>(RoomId, By)
{
    internal override Guid? SubjectId => MessageId;

    internal override async Task<Result<Message>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        if (context.Subject is not { Author.Kind: AuthorKind.Assistant } response)
        {
            return RoomErrors.NoSuchResponse;
        }

        // While other calls of the response still run, what is decided goes into the running response, and to disk with it.
        if (await context.Running.ChangeCallAsync(response, CallId, call => Change(context, call)).ConfigureAwait(false) is { } ofRunning)
        {
            return ofRunning;
        }

        return await context.ChangeAsync<Message>((change, token) => ChangeStoredAsync(context, change, token), cancellationToken).ConfigureAwait(false);
    }

    // When nothing of it waits any more, its turn goes on: exactly once.
    private async Task<Result<Message>> ChangeStoredAsync(RoomCommandContext context, IRoomChange change, CancellationToken cancellationToken)
    {
        if (await change.FindRoomAsync(cancellationToken).ConfigureAwait(false) is not { } room
            || await change.FindMessageAsync(MessageId, cancellationToken).ConfigureAwait(false) is not { } response
            || response.Calls.FirstOrDefault(c => c.CallId == CallId) is not { } call)
        {
            return RoomErrors.NoSuchCall;
        }

        var changed = Change(context, call);
        if (changed.Error is { } error)
        {
            return error;
        }

        if (changed.Value == call)
        {
            return response;
        }

        var queue = await change.ReadQueueAsync(room, cancellationToken).ConfigureAwait(false);
        if (queue.Turns.FirstOrDefault(t => t.MessageId == MessageId && t.Status == TurnStatus.Suspended) is not { } suspended)
        {
            return RoomErrors.NoSuchCall;
        }

        var (turn, decided) = TurnTransitions.Decide(suspended, response, changed.Value);
        change.SaveAndTell(decided);
        if (turn.Status == TurnStatus.Ready)
        {
            change.Save(turn);
            change.Tell(new RoomEvent.TurnQueued(turn));
        }

        return decided;
    }

    /// <summary>The call after it, the same for nothing new, or why not.</summary>
    private protected abstract Result<ToolCallPart> Change(RoomCommandContext context, ToolCallPart call);
}

/// <summary>
/// Says yes or no to a tool call that waits for approval. The first decision counts; the same again changes nothing. What runs is the
/// call as the server stored it, whatever was shown.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">Who decides.</param>
/// <param name="MessageId">The response.</param>
/// <param name="CallId">The call.</param>
/// <param name="ArgumentsShown">The arguments that the person saw; refused when they are not those of the call.</param>
/// <param name="IsApproved">Yes or no.</param>
/// <param name="Reason">Why, at most <see cref="RoomLimits.ReasonLength"/> characters; may be empty.</param>
public sealed record DecideToolCall(Guid RoomId, Person? By, Guid MessageId, string CallId, string ArgumentsShown, bool IsApproved, string? Reason)
    : ChangeCallCommand(RoomId, By, MessageId, CallId)
{
    internal override RoomPermission? Permission => RoomPermission.DecideToolCall;

    internal override RoomError? Check() => Reason?.Length > RoomLimits.ReasonLength
        ? new RoomError(RoomErrorKind.Invalid, $"A reason can have at most {RoomLimits.ReasonLength} characters; this one has {Reason.Length}.")
        : null;

    private protected override Result<ToolCallPart> Change(RoomCommandContext context, ToolCallPart call)
    {
        if (call.Decision is { } before)
        {
            return before.By.Id == context.By.Id && before.IsApproved == IsApproved
                ? call
                : new RoomError(RoomErrorKind.Conflict, $"{before.By.Name} has {(before.IsApproved ? "approved" : "rejected")} this already.");
        }

        if (call.State != ToolCallState.AwaitingApproval)
        {
            return RoomErrors.NoSuchCall;
        }

        if (call.Arguments != ArgumentsShown)
        {
            return new RoomError(RoomErrorKind.Conflict, "This is not the call that you were shown. Please look again.");
        }

        var text = Reason is null ? null : Names.WithoutControls(Reason).Trim();
        var decision = new ToolDecision(IsApproved, context.By, context.Now, string.IsNullOrEmpty(text) ? null : text);
        CommandLog.CallDecided(context.Logger, call.Name, CallId, MessageId, RoomId, IsApproved);
        return IsApproved ? CallChanges.Approve(call, decision) : CallChanges.Reject(call, decision);
    }
}

/// <summary>
/// Gives the result of a tool call that runs in the browser of the asker. The first result counts; the same one again
/// changes nothing, another one is refused.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">Whose browser it was.</param>
/// <param name="MessageId">The response.</param>
/// <param name="CallId">The call.</param>
/// <param name="Result">What the browser gave: untrusted text, at most <see cref="RoomLimits.ToolResultLength"/> characters.</param>
/// <param name="IsError">Whether it says what went wrong.</param>
public sealed record AnswerBrowserCall(Guid RoomId, Person? By, Guid MessageId, string CallId, string Result, bool IsError)
    : ChangeCallCommand(RoomId, By, MessageId, CallId)
{
    internal override RoomPermission? Permission => RoomPermission.AnswerBrowserCall;

    private protected override Result<ToolCallPart> Change(RoomCommandContext context, ToolCallPart call)
    {
        var (given, isError) = Result.Length > RoomLimits.ToolResultLength
            ? ($"The browser gave a result of {Result.Length:N0} characters; at most {RoomLimits.ToolResultLength:N0} are taken.", true)
            : (Result, IsError);
        var text = StorableText.From(given);
        var state = isError ? ToolCallState.Failed : ToolCallState.Succeeded;
        return call switch
        {
            { State: ToolCallState.AwaitingBrowser } => call with { State = state, Result = text, EndedAt = context.Now },
            { IsFinished: true } when call.State == state && call.Result == text => call,
            { IsFinished: true } => new RoomError(RoomErrorKind.Conflict, "Another result of this came first."),
            _ => RoomErrors.NoSuchCall,
        };
    }
}
