using BlazorChat.Assistants.Resilience;
using BlazorChat.Assistants;
using BlazorChat.Turns;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace BlazorChat.Tests.Assistants.Resilience;

[Trait(nameof(Kind), Kind.Unit)]
public sealed class GuardChatClientTests : IDisposable
{
    private static readonly GuardLimits Limits = new(TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(10), RetryAttempts: 2, MaxResponseCharacters: 1000);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeChatClient _model = new();
    private readonly CancellationTokenSource _stop = new();

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task A_complete_answer_comes_through_as_it_is()
    {
        _model.NextResponse(Text("Hello"), Text(" Ada"), Finish(ChatFinishReason.Stop));
        var reading = await ReadAsync(_model);
        Assert.Null(reading.Failure);
        Assert.Equal("Hello Ada", reading.Text);
        Assert.Equal(ChatFinishReason.Stop, reading.FinishReason);
    }

    [Fact]
    public async Task An_answer_cut_by_its_token_limit_is_complete_and_says_so()
    {
        _model.NextResponse(Text("Once upon a"), Finish(ChatFinishReason.Length));
        var reading = await ReadAsync(_model);
        Assert.Null(reading.Failure);
        Assert.Equal(ChatFinishReason.Length, reading.FinishReason);
    }

    [Fact]
    public async Task A_finish_reason_that_nobody_knows_completes_an_answer_with_text()
    {
        _model.NextResponse(Text("Done"), Finish(new ChatFinishReason("eos_token")));
        Assert.Null((await ReadAsync(_model)).Failure);
    }

    [Fact]
    public async Task A_stream_that_ends_without_a_finish_reason_is_a_failure_after_its_text()
    {
        _model.NextResponse(Text("Half an ans"));
        var reading = await ReadAsync(_model);
        Assert.Equal("Half an ans", reading.Text);
        Assert.Equal(ChatFailureKind.EndedEarly, reading.Failure?.Kind);
        Assert.Empty(reading.Notices);
    }

    [Fact]
    public async Task What_breaks_behind_the_finish_reason_does_not_spoil_the_answer()
    {
        var response = _model.NextResponse();
        response.Writer.TryWrite(Text("All of it"));
        response.Writer.TryWrite(Finish(ChatFinishReason.Stop));
        response.Writer.Complete(new IOException("reset"));
        var reading = await ReadAsync(_model);
        Assert.Null(reading.Failure);
        Assert.Equal("All of it", reading.Text);
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("length")]
    public async Task A_finish_reason_without_any_text_is_an_empty_answer(string reason)
    {
        _model.NextResponse(new ChatResponseUpdate(ChatRole.Assistant, [new TextReasoningContent("Hm.")]), Text("  "), Finish(new ChatFinishReason(reason)));
        Assert.Equal(ChatFailureKind.Empty, (await ReadAsync(_model)).Failure?.Kind);
    }

    [Fact]
    public async Task Tool_calls_without_text_are_an_answer()
    {
        _model.NextResponse(new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent("1", "dice")]) { FinishReason = ChatFinishReason.ToolCalls });
        var reading = await ReadAsync(_model);
        Assert.Null(reading.Failure);
        Assert.Equal("dice", Assert.Single(reading.Calls).Name);
    }

    [Fact]
    public async Task Arguments_that_were_shown_are_not_shown_again_by_a_repetition()
    {
        var response = _model.NextResponse();
        response.Writer.TryWrite(Delta("{\"sides\":"));
        response.Writer.Complete(new IOException("reset"));
        var reading = await ReadAsync(_model);
        Assert.Equal(ChatFailureKind.ConnectionLost, reading.Failure?.Kind);
        Assert.Equal("{\"sides\":", reading.Shown("1"));
        Assert.Empty(reading.Notices);
    }

    [Fact]
    public async Task Arguments_count_as_part_of_an_answer_that_grows_too_long()
    {
        var response = _model.NextResponse();
        for (var i = 0; i < 20; i++)
        {
            response.Writer.TryWrite(Delta(new string('x', 99)));
        }

        var reading = await ReadAsync(_model);
        Assert.Equal(ChatFailureKind.TooLong, reading.Failure?.Kind);
        Assert.Equal(990, reading.Shown("1").Length);
    }

    [Fact]
    public async Task After_the_results_of_tools_a_model_may_have_nothing_to_add()
    {
        Prompt.Add(new ChatMessage(ChatRole.Assistant, [new TextContent("I set the alarm."), new FunctionCallContent("1", "alarm")]));
        Prompt.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent("1", "set")]));
        _model.NextResponse(Finish(ChatFinishReason.Stop));
        _model.NextResponse(Finish(ChatFinishReason.Length));
        Assert.Null((await ReadAsync(_model)).Failure);
        Assert.Equal(ChatFailureKind.Empty, (await ReadAsync(_model)).Failure?.Kind);
    }

    [Fact]
    public async Task Only_a_silent_provider_is_a_stall()
    {
        _model.NextResponse();
        var reading = ReadAsync(_model);
        await _time.WaitForTimerAsync(due => due == Limits.IdleTimeout);
        _time.Advance(Limits.IdleTimeout);
        Assert.True((await reading).Failure!.IsStall);
        Assert.False(ChatFailures.EndedEarly().IsStall);
        Assert.False(new ResponseFailedException("no").IsStall);
    }

    [Fact]
    public async Task A_refusal_is_a_failure_that_quotes_the_model()
    {
        _model.NextResponse(Text("Well. "), Refusal("I cannot "), Refusal("help with that."), Finish(ChatFinishReason.Stop));
        var reading = await ReadAsync(_model);
        Assert.Equal("Well. ", reading.Text);
        Assert.Equal(ChatFailureKind.Refused, reading.Failure?.Kind);
        Assert.False(reading.Failure!.CanRetry);
        Assert.Contains("I cannot help with that.", reading.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_stopped_by_a_content_filter_is_refused_and_keeps_its_text()
    {
        _model.NextResponse(Text("The first step"), Finish(ChatFinishReason.ContentFilter));
        var reading = await ReadAsync(_model);
        Assert.Equal("The first step", reading.Text);
        Assert.Equal(ChatFailureKind.Refused, reading.Failure?.Kind);
    }

    [Fact]
    public async Task An_answer_that_grows_too_long_is_ended_within_its_bound()
    {
        var response = _model.NextResponse();
        for (var i = 0; i < 20; i++)
        {
            response.Writer.TryWrite(Text(new string('x', 99)));
        }

        var reading = await ReadAsync(_model);
        Assert.Equal(ChatFailureKind.TooLong, reading.Failure?.Kind);
        Assert.Equal(990, reading.Text.Length);
        Assert.True(_model.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task Silence_before_the_first_token_ends_in_a_stall()
    {
        _model.NextResponse();
        var reading = ReadAsync(_model);
        await _time.WaitForTimerAsync(due => due == Limits.IdleTimeout);
        _time.Advance(Limits.IdleTimeout);
        Assert.Equal(ChatFailureKind.Stalled, (await reading).Failure?.Kind);
        Assert.Contains("60 seconds", (await reading).Failure!.Message, StringComparison.Ordinal);
        Assert.True(_model.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task Every_token_starts_the_idle_time_out_anew()
    {
        var response = _model.NextResponse();
        var tokens = new SemaphoreSlim(0);
        var reading = ReadAsync(_model, _ => tokens.Release());
        for (var i = 0; i < 3; i++)
        {
            await _time.WaitForTimerAsync(due => due == Limits.IdleTimeout);
            _time.Advance(Limits.IdleTimeout - TimeSpan.FromSeconds(1));
            response.Writer.TryWrite(Text("tick "));
            Assert.True(await tokens.WaitAsync(Guard.Patience));
        }

        response.Writer.TryWrite(Finish(ChatFinishReason.Stop));
        response.Writer.Complete();
        Assert.Null((await reading).Failure);
        Assert.Equal("tick tick tick ", (await reading).Text);
    }

    [Fact]
    public async Task Time_that_the_reader_takes_is_no_silence_of_the_model()
    {
        var response = _model.NextResponse();
        var taken = new SemaphoreSlim(0);
        var pending = ReadAsync(_model, _ =>
        {
            _time.Advance(Limits.IdleTimeout * 2);
            taken.Release();
        });
        foreach (var piece in new[] { "one ", "two" })
        {
            await _time.WaitForTimerAsync(due => due == Limits.IdleTimeout);
            response.Writer.TryWrite(Text(piece));
            Assert.True(await taken.WaitAsync(Guard.Patience));
        }

        response.Writer.TryWrite(Finish(ChatFinishReason.Stop));
        response.Writer.Complete();
        var reading = await pending;
        Assert.Null(reading.Failure);
        Assert.Equal("one two", reading.Text);
    }

    [Fact]
    public async Task An_answer_that_never_ends_is_ended_by_the_total_time_out()
    {
        var response = _model.NextResponse();
        var tokens = new SemaphoreSlim(0);
        var reading = ReadAsync(_model, _ => tokens.Release());
        for (var elapsed = TimeSpan.Zero; elapsed < Limits.TotalTimeout; elapsed += TimeSpan.FromSeconds(30))
        {
            response.Writer.TryWrite(Text("x"));
            Assert.True(await tokens.WaitAsync(Guard.Patience));
            await _time.WaitForTimerAsync(due => due == Limits.IdleTimeout);
            _time.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(ChatFailureKind.TimedOut, (await reading).Failure?.Kind);
    }

    [Fact]
    public async Task A_library_s_own_time_out_is_not_mistaken_for_a_stop()
    {
        var response = _model.NextResponse();
        response.Writer.TryWrite(Text("Half"));
        response.Writer.Complete(new TaskCanceledException("The operation was cancelled.", new TimeoutException()));
        var reading = await ReadAsync(_model);
        Assert.False(reading.WasStopped);
        Assert.NotNull(reading.Failure);
    }

    [Fact]
    public async Task A_stop_is_no_failure_and_ends_at_once()
    {
        var response = _model.NextResponse();
        response.Writer.TryWrite(Text("Half"));
        var reading = await ReadAsync(_model, _ => _stop.Cancel());
        Assert.True(reading.WasStopped);
        Assert.Null(reading.Failure);
        Assert.Equal("Half", reading.Text);
        Assert.True(_model.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_client_that_ignores_it()
    {
        var model = new FakeChatClient { IgnoresCancellation = true };
        model.NextResponse().Writer.TryWrite(Text("Half"));
        var reading = await ReadAsync(model, _ => _stop.Cancel());
        Assert.True(reading.WasStopped);
    }

    [Fact]
    public async Task A_client_that_answers_a_stop_with_an_error_was_stopped_all_the_same()
    {
        var model = new FakeChatClient { IgnoresCancellation = true, AnswersInline = true };
        var response = model.NextResponse();
        response.Writer.TryWrite(Text("Half"));
        var pending = ReadAsync(model);
        await _time.WaitForTimerAsync(due => due == Limits.IdleTimeout);
        await using var onStop = model.Token.Register(() => response.Writer.Complete(new IOException("aborted")));
        await _stop.CancelAsync();
        var reading = await pending;
        Assert.True(reading.WasStopped);
        Assert.Null(reading.Failure);
    }

    [Fact]
    public async Task Leaving_the_loop_cancels_the_request()
    {
        _model.NextResponse().Writer.TryWrite(Text("Half"));
        await foreach (var update in Guarded(_model).GetStreamingResponseAsync(Prompt, cancellationToken: _stop.Token))
        {
            break;
        }

        Assert.True(_model.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task A_failure_before_the_first_token_is_repeated_and_the_room_is_told()
    {
        _model.NextFailure(new HttpRequestException(HttpRequestError.ConnectionError));
        _model.NextResponse(Text("Here I am"), Finish(ChatFinishReason.Stop));
        var reading = ReadAsync(_model, AdvanceOnNotice);
        Assert.Null((await reading).Failure);
        Assert.Equal("Here I am", (await reading).Text);
        var notice = Assert.Single((await reading).Notices);
        Assert.Equal(1, notice.Attempt);
        Assert.InRange(notice.Delay, TimeSpan.FromSeconds(0.75), TimeSpan.FromSeconds(1.25));
        Assert.Equal("The model's provider could not be reached.", notice.Reason);
    }

    [Fact]
    public async Task Repetitions_are_bounded_and_wait_longer_each_time()
    {
        for (var i = 0; i < 3; i++)
        {
            _model.NextFailure(ChatFailures.Status(500, null, ""));
        }

        var reading = await ReadAsync(_model, AdvanceOnNotice);
        Assert.Equal(ChatFailureKind.ProviderError, reading.Failure?.Kind);
        Assert.Equal([1, 2], reading.Notices.Select(notice => notice.Attempt));
        Assert.True(reading.Notices[1].Delay > reading.Notices[0].Delay);
        Assert.Equal(3, _model.Prompts.Count);
    }

    [Fact]
    public async Task Updates_without_contents_are_no_first_token()
    {
        _model.NextResponse(new ChatResponseUpdate(ChatRole.Assistant, []) { ResponseId = "1" }, Text(""));
        _model.NextResponse(Text("Second try"), Finish(ChatFinishReason.Stop));
        var reading = await ReadAsync(_model, AdvanceOnNotice);
        Assert.Null(reading.Failure);
        Assert.Equal("Second try", reading.Text);
        Assert.DoesNotContain(reading.Updates, update => update.ResponseId == "1");
    }

    [Fact]
    public async Task After_the_first_token_nothing_is_repeated()
    {
        var response = _model.NextResponse();
        response.Writer.TryWrite(Text("Half"));
        response.Writer.Complete(new IOException("reset"));
        var reading = await ReadAsync(_model);
        Assert.Equal(ChatFailureKind.ConnectionLost, reading.Failure?.Kind);
        Assert.Empty(reading.Notices);
        Assert.Single(_model.Prompts);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(400)]
    [InlineData(404)]
    public async Task What_cannot_pass_by_itself_is_not_repeated(int status)
    {
        _model.NextFailure(ChatFailures.Status(status, null, ""));
        var reading = await ReadAsync(_model);
        Assert.False(reading.Failure!.CanRetry);
        Assert.Single(_model.Prompts);
    }

    [Fact]
    public async Task A_wait_that_the_provider_asks_for_is_kept()
    {
        _model.NextFailure(ChatFailures.Status(429, null, "", TimeSpan.FromSeconds(20)));
        _model.NextResponse(Text("Now"), Finish(ChatFinishReason.Stop));
        var reading = await ReadAsync(_model, AdvanceOnNotice);
        Assert.Equal("Now", reading.Text);
        Assert.InRange(Assert.Single(reading.Notices).Delay, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(21));
    }

    [Fact]
    public async Task A_wait_that_is_too_long_fails_at_once_and_says_how_long()
    {
        _model.NextFailure(ChatFailures.Status(429, null, "", TimeSpan.FromMinutes(5)));
        var reading = await ReadAsync(_model);
        Assert.Equal(ChatFailureKind.RateLimited, reading.Failure?.Kind);
        Assert.Contains("5 minutes", reading.Failure!.Message, StringComparison.Ordinal);
        Assert.Empty(reading.Notices);
    }

    [Fact]
    public async Task A_stop_while_waiting_for_a_repetition_ends_the_wait()
    {
        _model.NextFailure(new IOException("reset"));
        var reading = await ReadAsync(_model, _ => _stop.Cancel());
        Assert.True(reading.WasStopped);
        Assert.Single(_model.Prompts);
    }

    [Fact]
    public async Task An_attempt_does_not_see_what_the_one_before_did_to_messages_and_options()
    {
        var model = new FakeChatClient
        {
            Mutation = (messages, options) =>
            {
                var given = (IList<ChatMessage>)messages;
                given[0].AuthorName = "changed";
                given[0].Contents.Clear();
                given.Clear();
                options!.Instructions = "changed";
                options.Tools!.Clear();
            },
        };
        model.NextFailure(new IOException("reset"));
        model.NextResponse(Text("Now"), Finish(ChatFinishReason.Stop));
        var options = new ChatOptions { Instructions = "Be brief.", Tools = [AIFunctionFactory.Create(() => 6, "dice")] };
        var reading = await Reading.ToEndAsync(Guarded(model).GetStreamingResponseAsync(Prompt, options), AdvanceOnNotice);
        Assert.Null(reading.Failure?.InnerException);
        Assert.Equal("Now", reading.Text);
        Assert.Equal([1, 1], model.Prompts.Select(prompt => prompt.Count));
        Assert.Equal("Be brief.", options.Instructions);
        Assert.Single(options.Tools);
        Assert.Equal("Hello", Assert.Single(Prompt).Text);
        Assert.Null(Prompt[0].AuthorName);
    }

    [Fact]
    public async Task A_client_that_throws_before_its_stream_begins_fails_like_any_other()
    {
        var reading = await Reading.ToEndAsync(Guarded(new ThrowingChatClient()).GetStreamingResponseAsync(Prompt));
        Assert.Equal(ChatFailureKind.ProviderError, reading.Failure?.Kind);
        Assert.DoesNotContain("secret", reading.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_response_is_guarded_like_a_stream_and_has_no_notices_in_it()
    {
        _model.NextFailure(new IOException("reset"));
        _model.NextResponse(Text("Now"), Finish(ChatFinishReason.Stop));
        var response = Guarded(_model).GetResponseAsync(Prompt);
        await _time.WaitForTimerAsync(due => due < TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromSeconds(2));
        var message = Assert.Single((await response.Soon()).Messages);
        Assert.Equal("Now", message.Text);
        Assert.IsType<TextContent>(Assert.Single(message.Contents));
    }

    private List<ChatMessage> Prompt { get; } = [new(ChatRole.User, "Hello")];


    private static ChatResponseUpdate Text(string text) => new(ChatRole.Assistant, text);

    private static ChatResponseUpdate Refusal(string text) => new(ChatRole.Assistant, [new ErrorContent(text) { ErrorCode = "Refusal" }]);

    private static ChatResponseUpdate Delta(string arguments) => new(ChatRole.Assistant, [new ToolCallDeltaContent("1", "dice", arguments)]);

    private static ChatResponseUpdate Finish(ChatFinishReason reason) => new(ChatRole.Assistant, []) { FinishReason = reason };

    private GuardChatClient Guarded(IChatClient model) => new(model, Limits, _time, NullLogger<GuardChatClient>.Instance);

    private Task<Reading> ReadAsync(FakeChatClient model, Action<Reading>? onUpdate = null) =>
        Reading.ToEndAsync(Guarded(model).GetStreamingResponseAsync(Prompt, cancellationToken: _stop.Token), onUpdate);

    /// <summary>When the wait that a notice announces has begun, lets it pass.</summary>
    private void AdvanceOnNotice(Reading reading)
    {
        if (reading.Updates[^1].Contents is [RetryNoticeContent notice])
        {
            _ = AdvanceAsync(notice.Delay);
        }
    }

    private async Task AdvanceAsync(TimeSpan delay)
    {
        // Timers count whole milliseconds and round up.
        await _time.WaitForTimerAsync(due => (due - delay).Duration() <= TimeSpan.FromMilliseconds(1));
        _time.Advance(delay + TimeSpan.FromMilliseconds(1));
    }

    private sealed class ThrowingChatClient : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("secret");

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("secret");

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
