using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Turns.Hooks;
using BlazorChat.Rooms;
using BlazorChat.Text;

namespace BlazorChat.Turns;

/// <summary>Runs one turn from the queue to its outcome, independent of any circuit.</summary>
internal sealed partial class TurnRunner(
    IRoomStore store,
    RoomBroadcaster broadcaster,
    RoomGates gates,
    RunningTurns running,
    IAssistants assistants,
    StepLoop loop,
    TurnRunServices services,
    TurnObservers observers,
    TurnsMetrics metrics,
    TurnAskers askers,
    TimeProvider time,
    ILogger<TurnRunner> logger)
{
    // The delays before an outcome is stored again; the last one repeats.
    private static readonly TimeSpan[] StoreAgainAfter = [TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];

    private static readonly Func<ILogger, Guid, Guid, IDisposable?> InTurn =
        LoggerMessage.DefineScope<Guid, Guid>("Room {RoomId}, turn {TurnId}");

    /// <summary>Takes the next turn of an assistant in a room and runs it until it ends or pauses.</summary>
    /// <returns>False if no turn can begin now.</returns>
    /// <exception cref="StorageUnavailableException">The turn could not be taken and still waits.</exception>
    public async Task<bool> RunNextAsync(Guid roomId, string assistantId, CancellationToken stoppingToken)
    {
        // Opened before the gate is taken, because opening takes it too. Keeps the response in memory while it runs.
        using var lease = await broadcaster.OpenAsync(roomId, stoppingToken).ConfigureAwait(false);
        if (lease is null)
        {
            return false;
        }

        if (assistants.Find(assistantId) is not { } assistant)
        {
            await WithdrawAsync(roomId, assistantId, stoppingToken).ConfigureAwait(false);
            return false;
        }

        if (await BeginAsync(lease.Room, assistant, stoppingToken).ConfigureAwait(false) is not { } run)
        {
            return false;
        }

        using (run.Turn)
        using (run)
        {
            await RunAsync(run, stoppingToken).ConfigureAwait(false);
        }

        return true;
    }

    private async Task RunAsync(TurnRun run, CancellationToken stoppingToken)
    {
        var claimed = run.Claimed;
        using var activity = metrics.StartTurn(claimed);
        using var scope = InTurn(logger, claimed.Turn.RoomId, claimed.Turn.Id);
        var began = time.GetTimestamp();
        LogBegan(claimed.Turn.Id, claimed.Turn.AssistantId);
        var status = await AnswerAsync(run).ConfigureAwait(false);
        run.Turn.SetAnswered();
        var ended = await EndAsync(run, status, stoppingToken).ConfigureAwait(false);

        var outcome = TurnsMetrics.OutcomeOf(ended?.Status);
        metrics.Ended(claimed.Turn.AssistantId, ended?.Status);
        activity?.SetTag("blazorchat.outcome", outcome);
        var took = time.GetElapsedTime(began);
        LogEnded(claimed.Turn.Id, outcome, run.Steps, took.TotalMilliseconds);
        if (ended is not null)
        {
            observers.Tell(new TurnOutcome(claimed.Turn, claimed.Request, ended, run.Tokens, run.Cost, took));
        }
    }

    private async Task<TurnRun?> BeginAsync(OpenRoom room, Assistant assistant, CancellationToken stoppingToken)
    {
        var roomId = room.State.Room.Id;
        using var gate = await gates.EnterAsync(roomId, stoppingToken).ConfigureAwait(false);
        var begun = await store.ChangeAsync<ClaimedTurn?>(roomId, (change, token) => ClaimAsync(change, assistant.Author, token), stoppingToken).ConfigureAwait(false);
        TellWithdrawn(begun.Events);
        if (begun.Value is not { Error: null, Value: { } claimed })
        {
            Tell(roomId, begun.Events);
            return null;
        }

        var sink = new RoomSink(room, services.Journal, claimed.Response.Id);
        var turn = new RunningTurn(claimed.Response, claimed.Request, new ResponseDraft(claimed.Response.Id, claimed.Response.Parts, claimed.Step, sink));
        var run = new TurnRun(room.State.Room, claimed, assistant, turn, sink, services);
        // Registered before it is visible, so that anyone who sees it can stop it.
        running.Add(turn);
        Tell(roomId, begun.Events);
        if (claimed.Recoveries > 0)
        {
            turn.Draft.Note("Recovering…");
        }

        return run;
    }

    /// <summary>Takes the next turn of an assistant. From then on its response exists.</summary>
    /// <returns>Null if no turn can begin now.</returns>
    private async Task<Result<ClaimedTurn?>> ClaimAsync(IRoomChange change, Author assistant, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await change.FindRoomAsync(cancellationToken).ConfigureAwait(false) is not { IsArchived: false } room
            || await NextAsync(change, room, assistant.Id, now, cancellationToken).ConfigureAwait(false) is not { } next)
        {
            return (ClaimedTurn?)null;
        }

        Turn turn;
        Message response;
        if (next.MessageId is not { } responseId)
        {
            var question = next.QuestionId is { } questionId ? await change.FindMessageAsync(questionId, cancellationToken).ConfigureAwait(false) : null;
            room = room.WithMessage(now);
            (turn, response) = TurnTransitions.Begin(next, room, assistant, question?.Author, now);
            change.Save(room);
            change.Add(response, null);
            change.Tell(new RoomEvent.ResponseStarted(turn.Id, response));
        }
        else
        {
            if (await change.FindMessageAsync(responseId, cancellationToken).ConfigureAwait(false) is not { } stored)
            {
                return (ClaimedTurn?)null;
            }

            if (next.IsRegeneration)
            {
                change.KeepVersion(stored);
            }

            (turn, response) = TurnTransitions.Resume(next, stored, now);
            change.Save(response);
            change.Tell(new RoomEvent.ResponseResumed(turn.Id, response));
        }

        change.Save(turn);
        return new ClaimedTurn(turn, response, turn.Before ?? response.Sequence, turn.Request)
        {
            IsContinuation = next.MessageId is not null,
            Step = response.Step,
            IsAnother = turn.Before is not null || response.Versions > 1,
            FirstStep = turn.FirstStep,
            BeganAt = turn.BeganAt ?? now,
            Recoveries = turn.Recoveries,
            RecoveredProgress = turn.RecoveredProgress,
        };
    }

    // What somebody asked who may not ask here any more leaves the queue: their role, their account or the room has changed since.
    private async Task<Turn?> NextAsync(IRoomChange change, Room room, string assistantId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var queue = await change.ReadQueueAsync(room, cancellationToken).ConfigureAwait(false);
        Turn? next;
        while ((next = queue.Next(assistantId, now)) is not null
            && !await askers.MayAskAsync(room.Id, next.RequestedBy, cancellationToken).ConfigureAwait(false))
        {
            queue.Withdraw(t => t.Id == next.Id, $"Taken out of the queue: {next.RequestedBy.Name} can no longer ask here.");
        }

        await change.SaveAsync(queue, now, cancellationToken).ConfigureAwait(false);
        return next;
    }

    private void Tell(Guid roomId, IEnumerable<RoomEvent> events)
    {
        foreach (var roomEvent in events)
        {
            broadcaster.Publish(roomId, roomEvent);
        }
    }

    /// <summary>Streams the response into the room.</summary>
    /// <returns>How it ended or why it pauses.</returns>
    private async Task<MessageStatus> AnswerAsync(TurnRun run)
    {
        try
        {
            return StatusOf(await loop.RunAsync(run).ConfigureAwait(false), run.Assistant);
        }
        catch (OperationCanceledException) when (run.Turn.Ending is not null)
        {
            return run.Turn.Ending is TurnEnding.Stopped stopped ? stopped.Status
                : CanRecover(run) ? MessageStatus.Recovering.Instance
                : MessageStatus.Interrupted.Instance;
        }
        catch (ResponseFailedException e)
        {
            // A provider that was silent once more, without a word in between, will not speak: people have waited long enough.
            return e.IsStall && CanRecover(run) && (run.Claimed.Recoveries == 0 || ResponseProgress.Of(run.Draft.Parts) > run.Claimed.RecoveredProgress) ? MessageStatus.Recovering.Instance : new MessageStatus.Failed(e.Message);
        }
        catch (StorageUnavailableException e)
        {
            LogBroke(e, run.Turn.MessageId);
            // A brief loss of the database is only a delay: the response so far is stored when the database is back.
            return CanRecover(run) ? MessageStatus.Recovering.Instance
                : new MessageStatus.Failed("This answer could not be saved, so it was ended.");
        }
#pragma warning disable CA1031 // Whatever the error, the turn must end with a visible outcome, and the queue must continue.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogBroke(e, run.Turn.MessageId);
            return new MessageStatus.Failed("Something went wrong on this server while answering.");
        }
    }

    private static MessageStatus StatusOf(StepsEnd end, Assistant assistant) => end switch
    {
        StepsEnd.Answered => MessageStatus.Complete.Instance,
        StepsEnd.AwaitingPeople => MessageStatus.AwaitingPeople.Instance,
        StepsEnd.Silent => new MessageStatus.Cut("The assistant used its tools and then wrote nothing."),
        StepsEnd.LengthLimit => new MessageStatus.Cut("The answer was cut off at the assistant's length limit."),
        StepsEnd.StepLimit => new MessageStatus.Cut($"This answer used all of its {assistant.MaxSteps} steps."),
        StepsEnd.Repetition => new MessageStatus.Cut("The answer repeated itself, so it was ended."),
        StepsEnd.RepeatedCall => new MessageStatus.Failed($"The assistant made the same tool call {StepLoop.MostRepeatedCalls} times, and it failed each time."),
        StepsEnd.PartLimit => new MessageStatus.Failed($"This answer has more than {RoomLimits.Parts} parts, which is the limit."),
        StepsEnd.ToolErrors => new MessageStatus.Failed($"The assistant's tools failed {assistant.MaxToolErrors} times in a row."),
        _ => new MessageStatus.Failed("The assistant's answer had no text."),
    };

    private bool CanRecover(TurnRun run)
    {
        var claimed = run.Claimed;
        return PolicyOf(run.Assistant).Allows(claimed.Recoveries, claimed.RecoveredProgress, run.Draft.Parts, time.GetUtcNow() - claimed.BeganAt);
    }

    /// <summary>What happens to an assistant's responses that were cut off.</summary>
    public static RecoveryPolicy PolicyOf(Assistant assistant) => new(assistant.Recovery, assistant.MaxRecoveries, assistant.RecoveryWindow);

    /// <summary>
    /// Stores the outcome and tells viewers. Retries for as long as the server runs, because the next turn cannot begin without it. The
    /// room's gate is free between attempts.
    /// </summary>
    /// <returns>The response, or null if it is gone or could not be stored before the server stopped.</returns>
    private async Task<Message?> EndAsync(TurnRun run, MessageStatus status, CancellationToken stoppingToken)
    {
        var response = run.Claimed.Response;
        var now = time.GetUtcNow();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await TryEndAsync(run, status, now).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever the error, a response that has ended must not stay running forever.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogNotStored(e, response.Id);
                if (attempt >= StoreAgainAfter.Length && stoppingToken.IsCancellationRequested)
                {
                    // The next start finds it still running, and keeps the journaled text.
                    running.Remove(run.Turn);
                    return null;
                }

                run.Draft.Note("This answer is finished but can't be saved right now. Retrying…");
                await Task.Delay(StoreAgainAfter[Math.Min(attempt, StoreAgainAfter.Length - 1)], time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task<Message?> TryEndAsync(TurnRun run, MessageStatus status, DateTimeOffset now)
    {
        var response = run.Claimed.Response;
        // Not canceled by a shutdown, which waits for this.
        using var gate = await gates.EnterAsync(response.RoomId, CancellationToken.None).ConfigureAwait(false);
        if (status is MessageStatus.Recovering or MessageStatus.AwaitingPeople && run.Turn.Ending is TurnEnding.Stopped stopped)
        {
            // Someone stopped it before this could be stored, so it must not continue later.
            status = stopped.Status;
        }

        RoomChangeResult<Message?>? ended = null;
        if (run.Turn.Ending is not TurnEnding.Discarded)
        {
            var end = new EndedTurn(
                response.RoomId, response.Id, PartsAt(run, status, now), status, run.Draft.NextFreeStep, run.Metadata(), run.Tokens, run.Cost, now);
            ended = await store.ChangeAsync<Message?>(response.RoomId, (change, token) => StoreEndAsync(change, end, token), CancellationToken.None).ConfigureAwait(false);
        }

        // It counts as running until its outcome is stored: until then, Stop means this response and not the next.
        running.Remove(run.Turn);
        services.Journal.Forget(response.Id);
        // A turn that continues is picked up by the loop of its queue, which looks for the next turn after this one.
        Tell(response.RoomId, ended?.Events ?? []);
        return ended?.Value.Value;
    }

    /// <returns>The response, or null if it is gone; then nothing is stored.</returns>
    private static async Task<Result<Message?>> StoreEndAsync(IRoomChange change, EndedTurn end, CancellationToken cancellationToken)
    {
        if (await change.FindRoomAsync(cancellationToken).ConfigureAwait(false) is not { } room
            || await change.FindMessageAsync(end.MessageId, cancellationToken).ConfigureAwait(false) is not { IsRunning: true } response
            || (await change.ReadTurnsAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(t => t.MessageId == end.MessageId && t.Status == TurnStatus.Running) is not { } turn)
        {
            return (Message?)null;
        }

        (var next, response) = TurnTransitions.End(turn, response, end);
        change.Save(room.WithUsage(end.Tokens, end.Cost) with { LastActivityAt = end.Now });
        change.Save(response);
        await change.RemoveJournalAsync(end.MessageId, cancellationToken).ConfigureAwait(false);
        change.Tell(new RoomEvent.ResponseEnded(response) { Tokens = end.Tokens, Cost = end.Cost });
        if (next is null)
        {
            change.Remove(turn);
            return response;
        }

        change.Save(next);
        if (next.Status == TurnStatus.Ready)
        {
            change.Tell(new RoomEvent.TurnQueued(next));
        }

        return response;
    }

    // Within the gate: until now, people may have decided on calls.
    private static ImmutableArray<MessagePart> PartsAt(TurnRun run, MessageStatus status, DateTimeOffset now) => status switch
    {
        MessageStatus.AwaitingPeople => run.Draft.Parts,
        MessageStatus.Recovering => CallChanges.Recover(run.Draft.Parts, now),
        MessageStatus.Stopped stopped => CallChanges.FailUnfinished(run.Draft.Parts, $"Not finished: {Names.Quoted(stopped.By)} stopped the answer.", now),
        _ => CallChanges.FailUnfinished(run.Draft.Parts, "Not finished: the answer ended first.", now),
    };

    private async Task WithdrawAsync(Guid roomId, string assistantId, CancellationToken stoppingToken)
    {
        using var gate = await gates.EnterAsync(roomId, stoppingToken).ConfigureAwait(false);
        var withdrawn = await store.ChangeAsync<IReadOnlyList<Turn>>(roomId, async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room)
            {
                return new List<Turn>();
            }

            var queue = await change.ReadQueueAsync(room, token).ConfigureAwait(false);
            queue.Withdraw(t => t.AssistantId == assistantId, "Taken out of the queue: the assistant is no longer available on this server.");
            await change.SaveAsync(queue, time.GetUtcNow(), token).ConfigureAwait(false);
            return new List<Turn>(queue.Withdrawn);
        }, stoppingToken).ConfigureAwait(false);
        foreach (var turn in withdrawn.Value.Value)
        {
            LogNoAssistant(turn.Id, assistantId);
        }

        Tell(roomId, withdrawn.Events);
        TellWithdrawn(withdrawn.Events);
    }

    private void TellWithdrawn(ImmutableArray<RoomEvent> events)
    {
        foreach (var given in events.OfType<RoomEvent.TurnWithdrawn>())
        {
            observers.Tell(given, events.OfType<RoomEvent.MessageChanged>().LastOrDefault(e => e.Message.Id == given.Turn?.MessageId)?.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "Turn {TurnId} of {AssistantId} began.")]
    private partial void LogBegan(Guid turnId, string assistantId);

    [LoggerMessage(LogLevel.Information, "Turn {TurnId} ended: {Outcome}, {Steps} steps in {Milliseconds} ms.")]
    private partial void LogEnded(Guid turnId, string outcome, int steps, double milliseconds);

    [LoggerMessage(LogLevel.Error, "Response {MessageId} failed unexpectedly.")]
    private partial void LogBroke(Exception exception, Guid messageId);

    [LoggerMessage(LogLevel.Error, "The outcome of response {MessageId} could not be stored.")]
    private partial void LogNotStored(Exception exception, Guid messageId);

    [LoggerMessage(LogLevel.Warning, "Turn {TurnId} was removed from the queue: assistant {AssistantId} is not configured.")]
    private partial void LogNoAssistant(Guid turnId, string assistantId);
}
