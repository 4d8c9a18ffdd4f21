using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Assistants.Providers.Ollama;

/// <summary>The contract with the stub: what a real server would have to do differently shows here first.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class OllamaStubContractTests : OllamaContract, IAsyncLifetime
{
    private ModelStub _stub = null!;

    protected override Uri Address => _stub.Address;

    protected override string Model => "test-model";

    public async Task InitializeAsync() => _stub = await ModelStub.StartAsync();

    public async Task DisposeAsync() => await _stub.DisposeAsync();

    protected override void Next(params string[] lines) => _stub.EnqueueStream(lines);
}
