using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using BlazorChat.Assistants.Resilience;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Services;
using OpenAI.Chat;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;
using FunctionCallContent = Microsoft.Extensions.AI.FunctionCallContent;
using FunctionResultContent = Microsoft.Extensions.AI.FunctionResultContent;
using TextContent = Microsoft.Extensions.AI.TextContent;

// Reasoning contents, and a chunk's patch, are experimental.
#pragma warning disable SKEXP0110, SCME0001

namespace BlazorChat.Assistants.Providers.Connectors;

/// <summary>
/// A chat completion service as a chat client that runs no tools. The kernel's own conversion breaks streamed calls and loses their types,
/// usage, finish reasons and reasoning. The service has one model, whatever the options say.
/// </summary>
internal sealed class ChatCompletionChatClient(IChatCompletionService service) : IChatClient
{
    private readonly ChatClientMetadata _metadata = new(
        service.GetType().Name, Uri.TryCreate(service.GetEndpoint(), UriKind.Absolute, out var endpoint) ? endpoint : null, service.GetModelId());

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        WholeResponse.FromAsync(GetStreamingResponseAsync(messages, options, cancellationToken));

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var calls = new PendingToolCalls();
        var byIndex = new Dictionary<int, PendingToolCall>();
        ChatFinishReason? finish = null;
        UsageDetails? usage = null;
        await foreach (var piece in service.GetStreamingChatMessageContentsAsync(History(messages, options), Settings(options), kernel: null, cancellationToken).ConfigureAwait(false))
        {
            var update = new ChatResponseUpdate(ChatRole.Assistant, []) { ModelId = piece.ModelId, RawRepresentation = piece };
            if (piece.InnerContent is StreamingChatCompletionUpdate chunk)
            {
                if (chunk.Patch.Contains("$.error"u8) && chunk.Patch.TryGetJson("$.error"u8, out var error))
                {
                    var (code, message) = ProviderMessage.Parse(error);
                    throw ChatFailures.ErrorEvent(code, message);
                }

                if ((chunk.Patch.TryGetValue("$.choices[0].delta.reasoning_content"u8, out string? thought) && thought is { Length: > 0 })
                    || (chunk.Patch.TryGetValue("$.choices[0].delta.reasoning"u8, out thought) && thought is { Length: > 0 }))
                {
                    update.Contents.Add(new TextReasoningContent(thought));
                }

                if (chunk.RefusalUpdate is { Length: > 0 } refusal)
                {
                    update.Contents.Add(new ErrorContent(refusal) { ErrorCode = ChatFailures.RefusalCode });
                }
            }

            foreach (var item in piece.Items)
            {
                switch (item)
                {
                    case StreamingTextContent { Text: { Length: > 0 } text }:
                        update.Contents.Add(new TextContent(text));
                        break;
                    case StreamingReasoningContent reasoning:
                        update.Contents.Add(new TextReasoningContent(reasoning.Text));
                        break;
                    case StreamingFunctionCallUpdateContent fragment:
                        if (!byIndex.TryGetValue(fragment.FunctionCallIndex, out var call)
                            || (fragment.CallId is { Length: > 0 } id && call.ProviderId is not null && call.ProviderId != id))
                        {
                            byIndex[fragment.FunctionCallIndex] = call = calls.Add(fragment.CallId);
                        }

                        call.ProviderId ??= fragment.CallId;
                        call.Name ??= fragment.Name;
                        if (call.Append(fragment.Arguments ?? "") is { } delta)
                        {
                            update.Contents.Add(delta);
                        }

                        break;
                }
            }

            finish = Finish(piece.Metadata) ?? finish;
            usage = Usage(piece.Metadata) ?? usage;
            yield return update;
        }

        // Many connectors give no finish reason.
        var reason = calls.FinishReason(finish ?? ChatFinishReason.Stop);
        yield return new ChatResponseUpdate(ChatRole.Assistant, [.. calls.Complete(reason == ChatFinishReason.Length), .. usage is null ? Array.Empty<AIContent>() : [new UsageContent(usage)]])
        {
            FinishReason = reason,
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? _metadata
        : serviceType.IsInstanceOfType(service) ? service
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose() => (service as IDisposable)?.Dispose();

    private static ChatHistory History(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var history = new ChatHistory();
        if (!string.IsNullOrWhiteSpace(options?.Instructions))
        {
            history.AddSystemMessage(options.Instructions);
        }

        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var message in ToolHistory.Repair(messages, static id => id.Length > 0))
        {
            var items = new ChatMessageContentItemCollection();
            foreach (var content in message.Contents)
            {
                if (ToItem(content, names) is { } item)
                {
                    items.Add(item);
                }
            }

            history.Add(new Microsoft.SemanticKernel.ChatMessageContent(new AuthorRole(message.Role.Value), items) { AuthorName = OpenAINames.Sanitize(message.AuthorName) });
        }

        return history;
    }

    private static KernelContent? ToItem(AIContent content, Dictionary<string, string> names)
    {
        switch (content)
        {
            case TextContent text:
                return new Microsoft.SemanticKernel.TextContent(text.Text);
            case DataContent image when image.HasTopLevelMediaType("image"):
                return new ImageContent(image.Data, image.MediaType);
            case UriContent image when image.HasTopLevelMediaType("image"):
                return new ImageContent(image.Uri);
            case TextReasoningContent { ProtectedData: not null } reasoning:
                return new ReasoningContent(reasoning.Text);
            case FunctionCallContent call:
                names[call.CallId] = call.Name;
                return new Microsoft.SemanticKernel.FunctionCallContent(call.Name, null, call.CallId, new KernelArguments(call.Arguments ?? new Dictionary<string, object?>(StringComparer.Ordinal)));
            case FunctionResultContent result:
                return new Microsoft.SemanticKernel.FunctionResultContent(names.GetValueOrDefault(result.CallId), null, result.CallId, result.Result);
            default:
                return null;
        }
    }

    /// <summary>Uses the setting names that connectors share: each converts them to its own settings.</summary>
    private static PromptExecutionSettings Settings(ChatOptions? options)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        void Set(string name, object? value)
        {
            if (value is not null)
            {
                data[name] = value;
            }
        }

        Set("temperature", options?.Temperature);
        Set("top_p", options?.TopP);
        Set("max_tokens", options?.MaxOutputTokens);
        Set("seed", options?.Seed);
        Set("stop_sequences", options?.StopSequences);
        Set("reasoning_effort", options?.Reasoning?.Effort switch { ReasoningEffort.Low => "low", ReasoningEffort.Medium => "medium", ReasoningEffort.High or ReasoningEffort.ExtraHigh => "high", _ => null });
        Set("response_format", options?.ResponseFormat switch { ChatResponseFormatJson { Schema: { } schema } => schema, ChatResponseFormatJson => "json_object", _ => null });
        var functions = (options?.Tools ?? []).OfType<AIFunctionDeclaration>().Select(ToFunction).ToList();
        return new PromptExecutionSettings
        {
            ExtensionData = data,
            FunctionChoiceBehavior = functions.Count == 0 ? null : options!.ToolMode switch
            {
                NoneChatToolMode => FunctionChoiceBehavior.None(functions),
                RequiredChatToolMode { RequiredFunctionName: { } name } => FunctionChoiceBehavior.Required(functions.Where(f => f.Name == name), autoInvoke: false),
                RequiredChatToolMode => FunctionChoiceBehavior.Required(functions, autoInvoke: false),
                _ => FunctionChoiceBehavior.Auto(functions, autoInvoke: false),
            },
        };
    }

    /// <summary>Converts a declaration. The kernel has one schema per parameter, so shared definitions are copied into each.</summary>
    private static KernelFunction ToFunction(AIFunctionDeclaration tool)
    {
        var root = JsonObject.Create(tool.JsonSchema)!;
        var required = (root["required"] as JsonArray)?.Select(name => (string?)name).ToHashSet(StringComparer.Ordinal) ?? [];
        var parameters = (root["properties"] as JsonObject ?? []).Select(property => new KernelParameterMetadata(property.Key)
        {
            Description = (property.Value as JsonObject)?["description"]?.GetValue<string>(),
            IsRequired = required.Contains(property.Key),
            Schema = KernelJsonSchema.Parse(Inline(property.Value, root, 0).ToJsonString()),
        }).ToList();
        return KernelFunctionFactory.CreateFromMethod(
            string () => throw new InvalidOperationException("Only a declaration."),
            new KernelFunctionFromMethodOptions { FunctionName = tool.Name, Description = tool.Description, Parameters = parameters, ReturnParameter = new KernelReturnParameterMetadata() });
    }

    private static JsonNode Inline(JsonNode? node, JsonObject root, int depth)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } whole when whole["$ref"]?.GetValue<string>() is { } path && depth < 16:
                JsonNode? target = root;
                foreach (var step in path.TrimStart('#', '/').Split('/', StringSplitOptions.RemoveEmptyEntries))
                {
                    target = (target as JsonObject)?[step];
                }

                return Inline(target, root, depth + 1);
            case JsonObject whole:
                var copy = new JsonObject();
                foreach (var (name, value) in whole)
                {
                    copy[name] = name is "properties" or "items" or "additionalProperties" or "anyOf" or "oneOf" or "allOf" || value is JsonObject
                        ? Inline(value, root, depth + 1) : value?.DeepClone();
                }

                return copy;
            case JsonArray list:
                return new JsonArray([.. list.Select(one => one is JsonObject ? Inline(one, root, depth + 1) : one?.DeepClone())]);
            case JsonValue value when value.GetValueKind() == JsonValueKind.False && depth > 0:
                return value.DeepClone();
            default:
                // No restrictions.
                return new JsonObject();
        }
    }

    private static ChatFinishReason? Finish(IReadOnlyDictionary<string, object?>? metadata) =>
        metadata?.GetValueOrDefault("FinishReason")?.ToString()?.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant() switch
        {
            null or "" => null,
            "LENGTH" or "MAXTOKENS" => ChatFinishReason.Length,
            "CONTENTFILTER" or "SAFETY" => ChatFinishReason.ContentFilter,
            "TOOLCALLS" or "FUNCTIONCALL" => ChatFinishReason.ToolCalls,
            _ => ChatFinishReason.Stop,
        };

    private static UsageDetails? Usage(IReadOnlyDictionary<string, object?>? metadata) => metadata?.GetValueOrDefault("Usage") switch
    {
        UsageDetails usage => usage,
        UsageContent usage => usage.Details,
        ChatTokenUsage usage => new UsageDetails
        {
            InputTokenCount = usage.InputTokenCount,
            OutputTokenCount = usage.OutputTokenCount,
            TotalTokenCount = usage.TotalTokenCount,
            CachedInputTokenCount = usage.InputTokenDetails?.CachedTokenCount,
            ReasoningTokenCount = usage.OutputTokenDetails?.ReasoningTokenCount,
        },
        _ => null,
    };
}
