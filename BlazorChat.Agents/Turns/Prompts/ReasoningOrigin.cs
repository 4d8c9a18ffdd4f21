using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Prompts;

/// <summary>Marks reasoning with its origin: it goes back only to the provider and model that wrote it.</summary>
internal static class ReasoningOrigin
{
    private const string Key = TurnProperties.Prefix + "origin";

    /// <summary>The origin of a step's response, after hooks may have chosen another client or model.</summary>
    public static string Of(Assistant assistant, IChatClient client, ChatOptions options)
    {
        var provider = ReferenceEquals(client, assistant.Client)
            ? assistant.Provider
            : client.GetService<ChatClientMetadata>()?.ProviderName ?? client.GetType().Name;
        return $"{provider}/{options.ModelId ?? assistant.Model}";
    }

    /// <summary>Reasoning for a prompt, marked with its origin.</summary>
    public static TextReasoningContent Mark(string text, string protectedData, string? origin) =>
        new(text) { ProtectedData = protectedData, AdditionalProperties = new() { [Key] = origin } };

    /// <summary>Removes reasoning of other origins from a prompt, and all marks.</summary>
    public static void KeepOwn(IList<ChatMessage> messages, string origin)
    {
        foreach (var message in messages)
        {
            for (var i = message.Contents.Count - 1; i >= 0; i--)
            {
                if (message.Contents[i] is not TextReasoningContent { AdditionalProperties: { } properties } || !properties.Remove(Key, out var marked))
                {
                    continue;
                }

                if (marked as string != origin)
                {
                    message.Contents.RemoveAt(i);
                }
            }
        }
    }
}
