using System.ComponentModel.DataAnnotations;
using BlazorChat.Assistants.Middleware;
using Microsoft.Extensions.AI;

namespace BlazorChat.Samples;

/// <summary>Middleware that tells the model today's date.</summary>
public sealed class TodayMiddleware : IChatMiddleware
{
    /// <summary>The <c>Name</c> of an entry of <c>Assistants:Items:n:Middleware</c>.</summary>
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

        // A copy, because the options belong to the caller.
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
    /// <summary>The format of the date, 1 to 40 characters.</summary>
    [Required, StringLength(40)]
    public string Format { get; set; } = "dddd, d MMMM yyyy";
}
