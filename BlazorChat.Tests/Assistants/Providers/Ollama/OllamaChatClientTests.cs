using System.Text;
using System.Text.Json;
using BlazorChat.Assistants.Providers.Ollama;
using BlazorChat.Assistants;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Tests.Assistants.Providers.Ollama;

/// <summary>What is Ollama's own: its models, the size of their context, and lines that its library cannot read.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class OllamaChatClientTests : IAsyncLifetime
{
    private readonly ModelWire _wire = ModelWire.Named(ModelWire.Ollama);
    private readonly LogCapture _log = new();
    private readonly FakeTimeProvider _time = new();
    private ModelStub _stub = null!;
    private LoggerFactory _loggers = null!;

    private static ChatOptions Dice => new() { Tools = [AIFunctionFactory.Create((int sides) => sides, "dice", "Rolls dice.")] };

    private IEnumerable<string> Warnings => _log.Lines.Where(line => line.Level >= LogLevel.Warning && line.Category.Contains("Ollama", StringComparison.Ordinal)).Select(line => line.Text);

    private JsonElement Sent => _stub.Requests[^1].Json;

    public async Task InitializeAsync()
    {
        _stub = await ModelStub.StartAsync();
        _loggers = new LoggerFactory([_log]);
    }

    public async Task DisposeAsync()
    {
        _loggers.Dispose();
        await _stub.DisposeAsync();
    }

    [Fact]
    public async Task A_request_has_the_context_the_limit_and_what_the_model_is_told()
    {
        using var directory = Create(item => (item.PromptTokens, item.MaxOutputTokens, item.Temperature) = (12_000, 500, 0.5f));
        _stub.EnqueueStream(_wire.Text("Hi"), _wire.End);
        var reading = await AskAsync(directory, [new(ChatRole.User, "Hello") { AuthorName = "Ada" }], new ChatOptions { Instructions = "Be brief." });
        Assert.Null(reading.Failure);
        Assert.Equal("test-model", Sent.GetProperty("model").GetString());
        Assert.True(Sent.GetProperty("stream").GetBoolean());
        Assert.Equal((12_500, 500, 0.5), (Option("num_ctx").GetInt32(), Option("num_predict").GetInt32(), Option("temperature").GetDouble()));
        var messages = Sent.GetProperty("messages");
        Assert.Equal("system", messages[0].GetProperty("role").GetString());
        Assert.StartsWith("Be brief.", messages[0].GetProperty("content").GetString(), StringComparison.Ordinal);
        Assert.Equal("""{"from":"Ada","text":"Hello"}""", messages[1].GetProperty("content").GetString());
        Assert.Equal($"Bearer {ModelWire.Secret}", _stub.Requests[^1].Headers["Authorization"]);
        Assert.Empty(Warnings);
    }

    [Theory]
    [InlineData(null, 131_072, 20_096)]
    [InlineData(32_768, 131_072, 32_768)]
    [InlineData(null, 8_192, 8_192)]
    public async Task The_context_is_what_is_configured_and_never_more_than_the_model_has(int? configured, int length, int expected)
    {
        _stub.Ollama.Models["test-model:latest"] = new() { ContextLength = length };
        using var directory = Create(item => item.ContextTokens = configured);
        await AnswerAsync(directory);
        await AnswerAsync(directory);
        Assert.All(_stub.Requests, request => Assert.Equal(expected, request.Json.GetProperty("options").GetProperty("num_ctx").GetInt32()));
        Assert.Equal(length < 20_000 ? 1 : 0, Warnings.Count(line => line.Contains("context of 8192 tokens", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task More_than_the_context_takes_is_said_in_the_log_before_it_is_cut()
    {
        using var directory = Create(item => item.ContextTokens = 1_000);
        await AnswerAsync(directory, text: "Short");
        Assert.Empty(Warnings);
        await AnswerAsync(directory, text: string.Concat(Enumerable.Repeat("a word and ", 600)));
        Assert.Contains("num_ctx is 1000", Assert.Single(Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thinking_is_reasoning_and_is_asked_for_by_the_effort()
    {
        using var directory = Create(item => item.ReasoningEffort = ReasoningEffort.Low);
        _stub.EnqueueStream(OllamaWire.Thinking("Hm, "), OllamaWire.Thinking("well."), _wire.Text("Yes"), _wire.End);
        var reading = await AskAsync(directory);
        Assert.Equal(("Hm, well.", "Yes"), (reading.Reasoning, reading.Text));
        Assert.Equal("low", Sent.GetProperty("think").GetString());
        await AnswerAsync(directory, new ChatOptions { Reasoning = new() { Effort = ReasoningEffort.None } });
        Assert.False(Sent.GetProperty("think").GetBoolean());
    }

    [Fact]
    public async Task Calls_come_whole_and_their_results_go_back_under_the_tools_name()
    {
        using var directory = Create();
        _stub.EnqueueStream(_wire.Text("Rolling."), _wire.Call(0, "c1", "dice", """{"sides":20}"""), _wire.Call(1, "c1", "dice"), _wire.CallsEnd);
        var reading = await AskAsync(directory, options: Dice);
        Assert.Equal(ChatFinishReason.ToolCalls, reading.FinishReason);
        Assert.Equal("c1", reading.Calls[0].CallId);
        Assert.NotEqual("c1", reading.Calls[1].CallId);
        Assert.Equal("""{"sides":20}""", reading.Shown("c1"));
        Assert.Equal("20", $"{reading.Calls[0].Arguments!["sides"]}");
        Assert.Equal("dice", Sent.GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString());

        _stub.EnqueueStream(_wire.Text("A 4."), _wire.End);
        ChatMessage results = new(ChatRole.Tool, [.. reading.Calls.Select((call, i) => new FunctionResultContent(call.CallId, i == 0 ? "4" : new { rolled = 5 }))]);
        await AskAsync(directory, [new(ChatRole.User, "Roll"), reading.Kept(), results], Dice);
        var messages = Sent.GetProperty("messages");
        Assert.Equal("""{"sides":20}""", messages[1].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetRawText());
        Assert.Equal(["tool dice 4", "tool dice {\"rolled\":5}"], messages.EnumerateArray().Skip(2).Select(m => $"{m.GetProperty("role")} {m.GetProperty("tool_name")} {m.GetProperty("content")}"));
    }

    [Theory]
    [InlineData("\"{\\\"sides\\\":6}\"", true)]
    [InlineData("null", true)]
    [InlineData("[1]", false)]
    [InlineData("\"{\\\"sides\\\":\"", false)]
    [InlineData("7", false)]
    public async Task Arguments_that_are_no_object_cost_neither_the_text_nor_the_call(string arguments, bool isGood)
    {
        using var directory = Create();
        _stub.EnqueueStream(
            $$$"""{"model":"m","message":{"role":"assistant","content":"Rolling.","tool_calls":[{"id":7,"function":{"name":"dice","arguments":{{{arguments}}}}}]},"done":false}""" + "\n",
            _wire.CallsEnd);
        var reading = await AskAsync(directory, options: Dice);
        Assert.Null(reading.Failure);
        Assert.Equal("Rolling.", reading.Text);
        Assert.Equal(isGood, Assert.Single(reading.Calls).Exception is null);
        Assert.Equal("dice", reading.Calls[0].Name);
    }

    [Fact]
    public async Task A_model_without_tools_and_thoughts_is_asked_for_none_and_the_log_says_so_once()
    {
        _stub.Ollama.Models["test-model:latest"] = new() { Capabilities = ["completion"] };
        using var directory = Create(item => item.ReasoningEffort = ReasoningEffort.High);
        await AnswerAsync(directory, Dice);
        await AnswerAsync(directory, Dice);
        Assert.All(_stub.Requests, request => Assert.False(request.Json.TryGetProperty("tools", out _) || request.Json.TryGetProperty("think", out _)));
        Assert.Equal(2, Warnings.Count());
        Assert.Contains("cannot call tools", Warnings.First(), StringComparison.Ordinal);
        Assert.Single(_stub.Ollama.Shown);

        // A model of the same name may be another one later.
        _stub.Ollama.Models["test-model:latest"] = new();
        _time.Advance(TimeSpan.FromMinutes(6));
        await AnswerAsync(directory, Dice);
        Assert.True(Sent.TryGetProperty("tools", out _));
    }

    [Fact]
    public async Task A_tool_that_must_be_called_is_the_only_one_that_is_offered()
    {
        using var directory = Create();
        _stub.EnqueueStream(_wire.Text("Hi"), _wire.End);
        var options = Dice;
        options.Tools!.Add(AIFunctionFactory.Create(() => "", "coin", "Flips a coin."));
        options.ToolMode = ChatToolMode.RequireSpecific("coin");
        await AskAsync(directory, [new(ChatRole.User, "Hello")], options);
        Assert.Equal("coin", Assert.Single(Sent.GetProperty("tools").EnumerateArray()).GetProperty("function").GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_server_that_says_nothing_of_its_models_is_asked_all_the_same()
    {
        _stub.Ollama.KnowsModels = false;
        using var directory = Create();
        await AnswerAsync(directory, Dice);
        Assert.True(Sent.TryGetProperty("tools", out _));
        Assert.Equal(20_096, Option("num_ctx").GetInt32());
    }

    [Theory]
    [InlineData(new[] { "llama3.2:1b", "qwen3:8b" }, "It has llama3.2:1b, qwen3:8b.")]
    [InlineData(new string[0], "It has no models yet.")]
    public async Task A_model_that_is_not_there_is_named_with_its_setting_and_those_that_are(string[] models, string there)
    {
        _stub.Ollama.Models.Clear();
        foreach (var name in models)
        {
            _stub.Ollama.Models[name] = new();
        }

        using var directory = Create(item => item.Model = "llama3.2");
        var failure = (await AskAsync(directory)).Failure!;
        Assert.Equal((ChatFailureKind.InvalidRequest, false), (failure.Kind, failure.CanRetry));
        Assert.Contains("no model “llama3.2”, which this assistant's setting Model (Assistants:Items:n:Model) names", failure.Message, StringComparison.Ordinal);
        Assert.Contains(there, failure.Message, StringComparison.Ordinal);
        Assert.Contains("ollama pull llama3.2", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_stub.Requests);

        // As soon as it has been pulled, it answers.
        _stub.Ollama.Models["llama3.2:latest"] = new();
        await AnswerAsync(directory);
    }

    [Fact]
    public async Task A_model_that_has_gone_since_is_named_too()
    {
        using var directory = Create();
        await AnswerAsync(directory);
        _stub.Ollama.Models.Clear();
        _stub.Enqueue(404, "application/json", """{"error":"model 'test-model' not found"}""");
        Assert.Contains("It has no models yet.", (await AskAsync(directory)).Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_are_what_the_last_line_counts_and_none_where_it_does_not()
    {
        using var directory = Create();
        _stub.EnqueueStream(_wire.Text("Hi"), OllamaWire.Finish("stop", 26, 298));
        var usage = (await AskAsync(directory)).Usage!;
        Assert.Equal((26, 298, 324), (usage.InputTokenCount, usage.OutputTokenCount, usage.TotalTokenCount));

        // As older servers do when the whole prompt was cached.
        _stub.EnqueueStream(_wire.Text("Hi"), OllamaWire.Finish("stop", 0, 4));
        Assert.Null((await AskAsync(directory)).Usage!.InputTokenCount);
    }

    [Fact]
    public async Task A_model_that_was_only_loaded_has_not_answered()
    {
        using var directory = Create(item => item.RetryAttempts = 0);
        _stub.EnqueueStream(_wire.Finish("load"));
        var failure = (await AskAsync(directory)).Failure!;
        Assert.Equal("The model's server loaded the model but gave no answer.", failure.Message);
        _stub.EnqueueStream(_wire.Text("All of it"), _wire.Finish("load"));
        var reading = await AskAsync(directory);
        Assert.Equal(("All of it", ChatFinishReason.Stop, null), (reading.Text, reading.FinishReason, reading.Failure));
    }

    [Fact]
    public async Task Lines_that_the_library_cannot_read_lose_no_text()
    {
        using var directory = Create();
        byte[] broken = [.. """{"model":"m","message":{"role":"assistant","content":"c"""u8, 0xC3, .. "d\"},\"done\":false}\n"u8];
        _stub.Enqueue(async exchange =>
        {
            await exchange.StartAsync(200, "application/x-ndjson");
            await exchange.WriteAsync("\n{\"message\":{\"content\":\"a\"}}\r\n\n");
            await exchange.WriteAsync("""{"model":null,"created_at":7,"message":{"role":7,"content":"b\ud83d \ud83e\udd80","thinking":null,"images":{},"tool_calls":null},"done":null}""" + "\n");
            await exchange.WriteAsync(broken);
            await exchange.WriteAsync("""{"message":null,"done":false}""" + "\n");

            // No message, no reason, counts that are none, no end of the line.
            await exchange.WriteAsync("""{"done":true,"total_duration":"long","prompt_eval_count":-1,"eval_count":1e99}""");
        });
        var reading = await AskAsync(directory);
        Assert.Null(reading.Failure);
        Assert.Equal("ab\uFFFD \U0001F980c\uFFFDd", reading.Text);
        Assert.Equal(ChatFinishReason.Stop, reading.FinishReason);
    }

    [Theory]
    [InlineData("""{"model":"m","message":{"role":"assistant","content":" and a ha""", ChatFailureKind.EndedEarly)]
    [InlineData("[1]\n", ChatFailureKind.ProviderError)]
    [InlineData("""{"error":"an error was encountered while running the model: unexpected EOF"}""", ChatFailureKind.ProviderError)]
    [InlineData("""{"model":"m","message":{"content":" and half"},"error":"out of memory"}""" + "\n", ChatFailureKind.ProviderError, "Half and half")]
    public async Task What_breaks_an_answer_keeps_what_came_before(string line, ChatFailureKind kind, string text = "Half")
    {
        using var directory = Create();
        _stub.EnqueueStream(_wire.Text("Half") + line);
        var reading = await AskAsync(directory);
        Assert.Equal((text, kind), (reading.Text, reading.Failure?.Kind));
    }

    [Fact]
    public async Task What_is_no_Ollama_is_told_as_such()
    {
        using var directory = Create();
        _stub.Enqueue(200, "text/plain", "Ollama is running");
        Assert.StartsWith("The server at this assistant's endpoint is not a model server", (await AskAsync(directory)).Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_without_end_is_bounded()
    {
        using var directory = Create();
        var piece = Encoding.UTF8.GetBytes(new string('x', 1_000_000));
        _stub.Enqueue(async exchange =>
        {
            await exchange.StartAsync(200, "application/x-ndjson");
            await exchange.WriteAsync("{\"message\":{\"content\":\"");
            while (!exchange.Closed.IsCompleted)
            {
                await exchange.WriteAsync(piece);
            }
        });
        Assert.Equal(ChatFailureKind.TooLong, (await AskAsync(directory)).Failure?.Kind);
        await _stub.Requests[0].Closed.Soon();
    }

    [Theory]
    [InlineData("127.0.0.1", "http://127.0.0.1:11434")]
    [InlineData("0.0.0.0", "http://localhost:11434")]
    [InlineData(":8080", "http://localhost:8080")]
    [InlineData("gpu.example:80", "http://gpu.example")]
    [InlineData("https://gpu.example", "https://gpu.example")]
    [InlineData("http://gpu.example:1234/", "http://gpu.example:1234/")]
    public void Ollamas_own_variable_is_understood(string host, string address) =>
        Assert.Equal(address, OllamaChatClientProvider.FromHost(host));

    [Theory]
    [InlineData("")]
    [InlineData("/v1")]
    [InlineData("/api/")]
    public async Task An_address_may_have_the_path_of_a_protocol(string path)
    {
        using var directory = Create(item => item.Endpoint = _stub.Address.ToString().TrimEnd('/') + path);
        await AnswerAsync(directory);
        Assert.Equal("/api/chat", _stub.Requests[0].Path);
    }

    private AssistantDirectory Create(Action<AssistantOptions>? configure = null) => _wire.CreateDirectory(_stub.Address, _time, configure, _loggers);

    private JsonElement Option(string name) => Sent.GetProperty("options").GetProperty(name);

    private static Task<Reading> AskAsync(AssistantDirectory directory, List<ChatMessage>? prompt = null, ChatOptions? options = null) =>
        Reading.ToEndAsync(directory.Find("a")!.Client.GetStreamingResponseAsync(prompt ?? [new(ChatRole.User, "Hello")], options));

    private async Task AnswerAsync(AssistantDirectory directory, ChatOptions? options = null, string text = "Hello")
    {
        _stub.EnqueueStream(_wire.Text("Hi"), _wire.End);
        var reading = await AskAsync(directory, [new(ChatRole.User, text)], options);
        Assert.Equal(("Hi", null), (reading.Text, reading.Failure));
    }
}
