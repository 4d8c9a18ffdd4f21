using System.Collections.Immutable;

namespace BlazorChat.Messages;

/// <summary>How much there is of a response, as one number that only grows while it gets on.</summary>
internal static class ResponseProgress
{
    public static long Of(ImmutableArray<MessagePart> parts) =>
        parts.Sum(p => p switch
        {
            ToolCallPart call => call.IsFinished ? 2 : 1,
            _ => (long)(PartList.TextOf(p)?.Length ?? 1),
        });
}
