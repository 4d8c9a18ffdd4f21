using System.Collections.Immutable;

namespace BlazorChat.Messages;

/// <summary>
/// The size of a response as one number that only grows while the response makes progress. A call that failed is no progress: a response
/// that is cut off by the same tool each time would get no further.
/// </summary>
internal static class ResponseProgress
{
    public static long Of(ImmutableArray<MessagePart> parts) =>
        parts.Sum(p => p switch
        {
            ToolCallPart call => call.IsFinished && call.State != ToolCallState.Failed ? 1 : 0,
            _ => (long)(PartList.TextOf(p)?.Length ?? 1),
        });
}
