using System.ClientModel;
using System.Runtime.CompilerServices;
using BlazorChat.Assistants;
using BlazorChat.Tests.Assistants.Providers.OpenAI;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using OpenAI;

namespace BlazorChat.Tests.Assistants.Providers.Connectors;

/// <summary>A connector whose host gave it a connection of its own: nothing below the library mends what it throws at.</summary>
[Trait(nameof(Kind), Kind.Unit)]
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

    [Fact]
    public async Task What_a_hosts_middleware_adds_behind_the_last_chunk_is_kept_and_calls_come_once()
    {
        var model = new OpenAIClient(new ApiKeyCredential(ModelWire.Secret), new OpenAIClientOptions { Endpoint = _wire.Endpoint(_stub.Address) }).GetChatClient("test-model");
        using var client = new KernelChatClientProvider("Own", (kernel, _) => kernel.Services.AddSingleton<IChatClient>(new Citing(model.AsIChatClient())))
            .Create(new AssistantOptions { Model = "test-model" });
        _stub.EnqueueStream(_wire.Begin, _wire.Text("All of it"), _wire.Call(0, "call_1", "dice"), _wire.Finish(_wire.CallReason), _wire.Done);
        var reading = await Reading.ToEndAsync(client.GetStreamingResponseAsync("Hello"));
        Assert.Equal(("All of it [1]", ChatFinishReason.ToolCalls), (reading.Text, reading.FinishReason));
        Assert.Equal("call_1", Assert.Single(reading.Calls).CallId);
    }

    [Fact]
    public async Task The_connection_that_a_host_registers_is_the_one_that_is_used()
    {
        using var counting = new Counting();
        using var theirs = new HttpClient(counting) { BaseAddress = _wire.Endpoint(_stub.Address) };
        using var client = new KernelChatClientProvider("Own", (kernel, options) =>
        {
            kernel.AddOpenAIChatClient(options.Model!, new Uri(options.Endpoint!), ModelWire.Secret);
            kernel.Services.AddSingleton(theirs);
        }).Create(new AssistantOptions { Model = "test-model", Endpoint = theirs.BaseAddress.ToString() });
        _stub.EnqueueStream(_wire.Begin, _wire.Text("Hi"), _wire.End);
        Assert.Equal("Hi", (await Reading.ToEndAsync(client.GetStreamingResponseAsync("Hello"))).Text);
        Assert.Equal(1, counting.Requests);
    }

    private async Task<Reading> AskAsync(string reason)
    {
        _stub.EnqueueStream(_wire.Begin, _wire.Text("All of it"), _wire.Call(0, "call_1", "dice"), _wire.Finish(reason), _wire.Done);
        return await Reading.ToEndAsync(_client.GetStreamingResponseAsync("Hello"));
    }

    private sealed class Citing(IChatClient inner) : DelegatingChatClient(inner)
    {
        public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await foreach (var update in base.GetStreamingResponseAsync(messages, options, cancellationToken))
            {
                yield return update;
            }

            yield return new ChatResponseUpdate(ChatRole.Assistant, " [1]");
        }
    }

    private sealed class Counting() : DelegatingHandler(new HttpClientHandler())
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
