using System.Collections.Immutable;

namespace BlazorChat.Messages;

/// <summary>What can happen to the tool calls of a response beside their running: the same in memory and on disk.</summary>
internal static class CallChanges
{
    /// <summary>The reason of a rejection that nobody gave: the asker wrote something else instead.</summary>
    public const string WroteInstead = "wrote a new message instead";

    /// <summary>Changes one call.</summary>
    public static ImmutableArray<MessagePart> Set(ImmutableArray<MessagePart> parts, ToolCallPart changed)
    {
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] is ToolCallPart call && call.CallId == changed.CallId)
            {
                return parts.SetItem(i, changed);
            }
        }

        return parts;
    }

    /// <summary>A call that a person approved: it runs when the response goes on.</summary>
    public static ToolCallPart Approve(ToolCallPart call, ToolDecision decision) => call with { State = ToolCallState.Ready, Decision = decision };

    /// <summary>A call that a person rejected: the model is told, with the reason.</summary>
    public static ToolCallPart Reject(ToolCallPart call, ToolDecision decision) => call with
    {
        State = ToolCallState.Rejected,
        Decision = decision,
        EndedAt = decision.At,
        Result = decision.Reason is { } reason
            ? $"Not run: {decision.By.Name} rejected this call. Reason: {reason}"
            : $"Not run: {decision.By.Name} rejected this call.",
    };

    /// <summary>Rejects what waits for people because the asker wrote something else instead.</summary>
    public static ImmutableArray<MessagePart> RejectAwaited(ImmutableArray<MessagePart> parts, Author by, DateTimeOffset now)
    {
        var decision = new ToolDecision(IsApproved: false, by, now, WroteInstead);
        return [.. parts.Select(p => p is ToolCallPart { IsAwaited: true } call ? Reject(call, decision) : p)];
    }

    /// <summary>Ends calls that will never have a result of their own, with a sentence that the model is told.</summary>
    public static ImmutableArray<MessagePart> FailUnfinished(ImmutableArray<MessagePart> parts, string sentence, DateTimeOffset now) =>
        [.. parts.Select(p => p is ToolCallPart { IsFinished: false } call ? Fail(call, sentence, now) : p)];

    /// <summary>
    /// Calls of a response that was cut off: what ran has failed, since whether it had an effect is not known, and so has what
    /// was still being written; what waits for people waits on; what had not begun still can.
    /// </summary>
    public static ImmutableArray<MessagePart> Recover(ImmutableArray<MessagePart> parts, DateTimeOffset now) =>
        [.. parts.Select(p => p switch
        {
            ToolCallPart { State: ToolCallState.Running } call => Fail(call, "The answer was cut off while this ran; whether it had an effect is not known.", now),
            ToolCallPart { State: ToolCallState.Streaming } call => Fail(call, "The answer was cut off before this call was complete; it did not run.", now),
            _ => p,
        })];

    private static ToolCallPart Fail(ToolCallPart call, string sentence, DateTimeOffset now) =>
        call with { State = ToolCallState.Failed, Result = sentence, EndedAt = now };
}
