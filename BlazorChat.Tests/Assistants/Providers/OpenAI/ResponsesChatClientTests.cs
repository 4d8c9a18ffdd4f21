using System.Text.Json;
using BlazorChat.Assistants.Providers.OpenAI;
using BlazorChat.Assistants;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Assistants.Providers.OpenAI;

/// <summary>What is only in OpenAI's Responses: see <see cref="ProviderTheoryTests"/> for what every protocol does.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class ResponsesChatClientTests : IAsyncLifetime
{
    private static readonly ModelWire Wire = ModelWire.Named(ModelWire.Responses);

    private ModelStub _stub = null!;

    public async Task InitializeAsync() => _stub = await ModelStub.StartAsync();

    public async Task DisposeAsync() => await _stub.DisposeAsync();

    [Fact]
    public async Task Nothing_is_kept_at_the_provider_and_reasoning_comes_encrypted()
    {
        using var directory = Wire.CreateDirectory(_stub.Address);
        _stub.EnqueueStream(Wire.Begin, Wire.Text("Yes"), Wire.End);
        var prompt = new[] { new ChatMessage(ChatRole.User, "Hello") { AuthorName = "Ada" } };
        var reading = await Reading.ToEndAsync(directory.Find("a")!.Client.GetStreamingResponseAsync(prompt, new ChatOptions { Instructions = "Be brief.", ConversationId = "resp_0" }));
        Assert.Null(reading.Failure);
        Assert.All(reading.Updates, update => Assert.Null(update.ConversationId));
        var request = Assert.Single(_stub.Requests).Json;
        Assert.False(request.GetProperty("store").GetBoolean());
        Assert.True(request.GetProperty("stream").GetBoolean());
        Assert.Equal("reasoning.encrypted_content", Assert.Single(request.GetProperty("include").EnumerateArray()).GetString());
        Assert.Equal("""{"summary":"auto"}""", request.GetProperty("reasoning").GetRawText());
        Assert.Equal(4096, request.GetProperty("max_output_tokens").GetInt32());
        Assert.StartsWith("Be brief.", request.GetProperty("instructions").GetString(), StringComparison.Ordinal);
        Assert.False(request.TryGetProperty("previous_response_id", out _));
        Assert.Contains("\\u0022from\\u0022:\\u0022Ada\\u0022".Replace("\\u0022", "\\\"", StringComparison.Ordinal), request.GetProperty("input").GetRawText().Replace("\\u0022", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ReasoningEffort.None, """{"effort":"none"}""")]
    [InlineData(ReasoningEffort.ExtraHigh, """{"effort":"xhigh","summary":"auto"}""")]
    public async Task Settings_say_whether_it_is_kept_and_how_much_is_reasoned(ReasoningEffort effort, string reasoning)
    {
        using var directory = Wire.CreateDirectory(_stub.Address, configure: options => (options.Store, options.ReasoningEffort) = (true, effort));
        _stub.EnqueueStream(Wire.Begin, Wire.Text("Yes"), Wire.End);
        var reading = await ModelWire.AskAsync(directory);
        Assert.All(reading.Updates, update => Assert.Null(update.ConversationId));
        var request = Assert.Single(_stub.Requests).Json;
        Assert.True(request.GetProperty("store").GetBoolean());
        Assert.True(JsonElement.DeepEquals(JsonSerializer.Deserialize<JsonElement>(reasoning), request.GetProperty("reasoning")));
    }

    [Fact]
    public async Task Encrypted_reasoning_stands_before_the_calls_that_it_led_to_and_other_reasoning_is_left_out()
    {
        using var directory = Wire.CreateDirectory(_stub.Address);
        _stub.EnqueueStream(Wire.Begin, Wire.Text("Done"), Wire.End);
        List<ChatMessage> prompt =
        [
            new(ChatRole.User, "Roll"),
            new(ChatRole.Assistant, [
                new TextReasoningContent("not sealed"),
                new TextReasoningContent("First") { ProtectedData = "seal-1" },
                new TextReasoningContent("") { ProtectedData = "seal-2" },
                new TextContent("Rolling."),
                new FunctionCallContent("call_1", "dice", new Dictionary<string, object?> { ["sides"] = 6 }),
                new TextReasoningContent("led nowhere") { ProtectedData = "seal-3" },
            ]),
            new(ChatRole.Tool, [new FunctionResultContent("call_1", JsonSerializer.SerializeToElement(new { rolled = 4 }))]),
        ];
        Assert.Null((await Reading.ToEndAsync(directory.Find("a")!.Client.GetStreamingResponseAsync(prompt))).Failure);
        var items = Assert.Single(_stub.Requests).Json.GetProperty("input").EnumerateArray().ToList();
        Assert.Equal(["message", "reasoning", "reasoning", "message", "function_call", "function_call_output"], items.Select(item => item.GetProperty("type").GetString()));
        Assert.Equal("""[{"type":"summary_text","text":"First"}]""", items[1].GetProperty("summary").GetRawText());
        Assert.Equal(("seal-1", "[]", "seal-2"), (items[1].GetProperty("encrypted_content").GetString(), items[2].GetProperty("summary").GetRawText(), items[2].GetProperty("encrypted_content").GetString()));
        Assert.Equal("""{"sides":6}""", items[4].GetProperty("arguments").GetString());
        Assert.Equal("""{"rolled":4}""", items[5].GetProperty("output").GetString());
    }

    [Theory]
    [InlineData("include", "include")]
    [InlineData("reasoning.summary", "reasoning")]
    public async Task What_a_model_does_not_know_is_asked_for_once(string blamed, string field)
    {
        using var directory = Wire.CreateDirectory(_stub.Address);
        _stub.Enqueue(400, "application/json", JsonSerializer.Serialize(new { error = new { message = "Not supported with this model.", type = "invalid_request_error", param = blamed, code = (string?)null } }));
        _stub.EnqueueStream(Wire.Begin, Wire.Text("Yes"), Wire.End);
        var reading = await ModelWire.AskAsync(directory);
        Assert.Null(reading.Failure);
        Assert.Equal("Yes", reading.Text);
        _stub.EnqueueStream(Wire.Begin, Wire.Text("Yes"), Wire.End);
        Assert.Null((await ModelWire.AskAsync(directory)).Failure);
        Assert.Equal([true, false, false], _stub.Requests.Select(request => request.Json.TryGetProperty(field, out var value) && value.GetRawText() != "[]"));
    }

    [Fact]
    public async Task Two_that_learn_it_at_once_are_both_answered()
    {
        using var directory = Wire.CreateDirectory(_stub.Address);
        var both = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < 2; i++)
        {
            _stub.Enqueue(async exchange =>
            {
                await both.Task;
                await exchange.StartAsync(400, "application/json", []);
                await exchange.WriteAsync("""{"error":{"message":"Not supported with this model.","type":"invalid_request_error","param":"include","code":null}}""");
            });
        }

        _stub.EnqueueStream(Wire.Begin, Wire.Text("Yes"), Wire.End);
        _stub.EnqueueStream(Wire.Begin, Wire.Text("Yes"), Wire.End);
        var asked = new[] { ModelWire.AskAsync(directory), ModelWire.AskAsync(directory) };
        await _stub.NextRequestAsync();
        await _stub.NextRequestAsync();
        both.SetResult();
        foreach (var reading in await Task.WhenAll(asked))
        {
            Assert.Null(reading.Failure);
            Assert.Equal("Yes", reading.Text);
        }
    }

    [Fact]
    public async Task An_end_that_is_said_twice_is_billed_once()
    {
        using var directory = Wire.CreateDirectory(_stub.Address);
        _stub.EnqueueStream(Wire.Begin, Wire.Text("Yes"), Wire.EndWithUsage, Wire.EndWithUsage);
        var reading = await ModelWire.AskAsync(directory);
        Assert.Null(reading.Failure);
        Assert.Single(reading.Updates.SelectMany(update => update.Contents.OfType<UsageContent>()));
    }

    [Theory]
    [InlineData("server_error", ChatFailureKind.ProviderError, true)]
    [InlineData("rate_limit_exceeded", ChatFailureKind.RateLimited, true)]
    [InlineData("invalid_prompt", ChatFailureKind.InvalidRequest, false)]
    public async Task An_answer_that_failed_at_the_provider_fails_with_its_words(string code, ChatFailureKind kind, bool canRetry)
    {
        using var directory = Wire.CreateDirectory(_stub.Address);
        _stub.EnqueueStream(Wire.Begin, Wire.Text("Half"), ResponsesWire.Failed(code, $"The model tripped over {ModelWire.Secret}."));
        var reading = await ModelWire.AskAsync(directory);
        Assert.Equal("Half", reading.Text);
        Assert.Equal((kind, canRetry), (reading.Failure?.Kind, reading.Failure?.CanRetry));
        Assert.DoesNotContain("secret", reading.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("The model tripped over", reading.Failure.Message, StringComparison.Ordinal);

        // What it cost until then is billed.
        Assert.Equal((30, 20), (reading.Usage?.InputTokenCount, reading.Usage?.OutputTokenCount));
    }

    [Fact]
    public async Task An_answer_that_was_cut_is_counted()
    {
        using var directory = Wire.CreateDirectory(_stub.Address);
        _stub.EnqueueStream(Wire.Begin, Wire.Text("Half"), new ResponsesWire().CutWithUsage);
        var reading = await ModelWire.AskAsync(directory);
        Assert.Equal(ChatFinishReason.Length, reading.FinishReason);
        Assert.Equal((30, 20), (reading.Usage?.InputTokenCount, reading.Usage?.OutputTokenCount));
    }

    [Fact]
    public async Task An_error_in_the_form_of_chat_completions_is_one_too()
    {
        using var directory = Wire.CreateDirectory(_stub.Address);
        _stub.EnqueueStream(Wire.Begin, Wire.Text("Half"), "data: {\"error\":{\"message\":\"Out of memory.\",\"type\":\"server_error\"}}\n\n");
        Assert.Contains("Out of memory.", (await ModelWire.AskAsync(directory)).Failure!.Message, StringComparison.Ordinal);
        _stub.EnqueueStream(Wire.Begin, Wire.Text("Half"), ResponsesWire.Event("error", ""","error":{"type":"rate_limit_error","code":null,"message":"Slow down."}"""));
        Assert.Equal(ChatFailureKind.RateLimited, (await ModelWire.AskAsync(directory)).Failure?.Kind);
    }

    [Fact]
    public async Task Calls_are_whole_at_the_end_only_and_a_cut_answer_has_none()
    {
        using var directory = Wire.CreateDirectory(_stub.Address);
        _stub.EnqueueStream(Wire.Begin, Wire.Call(0, "call_1", "dice"), Wire.BeginCall(1, "call_2", "dice"), Wire.CallPiece(1, """{"si"""));
        var reading = await ModelWire.AskAsync(directory);
        Assert.Equal(ChatFailureKind.EndedEarly, reading.Failure?.Kind);
        Assert.Empty(reading.Calls);
        Assert.Equal("""{"si""", reading.Shown("call_2"));

        _stub.EnqueueStream(Wire.Begin, Wire.Call(0, "call_1", "dice"), Wire.BeginCall(1, "call_2", "dice"), Wire.CallPiece(1, """{"si"""), Wire.Finish(Wire.LengthReason));
        var cut = await ModelWire.AskAsync(directory);
        Assert.Equal(ChatFinishReason.Length, cut.FinishReason);
        Assert.Equal([true, false], cut.Calls.Select(call => call.Exception is null));
    }

    [Fact]
    public async Task What_comes_whole_is_read_as_well()
    {
        using var directory = Wire.CreateDirectory(_stub.Address);
        _stub.EnqueueStream(
            Wire.Begin,
            ResponsesWire.Event("response.output_item.done", ""","output_index":1,"item":{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"One."},{"type":"summary_text","text":"Two."}]}"""),
            ResponsesWire.Event("response.output_item.done", ""","output_index":2,"item":{"id":"msg_2","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Whole.","annotations":[]}]}"""),
            ResponsesWire.Event("response.output_item.done", ""","output_index":3,"item":{"id":"fc_1","type":"function_call","status":"odd","call_id":"call_1","name":"dice","arguments":"{\"sides\":6}"}"""),
            Wire.End);
        var reading = await ModelWire.AskAsync(directory);
        Assert.Null(reading.Failure);
        Assert.Equal(("One.\n\nTwo.", "Whole."), (reading.Reasoning, reading.Text));
        Assert.Equal("6", Assert.Single(reading.Calls).Arguments!["sides"]!.ToString());
    }

    [Theory]
    [InlineData(null, null, OpenAIProtocol.Responses)]
    [InlineData("https://api.openai.com/v1", null, OpenAIProtocol.Responses)]
    [InlineData("http://localhost:11434/v1", null, OpenAIProtocol.Chat)]
    [InlineData("http://localhost:11434/v1", OpenAIProtocol.Responses, OpenAIProtocol.Responses)]
    [InlineData(null, OpenAIProtocol.Chat, OpenAIProtocol.Chat)]
    public void Responses_is_what_openai_itself_is_asked_by(string? endpoint, OpenAIProtocol? set, OpenAIProtocol expected) =>
        Assert.Equal(expected, OpenAIChatClientProvider.Protocol(new AssistantOptions { Endpoint = endpoint, Protocol = set }));
}
