using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Prompts;

/// <summary>
/// Compares what was sent with what the provider says that its model has read: how far the count was off is a figure, and what
/// is missing by far was cut off by the server without a word, which people are told at the response.
/// </summary>
internal sealed partial class ContextCheck(TurnsMetrics metrics, ILogger<ContextCheck> logger)
{
    /// <summary>Counted by the model's own tokenizer, the texts alone are less than what is reported: a fifth less than they are means that some are gone.</summary>
    private const double LeastOfCounted = 0.8;

    /// <summary>An estimate is up to 1.5 times what common tokenizers make of a text, and for some languages twice what the best make of it.</summary>
    private const double LeastOfEstimated = 0.5;

    /// <summary>What a provider may put in other words by itself.</summary>
    private const int LeastMissing = 500;

    /// <summary>Looks at a request that has ended well.</summary>
    /// <param name="assistant">Who was asked.</param>
    /// <param name="messageId">For which answer.</param>
    /// <param name="messages">What was sent.</param>
    /// <param name="options">With which options.</param>
    /// <param name="reported">How many tokens of it the provider counted, those from its cache included; 0 when it does not say.</param>
    /// <returns>A sentence for people when the server has cut off what was sent, null otherwise.</returns>
    public string? Compare(Assistant assistant, Guid messageId, IReadOnlyList<ChatMessage> messages, ChatOptions options, long reported)
    {
        if (reported <= 0 || assistant.IsDemo)
        {
            return null;
        }

        var tokens = TokenCounter.For(assistant, options.ModelId);
        var instructions = tokens.Of(options.Instructions ?? "");
        metrics.Counted(assistant, tokens.IsExact, (double)(instructions + messages.Sum(tokens.Of) + (options.Tools ?? []).Sum(tokens.Of)) / reported);

        // At least this was sent: providers shorten tools' schemas, and leave earlier reasoning out, which is no loss.
        var least = instructions + messages.Sum(m => m.Contents.Where(c => c is not TextReasoningContent).Sum(tokens.Of));
        if (least - reported < LeastMissing || reported >= least * (tokens.IsExact ? LeastOfCounted : LeastOfEstimated))
        {
            return null;
        }

        LogCut(assistant.Author.Id, options.ModelId ?? assistant.Model, messageId, reported, least);
        return $"The model has read about {reported:N0} of the {least:N0} tokens that were sent: its server cut the rest off, so the assistant may have missed a part of the conversation.";
    }

    [LoggerMessage(LogLevel.Warning, "The server of assistant {AssistantId} (model {Model}) read {Reported} of about {Counted} tokens for answer {MessageId}: it cut the prompt off. Its context is smaller than the assistant's PromptTokens.")]
    private partial void LogCut(string assistantId, string model, Guid messageId, long reported, int counted);
}
