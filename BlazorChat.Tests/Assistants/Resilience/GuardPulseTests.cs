using System.Net;
using System.Text;
using BlazorChat.Assistants;
using BlazorChat.Assistants.Providers;
using BlazorChat.Assistants.Providers.OpenAI;
using BlazorChat.Assistants.Providers.Streams;
using BlazorChat.Assistants.Resilience;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace BlazorChat.Tests.Assistants.Resilience;

/// <summary>A provider that says that it is still there is not silent; one that says nothing is.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class GuardPulseTests
{
    private static readonly GuardLimits Limits = new(TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(10), 0, 10_000);

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Comments_for_minutes_do_not_make_a_response_silent(bool hasBegun)
    {
        const string text = """data: {"choices":[{"index":0,"delta":{"content":"Good "}}]}""" + "\n\n";
        const string end = """data: {"choices":[{"index":0,"delta":{"content":"day"},"finish_reason":"stop"}]}""" + "\n\n";
        var reading = await AskAsync([.. hasBegun ? [text] : Array.Empty<string>(), .. Enumerable.Repeat(": PROCESSING\n\n", 10), hasBegun ? end : text + end]);
        Assert.Equal(("Good day", null), (reading.Text, reading.Failure?.Message));
        Assert.True(_time.GetUtcNow() - _start > TimeSpan.FromMinutes(6));
    }

    [Fact]
    public async Task Comments_for_ever_end_with_the_limit_of_the_whole_response()
    {
        var reading = await AskAsync([.. Enumerable.Repeat(": PROCESSING\n\n", 30)]);
        Assert.Equal(ChatFailureKind.TimedOut, reading.Failure?.Kind);
    }

    private readonly DateTimeOffset _start;

    public GuardPulseTests() => _start = _time.GetUtcNow();

    private async Task<Reading> AskAsync(params string[] pieces)
    {
        using var network = new SlowNetwork(pieces, _time);
        using var client = new GuardChatClient(
            new OpenAIChatClient("m", new Uri("http://localhost/v1"), "k", ModelServer.Connect(new AssistantOptions(), ModelProtocol.Chat, _time, NullLoggerFactory.Instance, network)),
            Limits, _time, NullLogger<GuardChatClient>.Instance);
        return await Reading.ToEndAsync(client.GetStreamingResponseAsync("Hi"));
    }

    private sealed class SlowNetwork(string[] pieces, FakeTimeProvider time) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new SlowStream(pieces, time)) { Headers = { ContentType = new("text/event-stream") } } });
    }

    /// <summary>Gives a piece after each 40 seconds.</summary>
    private sealed class SlowStream(string[] pieces, FakeTimeProvider time) : MemoryStream
    {
        private int _given;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_given == pieces.Length)
            {
                return 0;
            }

            await time.WaitForTimerAsync(due => due == Limits.IdleTimeout).WaitAsync(cancellationToken);
            time.Advance(TimeSpan.FromSeconds(40));
            cancellationToken.ThrowIfCancellationRequested();
            return Encoding.UTF8.GetBytes(pieces[_given++], buffer.Span);
        }
    }
}
