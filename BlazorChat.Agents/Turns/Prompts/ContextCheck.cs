using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Prompts;

/// <summary>
/// Compares the tokens sent with the tokens that the provider says its model read. The difference becomes a metric. A large shortfall
/// means that the server silently cut off the prompt: people see a note beside the response.
/// </summary>
internal sealed partial class ContextCheck(TurnsMetrics metrics, ILogger<ContextCheck> logger)
{
    /// <summary>The model's own tokenizer counts only the texts, which is less than what the provider reports. A report of under four fifths of that count means that text is missing.</summary>
    private const double LeastOfCounted = 0.8;

    /// <summary>An estimate is up to 1.5 times what common tokenizers count, and for some languages twice what the best ones count.</summary>
    private const double LeastOfEstimated = 0.5;

    /// <summary>A smaller difference may be the provider's own rewording.</summary>
    private const int LeastMissing = 500;

    /// <summary>Checks a request that succeeded.</summary>
    /// <param name="assistant">The assistant that was asked.</param>
    /// <param name="messageId">The response.</param>
    /// <param name="messages">The messages that were sent.</param>
    /// <param name="options">The options that were sent.</param>
    /// <param name="reported">The prompt tokens that the provider counted, including cached ones; 0 if it does not say.</param>
    /// <returns>A sentence for people if the server cut off the prompt, otherwise null.</returns>
    public string? Compare(Assistant assistant, Guid messageId, IReadOnlyList<ChatMessage> messages, ChatOptions options, long reported)
    {
        if (reported <= 0 || assistant.IsDemo)
        {
            return null;
        }

        var tokens = TokenCounter.For(assistant, options.ModelId);
        var instructions = tokens.Of(options.Instructions ?? "");
        metrics.Counted(assistant, tokens.IsExact, (double)(instructions + messages.Sum(tokens.Of) + (options.Tools ?? []).Sum(tokens.Of)) / reported);

        // A lower bound: providers shorten tool schemas and leave out earlier reasoning, which is no loss.
        var least = instructions + messages.Sum(m => m.Contents.Where(c => c is not TextReasoningContent).Sum(tokens.Of));
        if (least - reported < LeastMissing || reported >= least * (tokens.IsExact ? LeastOfCounted : LeastOfEstimated))
        {
            return null;
        }

        LogCut(assistant.Author.Id, options.ModelId ?? assistant.Model, messageId, reported, least);
        return $"The model read only about {reported:N0} of {least:N0} tokens. Its server cut off the rest, so the assistant may have missed part of the conversation.";
    }

    [LoggerMessage(LogLevel.Warning, "The server of assistant {AssistantId} (model {Model}) read {Reported} of about {Counted} tokens for response {MessageId}: it cut off the prompt. Its context is smaller than the assistant's PromptTokens.")]
    private partial void LogCut(string assistantId, string model, Guid messageId, long reported, int counted);
}
