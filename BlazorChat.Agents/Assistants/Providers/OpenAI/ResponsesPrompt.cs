using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Responses;

// The library's Responses client is experimental.
#pragma warning disable OPENAI001

namespace BlazorChat.Assistants.Providers.OpenAI;

/// <summary>Changes a request before the library converts it to the form of OpenAI's Responses.</summary>
/// <param name="store">Whether the service may keep prompts and responses.</param>
internal sealed class ResponsesPrompt(bool store)
{
    // The service's limit for a call's id.
    private const int MaxIdLength = 64;

    // Models without reasoning refuse to encrypt any; summaries of it need an organization that OpenAI has verified.
    private volatile bool _asksForEncrypted = true;
    private volatile bool _asksForSummary = true;

    /// <param name="messages">The conversation; only read.</param>
    public static List<ChatMessage> Messages(IEnumerable<ChatMessage> messages) =>
        ToolHistory.Repair(messages, static id => id.Length is > 0 and <= MaxIdLength).ConvertAll(Fit);

    /// <param name="options">The options; only read.</param>
    /// <param name="asks">Parts of the request that some models refuse.</param>
    public ChatOptions Options(ChatOptions? options, Asks asks)
    {
        var copy = options?.Clone() ?? new ChatOptions();
        var effort = copy.Reasoning?.Effort;
        copy.Reasoning = null;

        // The application keeps the conversation: none is continued at the service.
        copy.ConversationId = null;
        copy.RawRepresentationFactory = client =>
        {
            var raw = options?.RawRepresentationFactory?.Invoke(client) as CreateResponseOptions ?? new CreateResponseOptions();
            raw.StoredOutputEnabled ??= store;
            raw.ReasoningOptions ??= Reasoning(effort, asks.ForSummary);
            if (asks.ForEncrypted && !raw.IncludedProperties.Contains(IncludedResponseProperty.ReasoningEncryptedContent))
            {
                raw.IncludedProperties.Add(IncludedResponseProperty.ReasoningEncryptedContent);
            }

            return raw;
        };
        return copy;
    }

    /// <summary>What the next request asks for: everything that has not been refused so far.</summary>
    public Asks Next() => new(_asksForEncrypted, _asksForSummary);

    /// <summary>Stops asking for what a model or an account refuses.</summary>
    /// <param name="failure">The failure of a request.</param>
    /// <param name="asked">What that request asked for: another request may have learned the same meanwhile.</param>
    /// <returns>Whether the request is worth repeating without it.</returns>
    public bool LearnFrom(ChatFailureException failure, Asks asked)
    {
        if (failure is not { StatusCode: 400, Parameter: { } parameter })
        {
            return false;
        }

        if (asked.ForEncrypted && parameter.StartsWith("include", StringComparison.Ordinal))
        {
            _asksForEncrypted = false;
            return true;
        }

        if (asked.ForSummary && parameter is "reasoning" or "reasoning.summary")
        {
            _asksForSummary = false;
            return true;
        }

        return false;
    }

    private static ResponseReasoningOptions? Reasoning(ReasoningEffort? effort, bool withSummary)
    {
        // Typed nulls: a bare null would be converted to the library's struct from a string, which throws.
        var level = effort switch
        {
            ReasoningEffort.None => ResponseReasoningEffortLevel.None,
            ReasoningEffort.Low => ResponseReasoningEffortLevel.Low,
            ReasoningEffort.Medium => ResponseReasoningEffortLevel.Medium,
            ReasoningEffort.High => ResponseReasoningEffortLevel.High,
            ReasoningEffort.ExtraHigh => ResponseReasoningEffortLevel.ExtraHigh,
            _ => default(ResponseReasoningEffortLevel?),
        };
        var summary = withSummary && effort != ReasoningEffort.None ? ResponseReasoningSummaryVerbosity.Auto : default(ResponseReasoningSummaryVerbosity?);
        return level is null && summary is null ? null : new ResponseReasoningOptions { ReasoningEffortLevel = level, ReasoningSummaryVerbosity = summary };
    }

    private static ChatMessage Fit(ChatMessage message)
    {
        if (message.Role == ChatRole.Tool)
        {
            return OpenAIPrompt.ResultsAsText(message);
        }

        var copy = message.Clone();
        copy.Contents = message.Role == ChatRole.Assistant ? Said(message.Contents) : [.. message.Contents.Select(OpenAIPrompt.FileAsText)];
        return copy;
    }

    /// <summary>An assistant's contents. The service accepts only encrypted reasoning, and only before what it led to.</summary>
    private static List<AIContent> Said(IList<AIContent> contents)
    {
        var said = new List<AIContent>();
        foreach (var content in contents)
        {
            switch (content)
            {
                case TextReasoningContent { ProtectedData: { Length: > 0 } encrypted } reasoning:
                    said.Add(new TextReasoningContent(reasoning.Text) { RawRepresentation = Item(reasoning.Text, encrypted) });
                    break;
                case TextReasoningContent or TextContent { Text.Length: 0 }:
                    break;
                case FunctionCallContent call:
                    // The library would indent the arguments, which costs tokens.
                    said.Add(new FunctionCallContent(call.CallId, call.Name, call.Arguments)
                    {
                        RawRepresentation = ResponseItem.CreateFunctionCallItem(
                            call.CallId, call.Name, BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(call.Arguments, OpenAIPrompt.Compact))),
                    });
                    break;
                default:
                    said.Add(content);
                    break;
            }
        }

        var end = said.FindLastIndex(content => content is not TextReasoningContent) + 1;
        said.RemoveRange(end, said.Count - end);
        return said;
    }

    private static ReasoningResponseItem Item(string summary, string encrypted) =>
        new(summary.Length > 0 ? [new ReasoningSummaryTextPart(summary)] : Array.Empty<ReasoningSummaryPart>()) { EncryptedContent = encrypted };

    /// <summary>Parts of a request that some models or accounts refuse.</summary>
    /// <param name="ForEncrypted">The reasoning in encrypted form, to send it back with the next step.</param>
    /// <param name="ForSummary">Summaries of the reasoning.</param>
    internal readonly record struct Asks(bool ForEncrypted, bool ForSummary);
}
