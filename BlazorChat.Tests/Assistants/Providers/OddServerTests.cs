using System.IO.Compression;
using System.Text;
using BlazorChat.Assistants;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Assistants.Providers;

/// <summary>What servers send in forms of their own, through the whole pipeline: nothing is lost, and what is wrong is said in their words.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class OddServerTests : IAsyncLifetime
{
    private const string Words = "The engine is cold";

    private static readonly ChatOptions Tools = new()
    {
        Tools = [AIFunctionFactory.Create((string city) => city, "weather"), AIFunctionFactory.Create(() => 1, "dice")],
    };

    private ModelStub _stub = null!;

    public async Task InitializeAsync() => _stub = await ModelStub.StartAsync();

    public async Task DisposeAsync() => await _stub.DisposeAsync();

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task The_bytes_around_a_response_take_nothing_of_it(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        var sent = wire.Begin + wire.Text("Good ") + wire.Text("day") + wire.End;
        foreach (var body in new[] { $"\uFEFF{sent}", sent.Replace("\n", "\r\n", StringComparison.Ordinal), $" {sent.Replace("\ndata", "\n data", StringComparison.Ordinal)}" }.Take(protocol == ModelWire.Connector ? 2 : 3))
        {
            var reading = await AskAsync(protocol, 200, "text/event-stream", body);
            Assert.Equal(("Good day", null), (reading.Text, reading.Failure?.Message));
        }

        var begun = wire.Text("Good ") + wire.Text("day") + wire.End;
        Assert.Equal("Good day", (await AskAsync(protocol, 200, "text/event-stream", $"\uFEFF{(protocol is ModelWire.OpenAI or ModelWire.Ollama ? begun : sent)}")).Text);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task Broken_compression_is_something_that_cannot_be_understood(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        var plain = Encoding.UTF8.GetBytes(wire.Begin + wire.Text("Good day") + wire.End);
        var broken = Compress(plain);
        for (var i = broken.Length / 2; i < broken.Length; i++)
        {
            broken[i] ^= 0x55;
        }

        foreach (var bytes in new[] { plain, broken })
        {
            var reading = await AskAsync(protocol, 200, "text/event-stream", bytes, ("Content-Encoding", "gzip"));
            Assert.Equal("The model's provider sent something that could not be understood.", reading.Failure?.Message);
        }

        Assert.Equal("Good day", (await AskAsync(protocol, 200, "text/event-stream", Compress(plain), ("Content-Encoding", "gzip"))).Text);
        Assert.Equal(500, (await AskAsync(protocol, 500, "application/json", "{}"u8.ToArray(), ("Content-Encoding", "gzip"))).Failure?.StatusCode);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task An_error_keeps_its_words_in_whatever_form_they_come(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        var body = wire.ErrorBody("some_error", Words);
        foreach (var sent in new[]
        {
            $"\uFEFF{body}", $"event: error\ndata: {body}\n\n", """{"detail":{"error":{"message":"The engine is cold"}}}""", $$"""{"Message":"{{Words}}"}""",
            $$"""{"error_code":336,"error_msg":"{{Words}}"}""", """{"fault":{"faultstring":"The engine is cold","detail":{"errorcode":"x"}}}""",
            """{"error":{"message":"{\"error\":{\"message\":\"The engine is cold\"}}"}}""", $$"""{"status":"bad","explanation":"{{Words}}"}""",
            $"<?xml version=\"1.0\"?><Error><Code>Cold</Code><Message>{Words}</Message></Error>",
        })
        {
            Assert.EndsWith($"It said: “{Words}”", (await AskAsync(protocol, 409, "application/json", sent)).Failure?.Message, StringComparison.Ordinal);
        }

        var latin = await AskAsync(protocol, 409, "text/plain; charset=iso-8859-1", Encoding.Latin1.GetBytes("Modèle froid"));
        Assert.EndsWith("“Modèle froid”", latin.Failure?.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(AssistantOptions.Endpoint), (await AskAsync(protocol, 307, "text/plain", "", ("Location", "https://elsewhere.example/"))).Failure?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task An_error_whose_body_never_ends_is_told_with_what_came_of_it(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = Directory(protocol);
        _stub.Enqueue(async exchange =>
        {
            await exchange.StartAsync(500, "application/json");
            await exchange.WriteAsync(wire.ErrorBody("some_error", Words));
            await exchange.StallAsync();
        });
        var reading = await ModelWire.AskAsync(directory);
        Assert.Equal(500, reading.Failure?.StatusCode);
        Assert.EndsWith($"It said: “{Words}”", reading.Failure?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain", Words)]
    [InlineData("application/json", "{\"detail\":\"The engine is cold\"}")]
    [InlineData("application/json", "{\"code\":1113,\"msg\":\"The engine is cold\",\"success\":false}")]
    [InlineData("application/json", "{\"id\":\"1\",\"choices\":null,\"base_resp\":{\"status_code\":1004,\"status_msg\":\"The engine is cold\"}}")]
    [InlineData("text/event-stream", "data: {\"message\":\"The engine is cold\",\"code\":429}\n\ndata: [DONE]\n\n")]
    [InlineData("text/event-stream", "data: {\"message\":\"The engine is cold\",\"code\":429}\n\n")]
    [InlineData("text/event-stream", "data: The engine is cold\n\n")]
    [InlineData("text/event-stream", "data: The engine is cold\n\ndata: [DONE]\n\n")]
    [InlineData("text/html", "<html><head><title>The engine is cold</title></head></html>")]
    public async Task What_a_server_says_with_the_status_of_a_success_in_place_of_an_answer_is_told(string type, string body)
    {
        foreach (var protocol in new[] { ModelWire.OpenAI, ModelWire.Responses, ModelWire.Azure, ModelWire.Anthropic, ModelWire.Ollama })
        {
            var reading = await AskAsync(protocol, 200, type, body);
            Assert.EndsWith($"It said: “{Words}”", reading.Failure?.Message, StringComparison.Ordinal);
            Assert.Equal(body.Contains("429", StringComparison.Ordinal) ? ChatFailureKind.RateLimited : reading.Failure?.Kind, reading.Failure?.Kind);
        }
    }

    [Theory]
    [InlineData("12.5", 12.5)]
    [InlineData("30s", 30.0)]
    [InlineData("3, 5", 3.0)]
    [InlineData("-5", 0.0)]
    [InlineData("0", 0.0)]
    [InlineData("99999999999", 604_800.0)]
    [InlineData("Wed, 21 Oct 2015 07:28:00 GMT", 0.0)]
    [InlineData("tomorrow", null)]
    public async Task What_a_server_asks_to_wait_is_understood(string given, double? seconds)
    {
        var reading = await AskAsync(ModelWire.OpenAI, 429, "application/json", "{}"u8.ToArray(), ("Retry-After", given));
        Assert.Equal(seconds, reading.Failure?.RetryAfter?.TotalSeconds);
    }

    /// <summary>What comes, as <c>[reasoning] text calls</c>.</summary>
    public static TheoryData<string, string, string> Answers
    {
        get
        {
            const string chat = ModelWire.OpenAI, responses = ModelWire.Responses, anthropic = ModelWire.Anthropic, ollama = ModelWire.Ollama;
            const string end = """{"message":{"content":""},"done":true,"done_reason":"stop"}""" + "\n";
            const string call = """{"id":"c1","function":{"name":"dice","arguments":"{}"}}""";
            return new()
            {
                { chat, Chunk("""{"content":"hi"}""") + "data: \"[DONE]\"\n\n", "hi" },
                { chat, Chunk("\"hi\"") + Chunk("{}", "\"stop\""), "hi" },
                { chat, Chunk("""{"content":"hi","finish_reason":"stop"}"""), "hi" },
                { chat, """{"choices":[{"message":{"role":"assistant","content":"hi"}}]}""", "hi" },
                { chat, Chunk("""{"tool_calls":[{"index":0,"id":"c1","function":{"name":"wea","arguments":""}}]}""") + Chunk("""{"tool_calls":[{"index":0,"function":{"name":"ther","arguments":"{\"city\":\"Oslo\"}"}}]}""") + Chunk("{}", "\"tool_calls\""), "weather(city=Oslo)" },
                { chat, Chunk($$"""{"tool_calls":{{System.Text.Json.JsonSerializer.Serialize($"[{call}]")}}}""") + Chunk("{}", "\"tool_calls\""), "dice()" },
                { chat, $$"""data: {"choices":[{"index":0,"delta":{},"tool_calls":[{{call}}],"finish_reason":"tool_calls"}]}""" + "\n\n", "dice()" },
                { chat, Chunk("""{"tool_calls":[{"index":0,"id":"c1","type":"tool_use","name":" weather ","input":{"city":"Oslo"}}]}""", "\"tool_calls\""), "weather(city=Oslo)" },
                { chat, Chunk("""{"tool_calls":[{"index":0,"id":"c1","function":{"name":"weather","arguments":"{\"city\": \"Oslo\",}"}}]}""", "\"tool_calls\""), "weather(city=Oslo)" },
                { chat, Chunk("""{"tool_calls":[{"index":0,"id":"c1","function":{"name":"weather","arguments":"{\"city\": \"Os\nlo\", \"now\": True}"}}]}""", "\"tool_calls\""), "weather(city=Os\nlo,now=True)" },
                { chat, Chunk("""{"content":"","reasoning_details":[{"type":"reasoning.text","text":"hm"}]}""") + Chunk("""{"content":"hi"}""", "\"stop\""), "[hm] hi" },
                { chat, Chunk("""{"reasoning_text":"hm"}""") + Chunk("""{"content":"hi"}""", "\"stop\""), "[hm] hi" },
                { chat, Chunk("""{"content":[{"type":"text","text":"hm","thought":true},{"type":"text","text":"hi"}]}""", "\"stop\""), "[hm] hi" },
                { responses, Event("response.output_text.done", ""","output_index":0,"text":"hi" """) + Event("response.completed", ",\"response\":{\"output\":[]}"), "hi" },
                { responses, Event("response.output_text.delta", ",\"delta\":\"h\"") + Event("response.output_text.delta", ",\"delta\":\"i\"") + Event("response.output_text.done", ",\"text\":\"hi\"") + Event("response.done", ",\"response\":{}"), "hi" },
                { responses, Event("response.reasoning_text.done", ",\"output_index\":0,\"text\":\"hm\"") + Event("response.output_text.delta", ",\"output_index\":1,\"delta\":\"hi\"") + Event("response.completed"), "[hm] hi" },
                { responses, Item("f1", "weather") + Event("response.function_call_arguments.delta", ""","item_id":"f1","delta":"{\"city\":\"Oslo\"}" """) + Item("f2", "dice") + Event("response.function_call_arguments.delta", ",\"item_id\":\"f2\",\"delta\":\"{}\"") + Event("response.completed"), "weather(city=Oslo) dice()" },
                { responses, Item("f1", "weather") + Event("response.function_call_arguments.done", ""","item_id":"f1","arguments":"{\"city\":\"Oslo\"}" """) + Event("response.completed"), "weather(city=Oslo)" },
                { responses, Event("response.output_text.delta", ",\"delta\":\"hi\"") + Event("response.completed", ""","response":{"output":[{"type":"message","content":[{"text":"hi"}]},{"type":"function_call","call_id":"c1","name":"dice","arguments":"{}"}]}"""), "hi dice()" },
                { responses, """{"id":"r","status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"hi"}]}]}""", "hi" },
                { anthropic, """{"role":"assistant","content":[{"type":"text","text":"hi"}],"stop_reason":"end_turn"}""", "hi" },
                { anthropic, """{"type":"message","role":"assistant","content":"hi","stop_reason":"end_turn"}""", "hi" },
                { anthropic, """{"type":"message","content":[{"type":"tool_use","id":"c1","name":"weather","input":"{\"city\":\"Oslo\"}"}],"stop_reason":"tool_use"}""", "weather(city=Oslo)" },
                { ollama, """{"message":{"content":"hi"},"done":false,"x":NaN}""" + "\n" + end, "hi" },
                { ollama, """{"message":{"content":"hi"},"done":false}""" + end, "hi" },
                { ollama, "{\n \"message\": {\n  \"content\": \"hi\"\n },\n \"done\": true\n}", "hi" },
                { ollama, """[{"message":{"content":"h"},"done":false},{"message":{"content":"i"},"done":"true"}]""", "hi" },
                { ollama, """{"response":"hi","done":false}""" + "\n" + end, "hi" },
                { ollama, """{"message":{"content":[{"type":"text","text":"hi"}]},"done":false}""" + "\n" + end, "hi" },
                { ollama, """{"message":{"content":"a\ud83d"},"done":false}""" + "\n" + """{"message":{"content":"\ude00b"},"done":false}""" + "\n" + end, "a\U0001F600b" },
                { ollama, "starting\n{\"message\":{\"content\":\"a\nb\"},\"done\":false}\noops\n: ping\n\n" + end, "a\nb" },
                { ollama, "data: {\"message\":{\"content\":\"hi\"},\"done\":false}\n\ndata: " + end + "\n", "hi" },
                { ollama, """{"message":{"thinking":"hm","tool_calls":{"name":"weather","arguments":{"city":"Oslo"}}},"done":false}""" + "\n" + end, "[hm] weather(city=Oslo)" },
                { ollama, """{"message":{"reasoning":"hm"},"done":false}""" + "\n" + """{"message":{"content":"hi"},"error":"","done":true}""" + "\n", "[hm] hi" },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_in_another_form_is_an_answer(string protocol, string body, string expected)
    {
        var reading = await AskAsync(protocol, 200, body[0] == '{' || body[0] == '[' ? "application/json" : "text/event-stream", body);
        Assert.Null(reading.Failure?.Message);
        var calls = reading.Calls.Select(call => $"{call.Name}({string.Join(',', call.Arguments!.Select(argument => $"{argument.Key}={argument.Value}"))})");
        Assert.Equal(expected, string.Join(' ', calls.Prepend(reading.Text).Prepend(reading.Reasoning.Length > 0 ? $"[{reading.Reasoning}]" : "").Where(part => part.Length > 0)));
    }

    [Fact]
    public async Task An_error_of_Responses_with_the_prefix_of_other_events_is_an_error() =>
        Assert.Contains(Words, (await AskAsync(ModelWire.Responses, 200, "text/event-stream", Event("response.error", ",\"error\":{\"message\":\"The engine is cold\"}"))).Failure?.Message, StringComparison.Ordinal);

    private static string Chunk(string delta, string reason = "null") => $$"""data: {"choices":[{"index":0,"delta":{{delta}},"finish_reason":{{reason}}}]}""" + "\n\n";

    private static string Event(string type, string fields = "") => $$"""data: {"type":"{{type}}"{{fields}}}""" + "\n\n";

    private static string Item(string id, string name) => Event("response.output_item.added", $$""","item":{"type":"function_call","id":"{{id}}","call_id":"{{id}}","name":"{{name}}"}""");

    private static byte[] Compress(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return output.ToArray();
    }

    private AssistantDirectory Directory(string protocol) => ModelWire.Named(protocol).CreateDirectory(_stub.Address, configure: options => options.RetryAttempts = 0);

    private Task<Reading> AskAsync(string protocol, int status, string type, string body, params (string Name, string Value)[] headers) =>
        AskAsync(protocol, status, type, Encoding.UTF8.GetBytes(body), headers);

    private async Task<Reading> AskAsync(string protocol, int status, string type, byte[] body, params (string Name, string Value)[] headers)
    {
        using var directory = Directory(protocol);
        _stub.Enqueue(async exchange =>
        {
            await exchange.StartAsync(status, type, headers);
            await exchange.WriteAsync(body);
        });
        return await Reading.ToEndAsync(directory.Find("a")!.Client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "Hello")], Tools));
    }
}
