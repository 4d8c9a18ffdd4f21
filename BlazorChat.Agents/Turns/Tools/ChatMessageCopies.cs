using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Tools;

/// <summary>Copies of messages: a client may change what it is given.</summary>
internal static class ChatMessageCopies
{
    public static List<ChatMessage> Of(IEnumerable<ChatMessage> messages) => [.. messages.Select(message =>
    {
        var copy = message.Clone();
        copy.Contents = [.. message.Contents];
        return copy;
    })];
}
