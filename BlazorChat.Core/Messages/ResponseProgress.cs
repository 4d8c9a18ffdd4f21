using System.Collections.Immutable;

namespace BlazorChat.Messages;

/// <summary>The size of a response as one number that only grows while the response makes progress.</summary>
internal static class ResponseProgress
{
    public static long Of(ImmutableArray<MessagePart> parts) =>
        parts.Sum(p => p switch
        {
            ToolCallPart call => call.IsFinished ? 2 : 1,
            _ => (long)(PartList.TextOf(p)?.Length ?? 1),
        });
}
