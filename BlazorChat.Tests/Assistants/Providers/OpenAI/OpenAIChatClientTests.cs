using Microsoft.Extensions.Logging.Abstractions;
using BlazorChat.Assistants.Providers.Streams;
using BlazorChat.Assistants.Providers;
using System.Text.Json;
using BlazorChat.Assistants.Providers.OpenAI;
using BlazorChat.Assistants;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Assistants.Providers.OpenAI;

/// <summary>What the adapter sends, and what it makes of chunks that only some servers send.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class OpenAIChatClientTests : IAsyncLifetime, IDisposable
{
    private const string Response =
        """
        data: {"id":"c1","object":"chat.completion.chunk","created":1700000000,"model":"m","choices":[{"index":0,"delta":{"content":"ok"},"finish_reason":"stop"}]}

        data: [DONE]


        """;

    private ModelStub _stub = null!;
    private OpenAIChatClient _client = null!;

    public async Task InitializeAsync()
    {
        _stub = await ModelStub.StartAsync();
        _client = new OpenAIChatClient("test-model", new Uri(_stub.Address, "v1"), "sk-1",
            ModelServer.Connect(new AssistantOptions(), ModelProtocol.Chat, TimeProvider.System, NullLoggerFactory.Instance));
    }

    public async Task DisposeAsync() => await _stub.DisposeAsync();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Instructions_come_first_and_names_fit_the_protocol()
    {
        var messages = await SendAsync(
            new ChatOptions { Instructions = "Be brief." },
            new(ChatRole.User, "Hi") { AuthorName = "Ada Lovelace!" },
            new(ChatRole.Assistant, "Hello") { AuthorName = new string('x', 70) },
            new(ChatRole.User, "") { AuthorName = "张伟" });
        Assert.Equal("system", messages[0].GetProperty("role").GetString());
        Assert.Equal("Be brief.", Content(messages[0]));
        Assert.Equal("Ada_Lovelace_", messages[1].GetProperty("name").GetString());
        Assert.Equal(new string('x', 64), messages[2].GetProperty("name").GetString());
        Assert.False(messages[3].TryGetProperty("name", out _));
        Assert.Equal("", Content(messages[3]));
    }

    [Fact]
    public async Task Tool_calls_and_their_results_go_back_one_message_for_each_result()
    {
        var messages = await SendAsync(
            null,
            new(ChatRole.User, "time and dice"),
            new(ChatRole.Assistant, [new TextReasoningContent("Hm."), Call("1", "time"), Call("2", "dice", ("sides", 6))]),
            new(ChatRole.Tool, [new FunctionResultContent("1", "14:05"), new FunctionResultContent("2", new { rolled = 4 })]),
            new(ChatRole.Assistant, [new TextContent("So "), Call("3", "time")]),
            new(ChatRole.Tool, [new FunctionResultContent("3", null) { Exception = new InvalidOperationException("secret") }]),
            new(ChatRole.Assistant, []));
        var calls = messages[1].GetProperty("tool_calls");
        Assert.Equal("time", calls[0].GetProperty("function").GetProperty("name").GetString());
        Assert.Equal("{}", calls[0].GetProperty("function").GetProperty("arguments").GetString());
        Assert.Equal("""{"sides":6}""", calls[1].GetProperty("function").GetProperty("arguments").GetString());
        Assert.Equal("1 14:05", $"{messages[2].GetProperty("tool_call_id").GetString()} {Content(messages[2])}");
        Assert.Equal("""2 {"rolled":4}""", $"{messages[3].GetProperty("tool_call_id").GetString()} {Content(messages[3])}");
        Assert.Equal("So ", Content(messages[4]));
        Assert.Equal(1, messages[4].GetProperty("tool_calls").GetArrayLength());
        Assert.Equal("Error: the tool failed.", Content(messages[5]));
        Assert.Equal("", Content(messages[6]));
    }

    [Fact]
    public async Task Pictures_and_files_become_parts()
    {
        var messages = await SendAsync(null, new ChatMessage(ChatRole.User,
        [
            new TextContent("Look"),
            new DataContent(new byte[] { 1, 2, 3 }, "image/png"),
            new UriContent("https://example.com/a.png", "image/png"),
            new DataContent(new byte[] { 4, 5, 6 }, "application/pdf") { Name = "a.pdf" },
            new DataContent("notes"u8.ToArray(), "text/plain"),
        ]));
        var parts = messages[0].GetProperty("content");
        Assert.Equal("text image_url image_url file text", string.Join(' ', parts.EnumerateArray().Select(part => part.GetProperty("type").GetString())));
        Assert.Equal("data:image/png;base64,AQID", parts[1].GetProperty("image_url").GetProperty("url").GetString());
        Assert.Equal("https://example.com/a.png", parts[2].GetProperty("image_url").GetProperty("url").GetString());
        Assert.Equal("a.pdf", parts[3].GetProperty("file").GetProperty("filename").GetString());
        Assert.Equal("notes", parts[4].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Tools_are_sent_with_their_schema_and_tool_choice_only_with_tools()
    {
        var options = new ChatOptions { ToolMode = ChatToolMode.RequireAny, AllowMultipleToolCalls = false };
        await SendAsync(options, new ChatMessage(ChatRole.User, "Hi"));
        Assert.False(_stub.Requests[0].Json.TryGetProperty("tool_choice", out _));
        Assert.False(_stub.Requests[0].Json.TryGetProperty("parallel_tool_calls", out _));

        options.Tools = [AIFunctionFactory.Create((int sides) => sides, "dice", "Rolls a die.")];
        await SendAsync(options, new ChatMessage(ChatRole.User, "Hi"));
        var request = _stub.Requests[1].Json;
        Assert.Equal("required", request.GetProperty("tool_choice").GetString());
        Assert.False(request.GetProperty("parallel_tool_calls").GetBoolean());
        var function = request.GetProperty("tools")[0].GetProperty("function");
        Assert.Equal("dice Rolls a die.", $"{function.GetProperty("name").GetString()} {function.GetProperty("description").GetString()}");
        Assert.Equal("integer", function.GetProperty("parameters").GetProperty("properties").GetProperty("sides").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Options_are_sent_and_usage_is_asked_for()
    {
        await SendAsync(
            new ChatOptions
            {
                ModelId = "other-model",
                Temperature = 0.5f,
                TopP = 0.25f,
                MaxOutputTokens = 77,
                Seed = 5,
                StopSequences = ["END"],
                Reasoning = new ReasoningOptions { Effort = ReasoningEffort.None },
                ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonSerializer.Deserialize<JsonElement>("""{"type":"object","properties":{}}"""), "thing"),
            },
            new ChatMessage(ChatRole.User, "Hi"));
        var request = _stub.Requests[0].Json;
        Assert.Equal("other-model", request.GetProperty("model").GetString());
        Assert.Equal(0.5, request.GetProperty("temperature").GetDouble());
        Assert.Equal(0.25, request.GetProperty("top_p").GetDouble());
        Assert.Equal(5, request.GetProperty("seed").GetInt32());
        Assert.Equal("END", request.GetProperty("stop")[0].GetString());
        Assert.Equal("none", request.GetProperty("reasoning_effort").GetString());
        Assert.Equal("thing", request.GetProperty("response_format").GetProperty("json_schema").GetProperty("name").GetString());
        Assert.True(request.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());

        // Servers other than OpenAI's know the older name of the limit only.
        Assert.Equal(77, request.GetProperty("max_tokens").GetInt32());
        Assert.False(request.TryGetProperty("max_completion_tokens", out _));
    }

    [Fact]
    public async Task Fragments_of_parallel_tool_calls_are_put_together_by_their_index()
    {
        var reading = await ReadAsync(
            Delta("""{"role":"assistant","content":"Let me see."}"""),
            Delta("""{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"time","arguments":""}}]}"""),
            Delta("""{"tool_calls":[{"index":1,"id":"call_b","type":"function","function":{"name":"dice","arguments":"{\"si"}}]}"""),
            Delta("""{"tool_calls":[{"index":0,"function":{"arguments":"{}"}},{"index":1,"function":{"arguments":"des\":20}"}}]}"""),
            Delta("{}", "tool_calls"));
        Assert.Equal("Let me see.", reading.Text);
        Assert.Equal("""call_a time {}, call_b dice {"sides":20}""", Describe(reading.Calls));
        Assert.Equal(ChatFinishReason.ToolCalls, reading.FinishReason);
    }

    [Fact]
    public async Task Tool_calls_with_one_index_for_all_and_the_wrong_finish_reason_are_still_tool_calls()
    {
        var reading = await ReadAsync(
            Delta("""{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"time","arguments":"{}"}}]}"""),
            Delta("""{"tool_calls":[{"index":0,"id":"call_b","type":"function","function":{"name":"dice","arguments":"{}"}}]}"""),
            Delta("{}", "stop"));
        Assert.Equal("call_a time {}, call_b dice {}", Describe(reading.Calls));
        Assert.Equal(ChatFinishReason.ToolCalls, reading.FinishReason);
    }

    [Theory]
    [InlineData("{\\\"sides\\\":")]
    [InlineData("[1]")]
    public async Task Arguments_that_are_no_JSON_object_are_told_to_the_caller_and_not_thrown(string arguments)
    {
        var reading = await ReadAsync(
            Delta($$$"""{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"dice","arguments":"{{{arguments}}}"}}]}"""),
            Delta("{}", "tool_calls"));
        var call = Assert.Single(reading.Calls);
        Assert.NotNull(call.Exception);
        Assert.Null(reading.Failure);
    }

    [Fact]
    public async Task Arguments_are_shown_as_they_come_once_the_name_is_known()
    {
        var reading = await ReadAsync(
            Delta("""{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"arguments":"{\"si"}}]}"""),
            Delta("""{"tool_calls":[{"index":0,"function":{"name":"dice","arguments":""}}]}"""),
            Delta("""{"tool_calls":[{"index":0,"function":{"arguments":"des\":20}"}}]}"""),
            Delta("{}", "tool_calls"));
        Assert.Equal(["call_a dice {\"si", "call_a dice des\":20}"], reading.Deltas.Select(delta => $"{delta.CallId} {delta.Name} {delta.Arguments}"));
        Assert.Equal("""call_a dice {"sides":20}""", Describe(reading.Calls));
    }

    [Theory]
    [InlineData("call_0", "call_0", 0, 1)]
    [InlineData("call_0", "call_0", 0, 0)]
    [InlineData("", "", 0, 1)]
    [InlineData("", "", 0, 0)]
    [InlineData("a b", "\\u0000", 0, 1)]
    public async Task Calls_without_an_id_of_their_own_get_one(string first, string second, int firstIndex, int secondIndex)
    {
        var reading = await ReadAsync(
            Delta($$$"""{"tool_calls":[{"index":{{{firstIndex}}},"id":"{{{first}}}","type":"function","function":{"name":"dice","arguments":"{\"sides\":6}"}}]}"""),
            Delta($$$"""{"tool_calls":[{"index":{{{secondIndex}}},"id":"{{{second}}}","type":"function","function":{"name":"dice","arguments":"{\"sides\":20}"}}]}"""),
            Delta("{}", "tool_calls"));
        Assert.Equal(["{\"sides\":6}", "{\"sides\":20}"], reading.Calls.Select(call => JsonSerializer.Serialize(call.Arguments)));
        Assert.Equal(["{\"sides\":6}", "{\"sides\":20}"], reading.Calls.Select(call => reading.Shown(call.CallId)));
        Assert.All(reading.Calls, call => Assert.Matches("^[!-~]{1,40}$", call.CallId));
    }

    [Fact]
    public async Task Id_and_name_may_come_with_every_fragment()
    {
        var reading = await ReadAsync(
            Delta("""{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"dice","arguments":"{\"x\":"}}]}"""),
            Delta("""{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"dice","arguments":"{}"}}]}"""),
            Delta("""{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"dice","arguments":"}"}}]}"""),
            Delta("{}", "tool_calls"));
        Assert.Equal("""call_a dice {"x":{}}""", Describe(reading.Calls));
    }

    [Fact]
    public async Task More_calls_than_anybody_runs_end_the_answer()
    {
        var reading = await ReadAsync([.. Enumerable.Range(0, 200).Select(i =>
            Delta($$$"""{"tool_calls":[{"index":{{{i}}},"id":"call_{{{i}}}","type":"function","function":{"name":"dice","arguments":""}}]}"""))]);
        Assert.Equal(ChatFailureKind.TooLong, reading.Failure?.Kind);
        Assert.Empty(reading.Calls);
    }

    [Fact]
    public async Task A_call_that_was_cut_before_its_arguments_is_not_one_without_arguments()
    {
        var reading = await ReadAsync(
            Delta("""{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"dice","arguments":""}}]}"""),
            Delta("{}", "length"));
        Assert.NotNull(Assert.Single(reading.Calls).Exception);
        Assert.Equal(ChatFinishReason.Length, reading.FinishReason);
    }

    [Fact]
    public async Task Usage_that_counts_along_is_counted_once()
    {
        static string Counted(int tokens, string choices) =>
            $$$"""data: {"id":"c1","object":"chat.completion.chunk","created":1700000000,"model":"m","choices":[{{{choices}}}],"usage":{"prompt_tokens":10,"completion_tokens":{{{tokens}}},"total_tokens":{{{10 + tokens}}}}}""" + "\n\n";
        var reading = await ReadAsync(
            Counted(1, """{"index":0,"delta":{"content":"Do"},"finish_reason":null}"""), Counted(2, """{"index":0,"delta":{"content":"ne."},"finish_reason":"stop"}"""), Counted(2, ""));
        Assert.Equal((10L, 2L), (reading.Usage?.InputTokenCount, reading.Usage?.OutputTokenCount));
        Assert.Equal("Done.", reading.Text);
    }

    [Fact]
    public async Task A_history_that_servers_would_refuse_is_repaired()
    {
        var broken = new FunctionCallContent("1", "functions dice!") { Exception = new JsonException("cut") };
        var messages = await SendAsync(
            null,
            new(ChatRole.Tool, [new FunctionResultContent("0", "pruned call")]),
            new(ChatRole.User, "dice"),
            new(ChatRole.Assistant, [broken, Call("1", "dice"), Call("2", "time")]),
            new(ChatRole.Tool, [new FunctionResultContent("1", "four")]),
            new(ChatRole.Tool, [new FunctionResultContent("1", "five"), new FunctionResultContent("9", "made up")]),
            new(ChatRole.User, "and?"));
        Assert.Equal("user assistant tool tool tool user", string.Join(' ', messages.EnumerateArray().Select(message => message.GetProperty("role").GetString())));
        var calls = messages[1].GetProperty("tool_calls").EnumerateArray().ToList();
        Assert.Equal("{}", calls[0].GetProperty("function").GetProperty("arguments").GetString());
        Assert.Equal("functions_dice_", calls[0].GetProperty("function").GetProperty("name").GetString());
        Assert.Equal(calls.Select(call => call.GetProperty("id").GetString()), messages.EnumerateArray().Skip(2).Take(3).Select(message => message.GetProperty("tool_call_id").GetString()));
        Assert.Equal(3, calls.Select(call => call.GetProperty("id").GetString()).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(["four", "five", "This call was interrupted. It has no result."], messages.EnumerateArray().Skip(2).Take(3).Select(Content));
    }

    [Fact]
    public async Task A_repaired_history_is_the_same_each_time()
    {
        ChatMessage[] prompt = [new(ChatRole.User, "dice"), new(ChatRole.Assistant, [Call("", "dice"), Call("", "dice")]), new(ChatRole.Tool, [])];
        Assert.Equal((await SendAsync(null, prompt)).GetRawText(), (await SendAsync(null, prompt)).GetRawText());
    }

    [Theory]
    [InlineData("auto", "\"auto\"")]
    [InlineData("none", "\"none\"")]
    [InlineData("now", """{"type":"function","function":{"name":"now"}}""")]
    public async Task Every_choice_of_tools_is_sent_and_a_tool_without_a_schema_gets_one(string mode, string expected)
    {
        var options = new ChatOptions
        {
            ToolMode = mode switch { "auto" => ChatToolMode.Auto, "none" => ChatToolMode.None, _ => ChatToolMode.RequireSpecific(mode) },
            Tools = [AIFunctionFactory.CreateDeclaration("now", null, JsonSerializer.Deserialize<JsonElement>("{}"))],
        };
        await SendAsync(options, new ChatMessage(ChatRole.User, "Hi"));
        Assert.Equal(expected, _stub.Requests[0].Json.GetProperty("tool_choice").GetRawText());
        Assert.Equal("""{"type":"object","required":[],"properties":{},"additionalProperties":false}""", JsonSerializer.Serialize(_stub.Requests[0].Json.GetProperty("tools")[0].GetProperty("function").GetProperty("parameters")));
    }

    [Fact]
    public async Task Tool_calls_of_an_answer_that_was_cut_are_not_called()
    {
        _stub.EnqueueStream(Delta("""{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"dice","arguments":"{}"}}]}"""));
        var reading = await Reading.ToEndAsync(_client.GetStreamingResponseAsync("Hi"));
        Assert.Empty(reading.Calls);
        Assert.Null(reading.FinishReason);
    }

    [Theory]
    [InlineData("reasoning_content")]
    [InlineData("reasoning")]
    public async Task Reasoning_is_read_by_either_of_its_names(string name)
    {
        var reading = await ReadAsync(Delta($$"""{"{{name}}":"Let me "}"""), Delta($$"""{"{{name}}":"think."}"""), Delta("""{"content":"Done."}"""), Delta("{}", "stop"));
        Assert.Equal("Let me think.", reading.Reasoning);
        Assert.Equal("Done.", reading.Text);
    }

    [Fact]
    public async Task Usage_comes_from_the_last_chunk_which_has_no_choices()
    {
        var reading = await ReadAsync(
            Delta("""{"content":"Done."}"""),
            Delta("{}", "stop"),
            """data: {"id":"c1","object":"chat.completion.chunk","created":1700000000,"model":"m","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":20,"total_tokens":30,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":5}}}""" + "\n\n");
        Assert.Equal((10L, 20L, 30L, 4L, 5L), (
            reading.Usage!.InputTokenCount!.Value,
            reading.Usage.OutputTokenCount!.Value,
            reading.Usage.TotalTokenCount!.Value,
            reading.Usage.CachedInputTokenCount!.Value,
            reading.Usage.ReasoningTokenCount!.Value));
        Assert.Equal(ChatFinishReason.Stop, reading.FinishReason);
        Assert.All(reading.Updates, update => Assert.Equal("c1 m", $"{update.ResponseId} {update.ModelId}"));
    }

    [Fact]
    public async Task A_finish_reason_that_says_error_is_a_failure()
    {
        var reading = await ReadAsync(Delta("""{"content":"Half"}"""), Delta("{}", "error"));
        Assert.Equal("Half", reading.Text);
        Assert.Equal(ChatFailureKind.ProviderError, reading.Failure?.Kind);
    }

    [Fact]
    public async Task An_error_as_a_document_with_the_status_of_a_success_is_a_failure()
    {
        _stub.Enqueue(200, "application/json", """{"error":{"message":"model is loading","code":503}}""");
        var reading = await Reading.ToEndAsync(_client.GetStreamingResponseAsync("Hi"));
        Assert.Equal((ChatFailureKind.ProviderError, 503), (reading.Failure!.Kind, reading.Failure.StatusCode));
    }

    [Fact]
    public async Task The_key_is_sent_as_a_bearer_token_and_the_metadata_say_whom_it_asks()
    {
        await SendAsync(null, new ChatMessage(ChatRole.User, "Hi"));
        Assert.Equal("Bearer sk-1", _stub.Requests[0].Headers["Authorization"]);
        var metadata = (ChatClientMetadata?)_client.GetService(typeof(ChatClientMetadata));
        Assert.Equal(("openai", "test-model"), (metadata?.ProviderName, metadata?.DefaultModelId));
    }

    private static string Delta(string delta, string? reason = null) =>
        $$"""data: {"id":"c1","object":"chat.completion.chunk","created":1700000000,"model":"m","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{JsonSerializer.Serialize(reason)}}}]}""" + "\n\n";

    private static FunctionCallContent Call(string id, string name, params (string Name, object Value)[] arguments) =>
        new(id, name, arguments.ToDictionary(argument => argument.Name, object? (argument) => argument.Value, StringComparer.Ordinal));

    private static string Describe(IEnumerable<FunctionCallContent> calls) =>
        string.Join(", ", calls.Select(call => $"{call.CallId} {call.Name} {JsonSerializer.Serialize(call.Arguments)}"));

    private static string? Content(JsonElement message) =>
        message.GetProperty("content") is { ValueKind: JsonValueKind.Array } parts ? parts[0].GetProperty("text").GetString() : message.GetProperty("content").GetString();

    private Task<Reading> ReadAsync(params string[] events)
    {
        _stub.EnqueueStream([.. events, "data: [DONE]\n\n"]);
        return Reading.ToEndAsync(_client.GetStreamingResponseAsync("Hi"));
    }

    /// <summary>The messages that arrive at the server.</summary>
    private async Task<JsonElement> SendAsync(ChatOptions? options, params ChatMessage[] messages)
    {
        _stub.EnqueueStream(Response);
        Assert.Equal("ok", (await _client.GetResponseAsync(messages, options)).Text);
        return _stub.Requests[^1].Json.GetProperty("messages");
    }
}
