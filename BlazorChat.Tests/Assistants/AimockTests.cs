using BlazorChat.Assistants;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Assistants;

/// <summary>Every wire protocol that it speaks, through the whole pipeline, against a model server that nobody here wrote.</summary>
public sealed class AimockTests(AimockServer aimock) : IClassFixture<AimockServer>
{
    [Theory]
    [MemberData(nameof(ModelWire.Aimock), MemberType = typeof(ModelWire))]
    public async Task A_plain_answer_streams_with_its_usage(string protocol)
    {
        var words = $"plain answer {protocol}";
        await aimock.AddAsync(new
        {
            match = new { userMessage = words },
            response = new { content = "The sea is calm tonight. \U0001F30A", usage = new { prompt_tokens = 7, completion_tokens = 9, input_tokens = 7, output_tokens = 9 } },
            chunkSize = 5,
        });
        using var directory = ModelWire.Named(protocol).CreateDirectory(aimock.Address);
        var reading = await ModelWire.AskAsync(directory, words);
        Assert.Null(reading.Failure);
        Assert.Equal("The sea is calm tonight. \U0001F30A", reading.Text);
        Assert.Equal(ChatFinishReason.Stop, reading.FinishReason);
        Assert.Equal((7L, 9L), (reading.Usage?.InputTokenCount, reading.Usage?.OutputTokenCount));
        Assert.True(reading.Updates.Count > 4);
    }

    [Theory]
    [MemberData(nameof(ModelWire.Aimock), MemberType = typeof(ModelWire))]
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
        var client = directory.GetChatClient("a");
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
    [MemberData(nameof(ModelWire.Aimock), MemberType = typeof(ModelWire))]
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
    [InlineData(ModelWire.OpenAI, 401, ChatFailureKind.Unauthorized)]
    [InlineData(ModelWire.OpenAI, 400, ChatFailureKind.InvalidRequest)]
    [InlineData(ModelWire.Responses, 401, ChatFailureKind.Unauthorized)]
    [InlineData(ModelWire.Responses, 400, ChatFailureKind.InvalidRequest)]
    [InlineData(ModelWire.Anthropic, 401, ChatFailureKind.Unauthorized)]
    [InlineData(ModelWire.Anthropic, 400, ChatFailureKind.InvalidRequest)]
    public async Task An_error_that_stays_is_not_repeated(string protocol, int status, ChatFailureKind kind)
    {
        var words = $"error {status} {protocol}";
        await aimock.AddAsync(new { match = new { userMessage = words }, response = new { error = new { message = "No.", type = "x" }, status } });
        using var directory = ModelWire.Named(protocol).CreateDirectory(aimock.Address);
        var reading = await ModelWire.AskAsync(directory, words);
        Assert.Equal(kind, reading.Failure?.Kind);
        Assert.Single(await aimock.RequestsAsync(words));
    }

    [Theory]
    [InlineData(ModelWire.OpenAI, 429, ChatFailureKind.RateLimited)]
    [InlineData(ModelWire.OpenAI, 500, ChatFailureKind.ProviderError)]
    [InlineData(ModelWire.Responses, 429, ChatFailureKind.RateLimited)]
    [InlineData(ModelWire.Responses, 500, ChatFailureKind.ProviderError)]
    [InlineData(ModelWire.Anthropic, 429, ChatFailureKind.RateLimited)]
    [InlineData(ModelWire.Anthropic, 500, ChatFailureKind.ProviderError)]
    public async Task An_error_that_passes_is_repeated_and_then_the_answer_comes(string protocol, int status, ChatFailureKind kind)
    {
        var words = $"passing {status} {protocol}";
        await aimock.AddAsync(new { match = new { userMessage = words, sequenceIndex = 0 }, response = new { error = new { message = "Later.", type = "x" }, status, retryAfter = 1 } });
        await aimock.AddAsync(new { match = new { userMessage = words }, response = new { content = "Here." } });
        using var directory = ModelWire.Named(protocol).CreateDirectory(aimock.Address);
        var reading = await ModelWire.AskAsync(directory, words);
        Assert.Null(reading.Failure);
        Assert.Equal("Here.", reading.Text);
        Assert.Equal(ChatFailures.Status(status, null, "Later.").Sentence, Assert.Single(reading.Notices).Reason);
        Assert.Equal(kind, ChatFailures.Status(status, null, "").Kind);
        Assert.Equal(2, (await aimock.RequestsAsync(words)).Count);
    }

    [Theory]
    [MemberData(nameof(ModelWire.Aimock), MemberType = typeof(ModelWire))]
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
    [MemberData(nameof(ModelWire.Aimock), MemberType = typeof(ModelWire))]
    public async Task The_model_is_told_who_speaks_and_what_its_instructions_are(string protocol)
    {
        var words = $"who am I {protocol}";
        await aimock.AddAsync(new { match = new { userMessage = words }, response = new { content = "You are Ada." } });
        using var directory = ModelWire.Named(protocol).CreateDirectory(aimock.Address);
        await directory.GetChatClient("a").GetResponseAsync(
            [new ChatMessage(ChatRole.User, words) { AuthorName = "Ada" }], new ChatOptions { Instructions = "Be brief." });
        var request = Assert.Single(await aimock.RequestsAsync(words)).GetRawText();
        Assert.Contains("Be brief.", request, StringComparison.Ordinal);
        Assert.Contains("""{\u0022from\u0022:\u0022Ada\u0022""".Replace("\\u0022", "\\\"", StringComparison.Ordinal), request, StringComparison.Ordinal);
    }
}
