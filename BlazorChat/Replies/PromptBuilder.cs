using System.Text.Json;
using BlazorChat.Rooms;
using Microsoft.Extensions.AI;

namespace BlazorChat.Replies;

/// <summary>What goes to a model for one turn.</summary>
/// <param name="Messages">The room's newest messages within the budget, oldest first.</param>
/// <param name="Options">With the instructions.</param>
internal sealed record Prompt(IReadOnlyList<ChatMessage> Messages, ChatOptions Options);

/// <summary>
/// Builds the prompt of a turn: instructions, and as much of what stands before the answer as the budget allows. Reads
/// backwards by pages, so the cost depends on the budget and not on the room's history.
/// </summary>
internal sealed class PromptBuilder(IRoomStore store)
{
    private const int PageSize = 50;

    // However much of what stands before is empty or retried: a prompt never reads more than this many messages.
    private const int MostPages = 20;

    public async Task<Prompt> BuildAsync(Room room, long before, Responder responder, CancellationToken cancellationToken)
    {
        var instructions = Instructions(room, responder);
        var left = responder.PromptTokens - TokenEstimate.Of(instructions);
        var newestFirst = new List<ChatMessage>();
        var hasMore = true;
        for (var pages = 0; hasMore && pages < MostPages; pages++)
        {
            var page = await store.ReadPageAsync(room.Id, before, PageSize, cancellationToken).ConfigureAwait(false);
            hasMore = page.HasOlder;
            foreach (var message in page.Messages.Reverse())
            {
                before = message.Sequence;
                // It answers what others said: its own last words (a retry further up) are not the end of the prompt.
                if (ToChatMessage(message, responder) is not { } chatMessage || (newestFirst.Count == 0 && chatMessage.Role != ChatRole.User))
                {
                    continue;
                }

                left -= TokenEstimate.PerMessage + TokenEstimate.Of(message.Text);
                // The newest message goes in whatever it costs: without it there is nothing to answer.
                if (left < 0 && newestFirst.Count > 0)
                {
                    hasMore = false;
                    break;
                }

                newestFirst.Add(chatMessage);
            }
        }

        // Providers want a user's message first.
        var messages = newestFirst[..(newestFirst.FindLastIndex(m => m.Role == ChatRole.User) + 1)];
        messages.Reverse();
        return new Prompt(messages, new ChatOptions { Instructions = instructions });
    }

    private static string Instructions(Room room, Responder responder)
    {
        var parts = new List<string>
        {
            // Anybody may name a room: as JSON the name stays a name.
            $"You are {responder.Author.Name}, an assistant in a chat room named {JsonSerializer.Serialize(room.Name)}. Several people and assistants may write there; each message says who wrote it. Answer in Markdown.",
        };
        if (responder.Instructions.Length > 0)
        {
            parts.Add(responder.Instructions);
        }

        if (room.Instructions.Length > 0)
        {
            parts.Add(room.Instructions);
        }

        return string.Join("\n\n", parts);
    }

    /// <summary>A message as the model gets it; null for what it is not to see: nothing said, or retried since.</summary>
    private static ChatMessage? ToChatMessage(Message message, Responder responder)
    {
        if (message.IsRetried || !message.Status.IsEnded || string.IsNullOrWhiteSpace(message.Text))
        {
            return null;
        }

        var own = message.Author.Kind == AuthorKind.Assistant && message.Author.Id == responder.Author.Id;
        return new ChatMessage(own ? ChatRole.Assistant : ChatRole.User, message.Text)
        {
            // The speaker is structure: a name written in the text does not make somebody the author.
            AuthorName = own ? null : message.Author.Name,
        };
    }
}
