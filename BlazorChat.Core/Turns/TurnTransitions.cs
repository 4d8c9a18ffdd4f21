using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Turns;

/// <summary>The transitions of a turn and its response: begin, pause, resume, end, withdraw, recover. Pure.</summary>
internal static class TurnTransitions
{
    /// <summary>Begins a turn with a new response, which is empty and streaming.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="room">The room, with the response already counted.</param>
    /// <param name="assistant">The assistant that answers.</param>
    /// <param name="asker">The author of the question, or null when there is none (any more). Only a person can decide about calls.</param>
    /// <param name="now">The current time.</param>
    public static (Turn Turn, Message Response) Begin(Turn turn, Room room, Author assistant, Author? asker, DateTimeOffset now)
    {
        var response = new Message
        {
            Id = Guid.CreateVersion7(now),
            RoomId = room.Id,
            Sequence = room.LastSequence,
            Author = assistant,
            Parts = [],
            Status = MessageStatus.Streaming.Instance,
            CreatedAt = now,
            AskedBy = asker is { Kind: AuthorKind.Person } ? asker : turn.RequestedBy,
            QuestionId = turn.QuestionId,
        };
        response = response with { Metadata = Requested(turn, response, null, now) };
        return (turn with { Status = TurnStatus.Running, BeganAt = turn.BeganAt ?? now, MessageId = response.Id }, response);
    }

    /// <summary>Resumes a turn's response, or starts a new version of it.</summary>
    public static (Turn Turn, Message Response) Resume(Turn turn, Message response, DateTimeOffset now)
    {
        var resumed = response with
        {
            Status = MessageStatus.Streaming.Instance,
            EndedAt = null,
            Metadata = Requested(turn, response, turn.IsRegeneration ? null : response.Metadata, now),
        };
        return (
            turn with { Status = TurnStatus.Running, BeganAt = turn.BeganAt ?? now, IsRegeneration = false },
            turn.IsRegeneration ? resumed with { Parts = [], Step = 0, Versions = resumed.Versions + 1 } : resumed);
    }

    /// <summary>Ends or pauses a response.</summary>
    /// <returns>The turn, or null when it is over, and the response.</returns>
    public static (Turn? Turn, Message Response) End(Turn turn, Message response, EndedTurn ended)
    {
        var now = response with { Parts = ended.Parts, Step = ended.Step, Metadata = ended.Metadata, Status = ended.Status };
        return ended.Status switch
        {
            // Everyone may have answered while the other calls were running.
            MessageStatus.AwaitingPeople => (Wait(turn, now), now),
            MessageStatus.Recovering => (TakeUpAgain(turn, ended.Parts), now),
            _ => (null, now with { EndedAt = ended.Now }),
        };
    }

    /// <summary>Applies a decision on a call of a waiting response. When no call is waiting any more, the turn resumes.</summary>
    public static (Turn Turn, Message Response) Decide(Turn turn, Message response, ToolCallPart call)
    {
        var decided = response with { Parts = CallChanges.Set(response.Parts, call) };
        return (Wait(turn, decided), decided);
    }

    /// <summary>Expires requests of a waiting response (see <see cref="CallChanges.Expire"/>). When no call is waiting any more, the turn resumes.</summary>
    public static (Turn Turn, Message Response) Expire(Turn turn, Message response, TimeSpan after, DateTimeOffset now)
    {
        var expired = response with { Parts = CallChanges.Expire(response.Parts, after, now) };
        return (Wait(turn, expired), expired);
    }

    /// <summary>Ends a response that waits for people or is about to resume.</summary>
    /// <param name="response">The response.</param>
    /// <param name="by">The person who ends it.</param>
    /// <param name="sentence">What became of its unfinished calls, for the model.</param>
    /// <param name="now">The current time.</param>
    /// <param name="why">A sentence for people, if it ends by something else that the person did; null if the person stopped it.</param>
    public static Message Stop(Message response, Author by, string sentence, DateTimeOffset now, string? why = null) => response with
    {
        Parts = CallChanges.FailUnfinished(response.Parts, sentence, now),
        Status = why is null ? new MessageStatus.Stopped(by.Name) : new MessageStatus.Cut(why),
        EndedAt = now,
    };

    /// <summary>Updates the message of a withdrawn turn: a response that was about to resume, or one whose retry was withdrawn.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="message">The turn's response, or the response that was to be retried.</param>
    /// <param name="now">The current time.</param>
    /// <returns>The same instance when nothing changes.</returns>
    public static Message LetGo(Turn turn, Message message, DateTimeOffset now) =>
        turn.MessageId is null ? message with { IsRetried = false }
        : message.Status is MessageStatus.Recovering or MessageStatus.AwaitingPeople
            ? message with
            {
                Parts = CallChanges.FailUnfinished(message.Parts, "Not run: the answer was withdrawn.", now),
                Status = MessageStatus.Interrupted.Instance,
                EndedAt = now,
            }
        : message;

    /// <summary>
    /// Recovers a response that was running when the process ended: adds the journaled text, and resumes or interrupts it by its
    /// assistant's policy.
    /// </summary>
    /// <returns>The turn, or null when it is over, and the response.</returns>
    public static (Turn? Turn, Message Response) Recover(Turn turn, Message response, IEnumerable<JournalPiece> pieces, RecoveryPolicy policy, DateTimeOffset now)
    {
        var (parts, step) = WithJournal(response, pieces);
        parts = CallChanges.Recover(parts, now);
        var recovered = response with { Parts = parts, Step = step };
        return policy.Allows(turn.Recoveries, turn.RecoveredProgress, parts, now - (turn.BeganAt ?? now))
            ? (TakeUpAgain(turn, parts), recovered with { Status = MessageStatus.Recovering.Instance })
            : (null, recovered with
            {
                Parts = CallChanges.FailUnfinished(parts, "Not run: the answer was interrupted.", now),
                Status = MessageStatus.Interrupted.Instance,
                EndedAt = now,
            });
    }

    // Who had it begin is known from then on: they may stop it, too.
    private static ResponseMetadata? Requested(Turn turn, Message response, ResponseMetadata? before, DateTimeOffset now)
    {
        var by = turn.RequestedBy.IsSameAs(response.AskedBy) ? null : turn.RequestedBy;
        return by == before?.RequestedBy ? before : (before ?? new ResponseMetadata { StartedAt = now }) with { RequestedBy = by };
    }

    /// <summary>Ends a response that is being written, or waits, because its room is cleared or deleted, with what was journaled of it.</summary>
    public static Message Interrupt(Message response, IEnumerable<JournalPiece> pieces, DateTimeOffset now)
    {
        var (parts, step) = WithJournal(response, pieces);
        return response with
        {
            Parts = CallChanges.FailUnfinished(CallChanges.Recover(parts, now), "Not run: the answer was interrupted.", now),
            Step = step,
            Status = MessageStatus.Interrupted.Instance,
            EndedAt = now,
        };
    }

    private static (ImmutableArray<MessagePart> Parts, int Step) WithJournal(Message response, IEnumerable<JournalPiece> pieces)
    {
        var (parts, step) = (response.Parts, response.Step);
        foreach (var piece in pieces)
        {
            parts = PartList.Append(parts, piece.Text, piece.IsReasoning, piece.Step);
            step = Math.Max(step, piece.Step + 1);
        }

        return (parts, step);
    }

    private static Turn TakeUpAgain(Turn turn, ImmutableArray<MessagePart> parts)
    {
        var (recoveries, progress) = RecoveryPolicy.Next(turn.Recoveries, turn.RecoveredProgress, parts);
        return turn with { Status = TurnStatus.Ready, NotBefore = null, Recoveries = recoveries, RecoveredProgress = progress };
    }

    // An answer of people is progress, and the time that they took does not count against the response.
    private static Turn Wait(Turn turn, Message response) => response.Calls.Any(c => c.IsAwaited)
        ? turn with { Status = TurnStatus.Suspended, NotBefore = CallChanges.FirstExpiry(response.Parts) }
        : turn with { Status = TurnStatus.Ready, NotBefore = null, BeganAt = null, Recoveries = 0, RecoveredProgress = ResponseProgress.Of(response.Parts) };
}
