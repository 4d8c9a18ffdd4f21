using BlazorChat.Assistants;
using Microsoft.Extensions.AI;

namespace BlazorChat.Samples;

/// <summary>A provider: <c>"Provider": "Tryout"</c> gives an assistant that needs no model and calls the tools that it is told to.</summary>
public sealed class TryoutProvider : IChatClientProvider
{
    /// <summary>What assistants are configured with.</summary>
    public const string ProviderName = "Tryout";

    /// <inheritdoc />
    public string Name => ProviderName;

    /// <inheritdoc />
    public string? DefaultModel(AssistantOptions options) => "tryout";

    /// <inheritdoc />
    public IChatClient Create(AssistantOptions options) => new TryoutChatClient();
}
