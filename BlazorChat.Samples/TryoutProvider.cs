using BlazorChat.Assistants;
using Microsoft.Extensions.AI;

namespace BlazorChat.Samples;

/// <summary>A provider: <c>"Provider": "Tryout"</c> makes an assistant that needs no model and calls the tools that a message names.</summary>
public sealed class TryoutProvider : IChatClientProvider
{
    /// <summary>The provider's name in the configuration.</summary>
    public const string ProviderName = "Tryout";

    /// <inheritdoc />
    public string Name => ProviderName;

    /// <inheritdoc />
    public string? DefaultModel(AssistantOptions options) => "tryout";

    /// <inheritdoc />
    public IChatClient Create(AssistantOptions options) => new TryoutChatClient();
}
