using System.Collections.Immutable;

namespace BlazorChat.Rooms;

/// <summary>How much there is of an answer, as one number that only grows while it gets on.</summary>
internal static class ReplyProgress
{
    public static long Of(ImmutableArray<MessagePart> parts) =>
        parts.Sum(p => p switch
        {
            ToolCallPart call => call.IsFinished ? 2 : 1,
            _ => (long)(RenderedPart.TextOf(p)?.Length ?? 1),
        });
}
