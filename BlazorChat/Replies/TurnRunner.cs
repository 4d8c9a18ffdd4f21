using System.Text;
using BlazorChat.Rooms;
using Microsoft.Extensions.AI;

namespace BlazorChat.Replies;

/// <summary>Runs one turn from the queue to its outcome, tied to no circuit.</summary>
internal sealed partial class TurnRunner(
    ITurnStore store,
    RoomBroadcaster broadcaster,
    RoomGates gates,
    RunningTurns running,
    IResponders responders,
    PromptBuilder prompts,
    TurnJournal journal,
    RepliesMetrics metrics,
    TimeProvider time,
    ILogger<TurnRunner> logger)
{
    // How long to wait before storing an outcome again; the last one again and again.
    private static readonly TimeSpan[] StoreAgainAfter = [TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];

    private static readonly Func<ILogger, Guid, Guid, IDisposable?> InTurn =
        LoggerMessage.DefineScope<Guid, Guid>("Room {RoomId}, turn {TurnId}");

    /// <summary>Takes the waiting turn of an assistant in a room and runs it to its end.</summary>
    /// <returns>False when none waited.</returns>
    /// <exception cref="StorageUnavailableException">The turn could not be taken; it still waits.</exception>
    public async Task<bool> RunNextAsync(Guid roomId, string assistantId, CancellationToken stoppingToken)
    {
        // Opened before the gate is taken, since opening takes it too. Keeps the answer's text in memory while it runs.
        using var lease = await broadcaster.OpenAsync(roomId, stoppingToken).ConfigureAwait(false);
        if (lease is null)
        {
            return false;
        }

        if (responders.Find(assistantId) is not { } responder)
        {
            await WithdrawAsync(roomId, assistantId, stoppingToken).ConfigureAwait(false);
            return false;
        }

        if (await BeginAsync(roomId, responder, stoppingToken).ConfigureAwait(false) is not var (claimed, turn))
        {
            return false;
        }

        using (turn)
        {
            using var activity = metrics.StartTurn(claimed);
            using var scope = InTurn(logger, roomId, claimed.Turn.Id);
            var text = new StringBuilder();
            var began = time.GetTimestamp();
            LogBegan(claimed.Turn.Id, assistantId);
            var status = await AnswerAsync(lease.Room.Snapshot.Room, claimed, responder, turn, text).ConfigureAwait(false);
            var ended = await EndAsync(claimed.Reply, turn, text.ToString(), status, stoppingToken).ConfigureAwait(false);

            var outcome = RepliesMetrics.OutcomeOf(ended);
            metrics.Ended(assistantId, ended);
            activity?.SetTag("blazorchat.outcome", outcome);
            LogEnded(claimed.Turn.Id, outcome, text.Length, time.GetElapsedTime(began).TotalMilliseconds);
            return true;
        }
    }

    private async Task<(ClaimedTurn Claimed, RunningTurn Turn)?> BeginAsync(Guid roomId, Responder responder, CancellationToken stoppingToken)
    {
        using var gate = await gates.EnterAsync(roomId, stoppingToken).ConfigureAwait(false);
        var claimed = await store.ClaimAsync(roomId, responder.Author, time.GetUtcNow(), stoppingToken).ConfigureAwait(false);
        if (claimed is null)
        {
            return null;
        }

        // Known before anybody can see it, so that whoever sees it can stop it.
        var turn = new RunningTurn(roomId, claimed.Reply.Id);
        running.Add(turn);
        broadcaster.Publish(roomId, new RoomEvent.ReplyStarted(claimed.Turn.Id, claimed.Reply));
        return (claimed, turn);
    }

    /// <summary>Streams the answer into the room.</summary>
    /// <returns>How it ended.</returns>
    private async Task<MessageStatus> AnswerAsync(Room room, ClaimedTurn claimed, Responder responder, RunningTurn turn, StringBuilder text)
    {
        var reply = claimed.Reply;
        try
        {
            var prompt = await prompts.BuildAsync(room, claimed.Before, responder, turn.Token).ConfigureAwait(false);
            var began = time.GetTimestamp();
            var wasCut = false;
            await foreach (var update in responder.Client.GetStreamingResponseAsync(prompt.Messages, prompt.Options, turn.Token).ConfigureAwait(false))
            {
                foreach (var content in update.Contents)
                {
                    switch (content)
                    {
                        case TextContent { Text.Length: > 0 } piece:
                            if (text.Length == 0)
                            {
                                metrics.FirstText(responder, time.GetElapsedTime(began));
                                broadcaster.Publish(room.Id, new RoomEvent.ReplyNoted(reply.Id, null));
                            }

                            text.Append(piece.Text);
                            broadcaster.Publish(room.Id, new RoomEvent.TextAppended(reply.Id, piece.Text));
                            journal.Append(reply.Id, piece.Text);
                            break;
                        case ReplyNoteContent note:
                            broadcaster.Publish(room.Id, new RoomEvent.ReplyNoted(reply.Id, note.Note));
                            break;
                        case UsageContent usage:
                            metrics.Tokens(responder, usage.Details.InputTokenCount, usage.Details.OutputTokenCount);
                            break;
                    }
                }

                wasCut |= update.FinishReason == ChatFinishReason.Length;
            }

            if (text.Length == 0)
            {
                // A tool call alone, for example: nothing here can run it, and an answer without a word is none.
                return new MessageStatus.Failed("The assistant's answer had no text.");
            }

            return wasCut
                ? new MessageStatus.Failed("The answer was cut off at the assistant's length limit.")
                : MessageStatus.Complete.Instance;
        }
        catch (OperationCanceledException) when (turn.Ending is not null)
        {
            return turn.Ending is TurnEnding.Stopped stopped ? new MessageStatus.Stopped(stopped.By.Name) : MessageStatus.Interrupted.Instance;
        }
        catch (ReplyFailedException e)
        {
            return new MessageStatus.Failed(e.Message);
        }
#pragma warning disable CA1031 // Whatever went wrong, the turn must end with an outcome that people see, and the queue must go on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogBroke(e, turn.MessageId);
            return new MessageStatus.Failed("Something went wrong on this server while answering.");
        }
    }

    /// <summary>
    /// Stores the outcome and tells it. Goes on trying for as long as the server runs: the next turn could not begin
    /// without it. The room's gate is free between two tries.
    /// </summary>
    /// <returns>The outcome, or null when the answer is gone, or could not be stored before the server stopped.</returns>
    private async Task<MessageStatus?> EndAsync(Message reply, RunningTurn turn, string text, MessageStatus status, CancellationToken stoppingToken)
    {
        var now = time.GetUtcNow();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await TryEndAsync(reply, turn, text, status, now).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever it is, an answer that has ended must not stay running for ever.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogNotStored(e, reply.Id);
                if (attempt >= StoreAgainAfter.Length && stoppingToken.IsCancellationRequested)
                {
                    // The next start finds it running, and keeps what was journaled.
                    running.Remove(turn);
                    return null;
                }

                broadcaster.Publish(reply.RoomId, new RoomEvent.ReplyNoted(reply.Id, "This answer has ended, but cannot be saved just now. It is tried again."));
                await Task.Delay(StoreAgainAfter[Math.Min(attempt, StoreAgainAfter.Length - 1)], time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task<MessageStatus?> TryEndAsync(Message reply, RunningTurn turn, string text, MessageStatus status, DateTimeOffset now)
    {
        // Not cancelled by a shutdown: it waits for this.
        using var gate = await gates.EnterAsync(reply.RoomId, CancellationToken.None).ConfigureAwait(false);
        var ended = turn.Ending is TurnEnding.Discarded
            ? null
            : await store.EndAsync(reply.RoomId, reply.Id, text, status, now, CancellationToken.None).ConfigureAwait(false);
        // Known as running until its outcome is stored: whoever presses Stop until then means this answer and not the next.
        running.Remove(turn);
        journal.Forget(reply.Id);
        if (ended is not null)
        {
            broadcaster.Publish(reply.RoomId, new RoomEvent.ReplyEnded(ended));
        }

        return ended?.Status;
    }

    private async Task WithdrawAsync(Guid roomId, string assistantId, CancellationToken stoppingToken)
    {
        using var gate = await gates.EnterAsync(roomId, stoppingToken).ConfigureAwait(false);
        foreach (var turn in await store.WithdrawAsync(roomId, assistantId, stoppingToken).ConfigureAwait(false))
        {
            LogNoAssistant(turn.Id, assistantId);
            broadcaster.Publish(roomId, new RoomEvent.TurnWithdrawn(turn.Id));
        }
    }

    [LoggerMessage(LogLevel.Information, "Turn {TurnId} of {AssistantId} began.")]
    private partial void LogBegan(Guid turnId, string assistantId);

    [LoggerMessage(LogLevel.Information, "Turn {TurnId} ended: {Outcome}, {Characters} characters in {Milliseconds} ms.")]
    private partial void LogEnded(Guid turnId, string outcome, int characters, double milliseconds);

    [LoggerMessage(LogLevel.Error, "Answer {MessageId} broke.")]
    private partial void LogBroke(Exception exception, Guid messageId);

    [LoggerMessage(LogLevel.Error, "The outcome of answer {MessageId} could not be stored.")]
    private partial void LogNotStored(Exception exception, Guid messageId);

    [LoggerMessage(LogLevel.Warning, "Turn {TurnId} was taken out of the queue: no assistant {AssistantId} is configured.")]
    private partial void LogNoAssistant(Guid turnId, string assistantId);
}
