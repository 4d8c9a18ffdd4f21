using BlazorChat.Assistants;
using BlazorChat.Assistants.Middleware;
using BlazorChat.Assistants.Resilience;
using BlazorChat.Turns;
using BlazorChat.Tests.Support;
using BlazorChat.Turns.Prompts;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Assistants.Middleware;

[Trait(nameof(Kind), Kind.Unit)]
public sealed class MiddlewarePipelineTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeChatClient _model = new();
    private readonly CancellationTokenSource _stop = new();

    public void Dispose()
    {
        _stop.Dispose();
        _model.Dispose();
    }

    [Fact]
    public async Task Middleware_stand_in_the_configured_order_the_first_outermost()
    {
        _model.NextResponse(Text("x"), Finish());
        using var services = Build([Tag("a"), Tag("b")], "a", "b");
        Assert.Equal("a(b(x))", (await AskAsync(services)).Text);
        Assert.Equal("b(a(Hello))", Assert.Single(_model.Prompts[0]).Text);
    }

    [Fact]
    public async Task The_last_middleware_of_a_name_wins()
    {
        _model.NextResponse(Text("x"), Finish());
        using var services = Build([new OwnMiddleware("THINK", inner => new WrappingClient(inner, "mine"))], "think");
        Assert.Equal("mine(x)", (await AskAsync(services)).Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_middleware_that_throws_anything_ends_the_answer_with_a_sentence(bool beforeTheStream)
    {
        _model.NextResponse(Text("Half"), Finish());
        using var services = Build(
            [new OwnMiddleware("own", inner => new StreamClient(inner, stream => beforeTheStream ? throw new HttpRequestException("secret") : Break(stream)))], "own");
        var reading = await AskAsync(services);
        Assert.Equal(ChatFailureKind.Middleware, reading.Failure?.Kind);
        Assert.DoesNotContain("secret", reading.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(beforeTheStream ? "" : "Half", reading.Text);

        static async IAsyncEnumerable<ChatResponseUpdate> Break(IAsyncEnumerable<ChatResponseUpdate> stream)
        {
            await foreach (var update in stream)
            {
                yield return update;
                throw new HttpRequestException("secret");
            }
        }
    }

    [Fact]
    public async Task A_middleware_s_own_cancellation_is_no_stop()
    {
        using var services = Build([new OwnMiddleware("own", inner => new StreamClient(inner, _ => throw new OperationCanceledException()))], "own");
        var reading = await AskAsync(services);
        Assert.False(reading.WasStopped);
        Assert.Equal(ChatFailureKind.Middleware, reading.Failure?.Kind);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_middleware_that_ignores_it()
    {
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var services = Build([new OwnMiddleware("own", inner => new StreamClient(inner, _ => Forever()))], "own");
        var pending = AskAsync(services);
        await waits.Task.Soon();
        await _stop.CancelAsync();
        Assert.True((await pending).WasStopped);

        async IAsyncEnumerable<ChatResponseUpdate> Forever()
        {
            waits.SetResult();
            await new TaskCompletionSource().Task;
            yield break;
        }
    }

    [Fact]
    public async Task A_middleware_that_never_answers_is_ended_by_the_total_time_out()
    {
        using var services = Build([new OwnMiddleware("own", inner => new StreamClient(inner, _ => Forever()))], "own");
        var pending = AskAsync(services);
        await _time.WaitForTimerAsync(due => due == TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(ChatFailureKind.TimedOut, (await pending).Failure?.Kind);

        static async IAsyncEnumerable<ChatResponseUpdate> Forever()
        {
            await new TaskCompletionSource().Task;
            yield break;
        }
    }

    [Fact]
    public async Task An_answer_that_a_middleware_took_all_words_of_is_empty()
    {
        _model.NextResponse(Text("x"), Finish());
        using var services = Build([new OwnMiddleware("own", inner => new StreamClient(inner, Mute))], "own");
        Assert.Equal(ChatFailureKind.Empty, (await AskAsync(services)).Failure?.Kind);

        static async IAsyncEnumerable<ChatResponseUpdate> Mute(IAsyncEnumerable<ChatResponseUpdate> stream)
        {
            await foreach (var update in stream)
            {
                if (update.FinishReason is not null)
                {
                    yield return update;
                }
            }
        }
    }

    [Fact]
    public async Task Retries_happen_inside_so_that_a_middleware_sees_one_answer_and_the_room_the_notice()
    {
        _model.NextFailure(new IOException("reset"));
        _model.NextResponse(Text("x"), Finish());
        var asked = 0;
        using var services = Build([new OwnMiddleware("own", inner => new StreamClient(inner, stream => { asked++; return stream; }))], "own", "redaction", "think", "logging");
        var reading = await AskAsync(services, onUpdate: reading =>
        {
            if (reading.Updates[^1].Contents is [RetryNoticeContent notice])
            {
                _ = AdvanceAsync(notice.Delay);
            }
        });
        Assert.Null(reading.Failure);
        Assert.Equal("x", reading.Text);
        Assert.Single(reading.Notices);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Text_that_is_held_back_is_no_silence_of_the_provider_and_comes_before_its_failure()
    {
        var response = _model.NextResponse();
        response.Writer.TryWrite(Text("ada@exam"));
        using var services = Build([], "redaction");
        var pending = AskAsync(services);
        await _time.WaitForTimerAsync(due => due == TimeSpan.FromSeconds(60));
        _time.Advance(TimeSpan.FromSeconds(60));
        var reading = await pending;
        Assert.Equal(ChatFailureKind.Stalled, reading.Failure?.Kind);
        Assert.Equal("ada@exam", reading.Text);
    }

    [Fact]
    public async Task What_is_sent_is_recorded_once_per_attempt_and_the_provider_gets_nothing_of_it()
    {
        _model.NextFailure(new IOException("reset"));
        _model.NextResponse(Text("x"), Finish());
        var recorder = new Recorder();
        using var services = Build([], "redaction", "defaults");
        var options = new ChatOptions
        {
            Instructions = "Write to ada@example.org.",
            AdditionalProperties = new() { [TurnProperties.Recorder] = recorder, [TurnProperties.Room] = Guid.NewGuid(), ["other"] = 1 },
        };
        var reading = await AskAsync(services, options, reading =>
        {
            if (reading.Updates[^1].Contents is [RetryNoticeContent notice])
            {
                _ = AdvanceAsync(notice.Delay);
            }
        });
        Assert.Null(reading.Failure);
        Assert.Equal(2, recorder.Steps.Count);
        foreach (var (messages, sent) in recorder.Steps)
        {
            Assert.Equal("Hello", Assert.Single(messages).Text);
            Assert.Equal("Write to [e-mail].", sent.Instructions);
            Assert.Equal(4096, sent.MaxOutputTokens);
            Assert.Equal(["other"], sent.AdditionalProperties!.Keys);
        }

        Assert.All(_model.Options, sent => Assert.Equal(["other"], sent!.AdditionalProperties!.Keys));
        Assert.Equal(3, options.AdditionalProperties.Count);
        Assert.NotSame(recorder.Steps[1].Messages[0], _model.Prompts[1][0]);
    }

    private static OwnMiddleware Tag(string name) => new(name, inner => new WrappingClient(inner, name));

    private static ChatResponseUpdate Text(string text) => new(ChatRole.Assistant, text);

    private static ChatResponseUpdate Finish() => new(ChatRole.Assistant, []) { FinishReason = ChatFinishReason.Stop };

    private ServiceProvider Build(IEnumerable<IChatMiddleware> own, params string[] names)
    {
        var settings = names.Select((name, i) => new KeyValuePair<string, string?>($"Assistants:Items:0:Middleware:{i}:Name", name));
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Assistants:Items:0:Name", "Ada"), new("Assistants:Items:0:Provider", "Mine"), .. settings])
            .Build();
        var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(_time).AddAssistants(configuration);
        services.AddSingleton<IChatClientProvider>(new OwnProvider(_model));
        foreach (var one in own)
        {
            services.AddSingleton(one);
        }

        return services.BuildServiceProvider(validateScopes: true);
    }

    private Task<Reading> AskAsync(ServiceProvider services, ChatOptions? options = null, Action<Reading>? onUpdate = null) =>
        Reading.ToEndAsync(
            services.GetRequiredService<AssistantDirectory>().Find("ada")!.Client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "Hello")], options, _stop.Token),
            onUpdate);

    private async Task AdvanceAsync(TimeSpan delay)
    {
        await _time.WaitForTimerAsync(due => (due - delay).Duration() <= TimeSpan.FromMilliseconds(1));
        _time.Advance(delay + TimeSpan.FromMilliseconds(1));
    }

    private sealed class Recorder : IStepRecorder
    {
        public List<(IReadOnlyList<ChatMessage> Messages, ChatOptions Options)> Steps { get; } = [];

        public void Sent(IReadOnlyList<ChatMessage> messages, ChatOptions options) => Steps.Add((messages, options));
    }

    private sealed class OwnProvider(IChatClient client) : IChatClientProvider
    {
        public string Name => "Mine";

        public string? DefaultModel(AssistantOptions options) => "mine-1";

        public IChatClient Create(AssistantOptions options) => client;
    }

    private sealed class OwnMiddleware(string name, Func<IChatClient, IChatClient> wrap) : IChatMiddleware
    {
        public string Name => name;

        public IChatClient Wrap(IChatClient inner, ChatMiddlewareContext context) => wrap(inner);
    }

    private sealed class StreamClient(IChatClient inner, Func<IAsyncEnumerable<ChatResponseUpdate>, IAsyncEnumerable<ChatResponseUpdate>> change) : DelegatingChatClient(inner)
    {
        public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            change(base.GetStreamingResponseAsync(messages, options, cancellationToken));
    }

    private sealed class WrappingClient(IChatClient inner, string name) : DelegatingChatClient(inner)
    {
        public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var wrapped = messages.Select(message => new ChatMessage(message.Role, $"{name}({message.Text})")).ToList();
            await foreach (var update in base.GetStreamingResponseAsync(wrapped, options, cancellationToken))
            {
                yield return update.Text.Length > 0 ? new ChatResponseUpdate(ChatRole.Assistant, $"{name}({update.Text})") : update;
            }
        }
    }
}
