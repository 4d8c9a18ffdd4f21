using System.Text.Json;
using BlazorChat.Turns;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Cache;

/// <summary>What makes two requests the same.</summary>
internal static class CacheKey
{
    /// <summary>
    /// A hash of everything that a model may answer differently for, and of the room: a response never comes from another
    /// room, where others are. Null when the request cannot be kept: it is for no room (nobody could have it forgotten), goes
    /// on with a conversation that the provider keeps, or has something in it that cannot be compared.
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
            // A content of a type that only somebody else knows, or a tool's result that is no data.
            return null;
        }
    }

    private static ChatMessage Asked(ChatMessage message)
    {
        // When it was said and by which id are not what is said.
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
