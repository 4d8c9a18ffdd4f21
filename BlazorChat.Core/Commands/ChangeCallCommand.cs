using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;
using BlazorChat.Turns;

namespace BlazorChat.Commands;

/// <summary>Gives a waiting tool call its decision or result. Returns the response.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
/// <param name="MessageId">The response.</param>
/// <param name="CallId">The call.</param>
internal abstract record ChangeCallCommand(Guid RoomId, Person? By, Guid MessageId, string CallId) : RoomCommand<Message>(RoomId, By)
{
    internal override Guid? SubjectId => MessageId;

    internal override async Task<Result<Message>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        if (context.Subject is not { Author.Kind: AuthorKind.Assistant } response)
        {
            return RoomErrors.NoSuchResponse;
        }

        // While other calls of the response are running, the change goes into the running response and reaches the disk with it.
        if (await context.Running.ChangeCallAsync(response, CallId, call => Change(context, call)).ConfigureAwait(false) is { } ofRunning)
        {
            return ofRunning;
        }

        return await context.ChangeAsync<Message>((change, token) => ChangeStoredAsync(context, change, token), cancellationToken).ConfigureAwait(false);
    }

    // When none of its calls is waiting any more, the turn resumes: exactly once.
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
        change.Save(turn);
        if (turn.Status == TurnStatus.Ready)
        {
            change.Tell(new RoomEvent.TurnQueued(turn));
        }

        return decided;
    }

    /// <summary>The changed call, the same call when nothing changes, or the reason for a refusal.</summary>
    private protected abstract Result<ToolCallPart> Change(RoomCommandContext context, ToolCallPart call);
}

/// <summary>
/// Approves or rejects a tool call. The first decision counts; repeating it changes nothing. The stored call runs, whatever the page
/// showed. A call that needs two people takes the approvals of two. An owner can allow the tool for the whole room with it.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The person who decides.</param>
/// <param name="MessageId">The response.</param>
/// <param name="CallId">The call.</param>
/// <param name="ArgumentsShown">The arguments as the page showed them; the command is refused when the call has others.</param>
/// <param name="IsApproved">True to approve, false to reject.</param>
/// <param name="Reason">The reason, at most <see cref="RoomLimits.ReasonLength"/> characters; may be empty.</param>
/// <param name="ToolShown">The tool as it was when the page showed the request (<see cref="ToolCallPart.Tool"/>); null if that is not known.</param>
/// <param name="IsForRoom">Whether the tool, as it was shown, may run in this room from now on without anybody being asked.</param>
internal sealed record DecideToolCall(
    Guid RoomId, Person? By, Guid MessageId, string CallId, string ArgumentsShown, bool IsApproved, string? Reason, string? ToolShown = null, bool IsForRoom = false)
    : ChangeCallCommand(RoomId, By, MessageId, CallId)
{
    private static readonly RoomError NotForRoom = new(RoomErrorKind.Conflict, "This tool cannot be allowed for the whole room. People are asked about each call.");

    private static readonly RoomError TooManyTools = new(
        RoomErrorKind.Limit, $"This call is approved, but the tool is not allowed for the room: it already allows {TurnRights.MostAlways} tools, which is the maximum.");

    internal override RoomPermission? Permission => RoomPermission.DecideToolCall;

    internal override RoomError? Check() => Reason?.Length > RoomLimits.ReasonLength
        ? new RoomError(RoomErrorKind.Invalid, $"A reason can have at most {RoomLimits.ReasonLength} characters; this one has {Reason.Length}.")
        : null;

    internal override async Task<Result<Message>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        if (IsForRoom && await context.AskAsync(RoomPermission.ManageMembers, null, cancellationToken).ConfigureAwait(false) is { } no)
        {
            return no;
        }

        var decided = await base.RunAsync(context, cancellationToken).ConfigureAwait(false);
        // The decision comes first: only who has approved a call of the tool as it is now has seen what they allow.
        return IsForRoom && decided.Error is null ? await AllowAsync(context, decided.Value, cancellationToken).ConfigureAwait(false) : decided;
    }

    private async Task<Result<Message>> AllowAsync(RoomCommandContext context, Message response, CancellationToken cancellationToken)
    {
        if (response.Calls.FirstOrDefault(c => c.CallId == CallId) is not { Tool: { } tool, Decision: { IsApproved: true, IsStanding: false } decision } call
            || !decision.By.IsSameAs(context.By))
        {
            return RoomErrors.NoSuchCall;
        }

        return (await context.ChangeAsync<Room>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room)
            {
                return RoomErrors.NoSuchRoom;
            }

            // Once more: the decision may have waited for the running response, and an account ends without the room's gate.
            if (await context.AskAsync(RoomPermission.ManageMembers, null, token).ConfigureAwait(false) is { } no)
            {
                return no;
            }

            var others = room.Settings.Rights.Always.RemoveAll(a => a.Name == call.Name);
            if (others.Length >= TurnRights.MostAlways)
            {
                return TooManyTools;
            }

            CommandLog.ToolAllowed(context.Logger, call.Name, CallId, RoomId);
            return change.SaveAndTell(room, room.Settings.Rights with { Always = others.Add(new StandingApproval(call.Name, tool, context.By, context.Now)) }, context.By);
        }, cancellationToken).ConfigureAwait(false)).Select(_ => response);
    }

    private protected override Result<ToolCallPart> Change(RoomCommandContext context, ToolCallPart call)
    {
        if (IsForRoom && (ToolShown is null || call.Tool?.ToString() != ToolShown || call.NeedsTwoPeople || context.ToolPolicy.AlwaysAsks(call.Name)))
        {
            return NotForRoom;
        }

        if (call.Decision is { } before)
        {
            return before.By.Id == context.By.Id && before.IsApproved == IsApproved
                ? call
                : before.IsApproved ? new RoomError(RoomErrorKind.Conflict, $"{before.By.Name} already approved this.")
                : new RoomError(RoomErrorKind.Conflict, $"{before.By.Name} already rejected this.");
        }

        if (call.State != ToolCallState.AwaitingApproval)
        {
            return RoomErrors.NoSuchCall;
        }

        if (call.ExpiresAt <= context.Now)
        {
            return new RoomError(RoomErrorKind.Conflict, "This request has expired.");
        }

        // A click that came late must not approve what was asked again meanwhile.
        if (call.Arguments != ArgumentsShown || (ToolShown is not null && ToolShown != call.Tool?.ToString()))
        {
            return new RoomError(RoomErrorKind.Conflict, "This call has changed since you saw it. Please review it again.");
        }

        var text = Reason is null ? null : Names.WithoutControls(Reason).Trim();
        var decision = new ToolDecision(IsApproved, context.By, context.Now, string.IsNullOrEmpty(text) ? null : text);
        var isForTwo = IsApproved && (call.NeedsTwoPeople || context.ToolPolicy.NeedsTwoPeople(call.Name));
        if (isForTwo && !context.People.HasAccount(context.By))
        {
            return RoomErrors.TwoAccounts;
        }

        // An approval from before that somebody without an account gave does not count.
        if (isForTwo && (call.FirstApproval is not { } first || !context.People.HasAccount(first.By)))
        {
            CommandLog.CallHalfApproved(context.Logger, call.Name, CallId, MessageId, RoomId);
            return call with { NeedsTwoPeople = true, FirstApproval = decision };
        }

        if (IsApproved && !call.TakesApprovalOf(context.By))
        {
            // The same click again. It does not make two people of one.
            return call;
        }

        CommandLog.CallDecided(context.Logger, call.Name, CallId, MessageId, RoomId, IsApproved);
        return IsApproved ? CallChanges.Approve(call, decision) : CallChanges.Reject(call, decision);
    }
}

/// <summary>
/// Gives the result of a tool call that ran in the asker's browser. The first result counts; repeating it changes nothing, and a different
/// one is refused.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The person whose browser ran it.</param>
/// <param name="MessageId">The response.</param>
/// <param name="CallId">The call.</param>
/// <param name="Result">The browser's result: untrusted text, at most <see cref="RoomLimits.ToolResultLength"/> characters.</param>
/// <param name="IsError">Whether the result is an error message.</param>
internal sealed record AnswerBrowserCall(Guid RoomId, Person? By, Guid MessageId, string CallId, string Result, bool IsError)
    : ChangeCallCommand(RoomId, By, MessageId, CallId)
{
    internal override RoomPermission? Permission => RoomPermission.AnswerBrowserCall;

    private protected override Result<ToolCallPart> Change(RoomCommandContext context, ToolCallPart call)
    {
        var (given, isError) = Result.Length > RoomLimits.ToolResultLength
            ? ($"The browser's result has {Result.Length:N0} characters; the limit is {RoomLimits.ToolResultLength:N0}.", true)
            : (Result, IsError);
        var text = StorableText.From(given);
        var state = isError ? ToolCallState.Failed : ToolCallState.Succeeded;
        return call switch
        {
            { State: ToolCallState.AwaitingBrowser } => call with { State = state, Result = text, EndedAt = context.Now },
            { IsFinished: true } when call.State == state && call.Result == text => call,
            { IsFinished: true } => new RoomError(RoomErrorKind.Conflict, "This call already has a different result."),
            _ => RoomErrors.NoSuchCall,
        };
    }
}
