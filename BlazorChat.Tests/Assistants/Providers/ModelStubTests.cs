using System.Diagnostics;
using System.Text;
using BlazorChat.Assistants;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;
using Xunit.Abstractions;

namespace BlazorChat.Tests.Assistants.Providers;

/// <summary>Every provider and protocol, through the whole pipeline, against a server that misbehaves to the byte.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class ModelStubTests(ITestOutputHelper output) : IAsyncLifetime
{
    private ModelStub _stub = null!;

    public static TheoryData<string, int> Passing => ModelWire.With(_ => new[] { 429, 500, 529 });

    public static TheoryData<string, string> EndMarks => ModelWire.With(wire => new[] { wire.EndMark }.Where(mark => mark.Length > 0));

    public static TheoryData<string, string> UnknownReasons => ModelWire.With(wire => wire.UnknownReasons);

    public async Task InitializeAsync() => _stub = await ModelStub.StartAsync();

    public async Task DisposeAsync() => await _stub.DisposeAsync();

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task A_complete_answer_arrives_whole(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address);
        _stub.EnqueueStream(wire.Begin, wire.Text("Hello "), wire.Text("Ada"), wire.End);
        var reading = await ModelWire.AskAsync(directory);
        Assert.Null(reading.Failure);
        Assert.Equal("Hello Ada", reading.Text);
        Assert.Equal(ChatFinishReason.Stop, reading.FinishReason);
        Assert.Equal("test-model-1", reading.Updates[0].ModelId);
        Assert.Equal(wire.Path, Assert.Single(_stub.Requests).Path);
    }

    [Theory]
    [MemberData(nameof(ModelWire.Refusing), MemberType = typeof(ModelWire))]
    public async Task A_refusal_is_told_apart_from_an_answer_and_its_words_are_kept(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address);
        _stub.EnqueueStream(wire.Begin, wire.Refusal("I cannot help with that."));
        var reading = await ModelWire.AskAsync(directory);
        Assert.Equal(ChatFailureKind.Refused, reading.Failure?.Kind);
        Assert.Contains("I cannot help with that.", reading.Text + reading.Failure!.Message, StringComparison.Ordinal);
        await AssertNextRequestWorksAsync(wire, directory);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task What_somebody_has_to_change_fails_at_once_without_giving_a_secret_away(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address);
        foreach (var (status, type, kind) in wire.LastingErrors)
        {
            var before = _stub.Requests.Count;
            _stub.Enqueue(status, "application/json", wire.ErrorBody(type, "Bad key sk-secret-0123456789abcdef for Bearer xyzzy; see https://provider.example/keys"));
            var reading = await ModelWire.AskAsync(directory);
            Assert.Equal((status, type, kind), (reading.Failure?.StatusCode, type, reading.Failure?.Kind));
            Assert.False(reading.Failure!.CanRetry);
            Assert.DoesNotContain("secret", reading.Failure.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("xyzzy", reading.Failure.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("https", reading.Failure.ToString(), StringComparison.Ordinal);
            Assert.Equal(before + 1, _stub.Requests.Count);
            await AssertNextRequestWorksAsync(wire, directory);
        }
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task A_long_retry_after_fails_at_once_with_the_wait_in_words(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address);
        _stub.Enqueue(429, "application/json", wire.ErrorBody("rate_limit_error", "slow down"), ("Retry-After", "180"));
        var reading = await ModelWire.AskAsync(directory);
        Assert.Equal(ChatFailureKind.RateLimited, reading.Failure?.Kind);
        Assert.Contains("3 minutes", reading.Failure!.Message, StringComparison.Ordinal);
        Assert.Single(_stub.Requests);
    }

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task What_passes_by_itself_is_repeated_after_the_wait_that_was_asked_for(string protocol, int status)
    {
        var wire = ModelWire.Named(protocol);
        var time = new FakeTimeProvider();
        using var directory = wire.CreateDirectory(_stub.Address, time);
        _stub.Enqueue(status, "application/json", wire.ErrorBody("api_error", "try later"), ("retry-after-ms", "5"));
        _stub.EnqueueStream(wire.Begin, wire.Text("Here"), wire.End);
        var asking = ModelWire.AskAsync(directory);
        await time.WaitForTimerAsync(IsRetry);
        time.Advance(TimeSpan.FromSeconds(2));
        var reading = await asking;
        Assert.Null(reading.Failure);
        Assert.Equal("Here", reading.Text);
        Assert.InRange(Assert.Single(reading.Notices).Delay, TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(1.1));
        Assert.Equal(2, _stub.Requests.Count);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task A_page_instead_of_a_stream_is_explained(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address, configure: NoRetries);
        _stub.Enqueue(502, "text/html", "<html><body>Bad gateway</body></html>");
        var reading = await ModelWire.AskAsync(directory);
        Assert.Equal(ChatFailureKind.ProviderError, reading.Failure?.Kind);
        Assert.Contains("502", reading.Failure!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("html", reading.Failure.Message, StringComparison.Ordinal);

        _stub.Enqueue(200, "text/html", "<html><body>Welcome</body></html>");
        Assert.Equal(ChatFailureKind.InvalidRequest, (await ModelWire.AskAsync(directory)).Failure?.Kind);

        _stub.Enqueue(302, "text/html", "", ("Location", "http://127.0.0.1:1/elsewhere"));
        Assert.Equal(302, (await ModelWire.AskAsync(directory)).Failure?.StatusCode);
        await AssertNextRequestWorksAsync(wire, directory);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task A_connection_that_breaks_before_the_first_token_is_tried_again(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        var time = new FakeTimeProvider();
        using var directory = wire.CreateDirectory(_stub.Address, time);
        _stub.Enqueue(exchange =>
        {
            exchange.Reset();
            return Task.CompletedTask;
        });
        _stub.EnqueueStream(wire.Begin, wire.Text("Here"), wire.End);
        var asking = ModelWire.AskAsync(directory);
        await time.WaitForTimerAsync(IsRetry);
        time.Advance(TimeSpan.FromSeconds(2));
        var reading = await asking;
        Assert.Null(reading.Failure);
        Assert.Equal("Here", reading.Text);
        Assert.Single(reading.Notices);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task A_connection_that_breaks_after_the_first_token_keeps_the_text_and_is_not_tried_again(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address);
        var read = new TaskCompletionSource();
        _stub.Enqueue(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.WriteAsync(wire.Begin + wire.Text("Half"));
            await read.Task;
            exchange.Reset();
        });
        var reading = await Reading.ToEndAsync(Ask(directory), _ => read.TrySetResult());
        Assert.Equal("Half", reading.Text);
        Assert.Equal(ChatFailureKind.ConnectionLost, reading.Failure?.Kind);
        Assert.True(reading.Failure!.CanRetry);
        Assert.Single(_stub.Requests);
        await AssertNextRequestWorksAsync(wire, directory);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task A_server_that_is_not_there_cannot_be_reached(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        var address = _stub.Address;
        using var directory = wire.CreateDirectory(address, configure: NoRetries);
        await _stub.DisposeAsync();
        Assert.Equal(ChatFailureKind.Unreachable, (await ModelWire.AskAsync(directory)).Failure?.Kind);
        _stub = await ModelStub.StartAsync();
    }

    [Theory]
    [MemberData(nameof(EndMarks))]
    public async Task A_mark_at_the_end_completes_a_response_without_a_finish_reason(string protocol, string mark)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address);
        _stub.EnqueueStream(wire.Begin, wire.Text("All of it"), mark);
        var reading = await ModelWire.AskAsync(directory);
        Assert.Equal("All of it", reading.Text);
        Assert.Null(reading.Failure);
        Assert.Equal(ChatFinishReason.Stop, reading.FinishReason);
        await AssertNextRequestWorksAsync(wire, directory);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task A_clean_end_without_a_finish_reason_is_a_failure_after_its_text(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address);
        _stub.EnqueueStream(wire.Begin, wire.Text("Half an ans"));
        var reading = await ModelWire.AskAsync(directory);
        Assert.Equal("Half an ans", reading.Text);
        Assert.Equal(ChatFailureKind.EndedEarly, reading.Failure?.Kind);
        await AssertNextRequestWorksAsync(wire, directory);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task An_error_event_inside_of_a_stream_is_a_failure_after_its_text(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address);
        foreach (var (type, kind) in wire.ErrorEvents)
        {
            _stub.EnqueueStream(wire.Begin, wire.Text("Half"), wire.ErrorEvent(type, "The engine is on fire (sk-secret-0123456789abcdef)"), wire.End);
            var reading = await ModelWire.AskAsync(directory);
            Assert.Equal("Half", reading.Text);
            Assert.Equal((type, kind), (type, reading.Failure?.Kind));
            Assert.True(reading.Failure!.CanRetry);
            Assert.DoesNotContain("secret", reading.Failure.Message, StringComparison.Ordinal);
            await AssertNextRequestWorksAsync(wire, directory);
        }
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task A_stall_in_the_middle_of_an_answer_ends_it_and_closes_the_connection(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        var time = new FakeTimeProvider();
        using var directory = wire.CreateDirectory(_stub.Address, time);
        _stub.Enqueue(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.WriteAsync(wire.Begin + wire.Text("Half"));
            await exchange.StallAsync();
        });
        var half = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = Reading.ToEndAsync(Ask(directory), _ => half.TrySetResult());
        var exchange = await _stub.NextRequestAsync();
        await half.Task.Soon();
        await time.WaitForTimerAsync(due => due == TimeSpan.FromSeconds(60));
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(ChatFailureKind.Stalled, (await reading).Failure?.Kind);
        Assert.Equal("Half", (await reading).Text);
        await exchange.Closed.Soon();
        await AssertNextRequestWorksAsync(wire, directory);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task Lines_and_characters_may_be_cut_anywhere(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address);

        // The second event is cut in the middle of a character of four bytes; its rest follows when the first one has been read.
        var second = Encoding.UTF8.GetBytes(wire.Text("\U0001F980 crab").Replace("\\uD83E\\uDD80", "\U0001F980", StringComparison.Ordinal));
        var cut = second.AsSpan().IndexOf((byte)0xF0) + 2;
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _stub.Enqueue(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.WriteAsync((byte[])[.. Encoding.UTF8.GetBytes(wire.Begin + wire.Text("A ")), .. second[..cut]]);
            await read.Task;
            foreach (var single in second[cut..].Concat(Encoding.UTF8.GetBytes(wire.End)))
            {
                await exchange.WriteAsync(new[] { single });
            }
        });
        var reading = await Reading.ToEndAsync(Ask(directory), _ => read.TrySetResult());
        Assert.Null(reading.Failure);
        Assert.Equal("A \U0001F980 crab", reading.Text);
    }

    [Theory]
    [MemberData(nameof(UnknownReasons))]
    public async Task A_finish_reason_that_nobody_knows_completes_an_answer_with_text(string protocol, string reason)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address);
        _stub.EnqueueStream(wire.Begin, wire.Text("All of it"), wire.Finish(reason), wire.Done);
        var reading = await ModelWire.AskAsync(directory);
        Assert.Null(reading.Failure);
        Assert.Equal("All of it", reading.Text);
        Assert.NotNull(reading.FinishReason);
        output.WriteLine($"{protocol} '{reason}' => {reading.FinishReason}");
        await AssertNextRequestWorksAsync(wire, directory);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task An_answer_without_text_is_a_failure(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address);
        _stub.EnqueueStream(wire.Begin, wire.End);
        Assert.Equal(ChatFailureKind.Empty, (await ModelWire.AskAsync(directory)).Failure?.Kind);
        await AssertNextRequestWorksAsync(wire, directory);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task Garbage_in_a_stream_is_a_failure_with_a_sentence(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address);
        var garbage = wire.Text("x").Replace("{", "<", StringComparison.Ordinal);
        _stub.EnqueueStream(wire.Begin, wire.Text("Half"), garbage);
        var reading = await ModelWire.AskAsync(directory);
        Assert.Equal("Half", reading.Text);
        Assert.Equal(ChatFailureKind.ProviderError, reading.Failure?.Kind);
        Assert.Equal("The model's provider sent something that could not be understood.", reading.Failure!.Message);
    }

    [Theory]
    [MemberData(nameof(ModelWire.AllBothWays), MemberType = typeof(ModelWire))]
    public async Task A_stop_reaches_the_provider_at_once(string protocol, bool afterTheFirstToken)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address);
        using var stop = new CancellationTokenSource();
        _stub.Enqueue(async exchange =>
        {
            if (afterTheFirstToken)
            {
                await exchange.StartStreamAsync();
                await exchange.WriteAsync(wire.Begin + wire.Text("Half"));
            }

            await exchange.StallAsync();
        });
        var half = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = Reading.ToEndAsync(Ask(directory, stop.Token), _ => half.TrySetResult());
        var exchange = await _stub.NextRequestAsync();
        if (afterTheFirstToken)
        {
            await half.Task.Soon();
        }

        var start = Stopwatch.GetTimestamp();
        await stop.CancelAsync();
        await exchange.Closed.Soon();
        output.WriteLine($"The provider saw the stop after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F1} ms.");
        Assert.True((await reading).WasStopped);
        Assert.Null((await reading).Failure);
        await AssertNextRequestWorksAsync(wire, directory);
    }

    [Theory]
    [MemberData(nameof(ModelWire.AllBothWays), MemberType = typeof(ModelWire))]
    public async Task A_stop_between_two_reads_reaches_the_provider_at_once_too(string protocol, bool byLeavingTheLoop)
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
        long start = 0;
        try
        {
            await foreach (var update in Ask(directory, stop.Token))
            {
                start = Stopwatch.GetTimestamp();
                if (byLeavingTheLoop)
                {
                    break;
                }

                await stop.CancelAsync();
            }
        }
        catch (OperationCanceledException) when (!byLeavingTheLoop)
        {
            // As it should be.
        }

        var exchange = await _stub.NextRequestAsync();
        await exchange.Closed.Soon();
        output.WriteLine($"The provider saw the stop after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F1} ms.");
    }

    private static IAsyncEnumerable<ChatResponseUpdate> Ask(AssistantDirectory directory, CancellationToken cancellationToken = default) =>
        directory.Find("a")!.Client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "Hello")], cancellationToken: cancellationToken);

    /// <summary>Whether a wait can only be the one before a request is repeated: nobody waits so shortly for anything else.</summary>
    private static bool IsRetry(TimeSpan due) => due <= TimeSpan.FromSeconds(2);

    private static void NoRetries(AssistantOptions options) => options.RetryAttempts = 0;

    private async Task AssertNextRequestWorksAsync(ModelWire wire, AssistantDirectory directory)
    {
        _stub.EnqueueStream(wire.Begin, wire.Text("Next"), wire.End);
        var reading = await ModelWire.AskAsync(directory);
        Assert.Null(reading.Failure);
        Assert.Equal("Next", reading.Text);
    }
}
