using BlazorChat.Assistants;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace BlazorChat.Tests.Assistants;

/// <summary>A connector whose host gave it a connection of its own: nothing below the library mends what it throws at.</summary>
public sealed class OwnConnectionTests : IAsyncLifetime
{
    private readonly OpenAIWire _wire = new();
    private readonly HttpClient _own = new();
    private ModelStub _stub = null!;
    private IChatClient _client = null!;

    public async Task InitializeAsync()
    {
        _stub = await ModelStub.StartAsync();
        _client = new KernelChatClientProvider("Own", (kernel, options) => kernel.AddOpenAIChatClient(options.Model!, _wire.Endpoint(_stub.Address), ModelWire.Secret, httpClient: _own))
            .Create(new AssistantOptions { Model = "test-model" });
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        _own.Dispose();
        await _stub.DisposeAsync();
    }

    [Theory]
    [InlineData("eos_token", "eos_token")]
    [InlineData("", "unknown")]
    public async Task A_finish_reason_that_nobody_knows_completes_an_answer_with_its_calls(string reason, string read)
    {
        var reading = await AskAsync(reason);
        Assert.Null(reading.Failure);
        Assert.Equal("All of it", reading.Text);
        Assert.Equal("call_1", Assert.Single(reading.Calls).CallId);
        Assert.Equal(ChatFinishReason.ToolCalls, reading.FinishReason);

        _stub.EnqueueStream(_wire.Begin, _wire.Text("Text"), _wire.Finish(reason), _wire.Done);
        Assert.Equal(new ChatFinishReason(read), (await Reading.ToEndAsync(_client.GetStreamingResponseAsync("Again"))).FinishReason);
    }

    [Fact]
    public async Task A_finish_reason_that_says_that_the_provider_failed_is_a_failure_after_the_text()
    {
        var reading = await AskAsync("error");
        Assert.Equal("All of it", reading.Text);
        Assert.Equal(ChatFailureKind.ProviderError, reading.Failure?.Kind);
    }

    private async Task<Reading> AskAsync(string reason)
    {
        _stub.EnqueueStream(_wire.Begin, _wire.Text("All of it"), _wire.Call(0, "call_1", "dice"), _wire.Finish(reason), _wire.Done);
        return await Reading.ToEndAsync(_client.GetStreamingResponseAsync("Hello"));
    }
}
