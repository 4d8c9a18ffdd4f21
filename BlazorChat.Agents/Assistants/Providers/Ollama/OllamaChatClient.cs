using System.Runtime.CompilerServices;
using BlazorChat.Assistants.Resilience;
using BlazorChat.Turns.Prompts;
using Microsoft.Extensions.AI;
using OllamaSharp.Models;
using OllamaSharp.Models.Chat;
using OllamaSharp.Models.Exceptions;

namespace BlazorChat.Assistants.Providers.Ollama;

/// <summary>
/// Completes OllamaSharp's <see cref="IChatClient"/>: sets the size of the context, does not ask a model for what it cannot do, lists the
/// installed models if one is missing, and reads calls and counts from the lines (<see cref="OllamaResponseReader"/>). Always streams.
/// </summary>
/// <param name="server">The library's client.</param>
/// <param name="connection">Its connection; disposed with this.</param>
/// <param name="model">The model to ask if the options name no other.</param>
/// <param name="context">The size of the context to request, in tokens. Always the same: another size makes the server reload the model.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Logs what a model cannot do.</param>
internal sealed class OllamaChatClient(OllamaServer server, ModelServer connection, string model, int context, TimeProvider time, ILogger<OllamaChatClient> logger)
    : DelegatingChatClient(server)
{
    private readonly OllamaModels _models = new(server, time);

    /// <inheritdoc/>
    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        WholeResponse.FromAsync(GetStreamingResponseAsync(messages, options, cancellationToken));

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var asked = options?.ModelId ?? model;
        var (facts, isNew) = await _models.FindAsync(asked, cancellationToken).ConfigureAwait(false);
        var prompt = messages.ToList();
        var request = Request(asked, prompt, options, facts, isNew);
        var response = new OllamaResponseReader();
        var updates = base.GetStreamingResponseAsync([], request, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (updates.ConfigureAwait(false))
        {
            while (true)
            {
                ChatFailureException? missing = null;
                try
                {
                    if (!await updates.MoveNextAsync().ConfigureAwait(false))
                    {
                        break;
                    }
                }
                catch (ChatFailureException failure) when (failure.StatusCode == 404)
                {
                    missing = failure;
                }
                catch (ResponseError exception)
                {
                    throw ChatFailures.ErrorEvent(code: null, exception.Message, exception);
                }

                if (missing is not null)
                {
                    await _models.ThrowIfMissingAsync(asked, cancellationToken).ConfigureAwait(false);
                    throw missing;
                }

                yield return response.Read(updates.Current);
            }
        }

        // When it is stopped, the library ends without an exception.
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(ModelServer) && serviceKey is null ? connection : base.GetService(serviceType, serviceKey);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            connection.Dispose();
        }
    }

    private ChatOptions Request(string asked, List<ChatMessage> prompt, ChatOptions? options, OllamaModel facts, bool isNew)
    {
        var copy = options?.Clone() ?? new ChatOptions();
        var size = (int)Math.Min(context, facts.ContextLength ?? context);
        if (isNew)
        {
            OllamaLog.Found(logger, asked, facts.ContextLength, size, facts.HasTools, facts.Thinks);
            if (size < context)
            {
                OllamaLog.SmallContext(logger, asked, size, context);
            }
        }

        if (copy.Tools is { Count: > 0 and var tools } && facts.HasTools == false)
        {
            if (isNew)
            {
                OllamaLog.NoTools(logger, asked, tools);
            }

            copy.Tools = null;
        }

        // The protocol has no tool choice: only leaving tools out keeps a model from calling them.
        copy.Tools = copy.ToolMode switch
        {
            NoneChatToolMode => null,
            RequiredChatToolMode { RequiredFunctionName: { } name } => copy.Tools?.Where(tool => tool.Name == name).ToList(),
            _ => copy.Tools,
        };

        if (copy.Reasoning?.Effort is not (null or ReasoningEffort.None) && facts.Thinks == false)
        {
            if (isNew)
            {
                OllamaLog.NoThinking(logger, asked);
            }

            copy.Reasoning = null;
        }

        Compare(asked, prompt, copy, size);
        copy.Instructions = null;
        copy.RawRepresentationFactory = _ => new ChatRequest
        {
            Messages = OllamaPrompt.Messages(prompt, options?.Instructions),
            Options = new RequestOptions { NumCtx = size },
        };
        return copy;
    }

    private void Compare(string asked, List<ChatMessage> prompt, ChatOptions options, int size)
    {
        var tokens = TokenCounter.Estimate;
        var sent = tokens.Of(options.Instructions ?? "") + prompt.Sum(tokens.Of) + (options.Tools ?? []).Sum(tokens.Of);
        if (sent > size)
        {
            OllamaLog.TooMuch(logger, sent, asked, size);
        }
    }
}
