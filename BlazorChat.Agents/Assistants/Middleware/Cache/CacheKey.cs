using System.Text.Json;
using BlazorChat.Turns;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Cache;

/// <summary>Decides which requests count as the same.</summary>
internal static class CacheKey
{
    /// <summary>
    /// A hash of the room and of everything that may change a model's response. The room is included because other people are in other
    /// rooms. Null if the response cannot be kept: the request has no room (so no one could have the response forgotten), continues a
    /// conversation that the provider keeps, or contains something that cannot be compared.
    /// </summary>
    public static string? Of(string assistant, Guid? room, IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        if (room is null || options is { ConversationId: not null } or { ContinuationToken: not null } or { RawRepresentationFactory: not null })
        {
            return null;
        }

        try
        {
            return AIJsonUtilities.HashDataToString(
                [assistant, room.Value.ToString(), messages.Select(Asked).ToArray(), Asked(options), Tools(options)], AIJsonUtilities.DefaultOptions);
        }
        catch (Exception exception) when (exception is NotSupportedException or JsonException or InvalidOperationException)
        {
            // A content type that is unknown here, or a tool result that cannot be serialized.
            return null;
        }
    }

    private static ChatMessage Asked(ChatMessage message)
    {
        // Time and id are not part of what was said.
        var copy = message.Clone();
        copy.MessageId = null;
        copy.CreatedAt = null;
        return copy;
    }

    private static ChatOptions? Asked(ChatOptions? options)
    {
        if (options?.AdditionalProperties is null)
        {
            return options;
        }

        var copy = options.Clone();
        foreach (var key in options.AdditionalProperties.Keys.Where(key => key.StartsWith(TurnProperties.Prefix, StringComparison.OrdinalIgnoreCase)))
        {
            copy.AdditionalProperties!.Remove(key);
        }

        return copy;
    }

    private static string[] Tools(ChatOptions? options) =>
        [.. (options?.Tools ?? []).Select(tool => $"{tool.GetType().FullName}\n{tool.Name}\n{tool.Description}\n{(tool as AIFunctionDeclaration)?.JsonSchema.ToString()}")];
}
