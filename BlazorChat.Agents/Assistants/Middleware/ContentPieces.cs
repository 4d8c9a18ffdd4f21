using BlazorChat.Assistants.Providers.Demo;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware;

/// <summary>Splits whole contents into the pieces of a stream.</summary>
internal static class ContentPieces
{
    /// <summary>
    /// Splits text and reasoning into words, in new objects. Annotations and a provider's signature go with the last word. Other contents
    /// stay as they are.
    /// </summary>
    public static IEnumerable<AIContent> Of(AIContent content)
    {
        switch (content)
        {
            case TextContent text:
                foreach (var (word, isLast) in Words(text.Text))
                {
                    yield return isLast
                        ? new TextContent(word) { Annotations = text.Annotations, AdditionalProperties = text.AdditionalProperties }
                        : new TextContent(word);
                }

                break;
            case TextReasoningContent reasoning:
                foreach (var (word, isLast) in Words(reasoning.Text))
                {
                    yield return isLast
                        ? new TextReasoningContent(word) { ProtectedData = reasoning.ProtectedData, AdditionalProperties = reasoning.AdditionalProperties }
                        : new TextReasoningContent(word);
                }

                break;
            default:
                yield return content;
                break;
        }
    }

    private static IEnumerable<(string Word, bool IsLast)> Words(string text)
    {
        string? before = null;
        foreach (var word in DemoTokenRate.Split(text))
        {
            if (before is not null)
            {
                yield return (before, false);
            }

            before = word;
        }

        yield return (before ?? "", true);
    }
}
