using System.Runtime.CompilerServices;
using BlazorChat.Assistants.Resilience;
using BlazorChat.Turns.Prompts;
using Microsoft.Extensions.AI;
using OllamaSharp.Models;
using OllamaSharp.Models.Chat;
using OllamaSharp.Models.Exceptions;

namespace BlazorChat.Assistants.Providers.Ollama;

/// <summary>
/// What OllamaSharp's <see cref="IChatClient"/> leaves to do: the size of the context is set, what a model cannot do is not asked of
/// it, a model that is not there is named beside those that are, and calls and counts are read from the lines
/// (<see cref="OllamaResponseReader"/>). Always streams.
/// </summary>
/// <param name="server">The library's client.</param>
/// <param name="http">Its connection, disposed with this.</param>
/// <param name="model">The model that is asked when the options name no other.</param>
/// <param name="context">Tokens of the context that is asked for. Always the same: another size makes the server load the model again.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Gets what a model cannot do.</param>
internal sealed class OllamaChatClient(OllamaServer server, HttpClient http, string model, int context, TimeProvider time, ILogger<OllamaChatClient> logger)
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

        // The library ends without a word when it is stopped.
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            http.Dispose();
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

        // The protocol has no choice of tools: a model can only be kept from those that it is not told of.
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
