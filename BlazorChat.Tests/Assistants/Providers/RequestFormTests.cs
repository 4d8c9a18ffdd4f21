using System.Text.Json;
using BlazorChat.Assistants;
using BlazorChat.Assistants.Providers.Requests;
using BlazorChat.Messages;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BlazorChat.Tests.Assistants.Providers;

/// <summary>Servers that refuse what others take: a room works with each of them after one refusal, or says what to change.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class RequestFormTests : IAsyncLifetime
{
    private static readonly string[] Tools = ["Tools:0=roll_dice"];

    private ModelStub _stub = null!;

    /// <summary>What a server refuses, in the words of one.</summary>
    private static readonly Dictionary<string, (int Status, string Message, Func<JsonElement, bool> IsRefused)> Refusals = new(StringComparer.Ordinal)
    {
        ["alternate"] = (500, "Conversation roles must alternate user/assistant/user/assistant/...", request => !Alternates(request)),
        ["system"] = (500, "System role not supported", request => Roles(request).Contains("system")),
        ["developer"] = (400, "Developer instruction is not enabled for models/gemma-3", request => Roles(request).Contains("system")),
        ["usage"] = (400, "Unrecognized request argument supplied: stream_options", request => request.TryGetProperty("stream_options", out _)),
        ["tools"] = (400, "registry.example/model:latest does not support tools", request => request.TryGetProperty("tools", out _)),
        ["tools-vllm"] = (400, "\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set", request => request.TryGetProperty("tools", out _)),
        ["tools-router"] = (404, "No endpoints found that support tool use.", request => request.TryGetProperty("tools", out _)),
        ["max_tokens"] = (400, "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", request => request.TryGetProperty("max_tokens", out _)),
        ["max_completion_tokens"] = (400, "Unsupported parameter: max_completion_tokens", request => request.TryGetProperty("max_completion_tokens", out _)),
        ["temperature"] = (400, "Unsupported value: 'temperature' does not support 0.5 with this model.", request => request.TryGetProperty("temperature", out _)),
        ["empty"] = (400, "messages: text content blocks must be non-empty", request => Messages(request).Any(message => Role(message) != "assistant" && Text(message).Length == 0)),
        ["reasoning"] = (400, "The reasoning_content in the thinking mode must be passed back to the API.", request => Messages(request).Any(message => message.TryGetProperty("tool_calls", out _) && !message.TryGetProperty("reasoning_content", out _))),
    };

    public static TheoryData<string> Names => [.. Refusals.Keys];

    public async Task InitializeAsync() => _stub = await ModelStub.StartAsync();

    public async Task DisposeAsync() => await _stub.DisposeAsync();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_a_server_refuses_is_learned_from_one_refusal_and_remembered(string name)
    {
        await using var room = await AssistantRoom.StartAsync(AssistantRoom.Assistant(0, "Bella", ModelWire.OpenAI, _stub.Address, [.. Tools, "Temperature=0.5", "Instructions=Be kind."]));
        for (var turn = 0; turn < 3; turn++)
        {
            Serve(name);
            var response = await room.AnswerAsync($"Roll {turn}");
            Assert.Equal((MessageStatus.Complete.Instance, $"Rolled {turn}."), (response.Status, response.Text));
        }

        var refused = _stub.Requests.Count(request => Refusals[name].IsRefused(request.Json));
        Assert.InRange(refused, name is "empty" or "alternate" or "max_completion_tokens" ? 0 : 1, 1);
        if (refused == 1)
        {
            Assert.Single(room.Log.Lines, line => line.Text.Contains("refused a request and accepted it with the rules", StringComparison.Ordinal));
            var report = await room.Host.App.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
            Assert.Equal(HealthStatus.Healthy, report.Entries["assistants"].Status);
            Assert.Single(report.Entries["assistants"].Data);
        }
    }

    [Fact]
    public async Task A_server_that_refuses_several_things_is_learned_at_once()
    {
        await using var room = await AssistantRoom.StartAsync(AssistantRoom.Assistant(0, "Bella", ModelWire.OpenAI, _stub.Address, [.. Tools, "Instructions=Be kind."]));
        Serve("system", "tools", "usage");
        Assert.Equal("Rolled 0.", (await room.AnswerAsync("Roll 0")).Text);
        Assert.Equal(4, _stub.Requests.Count);
        Serve("system", "tools", "usage");
        Assert.Equal("Rolled 1.", (await room.AnswerAsync("Roll 1")).Text);
        Assert.Equal(5, _stub.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_takes_no_name_for_the_token_limit_gets_none()
    {
        await using var room = await AssistantRoom.StartAsync(AssistantRoom.Assistant(0, "Bella", ModelWire.OpenAI, _stub.Address, "Tools:0=-"));
        Serve("max_tokens", "max_completion_tokens");
        Assert.Equal("Rolled 0.", (await room.AnswerAsync("Roll 0")).Text);
        Assert.Equal(3, _stub.Requests.Count);
        Serve("max_tokens", "max_completion_tokens");
        Assert.Equal("Rolled 1.", (await room.AnswerAsync("Roll 1")).Text);
        Assert.Equal(4, _stub.Requests.Count);
    }

    [Fact]
    public async Task A_refusal_that_repeats_itself_is_asked_once_and_told()
    {
        await using var room = await AssistantRoom.StartAsync(AssistantRoom.Assistant(0, "Bella", ModelWire.OpenAI, _stub.Address, Tools));
        for (var i = 0; i < 4; i++)
        {
            _stub.Enqueue(400, "application/json", $$$"""{"error":{"message":"Unsupported parameter: {{{(i % 2 == 0 ? "max_tokens" : "max_completion_tokens")}}}"}}""");
        }

        Assert.Contains("Unsupported parameter", Assert.IsType<MessageStatus.Failed>((await room.AnswerAsync("Roll")).Status).Reason, StringComparison.Ordinal);
        Assert.Equal(3, _stub.Requests.Count);
    }

    [Theory]
    [InlineData("data: {\"error\":{\"message\":\"WORDS\",\"code\":400}}\n\n")]
    [InlineData(": ping\n\nevent: error\ndata: {\"error\":{\"message\":\"WORDS\"}}\n\n")]
    [InlineData("{\"error\":\"WORDS\"}")]
    [InlineData("\uFEFF{\n\"error\":\n{\"message\":\"WORDS\"}\n}\n")]
    public async Task A_refusal_that_comes_in_the_stream_is_learned_too(string sent)
    {
        await using var room = await AssistantRoom.StartAsync(AssistantRoom.Assistant(0, "Bella", ModelWire.OpenAI, _stub.Address, Tools));
        _stub.Enqueue(200, "text/event-stream", sent.Replace("WORDS", "Error rendering prompt with jinja template: System role not supported", StringComparison.Ordinal));
        Serve("system");
        Assert.Equal("Rolled 0.", (await room.AnswerAsync("Roll 0")).Text);
        Assert.Equal(3, _stub.Requests.Count);
        Assert.Contains("refused a request and accepted it with the rules NoSystemRole", string.Join('\n', room.Log.Lines.Select(line => line.Text)), StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_made_at_once_are_sent_one_after_the_other()
    {
        const string body = """{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"I roll","tool_calls":[{"id":"a"},{"id":"b"}]},{"role":"tool","tool_call_id":"a","content":"1"},{"role":"tool","tool_call_id":"b","content":"2"},{"role":"user","content":"y"}]}""";
        Assert.Equal(
            """{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"I roll","tool_calls":[{"id":"a"}]},{"role":"tool","tool_call_id":"a","content":"1"},{"role":"assistant","content":"","tool_calls":[{"id":"b"}]},{"role":"tool","tool_call_id":"b","content":"2"},{"role":"user","content":"y"}]}""",
            System.Text.Encoding.UTF8.GetString(RequestForm.Apply(System.Text.Encoding.UTF8.GetBytes(body), [RequestRule.SingleToolCalls])));
    }

    [Fact]
    public async Task Rules_that_are_configured_save_the_refusal()
    {
        await using var room = await AssistantRoom.StartAsync(
            AssistantRoom.Assistant(0, "Bella", ModelWire.OpenAI, _stub.Address, [.. Tools, "Instructions=Be kind.", "RequestRules:0=NoSystemRole", "RequestRules:1=NoTools"]));
        Serve("system", "tools");
        Assert.Equal("Rolled 0.", (await room.AnswerAsync("Roll 0")).Text);
        Assert.Contains("Be kind.", Text(Messages(Assert.Single(_stub.Requests).Json).First()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_people_and_two_assistants_work_with_a_server_whose_roles_alternate()
    {
        await using var room = await AssistantRoom.StartAsync(
        [
            .. AssistantRoom.Assistant(0, "Bella", ModelWire.OpenAI, _stub.Address, "Tools:0=-"),
            .. AssistantRoom.Assistant(1, "Theo", ModelWire.OpenAI, _stub.Address, "Tools:0=-"),
        ]);
        var asked = 0;
        foreach (var (by, text) in new[] { (ChatHost.Ada, "@Bella @Theo hello 0"), (ChatHost.Grace, "@Theo hello 2"), (ChatHost.Ada, "@Bella and 3") })
        {
            var answers = text.Split('@').Length - 1;
            for (var i = 0; i < answers; i++)
            {
                Serve("alternate");
            }

            await room.Host.PostAsync(room.Room, text, by);
            asked += answers;
            var last = await room.Watch.EndedAsync(asked);
            Assert.Equal(MessageStatus.Complete.Instance, last.Status);
        }

        Assert.All(room.Watch.Now.Messages, message => Assert.True(message.Message.Status is MessageStatus.Complete, $"{message.Message.Status}"));
        var all = string.Join('\n', Messages(_stub.Requests[^1].Json).Select(Text));
        Assert.Contains("hello 2", all, StringComparison.Ordinal);
        Assert.Contains("\"from\":\"Grace\"", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_answer_and_a_message_behind_it_work_with_a_server_whose_roles_alternate()
    {
        await using var room = await AssistantRoom.StartAsync(AssistantRoom.Assistant(0, "Bella", ModelWire.OpenAI, _stub.Address, "Tools:0=-"));
        _stub.Enqueue(503, "application/json", "{}");
        Assert.IsType<MessageStatus.Failed>((await room.AnswerAsync("First 0")).Status);
        Serve("alternate");
        Assert.Equal("Rolled 1.", (await room.AnswerAsync("Then 1")).Text);
        Serve("alternate");
        Assert.Equal("Rolled 2.", (await room.AnswerAsync("And 2")).Text);
    }

    [Fact]
    public async Task What_no_form_helps_against_is_said_with_the_setting()
    {
        await using var room = await AssistantRoom.StartAsync(AssistantRoom.Assistant(0, "Bella", ModelWire.OpenAI, _stub.Address, Tools));
        _stub.Enqueue(400, "application/json", """{"error":{"message":"this model does not support tools"}}""");
        _stub.Enqueue(400, "application/json", """{"error":{"message":"this model does not support tools"}}""");
        var response = await room.AnswerAsync("Roll");
        var reason = Assert.IsType<MessageStatus.Failed>(response.Status).Reason;
        Assert.Contains("this model does not support tools", reason, StringComparison.Ordinal);
        Assert.Contains("setting Tools", reason, StringComparison.Ordinal);

        // Nothing was learned from it.
        Serve();
        Assert.Equal("Rolled 0.", (await room.AnswerAsync("Roll 0")).Text);
        Assert.True(_stub.Requests[^2].Json.TryGetProperty("tools", out _));
    }

    [Fact]
    public async Task Reasoning_goes_back_to_nobody_who_has_not_asked_for_it()
    {
        await using var room = await AssistantRoom.StartAsync(AssistantRoom.Assistant(0, "Bella", ModelWire.OpenAI, _stub.Address, Tools));
        Serve();
        var first = await room.AnswerAsync("Roll 0");
        Serve();
        await room.AnswerAsync("Roll 1");
        Assert.Contains("I must roll.", string.Concat(first.Parts.OfType<ReasoningPart>().Select(part => part.Text)), StringComparison.Ordinal);
        Assert.DoesNotContain("I must roll.", string.Concat(_stub.Requests.Select(request => request.Body)), StringComparison.Ordinal);
        Assert.DoesNotContain("I must roll.", JsonSerializer.Serialize(await room.SentAsync(room.Watch.Now.Messages[^1].Message)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Conversation roles must alternate", null, RequestRule.AlternateRoles)]
    [InlineData("After the optional system message, conversation roles must alternate user and assistant roles except for tool calls and results.", null, RequestRule.AlternateRoles)]
    [InlineData("only user and assistant roles are supported!", null, RequestRule.NoSystemRole)]
    [InlineData("Unsupported value: 'messages[0].role' does not support 'system' with this model.", null, RequestRule.NoSystemRole)]
    [InlineData("system message must be first", null, RequestRule.SystemFirst)]
    [InlineData("System message must be at the beginning.", null, RequestRule.SystemFirst)]
    [InlineData("Extra inputs are not permitted: messages[].name", null, RequestRule.NoNames)]
    [InlineData("Additional properties are not allowed ('name' was unexpected)", null, RequestRule.NoNames)]
    [InlineData("Not supported.", "messages[1].name", RequestRule.NoNames)]
    [InlineData("Unsupported parameter: max_completion_tokens", null, RequestRule.MaxTokens)]
    [InlineData("Unsupported parameter", "parallel_tool_calls", RequestRule.NoParallelToolCalls)]
    [InlineData("Unknown field: tool_choice", null, RequestRule.NoToolChoice)]
    [InlineData("content must be a string", null, RequestRule.TextContent)]
    [InlineData("Input should be a valid string: messages.0.content should be a string", null, RequestRule.TextContent)]
    [InlineData("This model does not support function calling", null, RequestRule.NoTools)]
    [InlineData("Function calling is not enabled for this model", null, RequestRule.NoTools)]
    [InlineData("maximum context length is 4096 tokens", null, null)]
    [InlineData("The model `x` does not exist", null, null)]
    [InlineData("Invalid value for the name of the file", null, null)]
    [InlineData("Internal server error", null, null)]
    [InlineData("No user query found in messages.", null, null)]
    [InlineData("Invalid API key. The system is down for maintenance.", null, null)]
    [InlineData("tools param requires --jinja flag", null, RequestRule.NoTools)]
    [InlineData("`tool calling` is not supported with this model", null, RequestRule.NoTools)]
    [InlineData("This model doesn't have tool support", null, RequestRule.NoTools)]
    [InlineData("Tool calling isn't available for this model", null, RequestRule.NoTools)]
    [InlineData("Tool use is not available on this model", null, RequestRule.NoTools)]
    [InlineData("Model does not support tool_use", null, RequestRule.NoTools)]
    [InlineData("tools: Extra inputs are not permitted", null, RequestRule.NoTools)]
    [InlineData("The `tools` parameter is not available for this model", null, RequestRule.NoTools)]
    [InlineData("This endpoint does not accept tools", null, RequestRule.NoTools)]
    [InlineData("Tools are disabled for this model", null, RequestRule.NoTools)]
    [InlineData("unsupported role: tool", null, RequestRule.NoTools)]
    [InlineData("messages.2.role: Input should be 'system', 'user' or 'assistant'", null, RequestRule.NoTools)]
    [InlineData("Tool choice and tools not implemented", null, RequestRule.NoTools)]
    [InlineData("function calling not supported", null, RequestRule.NoTools)]
    [InlineData("Feature 'tools' unsupported", null, RequestRule.NoTools)]
    [InlineData("This model only supports single tool-calls at once!", null, RequestRule.SingleToolCalls)]
    [InlineData("System role isn't supported", null, RequestRule.NoSystemRole)]
    [InlineData("Unsupported role: system", null, RequestRule.NoSystemRole)]
    [InlineData("messages.0.role: Input should be 'user' or 'assistant'", null, RequestRule.NoSystemRole)]
    [InlineData("'system' is not one of ['user', 'assistant']", null, RequestRule.NoSystemRole)]
    [InlineData("messages: Unexpected role \"system\". The Messages API accepts a top-level `system` parameter, not \"system\" as an input message role.", null, RequestRule.NoSystemRole)]
    [InlineData("Invalid role: system", null, RequestRule.NoSystemRole)]
    [InlineData("System messages are not supported by this model", null, RequestRule.NoSystemRole)]
    [InlineData("The system message is not supported", null, RequestRule.NoSystemRole)]
    [InlineData("Error rendering prompt with jinja template: \"System role not supported\".", null, RequestRule.NoSystemRole)]
    [InlineData("unknown role 'developer'", null, RequestRule.NoSystemRole)]
    [InlineData("messages: roles must alternate between \"user\" and \"assistant\", but found multiple \"user\" roles in a row", null, RequestRule.AlternateRoles)]
    [InlineData("Please ensure that multiturn requests alternate between user and model", null, RequestRule.AlternateRoles)]
    [InlineData("First message must have role user", null, RequestRule.AlternateRoles)]
    [InlineData("Messages must be in user/assistant turns", null, RequestRule.AlternateRoles)]
    [InlineData("consecutive user messages are not allowed", null, RequestRule.AlternateRoles)]
    [InlineData("Two user messages cannot follow each other", null, RequestRule.AlternateRoles)]
    [InlineData("messages with role user cannot be followed by user", null, RequestRule.AlternateRoles)]
    [InlineData("Conversation must start with a user message", null, RequestRule.AlternateRoles)]
    [InlineData("the first message must be from the user", null, RequestRule.AlternateRoles)]
    [InlineData("Input contains two messages from the same author in sequence", null, RequestRule.AlternateRoles)]
    [InlineData("property 'stream_options' is unsupported", null, RequestRule.NoStreamOptions)]
    [InlineData("stream_options: extra fields not permitted", null, RequestRule.NoStreamOptions)]
    [InlineData("got an unexpected keyword argument 'stream_options'", null, RequestRule.NoStreamOptions)]
    [InlineData("`stream_options` is not a valid parameter", null, RequestRule.NoStreamOptions)]
    [InlineData("stream_options isn't supported", null, RequestRule.NoStreamOptions)]
    [InlineData("Unpermitted field stream_options", null, RequestRule.NoStreamOptions)]
    [InlineData("json: unknown field \"stream_options\"", null, RequestRule.NoStreamOptions)]
    [InlineData("The server doesn't recognize stream_options", null, RequestRule.NoStreamOptions)]
    [InlineData("stream_options is not implemented", null, RequestRule.NoStreamOptions)]
    [InlineData("stream_options not recognized", null, RequestRule.NoStreamOptions)]
    [InlineData("Key 'stream_options' is not allowed", null, RequestRule.NoStreamOptions)]
    [InlineData("stream_options.include_usage is not available", null, RequestRule.NoStreamOptions)]
    [InlineData("`temperature` is deprecated for this model.", null, RequestRule.NoTemperature)]
    [InlineData("temperature cannot be set for this model", null, RequestRule.NoTemperature)]
    [InlineData("invalid temperature: only 1 is allowed for this model", null, RequestRule.NoTemperature)]
    [InlineData("`temperature` may only be set to 1 when thinking is enabled.", null, RequestRule.NoTemperature)]
    [InlineData("temperature: this model only supports the default value", null, RequestRule.NoTemperature)]
    [InlineData("`temperature` and `top_p` cannot both be specified for this model. Please use only one.", null, RequestRule.NoTemperature)]
    [InlineData("'max_tokens' is deprecated in favor of 'max_completion_tokens'", null, RequestRule.MaxCompletionTokens)]
    [InlineData("Please use 'max_completion_tokens' instead of 'max_tokens'", null, RequestRule.MaxCompletionTokens)]
    [InlineData("Invalid max_tokens value, the valid range of max_tokens is [1, 8192]", null, null)]
    [InlineData("max_tokens is too large: 9000. This model supports at most 4096 completion tokens", null, null)]
    [InlineData("max_tokens must be at least 1", null, null)]
    [InlineData("`max_tokens` must be greater than `thinking.budget_tokens`", null, null)]
    [InlineData("\"gemma3\" does not support thinking", null, RequestRule.NoReasoningEffort)]
    [InlineData("This model does not support reasoning", null, RequestRule.NoReasoningEffort)]
    [InlineData("Unrecognized request argument supplied: reasoning_effort", null, RequestRule.NoReasoningEffort)]
    [InlineData("Thinking is not supported for this model", null, RequestRule.NoReasoningEffort)]
    [InlineData("reasoning effort is not supported", null, RequestRule.NoReasoningEffort)]
    [InlineData("Invalid value: 'minimal'. Supported values are: 'low', 'medium', and 'high'.", "reasoning_effort", RequestRule.NoReasoningEffort)]
    [InlineData("messages.3: all messages must have non-empty content except for the optional final assistant message", null, RequestRule.NoEmptyContent)]
    [InlineData("Invalid value for 'content': expected a string, got null.", "messages.[1].content", RequestRule.NoEmptyContent)]
    [InlineData("message content is empty", null, RequestRule.NoEmptyContent)]
    [InlineData("messages.1.content: field required", null, RequestRule.NoEmptyContent)]
    [InlineData("content cannot be blank", null, RequestRule.NoEmptyContent)]
    [InlineData("Invalid 'messages[1].content': string too short. Expected a string with minimum length 1", "messages[1].content", RequestRule.NoEmptyContent)]
    [InlineData("content is required", null, RequestRule.NoEmptyContent)]
    [InlineData("text content is empty", null, RequestRule.NoEmptyContent)]
    [InlineData("messages.0.content: str type expected", null, RequestRule.TextContent)]
    [InlineData("json: cannot unmarshal array into Go struct field ChatMessage.messages.content of type string", null, RequestRule.TextContent)]
    [InlineData("Expected string, received array", "messages.0.content", RequestRule.TextContent)]
    [InlineData("invalid type: sequence, expected a string at line 1 column 3", null, RequestRule.TextContent)]
    [InlineData("content field must be of type string", null, RequestRule.TextContent)]
    [InlineData("'messages.0' : for 'role:system' the following must be satisfied[('messages.0.content' : value must be a string)]", null, RequestRule.TextContent)]
    [InlineData("property 'name' is unsupported", null, RequestRule.NoNames)]
    [InlineData("messages.1.name: Extra inputs are not permitted", null, RequestRule.NoNames)]
    [InlineData("Unknown name \"name\" at 'messages[0]': Cannot find field.", null, RequestRule.NoNames)]
    [InlineData("Invalid 'messages[0].name': string does not match pattern.", "messages[0].name", RequestRule.NoNames)]
    [InlineData("reasoning_content is missing in assistant tool call message at index 2", null, RequestRule.SendReasoning)]
    [InlineData("thinking is enabled but reasoning_content is missing in assistant tool call message at index 2", null, RequestRule.SendReasoning)]
    [InlineData("Missing `reasoning_content` field", null, RequestRule.SendReasoning)]
    [InlineData("Unsupported parameter: 'parallel_tool_calls' is not supported with this model.", "parallel_tool_calls", RequestRule.NoParallelToolCalls)]
    [InlineData("tool_choice 'auto' is not supported", null, RequestRule.NoToolChoice)]
    [InlineData("Invalid tool_choice", null, RequestRule.NoToolChoice)]
    [InlineData("This model does not support streaming", null, null)]
    [InlineData("Tool results cannot be sent: the model does not support image in tool message", null, null)]
    [InlineData("You do not have access to the system. Not allowed.", null, null)]
    [InlineData("The system is not accepting requests right now", null, null)]
    [InlineData("Your organization does not support function of this tier", null, null)]
    [InlineData("Rate limit: system overload, not allowed", null, null)]
    [InlineData("invalid model name", null, null)]
    [InlineData("The tool 'search' is not supported in this region", null, null)]
    public void A_refusal_names_its_rule(string message, string? parameter, RequestRule? rule) => Assert.Equal(rule, RequestRefusals.RuleOf(message, parameter));

    /// <summary>Answers the next turn: once with a call if tools are offered, then with a text.</summary>
    private void Serve(params string[] refusals)
    {
        var wire = ModelWire.Named(ModelWire.OpenAI);

        async Task Answer(StubExchange exchange)
        {
            foreach (var name in refusals)
            {
                var (status, message, isRefused) = Refusals[name];
                if (isRefused(exchange.Json))
                {
                    _stub.Enqueue(Answer);
                    await exchange.StartAsync(status, "application/json");
                    await exchange.WriteAsync(JsonSerializer.Serialize(new { error = new { message, type = "invalid_request_error" } }));
                    return;
                }
            }

            await exchange.StartStreamAsync();
            var hasRolled = Role(Messages(exchange.Json).Last()) == "tool";
            if (exchange.Json.TryGetProperty("tools", out _) && !hasRolled)
            {
                _stub.Enqueue(Answer);
                await exchange.WriteAsync(wire.Begin + wire.Thought("I must roll.", "") + wire.Call(0, "call_1", "roll_dice") + wire.CallsEnd);
                return;
            }

            var asked = Messages(exchange.Json).Where(message => Role(message) == "user").Select(Text).Last().Where(char.IsDigit).LastOrDefault();
            await exchange.WriteAsync(wire.Begin + wire.Text($"Rolled {asked}.") + wire.End);
        }

        _stub.Enqueue(Answer);
    }

    private static bool Alternates(JsonElement request)
    {
        var roles = Roles(request).SkipWhile(role => role == "system").Select(role => role == "tool" ? "user" : role).ToList();
        return roles is ["user", ..] && roles.Zip(roles.Skip(1)).All(pair => pair.First != pair.Second);
    }

    private static JsonElement.ArrayEnumerator Messages(JsonElement request) => request.GetProperty("messages").EnumerateArray();

    private static IEnumerable<string> Roles(JsonElement request) => Messages(request).Select(Role);

    private static string Role(JsonElement message) => message.GetProperty("role").GetString()!;

    private static string Text(JsonElement message) =>
        !message.TryGetProperty("content", out var content) ? ""
        : content.ValueKind == JsonValueKind.Array ? string.Concat(content.EnumerateArray().Select(part => part.GetProperty("text").GetString()))
        : content.GetString() ?? "";
}
