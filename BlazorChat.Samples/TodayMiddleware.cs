using System.ComponentModel.DataAnnotations;
using BlazorChat.Assistants.Middleware;
using Microsoft.Extensions.AI;

namespace BlazorChat.Samples;

/// <summary>A middleware that tells the model what day it is.</summary>
public sealed class TodayMiddleware : IChatMiddleware
{
    /// <summary>What an entry of <c>Assistants:Items:n:Middleware</c> is named.</summary>
    public const string MiddlewareName = "today";

    /// <inheritdoc />
    public string Name => MiddlewareName;

    /// <inheritdoc />
    public IEnumerable<string> Validate(IConfigurationSection settings) => MiddlewareSettings.Check<TodaySettings>(settings);

    /// <inheritdoc />
    public IChatClient Wrap(IChatClient inner, ChatMiddlewareContext context) =>
        new TodayChatClient(inner, MiddlewareSettings.Read<TodaySettings>(context.Settings), context.Time);

    private sealed class TodayChatClient(IChatClient inner, TodaySettings settings, TimeProvider time) : DelegatingChatClient(inner)
    {
        public override Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            base.GetResponseAsync(messages, WithDay(options), cancellationToken);

        public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            base.GetStreamingResponseAsync(messages, WithDay(options), cancellationToken);

        // A copy: the options are the caller's.
        private ChatOptions WithDay(ChatOptions? options)
        {
            var copy = options?.Clone() ?? new ChatOptions();
            copy.Instructions = $"{copy.Instructions}\n\nToday is {time.GetUtcNow().ToString(settings.Format)}.".TrimStart();
            return copy;
        }
    }
}

/// <summary>Settings of an entry of <see cref="TodayMiddleware"/>.</summary>
public sealed class TodaySettings
{
    /// <summary>How the day is written, 1 to 40 characters.</summary>
    [Required, StringLength(40)]
    public string Format { get; set; } = "dddd, d MMMM yyyy";
}
