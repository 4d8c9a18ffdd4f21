using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Providers.Demo;

/// <summary>The built-in assistant that needs no model: see <see cref="DemoChatClient"/>.</summary>
/// <param name="time">The clock for its pace.</param>
internal sealed class DemoChatClientProvider(TimeProvider time) : IChatClientProvider
{
    /// <summary>The provider's name in the configuration.</summary>
    public const string ProviderName = "Demo";

    /// <summary>The demo's name in place of a model's.</summary>
    public const string ModelId = "demo";

    /// <inheritdoc/>
    public string Name => ProviderName;

    /// <inheritdoc/>
    public string? DefaultModel(AssistantOptions options) => ModelId;

    /// <inheritdoc/>
    public IChatClient Create(AssistantOptions options) =>
        new DemoChatClient(options.DemoTokensPerSecond ?? new AssistantsOptions().DemoTokensPerSecond, time);
}
