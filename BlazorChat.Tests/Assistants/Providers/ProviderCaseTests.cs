using System.Text.Json;
using System.Text.Json.Nodes;
using BlazorChat.Assistants;
using BlazorChat.Assistants.Providers;
using BlazorChat.Assistants.Providers.OpenAI;
using BlazorChat.Assistants.Providers.Streams;
using BlazorChat.Messages;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace BlazorChat.Tests.Assistants.Providers;

/// <summary>
/// What servers have sent (<see cref="ProviderCase"/>), in a room: what people see, what is stored, and that the next turn works. A new
/// case is a new file.
/// </summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class ProviderCaseTests(ProviderCaseTests.SharedRoom shared) : IClassFixture<ProviderCaseTests.SharedRoom>
{
    [Theory]
    [MemberData(nameof(ProviderCase.All), MemberType = typeof(ProviderCase))]
    public async Task Is_shown_and_stored_and_the_next_turn_works(string name)
    {
        var one = ProviderCase.Named(name);
        await using var room = await shared.EnterAsync(name);
        one.Play(shared.Stub);
        var response = await room.AnswerAsync($"case {name}");

        // Stored.
        var stored = (await shared.Host.Rooms.ReadMessageAsync(ChatHost.Grace, room.Id, response.Id, default)).Value;
        Assert.Equal(one.Expected.ToJsonString(), Outcome(stored).ToJsonString());

        // Shown: the page that is open, and one that comes later.
        using var late = await shared.Host.WatchAsync(room.Room);
        foreach (var frame in new[] { room.Watch.Now, late.Now })
        {
            var shown = frame.Messages[^1];
            Assert.Equal(stored.Status, shown.Message.Status);
            Assert.Equal(Outcome(stored).ToJsonString(), Outcome(shown.Message).ToJsonString());
            Assert.Equal(stored.Parts.Select(part => part is TextPart or ReasoningPart), shown.Parts.Select(part => part.Blocks.Length > 0 || string.IsNullOrWhiteSpace(PartList.TextOf(part.Part)) && PartList.TextOf(part.Part) is not null));
        }

        // The next turn.
        Assert.Equal(one.Requests, shared.Stub.Requests.Count - room.RequestsBefore);
        shared.Stub.EnqueueStream(shared.Wire.Begin, shared.Wire.Text("Next."), shared.Wire.End);
        var next = await room.AnswerAsync("And now?");
        Assert.Equal((MessageStatus.Complete.Instance, "Next."), (next.Status, next.Text));
        AssertTakenByStrictServers(shared.Stub.Requests[^1].Json.GetProperty("messages"));
    }

    [Theory]
    [MemberData(nameof(ProviderCase.All), MemberType = typeof(ProviderCase))]
    public async Task Says_the_same_wherever_its_bytes_are_cut_and_keeps_what_came_before_its_end(string name)
    {
        var one = ProviderCase.Named(name);
        if (!one.IsWhole)
        {
            // The status comes before any byte.
            Assert.NotEqual("Complete", one.Expected["end"]!.GetValue<string>());
            return;
        }

        var bytes = one.Bytes;
        using var bench = new ReadingBench();
        var whole = await bench.ReadAsync(bytes);
        var before = "";
        for (var end = 0; end <= bytes.Length; end++)
        {
            var cut = await bench.ReadAsync(bytes[..end]);
            Assert.True(cut.Failure is null or { Kind: ChatFailureKind.EndedEarly or ChatFailureKind.ProviderError or ChatFailureKind.InvalidRequest or ChatFailureKind.Empty or ChatFailureKind.Refused or ChatFailureKind.RateLimited }, $"{end}: {cut.Failure}");
            Assert.Null(cut.Failure?.InnerException);
            var text = cut.Reasoning + cut.Text;
            Assert.True(text.TrimEnd('\uFFFD').Length >= before.Length - 1, $"{end}: {before} | {text}");
            before = text.TrimEnd('\uFFFD');
        }

        foreach (var borders in Borders(name, bytes.Length))
        {
            var pieces = await bench.ReadAsync(bytes, borders);
            Assert.Equal((whole.Text, whole.Reasoning, whole.FinishReason, whole.Failure?.Message), (pieces.Text, pieces.Reasoning, pieces.FinishReason, pieces.Failure?.Message));
            Assert.Equal(whole.Calls.Select(call => call.Name), pieces.Calls.Select(call => call.Name));
        }
    }

    private static IEnumerable<int[]> Borders(string name, int length)
    {
        // The same ones in each run.
        var random = new Random(name.Sum(character => character));
        for (var i = 0; i < 20; i++)
        {
            yield return [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(length + 1)).Order()];
        }

        yield return [.. Enumerable.Range(0, length)];
    }

    private static JsonObject Outcome(Message message)
    {
        var outcome = new JsonObject
        {
            ["end"] = message.Status switch
            {
                MessageStatus.Failed failed => $"Failed: {failed.Reason}",
                MessageStatus.Cut cut => $"Cut: {cut.Reason}",
                var other => other.GetType().Name,
            },
            ["text"] = message.Text,
        };
        if (message.Parts.OfType<ReasoningPart>().Any())
        {
            outcome["thoughts"] = string.Concat(message.Parts.OfType<ReasoningPart>().Select(part => part.Text));
        }

        if (message.Parts.OfType<ToolCallPart>().Any())
        {
            outcome["calls"] = new JsonArray([.. message.Parts.OfType<ToolCallPart>().Select(call => $"{call.Name} {call.Arguments} {call.State}{(call.State == ToolCallState.Failed ? $": {call.Result?.Split(" The tools are:")[0]}" : "")}")]);
        }

        return outcome;
    }

    /// <summary>What servers refuse in a conversation: calls without results, arguments that are no object, ids twice.</summary>
    private static void AssertTakenByStrictServers(JsonElement messages)
    {
        var all = messages.EnumerateArray().ToList();
        for (var i = 0; i < all.Count; i++)
        {
            if (!all[i].TryGetProperty("tool_calls", out var calls))
            {
                continue;
            }

            var ids = calls.EnumerateArray().Select(call => call.GetProperty("id").GetString()).ToList();
            Assert.Equal(ids.Count, ids.Distinct().Count());
            Assert.Equal(ids, all.Skip(i + 1).TakeWhile(message => message.GetProperty("role").GetString() == "tool").Select(message => message.GetProperty("tool_call_id").GetString()));
            Assert.All(calls.EnumerateArray(), call =>
            {
                Assert.Matches("^[a-zA-Z0-9_-]{1,64}$", call.GetProperty("function").GetProperty("name").GetString());
                using var arguments = JsonDocument.Parse(call.GetProperty("function").GetProperty("arguments").GetString()!);
                Assert.Equal(JsonValueKind.Object, arguments.RootElement.ValueKind);
            });
        }
    }

    /// <summary>A host for all cases, each of which has a room of its own.</summary>
    public sealed class SharedRoom : IAsyncLifetime
    {
        public ModelStub Stub { get; private set; } = null!;

        public ModelWire Wire { get; } = ModelWire.Named(ModelWire.OpenAI);

        public ChatHost Host { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Stub = await ModelStub.StartAsync();
            Host = await ChatHost.StartConfiguredAsync(
                [.. AssistantRoom.Assistant(0, "Model", ModelWire.OpenAI, Stub.Address, "RetryAttempts=0", "Tools:0=roll_dice")], builder => ModelWire.AddProviders(builder.Services));
        }

        public async Task DisposeAsync()
        {
            await Host.DisposeAsync();
            await Stub.DisposeAsync();
        }

        internal async Task<CaseRoom> EnterAsync(string name)
        {
            var room = await Host.RoomAsync(name);
            return new CaseRoom(Host, room, await Host.WatchAsync(room), Stub.Requests.Count);
        }
    }

    internal sealed class CaseRoom(ChatHost host, BlazorChat.Rooms.Room room, RoomWatch watch, int requestsBefore) : IAsyncDisposable
    {
        private int _asked;

        public BlazorChat.Rooms.Room Room => room;

        public Guid Id => room.Id;

        public RoomWatch Watch => watch;

        public int RequestsBefore => requestsBefore;

        public async Task<Message> AnswerAsync(string text)
        {
            _asked++;
            await host.PostAsync(room, text);
            return await watch.EndedAsync(_asked);
        }

        public ValueTask DisposeAsync()
        {
            watch.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>The pipeline of one assistant over bytes, without a socket.</summary>
    private sealed class ReadingBench : IDisposable
    {
        private readonly BytesHandler _bytes = new();
        private readonly OpenAIChatClient _client;
        private readonly BlazorChat.Assistants.Resilience.GuardChatClient _guarded;

        public ReadingBench()
        {
            _client = new OpenAIChatClient(
                "m", new Uri("http://localhost/v1"), "k", ModelServer.Connect(new AssistantOptions(), ModelProtocol.Chat, TimeProvider.System, NullLoggerFactory.Instance, _bytes));
            _guarded = new BlazorChat.Assistants.Resilience.GuardChatClient(
                _client, new(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), 0, 200_000), TimeProvider.System, NullLogger<BlazorChat.Assistants.Resilience.GuardChatClient>.Instance);
        }

        public Task<Reading> ReadAsync(byte[] bytes, params int[] borders)
        {
            var pieces = new List<byte[]>();
            var from = 0;
            foreach (var border in borders.Append(bytes.Length))
            {
                pieces.Add(bytes[from..border]);
                from = border;
            }

            _bytes.Pieces = pieces;
            return Reading.ToEndAsync(_guarded.GetStreamingResponseAsync("Hi"));
        }

        public void Dispose() => _guarded.Dispose();
    }

    private sealed class BytesHandler : HttpMessageHandler
    {
        public List<byte[]> Pieces { get; set; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var content = new StreamContent(new PieceStream(Pieces));
            content.Headers.ContentType = new("text/event-stream");
            return Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.OK) { Content = content });
        }
    }
}
