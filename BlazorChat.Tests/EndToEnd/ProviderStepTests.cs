using BlazorChat.Messages;
using BlazorChat.Tests.Assistants.Providers;
using BlazorChat.Turns.Tools;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.EndToEnd;

/// <summary>Responses of several steps in a room, against a model server that nobody here wrote.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class ProviderStepTests(AimockServer aimock) : IClassFixture<AimockServer>
{
    private const string Thought = "Both are needed.";
    private const string Signature = "c2lnbmF0dXJlLW9mLXRoZS10aG91Z2h0";

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task Several_steps_run_tools_side_by_side_and_their_arguments_are_seen_while_they_come(string protocol)
    {
        var words = $"time and dice please {protocol}";
        object[] calls =
        [
            new { name = "get_current_time", arguments = """{"zone":"Europe/Vienna"}""", id = "call_1" },
            new { name = "roll_dice", arguments = """{"count":2,"sides":6}""", id = "call_2" },
            new { name = "meet", arguments = """{"who":"a"}""", id = "call_3" },
            new { name = "meet", arguments = """{"who":"b"}""", id = "call_4" },
        ];
        var usage = new { prompt_tokens = 100, completion_tokens = 20, input_tokens = 100, output_tokens = 20 };
        await aimock.AddAsync(new { match = new { userMessage = words, sequenceIndex = 0 }, response = new { content = "Let me see.", reasoning = Thought, reasoningSignature = Signature, toolCalls = calls, usage }, chunkSize = 3, latency = 120 });
        await aimock.AddAsync(new { match = new { userMessage = words, sequenceIndex = 1 }, response = new { toolCalls = new[] { new { name = "roll_dice", arguments = "{}", id = "call_5" } }, usage } });
        await aimock.AddAsync(new { match = new { userMessage = words, sequenceIndex = 2 }, response = new { content = "All done.", usage } });

        var wire = ModelWire.Named(protocol);
        var meeting = new Meeting(2);
        await using var room = await AssistantRoom.StartAsync(
            AssistantRoom.Assistant(0, "Model", protocol, aimock.Address, "Prices:Input=10", "Prices:Output=100"), ToolBench.Tool(meeting.MeetAsync, "meet"));
        await room.AskAsync(words);
        if (wire.ShowsPieces)
        {
            await room.FrameAsync(f => f.Parts.Any(p => p.Part is ToolCallPart { State: ToolCallState.Streaming, Arguments.Length: > 0 } call && !call.Arguments.EndsWith('}')));
        }

        var response = await room.EndedAsync();
        Assert.Equal((MessageStatus.Complete.Instance, "Let me see.All done."), (response.Status, string.Concat(response.Parts.OfType<TextPart>().Select(t => t.Text))));
        var made = response.Parts.OfType<ToolCallPart>().ToList();
        Assert.Equal(["get_current_time", "roll_dice", "meet", "meet", "roll_dice"], made.Select(c => c.Name));
        Assert.All(made, c => Assert.Equal(ToolCallState.Succeeded, c.State));
        Assert.Contains("Europe/Vienna", made[0].Result, StringComparison.Ordinal);
        Assert.Contains("(sum ", made[1].Result, StringComparison.Ordinal);
        Assert.Equal(["a met", "b met"], made.Skip(2).Take(2).Select(c => c.Result));
        Assert.Equal([0, 0, 0, 0, 1], made.Select(c => c.Step));

        var metadata = response.Metadata!;
        Assert.Equal((3, wire.Name), (metadata.Steps, metadata.Provider));
        Assert.NotNull(metadata.Model);
        var (input, written) = wire.AimockSaysAll ? (300L, 60L) : (0L, 0L);
        Assert.Equal((input, written), (metadata.Tokens.Input, metadata.Tokens.Output));
        Assert.Equal(((input * 10m) + (written * 100m)) / 1_000_000, metadata.Cost ?? 0);
        Assert.InRange(metadata.FirstTokenAt!.Value, metadata.StartedAt!.Value, response.EndedAt!.Value);
        Assert.Equal((input, written), (room.Watch.Now.Room.Tokens.Input, room.Watch.Now.Room.Tokens.Output));

        // What is sealed goes back to who sealed it, and nobody else gets anybody's thoughts.
        Assert.Equal([0, 1, 2], (await room.SentAsync(response)).Select(s => s.Step));
        var sent = await room.SentAsync(response);
        Assert.Equal(wire.TakesReasoningBack, sent[2].Messages.SelectMany(m => m.Contents).Any(c => c.Kind == "reasoning" && c.Text == Thought));

        // What is sealed may come without words.
        Assert.Equal([Thought], response.Parts.OfType<ReasoningPart>().Select(r => r.Text).Where(text => text.Length > 0));
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task An_approval_in_the_middle_pauses_the_turn_and_continues_it_once_into_the_same_message(string protocol)
    {
        var words = $"send and roll {protocol}";
        await AddApprovalAsync(words, "Sent it.");
        var runs = 0;
        await using var room = await StartWithApprovalAsync(protocol, (to) => $"sent to {to}, run {Interlocked.Increment(ref runs)}");
        await room.AskAsync(words);
        var waiting = await room.AwaitingAsync();
        var calls = waiting.Parts.OfType<ToolCallPart>().ToList();
        Assert.Equal([ToolCallState.AwaitingApproval, ToolCallState.Succeeded], calls.Select(c => c.State));
        Assert.Equal("""{"to":"Grace"}""", calls[0].Arguments);
        Assert.Equal(0, runs);
        Assert.Single(await aimock.RequestsAsync(words));

        // Many say yes at once.
        var decided = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => room.DecideAsync(waiting, calls[0], isApproved: true))).Soon();
        Assert.Contains(decided, d => d.Error is null);
        var response = await room.EndedAsync();
        Assert.Equal((waiting.Id, MessageStatus.Complete.Instance, "Sent it."), (response.Id, response.Status, response.Text));
        var done = response.Parts.OfType<ToolCallPart>().First();
        Assert.Equal(("sent to Grace, run 1", "Ada", true), (done.Result, done.Decision!.By.Name, done.Decision.IsApproved));
        Assert.Equal(calls[1].Result, response.Parts.OfType<ToolCallPart>().Last().Result);
        Assert.Equal(2, (await aimock.RequestsAsync(words)).Count);
        Assert.Single(room.Watch.Now.Messages, m => m.Message.Author.Kind == AuthorKind.Assistant);
        Assert.Equal(2, response.Metadata!.Steps);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task A_rejection_reaches_the_model_as_the_result_with_its_reason(string protocol)
    {
        var words = $"send but no {protocol}";
        await AddApprovalAsync(words, "Then not.");
        var runs = 0;
        await using var room = await StartWithApprovalAsync(protocol, _ => $"{Interlocked.Increment(ref runs)}");
        await room.AskAsync(words);
        var waiting = await room.AwaitingAsync();
        var call = waiting.Parts.OfType<ToolCallPart>().First();
        Assert.NotNull((await room.DecideAsync(waiting, call with { Arguments = """{"to":"Eve"}""" }, isApproved: true)).Error);
        Assert.Null((await room.DecideAsync(waiting, call, isApproved: false, "She is on holiday")).Error);
        var response = await room.EndedAsync();
        Assert.Equal((waiting.Id, "Then not.", 0), (response.Id, response.Text, runs));
        Assert.Equal(ToolCallState.Rejected, response.Parts.OfType<ToolCallPart>().First().State);
        var last = (await aimock.RequestsAsync(words))[^1].GetRawText();
        Assert.Contains("""Not run: \"Ada\" rejected this call. Reason: She is on holiday""", last.Replace("\\u0022", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains((await room.SentAsync(response))[^1].Messages.SelectMany(m => m.Contents), c => c.Kind == "result" && c.Text.EndsWith("She is on holiday", StringComparison.Ordinal));
    }

    private async Task AddApprovalAsync(string words, string end)
    {
        object[] calls = [new { name = "send", arguments = """{"to":"Grace"}""", id = "call_1" }, new { name = "roll_dice", arguments = "{}", id = "call_2" }];
        await aimock.AddAsync(new { match = new { userMessage = words, sequenceIndex = 0 }, response = new { toolCalls = calls } });
        await aimock.AddAsync(new { match = new { userMessage = words, sequenceIndex = 1 }, response = new { content = end } });
    }

    private Task<AssistantRoom> StartWithApprovalAsync(string protocol, Func<string, string> send) =>
        AssistantRoom.StartAsync(
            AssistantRoom.Assistant(0, "Model", protocol, aimock.Address),
            new ChatTool(ChatFunctions.Create((string to) => send(to), "send", "Sends something.")) { NeedsApproval = ChatTool.Always });

    /// <summary>Calls that only get any further together.</summary>
    private sealed class Meeting(int count)
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _here;

        public async Task<string> MeetAsync(string who)
        {
            if (Interlocked.Increment(ref _here) == count)
            {
                _all.SetResult();
            }

            await _all.Task.Soon();
            return $"{who} met";
        }
    }
}
