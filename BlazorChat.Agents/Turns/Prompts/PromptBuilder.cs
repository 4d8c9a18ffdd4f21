using System.Text.Encodings.Web;
using System.Text.Json;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Prompts;

/// <summary>The prompt of one step, before hooks and middleware.</summary>
/// <param name="Messages">The room's messages that the context policy and budget allow, oldest first, then the running response so far.</param>
/// <param name="Options">The options, including the instructions.</param>
/// <param name="From">The sequence of the first message of the room that may be in it; 0 for all.</param>
internal sealed record Prompt(IReadOnlyList<ChatMessage> Messages, ChatOptions Options, long From);

/// <summary>
/// Builds the prompt of a step: instructions, as many earlier messages as the budget allows, and the response's own steps. It reads
/// backwards by pages, so the cost depends on the budget, not on the room's history.
/// </summary>
internal sealed class PromptBuilder(IRoomStore store, AssistantInstructions assistantInstructions)
{
    /// <summary>How arguments are written for models and people: all languages stay readable.</summary>
    public static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The last message to a model whose response was cut off in the middle of its text.</summary>
    internal const string GoOn = "(Your answer was cut off at this point. Go on exactly where it stopped, with the next character, and repeat nothing.)";

    private const int PageSize = 50;

    // A prompt never reads more pages than this, even if many of the messages are empty or retried.
    private const int MostPages = 20;

    public async Task<Prompt> BuildAsync(TurnRun run, CancellationToken cancellationToken)
    {
        var assistant = run.Assistant;
        var tokens = TokenCounter.For(assistant);
        var own = await assistantInstructions.OfAsync(assistant, run.Room, run.Count, cancellationToken).ConfigureAwait(false);
        var instructions = Instructions(run.Room, assistant, own);
        var soFar = MessagePrompt.OfResponse(run.Draft.Parts, keepReasoning: true, keepResults: true);
        var budget = assistant.PromptTokens - tokens.Of(instructions) - soFar.Sum(tokens.Of);
        var from = run.SeesFrom();
        var messages = await ReadAsync(run, from, tokens, budget, cancellationToken).ConfigureAwait(false);
        messages.AddRange(soFar);
        if (soFar is [.., { Role: var last }] && last == ChatRole.Assistant)
        {
            messages.Add(new ChatMessage(ChatRole.User, GoOn));
        }

        return new Prompt(messages, new ChatOptions { Instructions = instructions }, from);
    }

    private async Task<List<ChatMessage>> ReadAsync(TurnRun run, long from, TokenCounter tokens, int budget, CancellationToken cancellationToken)
    {
        var assistant = run.Assistant;
        var claimed = run.Claimed;
        // Questions that wait for turns of their own do not belong to this turn.
        var waiting = (await store.ReadQueueAsync(run.Room.Id, cancellationToken).ConfigureAwait(false))
            .Where(t => t.AssistantId == assistant.Author.Id && t.MessageId is null && t.QuestionId is not null && t.QuestionId != claimed.Turn.QuestionId)
            .SelectMany(t => t.EarlierQuestionIds.Add(t.QuestionId!.Value)).ToHashSet();
        var first = await ReadFirstAsync(run, from, waiting, cancellationToken).ConfigureAwait(false);
        var left = budget - first.Sum(m => m.Prompt.Sum(tokens.Of));
        var newestFirst = new List<(Message Message, List<ChatMessage> Prompt)>();
        var hasMore = true;
        var before = claimed.Before;
        for (var pages = 0; hasMore && pages < MostPages; pages++)
        {
            var page = (await store.ReadPageAsync(run.Room.Id, before, PageSize, cancellationToken).ConfigureAwait(false)).From(from);
            hasMore = page.HasOlder;
            foreach (var message in page.Messages.Reverse())
            {
                before = message.Sequence;
                if (first.Exists(f => f.Message.Id == message.Id))
                {
                    hasMore = false;
                    break;
                }

                var prompt = IsSent(message, claimed, waiting) ? MessagePrompt.Of(message, assistant, newestFirst.Count(m => MessagePrompt.IsOwn(m.Message, assistant))) : [];
                if (prompt.Count == 0)
                {
                    continue;
                }

                left -= prompt.Sum(tokens.Of);
                // The question and the newest message of others are included whatever they cost: without them there is nothing to answer.
                var isNeeded = message.Id == claimed.Turn.QuestionId || newestFirst.TrueForAll(m => MessagePrompt.IsOwn(m.Message, assistant));
                if (left < 0 && !isNeeded)
                {
                    hasMore = false;
                    break;
                }

                newestFirst.Add((message, prompt));
            }
        }

        if (claimed.Turn.QuestionId is { } questionId && !first.Concat(newestFirst).Any(m => m.Message.Id == questionId)
            && await store.FindMessageAsync(run.Room.Id, questionId, cancellationToken).ConfigureAwait(false) is { } question && question.Sequence >= from)
        {
            // The question is further back than the budget reaches.
            newestFirst.Add((question, MessagePrompt.Of(question, assistant, int.MaxValue)));
        }

        newestFirst.Reverse();
        return Arrange([.. first, .. newestFirst], claimed, assistant);
    }

    private async Task<List<(Message Message, List<ChatMessage> Prompt)>> ReadFirstAsync(TurnRun run, long from, HashSet<Guid> waiting, CancellationToken cancellationToken)
    {
        if (run.Assistant.Context.KeepFirst == 0)
        {
            return [];
        }

        var first = await store.ReadFirstAsync(run.Room.Id, from, run.Assistant.Context.KeepFirst, cancellationToken).ConfigureAwait(false);
        return [.. first.Where(m => m.Sequence < run.Claimed.Before && IsSent(m, run.Claimed, waiting)).Select(m => (m, MessagePrompt.Of(m, run.Assistant, int.MaxValue))).Where(m => m.Item2.Count > 0)];
    }

    /// <summary>
    /// Moves the question to the end, even if other questions were answered since, or if it came before a response that starts again or
    /// continues. Providers also require that the last message is not the assistant's own.
    /// </summary>
    private static List<ChatMessage> Arrange(List<(Message Message, List<ChatMessage> Prompt)> messages, ClaimedTurn claimed, Assistant assistant)
    {
        var question = messages.FindIndex(m => m.Message.Id == claimed.Turn.QuestionId);
        if (question >= 0 && (claimed.IsAnother || claimed.IsContinuation || messages.FindIndex(question, m => MessagePrompt.IsOwn(m.Message, assistant)) >= 0))
        {
            bool IsAsked((Message Message, List<ChatMessage> Prompt) m) => m.Message.Id == claimed.Turn.QuestionId || claimed.Turn.EarlierQuestionIds.Contains(m.Message.Id);
            messages = [.. messages.Where(m => !IsAsked(m)), .. messages.Where(IsAsked)];
        }
        else
        {
            // A retry further up: the prompt must not end with the assistant's own messages.
            messages = messages[..(messages.FindLastIndex(m => !MessagePrompt.IsOwn(m.Message, assistant)) + 1)];
        }

        return [.. messages.SkipWhile(m => MessagePrompt.IsOwn(m.Message, assistant)).SelectMany(m => m.Prompt)];
    }

    private static bool IsSent(Message message, ClaimedTurn claimed, HashSet<Guid> waiting) =>
        !message.IsRetried && message.Id != claimed.Response.Id && !waiting.Contains(message.Id)
        && message.Status is not (MessageStatus.Streaming or MessageStatus.Recovering);

    private static string Instructions(Room room, Assistant assistant, string own)
    {
        var parts = new List<string>
        {
            // Anyone may name a room. As JSON, the name stays a name.
            $"You are {assistant.Author.Name}, an assistant in a chat room named {JsonSerializer.Serialize(room.Name, Json)}. Several people and assistants may write there; each message says who wrote it. Answer in Markdown.",
        };
        if (own.Length > 0)
        {
            parts.Add(own);
        }

        if (room.Instructions.Length > 0)
        {
            parts.Add(room.Instructions);
        }

        return string.Join("\n\n", parts);
    }
}
