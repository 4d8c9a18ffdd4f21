using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace BlazorChat.Replies;

/// <summary>How many tokens a text is, roughly: tokenizers differ by model, and the budget they are counted against is a setting.</summary>
internal static class TokenEstimate
{
    /// <summary>What role, author and separators of one message cost.</summary>
    public const int PerMessage = 6;

    /// <summary>
    /// A token per four bytes of UTF-8: the usual rule of thumb for English (about four characters a token), and higher for
    /// languages whose characters take more bytes, as their tokens do.
    /// </summary>
    public static int Of(string text) => (Encoding.UTF8.GetByteCount(text) + 3) / 4;

    /// <summary>A message with all its contents.</summary>
    public static int Of(ChatMessage message) => PerMessage + message.Contents.Sum(content => content switch
    {
        TextContent text => Of(text.Text),
        TextReasoningContent reasoning => Of(reasoning.Text) + Of(reasoning.ProtectedData ?? ""),
        FunctionCallContent call => PerMessage + Of(call.Name) + Of(JsonSerializer.Serialize(call.Arguments)),
        FunctionResultContent { Result: string result } => PerMessage + Of(result),
        _ => PerMessage,
    });
}
