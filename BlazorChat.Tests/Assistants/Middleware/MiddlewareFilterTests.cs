using BlazorChat.Markdown;
using BlazorChat.Assistants.Middleware.TextCalls;
using System.Text.Json;
using BlazorChat.Assistants.Middleware.Defaults;
using BlazorChat.Assistants.Middleware.Logging;
using BlazorChat.Assistants;
using BlazorChat.Assistants.Middleware;
using BlazorChat.Assistants.Middleware.Redaction;
using BlazorChat.Assistants.Middleware.Think;
using BlazorChat.Assistants.Pipeline;
using BlazorChat.Assistants.Resilience;
using BlazorChat.Turns;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Tests.Assistants.Middleware;

/// <summary>Redaction, think, defaults, simulated streaming and logging as clients.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class MiddlewareFilterTests : IDisposable
{
    private readonly FakeChatClient _model = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task Text_reasoning_and_calls_are_redacted_while_they_stream()
    {
        _model.NextResponse(
            Update(new TextReasoningContent("Ask ada@exa")), Update(new TextContent("")), Update(new TextReasoningContent("mple.org")),
            Update(new TextContent("I write to ada")), Update(new TextContent("@example.org")),
            Update(new ToolCallDeltaContent("1", "mail", "")), Update(new ToolCallDeltaContent("1", "mail", "{\"to\":\"ada@ex")), Update(new ToolCallDeltaContent("1", "mail", "ample.org\"}")),
            Update(new FunctionCallContent("1", "mail", new Dictionary<string, object?> { ["to"] = Json("\"ada@example.org\""), ["n"] = Json("[4111111111111111, 7]"), ["ok"] = true })),
            Finish());
        var reading = await AskAsync(Redaction());
        Assert.Equal("I write to [e-mail]", reading.Text);
        Assert.Equal("Ask [e-mail]", reading.Reasoning);
        var deltas = reading.Updates.SelectMany(update => update.Contents).OfType<ToolCallDeltaContent>().ToList();
        Assert.Equal("", deltas[0].Arguments);
        Assert.Equal("{\"to\":\"[e-mail]\"}", string.Concat(deltas.Select(delta => delta.Arguments)));
        var call = Assert.Single(reading.Calls);
        Assert.Equal("[e-mail]", ((JsonElement)call.Arguments!["to"]!).GetString());
        Assert.Equal("[\"[card]\",7]", ((JsonElement)call.Arguments["n"]!).GetRawText());
        Assert.Equal(true, call.Arguments["ok"]);
        Assert.DoesNotContain(reading.Updates.SelectMany(update => update.Contents), content => content is TextContent { Text: var text } && text.Contains("ada", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Everything_that_is_sent_is_redacted_and_the_caller_s_messages_are_not_touched()
    {
        _model.NextResponse(Update(new TextContent("ok")), Finish());
        List<ChatMessage> messages =
        [
            new(ChatRole.User, "I am ada@example.org"),
            new(ChatRole.Assistant, [new TextReasoningContent("sk-abcdefghijklmnop1234") { ProtectedData = "signature" }, new FunctionCallContent("1", "f", new Dictionary<string, object?> { ["a"] = "+49 30 1234567" })]),
            new(ChatRole.Tool, [new FunctionResultContent("1", Json("""{ "ada@example.org": ["ada@example.org", 1] }""")), new FunctionResultContent("2", new { Mail = "ada@example.org" })]),
            new(ChatRole.User, [new DataContent("ada@example.org"u8.ToArray(), "text/plain")]),
        ];
        await AskAsync(Redaction(), messages, new ChatOptions { Instructions = "Mail ada@example.org." });
        var sent = _model.Prompts[0];
        Assert.Equal("Mail [e-mail].", _model.Options[0]!.Instructions);
        Assert.Equal("I am [e-mail]", sent[0].Text);
        var reasoning = Assert.IsType<TextReasoningContent>(sent[1].Contents[0]);
        Assert.Equal(("[key]", null), (reasoning.Text, reasoning.ProtectedData));
        Assert.Equal("[phone]", ((FunctionCallContent)sent[1].Contents[1]).Arguments!["a"]);
        Assert.Equal("""{"[e-mail]":["[e-mail]",1]}""", $"{((FunctionResultContent)sent[2].Contents[0]).Result}");
        Assert.DoesNotContain("ada", $"{((FunctionResultContent)sent[2].Contents[1]).Result}", StringComparison.Ordinal);
        Assert.Equal("[e-mail]"u8.ToArray(), ((DataContent)sent[3].Contents[0]).Data.ToArray());
        Assert.Equal("I am ada@example.org", messages[0].Text);
    }

    [Fact]
    public async Task A_signature_goes_with_words_that_are_as_they_were_and_only_with_them()
    {
        _model.NextResponse(
            Update(new TextReasoningContent("Hm ada@example.org")), Update(new TextReasoningContent("") { ProtectedData = "first" }),
            Update(new TextReasoningContent("Well.")), Update(new TextReasoningContent("") { ProtectedData = "second" }),
            Update(new TextContent("x")), Finish());
        var reading = await AskAsync(Redaction());
        Assert.Equal("Hm [e-mail]Well.", reading.Reasoning);
        Assert.Equal(["second"], reading.Updates.SelectMany(update => update.Contents).OfType<TextReasoningContent>().Select(content => content.ProtectedData).OfType<string>());
    }

    [Fact]
    public async Task The_names_of_people_are_redacted_too()
    {
        _model.NextResponse(Update(new TextContent("x")), Finish());
        await AskAsync(Redaction(), [new ChatMessage(ChatRole.User, "Hello") { AuthorName = "ann@example.com" }, new ChatMessage(ChatRole.User, "Hi") { AuthorName = "Ada" }]);
        Assert.Equal(["[e-mail]", "Ada"], _model.Prompts[0].Select(message => message.AuthorName));
    }

    [Fact]
    public async Task What_a_failure_or_a_notice_quotes_is_redacted_too()
    {
        var response = _model.NextResponse();
        response.Writer.TryWrite(Update(new RetryNoticeContent(TimeSpan.FromSeconds(1), 1, "It said: ada@example.org")));
        response.Writer.Complete(ChatFailures.Refused("I do not write to ada@example.org."));
        var reading = await AskAsync(Redaction());
        Assert.Equal("It said: [e-mail]", Assert.Single(reading.Notices).Reason);
        Assert.Equal(ChatFailureKind.Refused, reading.Failure?.Kind);
        Assert.Contains("I do not write to [e-mail].", reading.Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<think>Hm.</think>\n\nHello", "Hm.", "Hello")]
    [InlineData(" \n<THINK>a < b</Think>c", "a < b", "c")]
    [InlineData("<think>never closed </thin", "never closed </thin", "")]
    [InlineData("<thinking>Hm.</thinking>Yes", "Hm.", "Yes")]
    [InlineData("[THINK]Hm.[/THINK]Yes", "Hm.", "Yes")]
    [InlineData("◁think▷Hm.◁/think▷Yes", "Hm.", "Yes")]
    [InlineData("<reasoning >a</think>b</reasoning >c", "a</think>b", "c")]
    [InlineData("Say <think>x</think>", "", "Say <think>x</think>")]
    [InlineData("<think>a</think>b<think>c</think>", "ac", "b")]
    [InlineData("<think>a</think>b<thinking>c</thinking>d", "ac", "bd")]
    [InlineData("<think></think>b", "", "b")]
    [InlineData("Well.\n<think>\na</think>\nb", "\na", "Well.\n\nb")]
    [InlineData("<think>a</think>Use `<think>` and:\n```xml\n<think>x</think>\n```\nb", "a", "Use `<think>` and:\n```xml\n<think>x</think>\n```\nb")]
    [InlineData("<think>I write `</think>` at the end.\n</think>b", "I write `</think>` at the end.\n", "b")]
    [InlineData("<think>```\nopen\n</think>b", "```\nopen\n", "b")]
    [InlineData("The <think> tag and the </think> tag, (<think>), [link](x), `a", "", "The <think> tag and the </think> tag, (<think>), [link](x), `a")]
    [InlineData("Use `</think>` here", "", "Use `</think>` here")]
    [InlineData("  indented", "", "  indented")]
    [InlineData("<thi", "", "<thi")]

    [InlineData("<think>a ` b</think>\n\nAnswer", "a ` b", "Answer")]
    [InlineData("<think>a `x b\nc</think>Answer", "a `x b\nc", "Answer")]
    [InlineData("<thinking>\nabc\n</think>\nAnswer", "\nabc\n", "Answer")]
    [InlineData("<think>abc</thinking>\n\nAnswer", "abc", "Answer")]
    [InlineData("<seed:think>a</seed:think>b", "a", "b")]
    [InlineData("\uFEFF<think>a</think>b", "a", "b")]
    [InlineData("\u200B\n<think>a</think>\n\u200Bb", "a", "b")]
    [InlineData("\u200Bb", "", "\u200Bb")]

    // Nothing has opened it: what came before was reasoning.
    [InlineData("I reason.\n</think>\n\nIt is 4.", "I reason.\n", "It is 4.")]
    [InlineData("I reason.</think>It is 4.", "I reason.", "It is 4.")]
    [InlineData("I `reason`\n\n```\nx\n```\n</think>\nIt is 4.", "I `reason`\n\n```\nx\n```\n", "It is 4.")]
    [InlineData("I reason.</think>", "I reason.", "")]
    [InlineData("</think>It is 4.", "", "It is 4.")]
    [InlineData("The end is </think> of it", "", "The end is </think> of it")]
    public Task Thinking_at_the_start_is_told_from_text_however_it_is_split(string text, string reasoning, string rest) =>
        EverySplitAsync(new ThinkOptions(), text, reasoning, rest);

    [Theory]
    [InlineData("Say <think>x</think> y", "x", "Say  y")]
    [InlineData("<think>a</think>b<think>c", "ac", "b")]
    [InlineData("a << <think", "", "a << <think")]
    public Task Thinking_anywhere_is_told_from_text_however_it_is_split(string text, string reasoning, string rest) =>
        EverySplitAsync(new ThinkOptions { Anywhere = true }, text, reasoning, rest);

    [Fact]
    public Task An_answer_may_begin_inside_of_another_tag() =>
        EverySplitAsync(new ThinkOptions { StartsInside = true, Tag = "reason" }, "Hm</reason>Hello", "Hm", "Hello");

    [Theory]
    [InlineData("<tool_call>\n{\"name\": \"dice\", \"arguments\": {\"count\": 2}}\n</tool_call>", "", "dice {\"count\": 2}")]
    [InlineData("I roll.\n<tool_call>{\"name\":\"dice\",\"arguments\":\"{}\"}</tool_call>\n<tool_call>{\"name\":\"coin\"}</tool_call>Done", "I roll.\n\nDone", "dice {}|coin ")]
    [InlineData("<function=dice>{\"count\":1}</function>", "", "dice {\"count\":1}")]
    [InlineData("[TOOL_CALLS][{\"name\":\"dice\",\"arguments\":{}},{\"name\":\"coin\",\"parameters\":{}}]", "", "dice {}|coin {}")]
    [InlineData("<tool_call>\n<function=dice>\n<parameter=count>\n2\n</parameter>\n<parameter=of>\nold wood\n</parameter>\n</function>\n</tool_call>", "", "dice {\"count\":2,\"of\":\"old wood\"}")]
    [InlineData("<tool_call>dice\n<arg_key>count</arg_key>\n<arg_value>2</arg_value>\n</tool_call>", "", "dice {\"count\":2}")]
    [InlineData("<function=dice>\n<parameter=count>2</parameter>\n</function>", "", "dice {\"count\":2}")]
    [InlineData("<function_calls>\n<invoke name=\"dice\">\n<parameter name=\"count\">2</parameter>\n</invoke>\n<invoke name=\"coin\"></invoke></function_calls>", "", "dice {\"count\":2}|coin {}")]
    [InlineData("<|python_tag|>{\"name\":\"dice\",\"parameters\":{\"count\":2}}", "", "dice {\"count\":2}")]
    [InlineData("<|tool_call|>[{\"name\":\"dice\",\"arguments\":{}}]<|/tool_call|>", "", "dice {}")]
    [InlineData("[TOOL_CALLS]dice[ARGS]{\"count\": 2}", "", "dice {\"count\": 2}")]
    [InlineData("<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>dice\n```json\n{\"count\":2}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>", "", "dice {\"count\":2}")]
    [InlineData("<|tool_calls_section_begin|><|tool_call_begin|>functions.dice:0<|tool_call_argument_begin|>{\"count\":2}<|tool_call_end|><|tool_calls_section_end|>", "", "dice {\"count\":2}")]
    [InlineData("<function_calls>none today</function_calls>", "<function_calls>none today</function_calls>", "")]
    [InlineData("Use <tool_call>{\"name\":\"dice\"}</tool_call>", "Use <tool_call>{\"name\":\"dice\"}</tool_call>", "")]
    [InlineData("```\n<tool_call>{\"name\":\"dice\"}</tool_call>\n```", "```\n<tool_call>{\"name\":\"dice\"}</tool_call>\n```", "")]
    [InlineData("<tool_call>not json</tool_call> and <b", "<tool_call>not json</tool_call> and <b", "")]
    [InlineData("<tool_call>{\"x\":1}</tool_call>", "<tool_call>{\"x\":1}</tool_call>", "")]
    [InlineData("<tool_call>{\"name\":\"dice\"", "<tool_call>{\"name\":\"dice\"", "")]
    [InlineData("a [link](x) and\n<tool", "a [link](x) and\n<tool", "")]
    public void Calls_in_a_text_are_calls_where_the_setting_says_so_however_it_is_split(string text, string rest, string calls)
    {
        for (var i = 0; i <= text.Length; i++)
        {
            for (var j = i; j <= text.Length; j++)
            {
                var filter = new TextCallFilter(runs: true);
                var contents = new List<AIContent>();
                foreach (var piece in new[] { text[..i], text[i..j], text[j..] })
                {
                    filter.Add(new TextContent(piece), contents);
                }

                filter.End(contents);
                Assert.Equal(rest, string.Concat(contents.OfType<TextContent>()));
                Assert.Equal(calls, string.Join('|', contents.OfType<ToolCallDeltaContent>().Select(call => $"{call.Name} {call.Arguments}")));
                Assert.Equal(contents.OfType<ToolCallDeltaContent>().Select(call => call.CallId), contents.OfType<FunctionCallContent>().Select(call => call.CallId));
            }
        }
    }

    [Fact]
    public void Calls_in_a_text_are_folded_where_nothing_says_that_they_are_to_be_run()
    {
        var filter = new TextCallFilter(runs: false);
        var contents = new List<AIContent>();
        filter.Add(new TextContent("I roll.\n<tool_call>{\"name\":\"dice\",\"arguments\":{\"x\":\"````\"}}</tool_call>\nDone"), contents);
        filter.End(contents);
        Assert.All(contents, content => Assert.IsType<TextContent>(content));
        var html = string.Concat(MarkdownRenderer.Render(string.Concat(contents)).Select(block => block.Html));
        Assert.Matches("(?s)^<p[^>]*>I roll.</p>.*<details[^>]*><summary>Written as a tool call, not run: <code[^>]*>dice</code></summary>.*&lt;tool_call&gt;.*</details>.*Done", html);
    }

    [Fact]
    public async Task A_whole_response_is_filtered_like_a_stream()
    {
        _model.NextResponse(Update(new TextContent("<think>ada@")), Update(new TextContent("example.org</think>Hi ada@example.org")), Finish());
        var response = await new ThinkMiddleware().Wrap(Redaction(), Context("think")).GetResponseAsync("Hello");
        var contents = Assert.Single(response.Messages).Contents;
        Assert.Equal("[e-mail]", Assert.IsType<TextReasoningContent>(contents[0]).Text);
        Assert.Equal("Hi [e-mail]", response.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
    }

    [Fact]
    public async Task Defaults_are_sent_where_the_caller_says_nothing()
    {
        _model.NextResponse(Update(new TextContent("ok")), Finish());
        var client = new DefaultsMiddleware().Wrap(_model, Context("defaults", ("Temperature", "0.5"), ("TopP", "0.9"), ("ModelId", "other"), ("StopSequences:0", "END"), ("MaxOutputTokens", "9")));
        var options = new ChatOptions { Temperature = 1 };
        await AskAsync(client, options: options);
        var sent = _model.Options[0]!;
        Assert.Equal((1f, 0.9f, "other", 9), (sent.Temperature, sent.TopP, sent.ModelId, sent.MaxOutputTokens));
        Assert.Equal(["END"], sent.StopSequences);
        Assert.Null(options.TopP);
    }

    [Fact]
    public async Task A_model_without_streaming_is_asked_for_the_whole_and_shown_word_by_word()
    {
        using var model = new WholeClient(new ChatResponse(new ChatMessage(
            ChatRole.Assistant,
            [new TextReasoningContent("Let me") { ProtectedData = "s" }, new TextContent("one two three"), new FunctionCallContent("1", "dice")]))
        {
            FinishReason = ChatFinishReason.ToolCalls,
            Usage = new UsageDetails { OutputTokenCount = 5 },
        });
        var limits = new GuardLimits(TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(10), RetryAttempts: 0, MaxResponseCharacters: 1000);
        using var loggers = LoggerFactory.Create(_ => { });
        using var guard = new GuardChatClient(new RecordingChatClient(model), limits, _time, loggers.CreateLogger<GuardChatClient>());
        var client = new SimulateStreamingMiddleware().Wrap(guard, Context("simulate-streaming", ("WordsPerSecond", "2")));
        var words = 0;
        var pending = AskAsync(client, onUpdate: reading => Volatile.Write(ref words, reading.Updates.Count));
        for (var i = 1; i < 5; i++)
        {
            await _time.WaitForTimerAsync(due => due == TimeSpan.FromMilliseconds(500));
            Assert.Equal(i, Volatile.Read(ref words));
            _time.Advance(TimeSpan.FromMilliseconds(500));
        }

        var reading = await pending;
        Assert.Null(reading.Failure);
        Assert.Equal(("Let me", "one two three"), (reading.Reasoning, reading.Text));
        Assert.Equal("dice", Assert.Single(reading.Calls).Name);
        Assert.Equal(5, reading.Usage?.OutputTokenCount);
        Assert.Equal(ChatFinishReason.ToolCalls, reading.FinishReason);
        Assert.Equal("s", reading.Updates.SelectMany(update => update.Contents).OfType<TextReasoningContent>().Last().ProtectedData);
        Assert.Null(model.Properties);
    }

    [Theory]
    [InlineData(LogLevel.Debug, false)]
    [InlineData(LogLevel.Trace, true)]
    public async Task Contents_are_logged_at_trace_only(LogLevel level, bool hasContents)
    {
        var lines = new List<string>();
        using var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(level).AddProvider(new Lines(lines)));
        _model.NextResponse(Update(new TextContent("private answer")), Finish());
        _model.NextFailure(ChatFailures.Status(500, null, "private error"));
        var client = new LoggingMiddleware().Wrap(_model, Context("logging") with { Loggers = loggers });
        await AskAsync(client, [new(ChatRole.User, "private question")], new ChatOptions { Instructions = "private instructions" });
        await AskAsync(client);
        var log = string.Join('\n', lines);
        Assert.Contains("TextContent, 1", log, StringComparison.Ordinal);
        Assert.Contains("ProviderError", log, StringComparison.Ordinal);
        Assert.Equal(hasContents, log.Contains("private answer", StringComparison.Ordinal) && log.Contains("private question", StringComparison.Ordinal));
        Assert.Equal(hasContents, log.Contains("private", StringComparison.Ordinal));
    }

    private static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;

    private static ChatResponseUpdate Update(AIContent content) => new(ChatRole.Assistant, [content]);

    private static ChatResponseUpdate Finish() => new(ChatRole.Assistant, []) { FinishReason = ChatFinishReason.Stop };

    private static async Task EverySplitAsync(ThinkOptions options, string text, string reasoning, string rest)
    {
        for (var i = 0; i <= text.Length; i++)
        {
            for (var j = i; j <= text.Length; j++)
            {
                var filter = new ThinkFilter(options);
                var contents = new List<AIContent>();
                foreach (var piece in new[] { text[..i], text[i..j], text[j..] })
                {
                    filter.Add(new TextContent(piece), contents);
                }

                filter.End(contents);
                ThoughtSoFar.Apply(contents);
                Assert.Equal((reasoning, rest), (string.Concat(contents.OfType<TextReasoningContent>()), string.Concat(contents.OfType<TextContent>())));
            }
        }

        await Task.CompletedTask;
    }

    private IChatClient Redaction() => new RedactionMiddleware().Wrap(_model, Context("redaction"));

    private ChatMiddlewareContext Context(string name, params (string Key, string Value)[] settings) => MiddlewareContexts.Of(name, _time, settings);

    private static Task<Reading> AskAsync(
        IChatClient client, IEnumerable<ChatMessage>? messages = null, ChatOptions? options = null, Action<Reading>? onUpdate = null) =>
        Reading.ToEndAsync(client.GetStreamingResponseAsync(messages ?? [new ChatMessage(ChatRole.User, "Hello")], options), onUpdate);

    private sealed class Lines(List<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add(formatter(state, exception));

        public void Dispose()
        {
        }
    }

    private sealed class WholeClient(ChatResponse response) : IChatClient
    {
        public AdditionalPropertiesDictionary? Properties { get; private set; } = [];

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            Properties = options?.AdditionalProperties;
            return Task.FromResult(response);
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("This model cannot stream.");

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
