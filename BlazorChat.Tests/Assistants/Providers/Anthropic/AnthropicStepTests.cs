using System.Text.Json;
using BlazorChat.Assistants;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Assistants.Providers.Anthropic;

/// <summary>Thinking and tools in Anthropic's protocol, event by event.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class AnthropicStepTests : IAsyncLifetime
{
    private readonly ModelWire _wire = ModelWire.Named(ModelWire.Anthropic);
    private ModelStub _stub = null!;
    private AssistantDirectory _directory = null!;

    private static ChatOptions Dice => new() { Tools = [AIFunctionFactory.Create((int sides) => sides, "dice")] };

    public async Task InitializeAsync()
    {
        _stub = await ModelStub.StartAsync();
        _directory = _wire.CreateDirectory(_stub.Address);
    }

    public async Task DisposeAsync()
    {
        _directory.Dispose();
        await _stub.DisposeAsync();
    }

    [Fact]
    public async Task Interleaved_thinking_goes_back_in_its_order_encrypted_blocks_too()
    {
        _stub.EnqueueStream(
            Start, Ping,
            Block(0, """{"type":"thinking","thinking":"","signature":""}"""), Thinking(0, "First "), Thinking(0, "this."), Signed(0, "c2ln"), Signed(0, "MQ=="), Stop(0),
            Block(1, """{"type":"redacted_thinking","data":"ZW5jcnlwdGVk"}"""), Stop(1),
            Ping,
            Block(2, """{"type":"text","text":""}"""), Delta(2, """{"type":"text_delta","text":"Rolling."}"""), Stop(2),
            Block(3, """{"type":"thinking","thinking":"","signature":""}"""), Signed(3, "c2lnMg=="), Stop(3),
            Block(4, """{"type":"tool_use","id":"t1","name":"dice","input":{}}"""), Input(4, ""), Input(4, "{\"sides\":"), Input(4, "20}"), Stop(4),
            Block(5, """{"type":"tool_use","id":"t2","name":"dice","input":{}}"""), Input(5, "{}"), Stop(5),
            End("tool_use"));
        var reading = await AskAsync([new(ChatRole.User, "Roll")], Dice);
        Assert.Null(reading.Failure);
        Assert.Equal(ChatFinishReason.ToolCalls, reading.FinishReason);
        Assert.Equal("""{"sides":20}""", reading.Shown("t1"));

        await AskOkAsync([new(ChatRole.User, "Roll"), reading.Kept(), Results(("t1", "4"), ("t2", "5"))], Dice);
        var messages = _stub.Requests[1].Json.GetProperty("messages");
        Assert.Equal(
            """
            {"type":"thinking","thinking":"First this.","signature":"c2lnMQ=="}
            {"type":"redacted_thinking","data":"ZW5jcnlwdGVk"}
            {"type":"text","text":"Rolling."}
            {"type":"thinking","thinking":"","signature":"c2lnMg=="}
            {"type":"tool_use","id":"t1","name":"dice","input":{"sides":20}}
            {"type":"tool_use","id":"t2","name":"dice","input":{}}
            """,
            string.Join('\n', messages[1].GetProperty("content").EnumerateArray().Select(block => block.GetRawText())));
        Assert.Equal("t1 4, t2 5", string.Join(", ", messages[2].GetProperty("content").EnumerateArray().Select(block => $"{block.GetProperty("tool_use_id")} {block.GetProperty("content")}")));
        Assert.Equal(3, messages.GetArrayLength());
    }

    [Fact]
    public async Task Thinking_that_was_cut_off_is_not_sent_back()
    {
        await AskOkAsync(
        [
            new(ChatRole.User, "Roll"),
            new(ChatRole.Assistant, [new TextReasoningContent("No signature."), new TextContent("Well. "), new TextReasoningContent("Nothing follows.") { ProtectedData = "c2ln" }]),
            new(ChatRole.User, "Go on"),
            new(ChatRole.Assistant, [new TextReasoningContent("Nothing at all.") { ProtectedData = "c2ln" }, new TextContent(" ")]),
            new(ChatRole.User, "And?"),
        ]);
        var messages = _stub.Requests[0].Json.GetProperty("messages");
        Assert.Equal("""[{"type":"text","text":"Well."}]""", messages[1].GetProperty("content").GetRawText());
        Assert.Equal(["user", "assistant", "user", "user"], messages.EnumerateArray().Select(message => message.GetProperty("role").GetString()));
    }

    [Fact]
    public async Task Arguments_that_come_with_the_first_event_are_not_lost()
    {
        _stub.EnqueueStream(Start, Block(0, """{"type":"tool_use","id":"t1","name":"dice","input":{"sides":6}}"""), Stop(0), End("end_turn"));
        var reading = await AskAsync([new(ChatRole.User, "Roll")], Dice);
        Assert.Equal("6", Assert.Single(reading.Calls).Arguments!["sides"]!.ToString());
        Assert.Equal("""{"sides":6}""", reading.Shown("t1"));
        Assert.Equal(ChatFinishReason.ToolCalls, reading.FinishReason);
    }

    [Theory]
    [InlineData("t1")]
    [InlineData("")]
    public async Task Two_calls_with_one_id_become_two_calls(string id)
    {
        var call = $$$"""{"type":"tool_use","id":"{{{id}}}","name":"dice","input":{}}""";
        _stub.EnqueueStream(Start, Block(0, call), Input(0, "{\"sides\":6}"), Stop(0), Block(1, call), Input(1, "{\"sides\":20}"), Stop(1), End("tool_use"));
        var reading = await AskAsync([new(ChatRole.User, "Roll")], Dice);
        Assert.Equal(2, reading.Calls.DistinctBy(each => each.CallId).Count());
        Assert.Equal(["{\"sides\":6}", "{\"sides\":20}"], reading.Calls.Select(each => reading.Shown(each.CallId)));
        Assert.All(reading.Calls, each => Assert.NotEmpty(each.CallId));
    }

    [Fact]
    public async Task An_error_in_the_middle_of_a_call_leaves_no_call_and_is_not_repeated()
    {
        _stub.EnqueueStream(
            Start, Block(0, """{"type":"tool_use","id":"t1","name":"dice","input":{}}"""), Input(0, "{\"sides\":2"), _wire.ErrorEvent("overloaded_error", "Busy"));
        var reading = await AskAsync([new(ChatRole.User, "Roll")], Dice);
        Assert.Equal("{\"sides\":2", reading.Shown("t1"));
        Assert.Empty(reading.Calls);
        Assert.Equal(ChatFailureKind.ProviderError, reading.Failure?.Kind);
        Assert.Single(_stub.Requests);
    }

    [Fact]
    public async Task A_call_that_was_cut_at_the_token_limit_says_so()
    {
        _stub.EnqueueStream(
            Start, Block(0, """{"type":"tool_use","id":"t1","name":"dice","input":{}}"""), Input(0, "{}"), Stop(0),
            Block(1, """{"type":"tool_use","id":"t2","name":"dice","input":{}}"""), Stop(1), End("max_tokens"));
        var reading = await AskAsync([new(ChatRole.User, "Roll")], Dice);
        Assert.Equal(ChatFinishReason.Length, reading.FinishReason);
        Assert.Equal([true, false], reading.Calls.Select(call => call.Exception is null));
    }

    [Fact]
    public async Task Earlier_calls_may_go_back_when_no_tool_is_offered_any_more()
    {
        await AskOkAsync([new(ChatRole.User, "Roll"), Call("t1", "dice"), Results(("t1", "4"))]);
        var request = _stub.Requests[0].Json;
        Assert.Equal("dice", Assert.Single(request.GetProperty("tools").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal("none", request.GetProperty("tool_choice").GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_choice_of_tools_is_sent_with_tools_only()
    {
        await AskOkAsync([new(ChatRole.User, "Hi")], new ChatOptions { ToolMode = ChatToolMode.RequireAny, AllowMultipleToolCalls = false });
        Assert.False(_stub.Requests[0].Json.TryGetProperty("tool_choice", out _));
    }

    [Theory]
    [InlineData("auto", """{"disable_parallel_tool_use":true,"type":"auto"}""")]
    [InlineData("any", """{"disable_parallel_tool_use":true,"type":"any"}""")]
    [InlineData("dice", """{"disable_parallel_tool_use":true,"type":"tool","name":"dice"}""")]
    [InlineData("none", """{"type":"none"}""")]
    public async Task Every_choice_of_tools_is_sent_as_the_protocol_has_it(string mode, string expected)
    {
        var options = Dice;
        options.AllowMultipleToolCalls = false;
        options.ToolMode = mode switch { "auto" => null, "any" => ChatToolMode.RequireAny, "none" => ChatToolMode.None, _ => ChatToolMode.RequireSpecific(mode) };
        await AskOkAsync([new(ChatRole.User, "Hi")], options);
        Assert.Equal(expected, _stub.Requests[0].Json.GetProperty("tool_choice").GetRawText());
    }

    [Fact]
    public async Task Thinking_is_asked_for_with_tools_but_not_with_a_forced_call()
    {
        using var directory = _wire.CreateDirectory(_stub.Address, configure: item => item.ReasoningEffort = ReasoningEffort.Medium);
        foreach (var mode in new ChatToolMode[] { ChatToolMode.Auto, ChatToolMode.RequireAny })
        {
            _stub.EnqueueStream(_wire.Begin, _wire.Text("ok"), _wire.End);
            var options = Dice;
            options.ToolMode = mode;
            await directory.Find("a")!.Client.GetResponseAsync("Hi", options);
        }

        Assert.Equal("adaptive", _stub.Requests[0].Json.GetProperty("thinking").GetProperty("type").GetString());
        Assert.Equal("medium", _stub.Requests[0].Json.GetProperty("output_config").GetProperty("effort").GetString());
        Assert.Equal("disabled", _stub.Requests[1].Json.GetProperty("thinking").GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_failed_tool_is_marked_as_an_error_and_an_id_that_the_protocol_does_not_know_is_replaced()
    {
        var failed = new FunctionResultContent("functions.dice:0", null) { Exception = new InvalidOperationException("secret") };
        await AskOkAsync([new(ChatRole.User, "Roll"), Call("functions.dice:0", "dice"), new(ChatRole.Tool, [failed])], Dice);
        var messages = _stub.Requests[0].Json.GetProperty("messages");
        var id = messages[1].GetProperty("content")[0].GetProperty("id").GetString();
        Assert.Matches("^[a-zA-Z0-9_-]+$", id);
        Assert.Equal(
            $$"""{"type":"tool_result","tool_use_id":"{{id}}","is_error":true,"content":"Error: the tool failed."}""", Sorted(messages[2].GetProperty("content")[0]));
    }

    [Fact]
    public async Task A_tool_without_a_schema_is_an_object_without_properties()
    {
        await AskOkAsync([new(ChatRole.User, "Hi")], new ChatOptions { Tools = [AIFunctionFactory.CreateDeclaration("now", null, JsonSerializer.Deserialize<JsonElement>("{}"))] });
        Assert.Equal("object", _stub.Requests[0].Json.GetProperty("tools")[0].GetProperty("input_schema").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Cached_and_thinking_tokens_are_counted()
    {
        _stub.EnqueueStream(
            Event("message_start", """{"type":"message_start","message":{"id":"m1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":3,"cache_read_input_tokens":7,"output_tokens":1}}}"""),
            Block(0, """{"type":"text","text":"ok"}"""), Stop(0),
            Event("message_delta", """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":9,"output_tokens_details":{"thinking_tokens":4}}}"""));
        var usage = (await AskAsync([new(ChatRole.User, "Hi")])).Usage!;
        Assert.Equal((10L, 7L, 9L, 4L), (usage.InputTokenCount, usage.CachedInputTokenCount, usage.OutputTokenCount, usage.ReasoningTokenCount));
    }

    private static string Start =>
        Event("message_start", """{"type":"message_start","message":{"id":"m1","type":"message","role":"assistant","model":"m","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":1}}}""");

    private static string Ping => Event("ping", """{"type":"ping"}""");

    private static string Event(string name, string data) => $"event: {name}\ndata: {data}\n\n";

    private static string Block(int index, string block) => Event("content_block_start", $$"""{"type":"content_block_start","index":{{index}},"content_block":{{block}}}""");

    private static string Delta(int index, string delta) => Event("content_block_delta", $$"""{"type":"content_block_delta","index":{{index}},"delta":{{delta}}}""");

    private static string Thinking(int index, string text) => Delta(index, JsonSerializer.Serialize(new { type = "thinking_delta", thinking = text }));

    private static string Signed(int index, string signature) => Delta(index, JsonSerializer.Serialize(new { type = "signature_delta", signature }));

    private static string Input(int index, string json) => Delta(index, JsonSerializer.Serialize(new { type = "input_json_delta", partial_json = json }));

    private static string Stop(int index) => Event("content_block_stop", $$"""{"type":"content_block_stop","index":{{index}}}""");

    private static string End(string reason) =>
        Event("message_delta", $$$"""{"type":"message_delta","delta":{"stop_reason":"{{{reason}}}","stop_sequence":null},"usage":{"output_tokens":5}}""") + Event("message_stop", """{"type":"message_stop"}""");

    private static ChatMessage Call(string id, string name) => new(ChatRole.Assistant, [new FunctionCallContent(id, name)]);

    private static ChatMessage Results(params (string Id, string Text)[] results) =>
        new(ChatRole.Tool, [.. results.Select(result => new FunctionResultContent(result.Id, result.Text))]);

    private static string Sorted(JsonElement block) =>
        JsonSerializer.Serialize(new
        {
            type = block.GetProperty("type").GetString(),
            tool_use_id = block.GetProperty("tool_use_id").GetString(),
            is_error = block.GetProperty("is_error").GetBoolean(),
            content = block.GetProperty("content").GetString(),
        });

    private Task<Reading> AskAsync(List<ChatMessage> prompt, ChatOptions? options = null) =>
        Reading.ToEndAsync(_directory.Find("a")!.Client.GetStreamingResponseAsync(prompt, options));

    private async Task AskOkAsync(List<ChatMessage> prompt, ChatOptions? options = null)
    {
        _stub.EnqueueStream(_wire.Begin, _wire.Text("ok"), _wire.End);
        var reading = await AskAsync(prompt, options);
        Assert.Null(reading.Failure);
        Assert.Equal("ok", reading.Text);
    }
}
