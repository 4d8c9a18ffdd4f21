using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Tools;

/// <summary>Copies messages, because a client may change its arguments.</summary>
internal static class ChatMessageCopies
{
    public static List<ChatMessage> Of(IEnumerable<ChatMessage> messages) => [.. messages.Select(message =>
    {
        var copy = message.Clone();
        copy.Contents = [.. message.Contents];
        return copy;
    })];
}
