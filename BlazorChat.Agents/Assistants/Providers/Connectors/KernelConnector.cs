using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace BlazorChat.Assistants.Providers.Connectors;

/// <summary>Converts the chat services of Semantic Kernel connectors to clients that make one request and run no tools.</summary>
internal static class KernelConnector
{
    /// <param name="add">Adds one chat service, of either kind.</param>
    public static IChatClient ToChatClient(Action<IKernelBuilder> add)
    {
        var builder = Kernel.CreateBuilder();
        add(builder);
        var kernel = builder.Build();
        if (kernel.GetAllServices<IChatClient>().LastOrDefault() is not { } client)
        {
            return new ChatCompletionChatClient(kernel.GetRequiredService<IChatCompletionService>());
        }

        // Connectors come wrapped in a client that runs tools. It has none to run, and must not ask the model again about an unknown tool.
        client.GetService<FunctionInvokingChatClient>()?.TerminateOnUnknownCalls = true;
        return new DeclaringChatClient(client);
    }

    /// <summary>Passes on only the declarations of tools, so that the inner clients cannot run them.</summary>
    private sealed class DeclaringChatClient(IChatClient inner) : DelegatingChatClient(inner)
    {
        public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            base.GetResponseAsync(messages, Declare(options), cancellationToken);

        public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            base.GetStreamingResponseAsync(messages, Declare(options), cancellationToken);

        private static ChatOptions? Declare(ChatOptions? options)
        {
            if (options?.Tools is not { Count: > 0 } tools)
            {
                return options;
            }

            var copy = options.Clone();
            copy.Tools = [.. tools.Select(tool => tool is AIFunctionDeclaration function ? Declare(function) : tool)];
            return copy;
        }

        /// <summary>Ensures that the schema's root is an object: with any other root, the connector fails every request.</summary>
        private static AIFunctionDeclaration Declare(AIFunctionDeclaration function)
        {
            var schema = function.JsonSchema;
            if (schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String)
            {
                return (function as AIFunction)?.AsDeclarationOnly() ?? function;
            }

            var whole = schema.ValueKind == JsonValueKind.Object ? JsonObject.Create(schema)! : [];
            whole["type"] = "object";
            return AIFunctionFactory.CreateDeclaration(function.Name, function.Description, JsonSerializer.SerializeToElement(whole), returnJsonSchema: null);
        }
    }
}
