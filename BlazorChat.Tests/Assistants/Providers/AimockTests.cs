using BlazorChat.Assistants.Resilience;
using BlazorChat.Assistants;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Assistants.Providers;

/// <summary>Every provider and protocol, through the whole pipeline, against a model server that nobody here wrote.</summary>
[Trait(nameof(Kind), Kind.Process)]
public sealed class AimockTests(AimockServer aimock) : IClassFixture<AimockServer>
{
    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task A_plain_answer_streams_with_its_usage(string protocol)
    {
        var words = $"plain answer {protocol}";
        await aimock.AddAsync(new
        {
            match = new { userMessage = words },
            response = new { content = "The sea is calm tonight. \U0001F30A", usage = new { prompt_tokens = 7, completion_tokens = 9, input_tokens = 7, output_tokens = 9 } },
            chunkSize = 5,
        });
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(aimock.Address);
        var reading = await ModelWire.AskAsync(directory, words);
        Assert.Null(reading.Failure);
        Assert.Equal("The sea is calm tonight. \U0001F30A", reading.Text);
        Assert.Equal(ChatFinishReason.Stop, reading.FinishReason);
        Assert.Equal(wire.AimockSaysAll ? (7L, 9L) : default((long?, long?)), (reading.Usage?.InputTokenCount, reading.Usage?.OutputTokenCount));
        Assert.True(reading.Updates.Count > 4);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task Tool_calls_arrive_whole_and_their_results_go_back(string protocol)
    {
        var words = $"what is the weather {protocol}";
        await aimock.AddAsync(new
        {
            match = new { userMessage = words, hasToolResult = false },
            response = new { toolCalls = new[] { new { name = "weather", arguments = """{"city":"Turin"}""", id = "call_1" } } },
        });
        await aimock.AddAsync(new { match = new { userMessage = words, hasToolResult = true }, response = new { content = "Sunny." } });
        using var directory = ModelWire.Named(protocol).CreateDirectory(aimock.Address);
        var client = directory.Find("a")!.Client;
        var options = new ChatOptions { Tools = [AIFunctionFactory.Create((string city) => city, "weather")] };
        List<ChatMessage> prompt = [new(ChatRole.User, words) { AuthorName = "Ada" }];

        var first = await Reading.ToEndAsync(client.GetStreamingResponseAsync(prompt, options));
        Assert.Null(first.Failure);
        var call = Assert.Single(first.Calls);
        Assert.Equal("weather Turin", $"{call.Name} {call.Arguments!["city"]}");
        Assert.Equal(ChatFinishReason.ToolCalls, first.FinishReason);

        prompt.Add(new ChatMessage(ChatRole.Assistant, [call]));
        prompt.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, "22 degrees")]));
        var second = await Reading.ToEndAsync(client.GetStreamingResponseAsync(prompt, options));
        Assert.Null(second.Failure);
        Assert.Equal("Sunny.", second.Text);
    }

    [Theory]
    [MemberData(nameof(ModelWire.AimockSaying), MemberType = typeof(ModelWire))]
    public async Task Reasoning_arrives_apart_from_the_answer(string protocol)
    {
        var words = $"think first {protocol}";
        await aimock.AddAsync(new { match = new { userMessage = words }, response = new { content = "42.", reasoning = "Let me think." } });
        using var directory = ModelWire.Named(protocol).CreateDirectory(aimock.Address);
        var reading = await ModelWire.AskAsync(directory, words);
        Assert.Null(reading.Failure);
        Assert.Equal("Let me think.", reading.Reasoning);
        Assert.Equal("42.", reading.Text);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task An_error_that_stays_is_not_repeated(string protocol)
    {
        using var directory = ModelWire.Named(protocol).CreateDirectory(aimock.Address);
        foreach (var (status, kind) in new[] { (401, ChatFailureKind.Unauthorized), (400, ChatFailureKind.InvalidRequest) })
        {
            var words = $"error {status} {protocol}";
            await aimock.AddAsync(new { match = new { userMessage = words }, response = new { error = new { message = "No.", type = "x" }, status } });
            var reading = await ModelWire.AskAsync(directory, words);
            Assert.Equal(kind, reading.Failure?.Kind);
            Assert.Single(await aimock.RequestsAsync(words));
        }
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task An_error_that_passes_is_repeated_and_then_the_answer_comes(string protocol)
    {
        var time = new FakeTimeProvider();
        using var directory = ModelWire.Named(protocol).CreateDirectory(aimock.Address, time);
        foreach (var (status, kind) in new[] { (429, ChatFailureKind.RateLimited), (500, ChatFailureKind.ProviderError) })
        {
            var words = $"passing {status} {protocol}";
            await aimock.AddAsync(new { match = new { userMessage = words, sequenceIndex = 0 }, response = new { error = new { message = "Later.", type = "x" }, status, retryAfter = 1 } });
            await aimock.AddAsync(new { match = new { userMessage = words }, response = new { content = "Here." } });
            var asking = ModelWire.AskAsync(directory, words);

            // What was asked for, and up to a second more.
            await time.WaitForTimerAsync(due => due <= TimeSpan.FromSeconds(2));
            time.Advance(TimeSpan.FromSeconds(2));
            var reading = await asking;
            Assert.Null(reading.Failure);
            Assert.Equal("Here.", reading.Text);
            var notice = Assert.Single(reading.Notices);
            Assert.Equal(ChatFailures.Status(status, null, "Later.").Message, notice.Reason);

            // It sends a Retry-After with a 429 only.
            Assert.InRange(notice.Delay, TimeSpan.FromSeconds(status == 429 ? 1 : 0.75), TimeSpan.FromSeconds(2));
            Assert.Equal(kind, ChatFailures.Status(status, null, "").Kind);
            Assert.Equal(2, (await aimock.RequestsAsync(words)).Count);
        }
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task A_drop_after_the_first_tokens_keeps_them_and_the_next_request_works(string protocol)
    {
        var words = $"dropped {protocol}";
        await aimock.AddAsync(new
        {
            match = new { userMessage = words, sequenceIndex = 0 },
            response = new { content = "One two three four five six seven eight nine ten" },
            chunkSize = 4,

            // Responses begins with four events that have no text.
            truncateAfterChunks = protocol == ModelWire.Responses ? 10 : 6,

            // A reset takes what has not been read yet with it: the first chunks must have time to arrive.
            latency = 150,
        });
        await aimock.AddAsync(new { match = new { userMessage = words }, response = new { content = "Whole." } });
        using var directory = ModelWire.Named(protocol).CreateDirectory(aimock.Address);
        var reading = await ModelWire.AskAsync(directory, words);
        Assert.StartsWith("One", reading.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("ten", reading.Text, StringComparison.Ordinal);
        Assert.Equal(ChatFailureKind.ConnectionLost, reading.Failure?.Kind);
        Assert.Equal("Whole.", (await ModelWire.AskAsync(directory, words)).Text);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task The_model_is_told_who_speaks_and_what_its_instructions_are(string protocol)
    {
        var words = $"who am I {protocol}";
        await aimock.AddAsync(new { match = new { userMessage = words }, response = new { content = "You are Ada." } });
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(aimock.Address);
        await directory.Find("a")!.Client.GetResponseAsync(
            [new ChatMessage(ChatRole.User, words) { AuthorName = "Ada" }], new ChatOptions { Instructions = "Be brief." });
        var request = Assert.Single(await aimock.RequestsAsync(words)).GetRawText();
        Assert.Contains("Be brief.", request, StringComparison.Ordinal);
        Assert.Contains(wire.NamesSpeakers ? "\"name\":\"Ada\"" : """{\"from\":\"Ada""", request, StringComparison.Ordinal);
    }
}
