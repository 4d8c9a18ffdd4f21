using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Providers.Demo;

/// <summary>The assistant that ships with the application and needs no model: see <see cref="DemoChatClient"/>.</summary>
/// <param name="time">The clock that it writes by.</param>
internal sealed class DemoChatClientProvider(TimeProvider time) : IChatClientProvider
{
    /// <summary>The name that assistants are configured with.</summary>
    public const string ProviderName = "Demo";

    /// <summary>What stands where other assistants have a model.</summary>
    public const string ModelId = "demo";

    /// <inheritdoc/>
    public string Name => ProviderName;

    /// <inheritdoc/>
    public string? DefaultModel(AssistantOptions options) => ModelId;

    /// <inheritdoc/>
    public IChatClient Create(AssistantOptions options) =>
        new DemoChatClient(options.DemoTokensPerSecond ?? new AssistantsOptions().DemoTokensPerSecond, time);
}
