using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Pipeline;

/// <summary>
/// One span per response, following OpenTelemetry's semantic conventions for generative AI
/// (https://opentelemetry.io/docs/specs/semconv/gen-ai/, the attributes without contents). It is outside the guard, so that a span covers
/// what people waited for, including retries.
/// </summary>
/// <param name="inner">The guarded client.</param>
/// <param name="provider">The provider's name; its lower-case form is the convention's <c>gen_ai.provider.name</c>.</param>
/// <param name="model">The model to ask if the options name no other.</param>
internal sealed class TelemetryChatClient(IChatClient inner, string provider, string model) : DelegatingChatClient(inner)
{
    /// <summary>The name of the activity source to listen to.</summary>
    public const string SourceName = "BlazorChat.Assistants";

    private static readonly ActivitySource Source = new(SourceName);

    private readonly ChatClientMetadata _metadata = new(provider, providerUri: null, model);

    // The convention's values are lower-case. This is such a value, not a comparison.
#pragma warning disable CA1308
    private readonly string _provider = provider.ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>Supplies the metadata of provider and model if the inner clients do not: without it, a kernel's prompt functions fail.</summary>
    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        base.GetService(serviceType, serviceKey) ?? (serviceKey is null && serviceType == typeof(ChatClientMetadata) ? _metadata : null);

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var activity = Start(options);
        try
        {
            var response = await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
            SetEnd(activity, response.FinishReason, response.ModelId, response.Usage);
            return response;
        }
        catch (Exception exception) when (SetError(activity, exception))
        {
            throw;
        }
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var activity = Start(options);
        ChatFinishReason? finishReason = null;
        string? modelId = null;
        UsageDetails? usage = null;
        var updates = base.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (updates.ConfigureAwait(false))
        {
            while (true)
            {
                try
                {
                    // At each step of an iterator, the runtime undoes its change to the current activity.
                    Activity.Current = activity ?? Activity.Current;
                    if (!await updates.MoveNextAsync().ConfigureAwait(false))
                    {
                        break;
                    }
                }
                catch (Exception exception) when (SetError(activity, exception))
                {
                    throw;
                }

                var update = updates.Current;
                finishReason = update.FinishReason ?? finishReason;
                modelId = update.ModelId ?? modelId;
                foreach (var content in update.Contents)
                {
                    if (content is UsageContent counted)
                    {
                        usage ??= new UsageDetails();
                        usage.Add(counted.Details);
                    }
                }

                yield return update;
            }
        }

        SetEnd(activity, finishReason, modelId, usage);
    }

    private Activity? Start(ChatOptions? options)
    {
        var asked = options?.ModelId ?? model;
        var activity = Source.StartActivity($"chat {asked}", ActivityKind.Client);
        activity?.SetTag("gen_ai.operation.name", "chat")
            .SetTag("gen_ai.provider.name", _provider)
            .SetTag("gen_ai.request.model", asked);
        return activity;
    }

    private static void SetEnd(Activity? activity, ChatFinishReason? finishReason, string? modelId, UsageDetails? usage)
    {
        if (activity is null)
        {
            return;
        }

        if (finishReason is { } reason)
        {
            activity.SetTag("gen_ai.response.finish_reasons", new[] { reason.Value });
        }

        activity.SetTag("gen_ai.response.model", modelId)
            .SetTag("gen_ai.usage.input_tokens", usage?.InputTokenCount)
            .SetTag("gen_ai.usage.output_tokens", usage?.OutputTokenCount);
    }

    /// <summary>An exception filter that marks the span, before the stack unwinds. Always returns false.</summary>
    private static bool SetError(Activity? activity, Exception exception)
    {
        var type = exception is ChatFailureException failure ? failure.Kind.ToString() : exception.GetType().FullName;
        activity?.SetTag("error.type", type).SetStatus(ActivityStatusCode.Error);
        return false;
    }
}
