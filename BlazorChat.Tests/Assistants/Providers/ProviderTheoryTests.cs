using BlazorChat.Assistants;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Assistants.Providers;

/// <summary>
/// What every provider and protocol must do, through the whole pipeline: one theory over all of them (<see cref="ModelWire.All"/>). A new one is
/// a <see cref="ModelWire"/> and a line there.
/// </summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class ProviderTheoryTests : IAsyncLifetime
{
    private const string Thought = "Both cities, then.";
    private const string Seal = "c2VhbC1vZi10aGUtdGhvdWdodA==";

    private static readonly ChatOptions Tools = new() { Tools = [AIFunctionFactory.Create((string city) => city, "weather")] };

    private ModelStub _stub = null!;

    public async Task InitializeAsync() => _stub = await ModelStub.StartAsync();

    public async Task DisposeAsync() => await _stub.DisposeAsync();

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task Text_streams_and_its_tokens_are_counted(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address);
        _stub.EnqueueStream(wire.Begin, wire.Text("Good "), wire.Text("evening"), wire.EndWithUsage);
        var reading = await ModelWire.AskAsync(directory);
        Assert.Null(reading.Failure);
        Assert.Equal("Good evening", reading.Text);
        Assert.Equal(["Good ", "evening"], reading.Updates.Select(update => update.Text).Where(text => text.Length > 0));
        Assert.Equal(ChatFinishReason.Stop, reading.FinishReason);
        var expected = wire.ExpectedUsage;
        var usage = reading.Usage!;
        Assert.Equal(
            (expected.InputTokenCount, expected.OutputTokenCount, expected.CachedInputTokenCount ?? 0, expected.ReasoningTokenCount ?? 0),
            (usage.InputTokenCount, usage.OutputTokenCount, usage.CachedInputTokenCount ?? 0, usage.ReasoningTokenCount ?? 0));
        Assert.Equal(wire.Path, Assert.Single(_stub.Requests).Path);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task Two_calls_at_once_come_whole_and_their_results_and_the_reasoning_go_back(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address);
        var client = directory.Find("a")!.Client;
        _stub.EnqueueStream(
            wire.Begin, wire.Thought(Thought, Seal),
            wire.CallInPieces(0, "call_1", "weather", """{"city":""", "\"Turin\"}"),
            wire.CallInPieces(1, "call_2", "weather", """{"city":"Oslo"}"""),
            wire.CallsEnd);
        _stub.EnqueueStream(wire.Begin, wire.Text("Sunny and cold."), wire.End);

        List<ChatMessage> prompt = [new(ChatRole.User, "Both?")];
        var first = await Reading.ToEndAsync(client.GetStreamingResponseAsync(prompt, Tools));
        Assert.Null(first.Failure);
        Assert.Equal(Thought, first.Reasoning);
        Assert.Equal(ChatFinishReason.ToolCalls, first.FinishReason);
        Assert.Equal(["call_1 Turin", "call_2 Oslo"], first.Calls.Select(call => $"{call.CallId} {call.Arguments!["city"]}"));
        if (wire.ShowsPieces)
        {
            Assert.Equal(("""{"city":"Turin"}""", """{"city":"Oslo"}"""), (first.Shown("call_1"), first.Shown("call_2")));
            Assert.True(first.Deltas.Count > 2);
        }

        prompt.AddRange([first.Kept(), new(ChatRole.Tool, [new FunctionResultContent("call_1", "22 degrees"), new FunctionResultContent("call_2", "4 degrees")])]);
        var second = await Reading.ToEndAsync(client.GetStreamingResponseAsync(prompt, Tools));
        Assert.Null(second.Failure);
        Assert.Equal("Sunny and cold.", second.Text);
        var request = _stub.Requests[^1];
        Assert.Equal(wire.AnswersById ? ["call_1: 22 degrees", "call_2: 4 degrees"] : ["weather: 22 degrees", "weather: 4 degrees"], wire.Results(request.Json));
        Assert.Equal(wire.TakesReasoningBack, request.Body.Contains(Seal, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task Half_a_character_in_the_arguments_of_a_call_costs_one_sign(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address);
        var client = directory.Find("a")!.Client;

        // An escape of the stream's JSON (%H, %L), or of the arguments' (%h, %l), at the end of one piece and the beginning of the next.
        foreach (var (end, beginning, sign) in new[]
        {
            ("%H", "%L", "\U0001F980"), ("%H", "", "\uFFFD"), ("", "%L", "\uFFFD"),
            ("%h", "%l", "\U0001F980"), ("%h", "", "\uFFFD"), ("", "%l", "\uFFFD"),
        })
        {
            var call = wire.CallInPieces(0, "call_1", "weather", $$"""{"city":"Crab {{end}}""", $$"""{{beginning}} Island"}""");
            var escape = wire.ShowsPieces ? @"\\u" : @"\u";
            _stub.EnqueueStream(
                wire.Begin, wire.Text("Let me see."),
                call.Replace("%H", @"\ud83e", StringComparison.Ordinal).Replace("%L", @"\udd80", StringComparison.Ordinal)
                    .Replace("%h", $"{escape}d83e", StringComparison.Ordinal).Replace("%l", $"{escape}dd80", StringComparison.Ordinal),
                wire.CallsEnd);
            List<ChatMessage> prompt = [new(ChatRole.User, "How is it?")];
            var first = await Reading.ToEndAsync(client.GetStreamingResponseAsync(prompt, Tools));
            Assert.Null(first.Failure);
            Assert.Equal("Let me see.", first.Text);
            var made = Assert.Single(first.Calls);
            Assert.Null(made.Exception);
            Assert.Equal($"Crab {sign} Island", $"{made.Arguments!["city"]}");

            // It can be sent back.
            _stub.EnqueueStream(wire.Begin, wire.Text("Sunny."), wire.End);
            prompt.AddRange([first.Kept(), new(ChatRole.Tool, [new FunctionResultContent(made.CallId, "22 degrees")])]);
            Assert.Equal("Sunny.", (await Reading.ToEndAsync(client.GetStreamingResponseAsync(prompt, Tools))).Text);
        }
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task An_answer_that_was_ended_says_by_what(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address);
        _stub.EnqueueStream(wire.Begin, wire.Text("Once upon a"), wire.Finish(wire.LengthReason), wire.Done);
        var cut = await ModelWire.AskAsync(directory);
        Assert.Null(cut.Failure);
        Assert.Equal(ChatFinishReason.Length, cut.FinishReason);

        if (wire.FilterReason is { } filter)
        {
            _stub.EnqueueStream(wire.Begin, wire.Text("Once upon a"), wire.Finish(filter), wire.Done);
            var filtered = await ModelWire.AskAsync(directory);
            Assert.Equal("Once upon a", filtered.Text);
            Assert.Equal(ChatFailureKind.Refused, filtered.Failure?.Kind);
        }
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task What_the_provider_refuses_has_its_kind(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address, configure: options => options.RetryAttempts = 0);
        foreach (var (status, kind) in new[] { (401, ChatFailureKind.Unauthorized), (429, ChatFailureKind.RateLimited), (500, ChatFailureKind.ProviderError) })
        {
            _stub.Enqueue(status, "application/json", wire.ErrorBody("some_error", $"No, {ModelWire.Secret}."));
            var reading = await ModelWire.AskAsync(directory);
            Assert.Equal((kind, status), (reading.Failure?.Kind, reading.Failure?.StatusCode));
            Assert.DoesNotContain(ModelWire.Secret, reading.Failure!.Message, StringComparison.Ordinal);
        }

        // One request each: nobody but the guard repeats.
        Assert.Equal(3, _stub.Requests.Count);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task An_error_in_the_stream_and_a_cut_stream_are_failures_after_the_text(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address);
        _stub.EnqueueStream(wire.Begin, wire.Text("Half"), wire.ErrorEvent("api_error", "The engine is on fire"));
        var broken = await ModelWire.AskAsync(directory);
        Assert.Equal("Half", broken.Text);
        Assert.Equal(ChatFailureKind.ProviderError, broken.Failure?.Kind);
        Assert.Contains("The engine is on fire", broken.Failure!.Message, StringComparison.Ordinal);

        _stub.EnqueueStream(wire.Begin, wire.Text("Half an ans"));
        var cut = await ModelWire.AskAsync(directory);
        Assert.Equal("Half an ans", cut.Text);
        Assert.Equal(ChatFailureKind.EndedEarly, cut.Failure?.Kind);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task A_page_with_the_status_of_a_success_is_no_answer(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address);
        _stub.Enqueue(200, "text/html", "<html><body>Welcome</body></html>");
        Assert.Equal(ChatFailureKind.InvalidRequest, (await ModelWire.AskAsync(directory)).Failure?.Kind);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task A_stop_reaches_the_socket(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address);
        using var stop = new CancellationTokenSource();
        _stub.Enqueue(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.WriteAsync(wire.Begin + wire.Text("Half"));
            await exchange.StallAsync();
        });
        var half = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = Reading.ToEndAsync(
            directory.Find("a")!.Client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "Hello")], cancellationToken: stop.Token), _ => half.TrySetResult());
        var exchange = await _stub.NextRequestAsync();
        await half.Task.Soon();
        await stop.CancelAsync();
        await exchange.Closed.Soon();
        Assert.True((await reading).WasStopped);
    }
}
