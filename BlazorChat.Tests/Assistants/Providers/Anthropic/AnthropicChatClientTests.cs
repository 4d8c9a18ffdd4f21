using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Assistants.Providers.Anthropic;

/// <summary>What the application relies on in Anthropic's own adapter.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class AnthropicChatClientTests : IAsyncLifetime
{
    private readonly ModelWire _wire = ModelWire.Named(ModelWire.Anthropic);
    private ModelStub _stub = null!;

    public async Task InitializeAsync() => _stub = await ModelStub.StartAsync();

    public async Task DisposeAsync() => await _stub.DisposeAsync();

    [Fact]
    public async Task Key_limit_and_reasoning_are_sent()
    {
        using var directory = _wire.CreateDirectory(_stub.Address, configure: item =>
        {
            item.MaxOutputTokens = 77;
            item.ReasoningEffort = ReasoningEffort.None;
        });
        _stub.EnqueueStream(_wire.Begin, _wire.Text("ok"), _wire.End);
        await ModelWire.AskAsync(directory);
        var request = Assert.Single(_stub.Requests);
        Assert.Equal("Bearer sk-secret-0123456789abcdef", request.Headers["Authorization"]);
        Assert.Equal("sk-secret-0123456789abcdef", request.Headers["x-api-key"]);
        Assert.Equal(77, request.Json.GetProperty("max_tokens").GetInt32());
        Assert.Equal("disabled", request.Json.GetProperty("thinking").GetProperty("type").GetString());
        Assert.True(request.Json.GetProperty("stream").GetBoolean());
    }

    [Fact]
    public async Task An_endpoint_may_end_in_v1_or_not()
    {
        using var directory = _wire.CreateDirectory(_stub.Address, configure: item => item.Endpoint += "v1/");
        _stub.EnqueueStream(_wire.Begin, _wire.Text("ok"), _wire.End);
        await ModelWire.AskAsync(directory);
        Assert.Equal("/v1/messages", Assert.Single(_stub.Requests).Path);
    }

    [Fact]
    public async Task Thinking_keeps_its_signature_and_goes_back_with_the_results_of_tools()
    {
        using var directory = _wire.CreateDirectory(_stub.Address);
        _stub.EnqueueStream(
            """
            event: message_start
            data: {"type":"message_start","message":{"id":"m1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":1}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm."}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2lnbmVk"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            event: content_block_start
            data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t1","name":"dice","input":{}}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"sides\":"}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"20}"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":1}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":5}}

            event: message_stop
            data: {"type":"message_stop"}


            """);
        List<ChatMessage> prompt = [new(ChatRole.User, "Roll") { AuthorName = "Ada" }];
        var client = directory.Find("a")!.Client;
        var response = await client.GetResponseAsync(prompt);
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
        var call = Assert.Single(response.Messages[0].Contents.OfType<FunctionCallContent>());
        Assert.Equal("20", call.Arguments!["sides"]!.ToString());

        _stub.EnqueueStream(_wire.Begin, _wire.Text("You rolled 4."), _wire.End);
        prompt.AddRange(response.Messages);
        prompt.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, "4")]));
        Assert.Equal("You rolled 4.", (await client.GetResponseAsync(prompt)).Text);
        var sent = _stub.Requests[1].Json.GetProperty("messages");
        var thinking = sent[1].GetProperty("content")[0];
        Assert.Equal("thinking Hm. c2lnbmVk", $"{thinking.GetProperty("type").GetString()} {thinking.GetProperty("thinking").GetString()} {thinking.GetProperty("signature").GetString()}");
        Assert.Equal("t1", sent[2].GetProperty("content")[0].GetProperty("tool_use_id").GetString());
    }
}
