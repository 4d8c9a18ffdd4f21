using System.Text.Json;
using BlazorChat.Assistants.Providers.AzureOpenAI;
using BlazorChat.Assistants.Resilience;
using BlazorChat.Assistants;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace BlazorChat.Tests.Assistants.Providers.AzureOpenAI;

/// <summary>OpenAI's models in a resource of Azure: its addresses and keys, and nothing lost of a response.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class AzureOpenAITests
{
    [Fact]
    public async Task It_asks_the_deployment_with_the_key_and_loses_nothing()
    {
        await using var stub = await ModelStub.StartAsync();
        using var client = Create(stub);
        // Azure begins with what its filter made of the prompt; both calls have index 0, as those of some models do.
        stub.EnqueueStream(
            """data: {"id":"","object":"","created":0,"model":"","choices":[],"prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}}]}""" + "\n\n",
            Delta("""{"role":"assistant","content":"Let me see.","refusal":null}"""),
            Delta("""{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"dice","arguments":"{\"sides\":6}"}}]}"""),
            Delta("""{"tool_calls":[{"index":0,"id":"b","type":"function","function":{"name":"dice","arguments":"{\"sides\":20}"}}]}"""),
            Delta("{}", "\"tool_calls\""),
            """data: {"id":"c1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-6","choices":[],"usage":{"prompt_tokens":21,"completion_tokens":19,"total_tokens":40,"prompt_tokens_details":{"cached_tokens":7},"completion_tokens_details":{"reasoning_tokens":5}}}""" + "\n\n",
            "data: [DONE]\n\n");
        var ran = false;
        var options = new ChatOptions { MaxOutputTokens = 77, Tools = [AIFunctionFactory.Create((int sides) => { ran = true; return sides; }, "dice", "Rolls.")] };
        var reading = await Reading.ToEndAsync(client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "Hi") { AuthorName = "Ada" }], options));
        Assert.Null(reading.Failure);
        Assert.False(ran);
        Assert.Equal("Let me see.", reading.Text);
        Assert.Equal(["a {\"sides\":6}", "b {\"sides\":20}"], reading.Calls.Select(c => $"{c.CallId} {JsonSerializer.Serialize(c.Arguments)}"));
        Assert.Equal(ChatFinishReason.ToolCalls, reading.FinishReason);
        Assert.Equal((21L, 19L, 7L, 5L), (reading.Usage!.InputTokenCount, reading.Usage.OutputTokenCount, reading.Usage.CachedInputTokenCount, reading.Usage.ReasoningTokenCount));
        var request = Assert.Single(stub.Requests);
        Assert.Equal("/openai/deployments/our-gpt/chat/completions", request.Path);
        Assert.Equal(ModelWire.Secret, request.Headers["api-key"]);
        Assert.False(request.Headers.ContainsKey("Authorization"));
        // Newer models refuse max_tokens.
        Assert.Equal(77, request.Json.GetProperty("max_completion_tokens").GetInt32());
        Assert.False(request.Json.TryGetProperty("max_tokens", out _));
        Assert.True(request.Json.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
        Assert.Equal("Ada", request.Json.GetProperty("messages")[0].GetProperty("name").GetString());
    }

    [Theory]
    [InlineData(400, "content_filter", ChatFailureKind.Refused)]
    [InlineData(401, "401", ChatFailureKind.Unauthorized)]
    [InlineData(404, "DeploymentNotFound", ChatFailureKind.InvalidRequest)]
    [InlineData(429, "429", ChatFailureKind.RateLimited)]
    public async Task Its_errors_get_their_kinds_and_are_not_repeated(int status, string code, ChatFailureKind kind)
    {
        await using var stub = await ModelStub.StartAsync();
        using var client = new GuardChatClient(
            Create(stub), new GuardLimits(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), 0, 1000), TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<GuardChatClient>.Instance);
        stub.Enqueue(status, "application/json", $$$"""{"error":{"code":"{{{code}}}","message":"No."}}""");
        var reading = await Reading.ToEndAsync(client.GetStreamingResponseAsync("Hi"));
        Assert.Equal(kind, reading.Failure!.Kind);
        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task A_refusal_and_an_error_in_the_stream_are_failures()
    {
        await using var stub = await ModelStub.StartAsync();
        using var client = Create(stub);
        stub.EnqueueStream(Delta("""{"content":"Well"}"""), """data: {"error":{"code":"content_filter","message":"Stopped."}}""" + "\n\n");
        Assert.Equal(ChatFailureKind.Refused, (await Reading.ToEndAsync(client.GetStreamingResponseAsync("Hi"))).Failure!.Kind);
        stub.EnqueueStream(Delta("""{"refusal":"I will not."}"""), Delta("{}", "\"stop\""), "data: [DONE]\n\n");
        var updates = await client.GetStreamingResponseAsync("Hi").ToListAsync();
        Assert.Equal("I will not.", Assert.Single(updates.SelectMany(u => u.Contents).OfType<ErrorContent>()).Message);
    }

    private static IChatClient Create(ModelStub stub) => new AzureOpenAIChatClientProvider(TimeProvider.System, NullLoggerFactory.Instance).Create(
        new AssistantOptions { Provider = "AzureOpenAI", Endpoint = stub.Address.ToString(), ApiKey = ModelWire.Secret, Model = "our-gpt" });

    private static string Delta(string delta, string finish = "null") =>
        $$"""data: {"id":"c1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-6","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{finish}}}]}""" + "\n\n";
}
