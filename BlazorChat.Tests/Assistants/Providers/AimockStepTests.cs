using System.Text.Json;
using Anthropic.Models.Messages;
using BlazorChat.Assistants;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Assistants.Providers;

/// <summary>Responses of several steps, through the whole pipeline, against a model server that nobody here wrote.</summary>
[Trait(nameof(Kind), Kind.Process)]
public sealed class AimockStepTests(AimockServer aimock) : IClassFixture<AimockServer>
{
    private const string Thought = "The user wants both cities.";
    private const string Signature = "c2lnbmF0dXJlLW9mLXRoZS10aG91Z2h0";

    // With this header the server refuses what it otherwise only logs.
    private static readonly Dictionary<string, JsonElement> Strict = new(StringComparer.Ordinal) { ["X-AIMock-Strict"] = JsonSerializer.SerializeToElement("true") };

    private static readonly MessageCreateParams Thinking = new() { Model = "test-model", MaxTokens = 4096, Messages = [], Thinking = new ThinkingConfigEnabled(1024) };

    private static readonly ChatOptions Tools = new() { Tools = [AIFunctionFactory.Create((string city) => city, "weather"), AIFunctionFactory.Create(() => 6, "dice")] };

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task Parallel_calls_show_their_arguments_while_they_come_and_get_their_results_back(string protocol)
    {
        var words = $"weather in two cities {protocol}";
        object[] calls = [new { name = "weather", arguments = """{"city":"Turin"}""", id = "call_1" }, new { name = "weather", arguments = """{"city":"Oslo"}""", id = "call_2" }];
        await aimock.AddAsync(new { match = new { userMessage = words, hasToolResult = false }, response = new { toolCalls = calls }, chunkSize = 4 });
        await aimock.AddAsync(new { match = new { userMessage = words, hasToolResult = true }, response = new { content = "Sunny and cold." } });
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(aimock.Address);
        List<ChatMessage> prompt = [new(ChatRole.User, words) { AuthorName = "Ada" }];

        var first = await AskAsync(directory, prompt);
        Assert.Null(first.Failure);
        Assert.Equal(["Turin", "Oslo"], first.Calls.Select(call => $"{call.Arguments!["city"]}"));
        string[] ids = [.. first.Calls.Select(call => call.CallId)];
        if (wire.AnswersById)
        {
            Assert.Equal(["call_1", "call_2"], ids);
        }

        Assert.Equal("""{"city":"Turin"}""", first.Shown(ids[0]));
        Assert.Equal("""{"city":"Oslo"}""", first.Shown(ids[1]));
        Assert.InRange(first.Deltas.Count, wire.ShowsPieces ? 5 : 2, 100);
        Assert.All(first.Deltas, delta => Assert.Equal("weather", delta.Name));

        prompt.AddRange([first.Kept(), new(ChatRole.Tool, [new FunctionResultContent(ids[0], "22 degrees"), new FunctionResultContent(ids[1], "4 degrees")])]);
        var second = await AskAsync(directory, prompt);
        Assert.Equal("Sunny and cold.", second.Text);
        var sent = (await aimock.RequestsAsync(words))[^1].GetProperty("messages").EnumerateArray().TakeLast(2).ToList();
        Assert.Equal(["tool 22 degrees", "tool 4 degrees"], sent.Select(message => $"{Text(message, "role")} {Text(message, "content")}"));
        Assert.Equal(wire.AnswersById ? ids : [], sent.Where(message => message.TryGetProperty("tool_call_id", out _)).Select(message => Text(message, "tool_call_id")));
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task An_answer_may_take_five_steps(string protocol)
    {
        var words = $"five steps {protocol}";
        for (var step = 4; step >= 0; step--)
        {
            object response = step == 4
                ? new { content = "Done." }
                : new { content = $"Step {step}. ", reasoning = Thought, reasoningSignature = Signature, toolCalls = new[] { new { name = "dice", arguments = "{}", id = $"call_{step}" } } };
            await aimock.AddAsync(new { match = new { userMessage = words, sequenceIndex = step }, response });
        }

        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(aimock.Address);

        // As many messages as a busy room sends, half of them by assistants.
        List<ChatMessage> prompt = [.. Enumerable.Range(0, 100).Select(i => i % 2 == 0 ? new ChatMessage(ChatRole.User, $"message {i}") { AuthorName = "Ada" } : new ChatMessage(ChatRole.Assistant, $"answer {i} "))];
        prompt.Add(new ChatMessage(ChatRole.User, words) { AuthorName = "Grace" });
        for (var step = 0; ; step++)
        {
            var reading = await AskAsync(directory, prompt, ThinkingEnabled(protocol));
            Assert.Null(reading.Failure);
            if (reading.Calls is not [var call])
            {
                Assert.Equal((4, "Done."), (step, reading.Text));
                break;
            }

            Assert.Equal((Thought, $"Step {step}. "), (reading.Reasoning, reading.Text));
            prompt.AddRange([reading.Kept(), new(ChatRole.Tool, [new FunctionResultContent(call.CallId, $"{step + 1}")])]);
        }
    }

    [Fact]
    public async Task Anthropic_gets_its_signed_thinking_back_before_the_results()
    {
        const string Words = "think and roll with a signature";
        await AddThinkingAsync(Words);
        using var directory = ModelWire.Named(ModelWire.Anthropic).CreateDirectory(aimock.Address);
        List<ChatMessage> prompt = [new(ChatRole.User, Words)];
        var first = await AskAsync(directory, prompt);
        var kept = first.Kept();
        var thought = Assert.IsType<TextReasoningContent>(kept.Contents[0]);
        Assert.Equal((Thought, Signature), (thought.Text, thought.ProtectedData));

        // The server refuses a step whose thinking or signature is missing.
        ChatMessage result = new(ChatRole.Tool, [new FunctionResultContent("call_1", "4")]);
        var without = new ChatMessage(ChatRole.Assistant, [.. kept.Contents.Skip(1)]);
        Assert.Equal(ChatFailureKind.InvalidRequest, (await AskAsync(directory, [.. prompt, without, result], ThinkingEnabled(ModelWire.Anthropic))).Failure?.Kind);
        var unsigned = new ChatMessage(ChatRole.Assistant, [new TextReasoningContent(Thought), .. kept.Contents.Skip(1)]);
        Assert.Equal(ChatFailureKind.InvalidRequest, (await AskAsync(directory, [.. prompt, unsigned, result], ThinkingEnabled(ModelWire.Anthropic))).Failure?.Kind);
        var second = await AskAsync(directory, [.. prompt, kept, result], ThinkingEnabled(ModelWire.Anthropic));
        Assert.Null(second.Failure);
        Assert.Equal("You rolled 4.", second.Text);
    }

    [Fact]
    public async Task Nobody_else_gets_anybody_s_thinking()
    {
        const string Words = "think and roll elsewhere";
        await AddThinkingAsync(Words);
        using var directory = ModelWire.Named(ModelWire.OpenAI).CreateDirectory(aimock.Address);
        List<ChatMessage> prompt = [new(ChatRole.User, Words)];
        var first = await AskAsync(directory, prompt);
        Assert.Equal(Thought, first.Reasoning);
        var step = new ChatMessage(ChatRole.Assistant, [new TextReasoningContent(Thought) { ProtectedData = Signature }, .. first.Calls]);
        var second = await AskAsync(directory, [.. prompt, step, new(ChatRole.Tool, [new FunctionResultContent("call_1", "4")])]);
        Assert.Equal("You rolled 4.", second.Text);
        var sent = (await aimock.RequestsAsync(Words))[^1].GetRawText();
        Assert.Contains("call_1", sent, StringComparison.Ordinal);
        Assert.DoesNotContain(Thought, sent, StringComparison.Ordinal);
        Assert.DoesNotContain(Signature, sent, StringComparison.Ordinal);
    }

    private static Task<Reading> AskAsync(AssistantDirectory directory, List<ChatMessage> prompt, ChatOptions? options = null) =>
        Reading.ToEndAsync(directory.Find("a")!.Client.GetStreamingResponseAsync(prompt, options ?? Tools));

    /// <summary>With the kind of thinking for which the server checks that every step begins with it.</summary>
    private static ChatOptions ThinkingEnabled(string protocol)
    {
        var options = Tools.Clone();
        options.RawRepresentationFactory = protocol == ModelWire.Anthropic
            ? static _ => MessageCreateParams.FromRawUnchecked(Strict, new Dictionary<string, JsonElement>(StringComparer.Ordinal), Thinking.RawBodyData)
            : null;
        return options;
    }

    private static string? Text(JsonElement message, string name) => message.GetProperty(name).ToString();

    private async Task AddThinkingAsync(string words)
    {
        var call = new { name = "dice", arguments = "{}", id = "call_1" };
        await aimock.AddAsync(new { match = new { userMessage = words, hasToolResult = false }, response = new { toolCalls = new[] { call }, reasoning = Thought, reasoningSignature = Signature } });
        await aimock.AddAsync(new { match = new { userMessage = words, hasToolResult = true }, response = new { content = "You rolled 4." } });
    }
}
