using BlazorChat.Assistants.Providers.Ollama;

namespace BlazorChat.Tests.Assistants.Providers.Ollama;

/// <summary>The contract with a real server. Compiled by <c>eng/try-ollama.sh</c> only: the ordinary run has no server, and nothing to skip.</summary>
public sealed class RealOllamaTests : OllamaContract
{
    protected override Uri Address => new(OllamaChatClientProvider.FromHost(Environment.GetEnvironmentVariable("OLLAMA_HOST") is { Length: > 0 } host ? host : OllamaChatClientProvider.DefaultEndpoint));

    protected override string Model => Environment.GetEnvironmentVariable("OLLAMA_MODEL") is { Length: > 0 } model ? model
        : throw new InvalidOperationException("Set OLLAMA_MODEL to a model with tools that the server has.");
}
