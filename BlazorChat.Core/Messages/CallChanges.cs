using System.Collections.Immutable;
using BlazorChat.Text;

namespace BlazorChat.Messages;

/// <summary>Changes of a response's tool calls other than running them. The same rules apply in memory and on disk.</summary>
internal static class CallChanges
{
    /// <summary>
    /// The reason of an automatic rejection in messages of earlier versions: the asker wrote a new message instead of deciding.
    /// </summary>
    public const string WroteInstead = "wrote a new message instead";

    /// <summary>Replaces one call.</summary>
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

    /// <summary>Approves a call: it runs when the response resumes.</summary>
    public static ToolCallPart Approve(ToolCallPart call, ToolDecision decision) => call with { State = ToolCallState.Ready, Decision = decision };

    /// <summary>Rejects a call: the model is told, with the reason.</summary>
    public static ToolCallPart Reject(ToolCallPart call, ToolDecision decision) => call with
    {
        State = ToolCallState.Rejected,
        Decision = decision,
        EndedAt = decision.At,
        Result = decision.Reason is { } reason
            ? $"Not run: {Names.Quoted(decision.By.Name)} rejected this call. Reason: {reason}"
            : $"Not run: {Names.Quoted(decision.By.Name)} rejected this call.",
    };

    /// <summary>When the first of the calls that wait for people expires; null if none waits, or if it is not known.</summary>
    public static DateTimeOffset? FirstExpiry(ImmutableArray<MessagePart> parts) => parts.OfType<ToolCallPart>().Where(c => c.IsAwaited).Min(c => c.ExpiresAt);

    /// <summary>Expires the calls that have waited for people too long. The model is told, and that nobody rejected them.</summary>
    /// <param name="parts">The response.</param>
    /// <param name="after">How long calls may wait whose expiry is not known, because an earlier version stored them.</param>
    /// <param name="now">The current time.</param>
    public static ImmutableArray<MessagePart> Expire(ImmutableArray<MessagePart> parts, TimeSpan after, DateTimeOffset now) => [.. parts.Select(p => p switch
    {
        ToolCallPart { IsAwaited: true, ExpiresAt: null } call => call with { ExpiresAt = now + after },
        ToolCallPart { IsAwaited: true } call when call.ExpiresAt <= now => call with
        {
            State = ToolCallState.Expired,
            EndedAt = now,
            Result = call.State == ToolCallState.AwaitingApproval
                ? "Not run: the request for approval expired. Nobody approved or rejected it in time."
                : "Not run: the request expired. The person's browser was not there in time.",
        },
        _ => p,
    })];

    /// <summary>Ends calls that will never have a result of their own, with a message for the model.</summary>
    public static ImmutableArray<MessagePart> FailUnfinished(ImmutableArray<MessagePart> parts, string sentence, DateTimeOffset now) =>
        [.. parts.Select(p => p is ToolCallPart { IsFinished: false } call ? Fail(call, sentence, now) : p)];

    /// <summary>
    /// The calls of a response that was cut off. A running call has failed, since its effect is unknown, and so has a call that was still
    /// being written. Calls that wait for people keep waiting, and calls that had not begun can still run.
    /// </summary>
    public static ImmutableArray<MessagePart> Recover(ImmutableArray<MessagePart> parts, DateTimeOffset now) =>
        [.. parts.Select(p => p switch
        {
            ToolCallPart { State: ToolCallState.Running } call => Fail(call, "The answer was cut off while this call was running; it may or may not have taken effect.", now),
            ToolCallPart { State: ToolCallState.Streaming } call => Fail(call, "The answer was cut off before this call was complete, so it did not run.", now),
            _ => p,
        })];

    private static ToolCallPart Fail(ToolCallPart call, string sentence, DateTimeOffset now) =>
        call with { State = ToolCallState.Failed, Result = sentence, EndedAt = now };
}
