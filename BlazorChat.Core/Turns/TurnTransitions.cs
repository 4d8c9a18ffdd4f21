using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Turns;

/// <summary>What becomes of a turn and of its response: begin, pause, go on, end, be withdrawn, be recovered. Pure.</summary>
internal static class TurnTransitions
{
    /// <summary>A turn begins with a new response, which is empty and streaming.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="room">The room, with the response counted in it.</param>
    /// <param name="assistant">Who answers.</param>
    /// <param name="asker">The author of the question, or null where there is none (any more). Only a person can decide about calls.</param>
    /// <param name="now">When.</param>
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
        return (turn with { Status = TurnStatus.Running, BeganAt = turn.BeganAt ?? now, MessageId = response.Id }, response);
    }

    /// <summary>A turn goes on with its response, or begins it anew.</summary>
    public static (Turn Turn, Message Response) Resume(Turn turn, Message response, DateTimeOffset now)
    {
        var resumed = response with { Status = MessageStatus.Streaming.Instance, EndedAt = null };
        return (
            turn with { Status = TurnStatus.Running, BeganAt = turn.BeganAt ?? now, IsRegeneration = false },
            turn.IsRegeneration ? resumed with { Parts = [], Metadata = null, Step = 0, Versions = resumed.Versions + 1 } : resumed);
    }

    /// <summary>A response has ended, or pauses.</summary>
    /// <returns>The turn, or null when it is over, and the response.</returns>
    public static (Turn? Turn, Message Response) End(Turn turn, Message response, EndedTurn ended)
    {
        var now = response with { Parts = ended.Parts, Step = ended.Step, Metadata = ended.Metadata, Status = ended.Status };
        return ended.Status switch
        {
            // All may have answered while the rest of the calls ran.
            MessageStatus.AwaitingPeople => (turn with { Status = now.Calls.Any(c => c.IsAwaited) ? TurnStatus.Suspended : TurnStatus.Ready }, now),
            MessageStatus.Recovering => (TakeUpAgain(turn, ended.Parts), now),
            _ => (null, now with { EndedAt = ended.Now }),
        };
    }

    /// <summary>People decided about a call of a response that waits for them. When nothing waits any more, the turn goes on.</summary>
    public static (Turn Turn, Message Response) Decide(Turn turn, Message response, ToolCallPart call)
    {
        var decided = response with { Parts = CallChanges.Set(response.Parts, call) };
        return (decided.Calls.Any(c => c.IsAwaited) ? turn : turn with { Status = TurnStatus.Ready }, decided);
    }

    /// <summary>The asker wrote something else instead of deciding: the response ends as it is.</summary>
    public static Message WriteInstead(Message response, Author by, DateTimeOffset now) => response with
    {
        // Others of the batch may have been approved, and would have run with the last decision.
        Parts = CallChanges.FailUnfinished(CallChanges.RejectAwaited(response.Parts, by, now), "Not run: the answer ended before.", now),
        Status = MessageStatus.Complete.Instance,
        EndedAt = now,
    };

    /// <summary>What the withdrawal of its turn makes of a response that was about to go on, or of one whose retry does not come.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="message">The turn's response, or the one that was to be retried.</param>
    /// <param name="now">When.</param>
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

    /// <summary>A response that ran when the process ended: it gets the text that was journaled, and goes on as its assistant's policy says, or is interrupted.</summary>
    /// <returns>The turn, or null when it is over, and the response.</returns>
    public static (Turn? Turn, Message Response) Recover(Turn turn, Message response, IEnumerable<JournalPiece> pieces, RecoveryPolicy policy, DateTimeOffset now)
    {
        var (parts, step) = (response.Parts, response.Step);
        foreach (var piece in pieces)
        {
            parts = PartList.Append(parts, piece.Text, piece.IsReasoning, piece.Step);
            step = Math.Max(step, piece.Step + 1);
        }

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

    private static Turn TakeUpAgain(Turn turn, ImmutableArray<MessagePart> parts) =>
        turn with { Status = TurnStatus.Ready, Recoveries = turn.Recoveries + 1, RecoveredProgress = ResponseProgress.Of(parts) };
}
