using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using BlazorChat.Turns;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware;

/// <summary>
/// Shows the responses of models that cannot stream word by word. It requests a stream with <see cref="TurnProperties.Whole"/>, which makes
/// the guard ask the provider for the whole response (<see cref="IChatClient.GetResponseAsync"/>). So retry notices still arrive, and other
/// middleware may stand between. The provider is then silent until the whole response is ready, so its idle timeout must be long enough.
/// </summary>
internal sealed class SimulateStreamingMiddleware : IChatMiddleware
{
    public string Name => "simulate-streaming";

    public IEnumerable<string> Validate(IConfigurationSection settings) => MiddlewareSettings.Check<Options>(settings);

    public IChatClient Wrap(IChatClient inner, ChatMiddlewareContext context) =>
        new SimulateStreamingChatClient(inner, MiddlewareSettings.Read<Options>(context.Settings).WordsPerSecond, context.Time);

    private sealed class Options
    {
        /// <summary>The number of words per second.</summary>
        [Range(1, 10_000)]
        public int WordsPerSecond { get; set; } = 30;
    }

    private sealed class SimulateStreamingChatClient(IChatClient inner, int wordsPerSecond, TimeProvider time) : DelegatingChatClient(inner)
    {
        public override Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            base.GetResponseAsync(messages, Whole(options), cancellationToken);

        public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            long? start = null;
            var words = 0L;
            await foreach (var update in base.GetStreamingResponseAsync(messages, Whole(options), cancellationToken).ConfigureAwait(false))
            {
                foreach (var piece in update.Contents.SelectMany(ContentPieces.Of))
                {
                    if (piece is TextContent or TextReasoningContent)
                    {
                        // Each word is due by its position since the first one, so that late timers do not add up.
                        start ??= time.GetTimestamp();
                        var wait = TimeSpan.FromSeconds((double)words / wordsPerSecond) - time.GetElapsedTime(start.Value);
                        words++;
                        if (wait >= TimeSpan.FromMilliseconds(1))
                        {
                            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
                        }
                    }

                    var copy = update.Clone();
                    copy.Contents = [piece];
                    copy.FinishReason = null;
                    yield return copy;
                }

                if (update.FinishReason is not null || update.Contents.Count == 0)
                {
                    var end = update.Clone();
                    end.Contents = [];
                    yield return end;
                }
            }
        }

        private static ChatOptions Whole(ChatOptions? options)
        {
            var copy = options?.Clone() ?? new ChatOptions();
            (copy.AdditionalProperties ??= [])[TurnProperties.Whole] = true;
            return copy;
        }
    }
}
