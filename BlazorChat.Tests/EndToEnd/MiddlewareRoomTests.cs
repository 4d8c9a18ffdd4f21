using System.Text.Json;
using BlazorChat.Messages;
using BlazorChat.Tests.Assistants.Providers;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.EndToEnd;

/// <summary>What stands around a model, as a room sees it.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class MiddlewareRoomTests
{
    private const string Secret = "sk-proj-Zq9xW7vLk3TbN5";

    private static readonly string[] Redaction = ["Middleware:0:Name=redaction", "Middleware:1:Name=logging"];

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task A_secret_split_over_tokens_is_shown_stored_journaled_and_logged_nowhere(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        await using var stub = await ModelStub.StartAsync();
        await using var room = await AssistantRoom.StartAsync(
            AssistantRoom.Assistant(0, "Model", protocol, stub.Address, Redaction), ToolBench.Tool((string key) => "noted", "note"));
        var journal = "";
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stub.Enqueue(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.WriteAsync(wire.Begin + wire.Text("The key is "));
            await seen.Task;
            foreach (var character in Secret)
            {
                await exchange.WriteAsync(wire.Text(character.ToString()));
                // Each has the time to be a frame of its own, were it let through.
                await Task.Delay(70);
            }

            journal = await DumpAsync(room);
            await exchange.WriteAsync(wire.Text(", keep it. "));
            var pieces = $$"""{"key":"{{Secret}}"}""".Chunk(3).Select(piece => new string(piece));
            await exchange.WriteAsync(wire.CallInPieces(0, "call_1", "note", [.. pieces]) + wire.CallsEnd);
        });
        stub.EnqueueStream(wire.Begin, wire.Text("Noted."), wire.End);
        await room.AskAsync("What is the key?");
        await room.FrameAsync(f => f.Parts.Length > 0);
        seen.SetResult();
        var response = await room.EndedAsync();
        Assert.Equal("The key is [key], keep it. Noted.", string.Concat(response.Parts.OfType<TextPart>().Select(t => t.Text)));
        Assert.Equal("""{"key":"[key]"}""", Assert.Single(response.Parts.OfType<ToolCallPart>()).Arguments);
        Assert.True(room.Seen.Frames.Count > 2);
        AssertClean(string.Join('\n', room.Seen.Frames));
        AssertClean(journal);
        AssertClean(await DumpAsync(room));
        AssertClean(JsonSerializer.Serialize(await room.SentAsync(response)));
        AssertClean(string.Join('\n', room.Log.Lines.Select(line => line.Everything)));
        AssertClean(stub.Requests[^1].Body);
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task What_a_person_writes_is_redacted_in_what_is_sent_and_in_what_the_assistant_saw(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        await using var stub = await ModelStub.StartAsync();
        await using var room = await AssistantRoom.StartAsync(AssistantRoom.Assistant(0, "Model", protocol, stub.Address, Redaction), ToolBench.Tool(() => Secret, "read"));
        stub.EnqueueStream(wire.Begin, wire.Call(0, "call_1", "read"), wire.CallsEnd);
        stub.EnqueueStream(wire.Begin, wire.Text("Thanks."), wire.End);
        var response = await room.AnswerAsync($"My key is {Secret}.");
        Assert.Equal("Thanks.", response.Text);
        Assert.All(stub.Requests, request => AssertClean(request.Body));
        Assert.Contains("My key is [key].", stub.Requests[0].Body, StringComparison.Ordinal);
        var sent = await room.SentAsync(response);
        AssertClean(JsonSerializer.Serialize(sent));
        Assert.Equal("[key]", Assert.Single(sent[1].Messages.SelectMany(m => m.Contents), c => c.Kind == "result").Text);
    }

    [Fact]
    public async Task Thoughts_in_a_tag_become_reasoning_that_is_not_sent_back()
    {
        var wire = ModelWire.Named(ModelWire.OpenAI);
        await using var stub = await ModelStub.StartAsync();
        await using var room = await AssistantRoom.StartAsync(AssistantRoom.Assistant(0, "Model", ModelWire.OpenAI, stub.Address, "Middleware:0:Name=think"));
        stub.EnqueueStream(wire.Begin, wire.Text("<th"), wire.Text("ink>Two "), wire.Text("dice.</th"), wire.Text("ink>\n\nRolling"), wire.Call(0, "call_1", "roll_dice"), wire.CallsEnd);
        stub.EnqueueStream(wire.Begin, wire.Text("<think>Good.</think>Done."), wire.End);
        var response = await room.AnswerAsync("Roll");
        Assert.Equal(["Two dice.", "Good."], response.Parts.OfType<ReasoningPart>().Select(r => r.Text));
        Assert.Equal(["Rolling", "Done."], response.Parts.OfType<TextPart>().Select(t => t.Text.Trim()));
        Assert.DoesNotContain("Two dice", stub.Requests[^1].Body, StringComparison.Ordinal);
        Assert.All(room.Seen.Frames, frame => Assert.DoesNotContain("think>", frame, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task The_same_prompt_is_answered_from_the_cache_another_version_is_fresh_and_what_is_deleted_is_forgotten(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        await using var stub = await ModelStub.StartAsync();
        await using var room = await AssistantRoom.StartAsync(
            AssistantRoom.Assistant(0, "Model", protocol, stub.Address, "Middleware:0:Name=cache", "PromptTokens=500"));

        // So long that nothing else of the room fits: each time it is asked the prompt is the same.
        var question = string.Concat(Enumerable.Repeat("What is it? ", 200));
        stub.EnqueueStream(wire.Begin, wire.Text("First."), wire.End);
        var first = await room.AnswerAsync(question);
        var second = await room.AnswerAsync(question);
        Assert.Equal(("First.", "First.", 1), (first.Text, second.Text, stub.Requests.Count));
        Assert.Equal(default, second.Metadata!.Tokens);

        // Not in another room, where others may be.
        var other = await room.Host.RoomAsync("Other");
        using var watch = await room.Host.WatchAsync(other);
        stub.EnqueueStream(wire.Begin, wire.Text("Elsewhere."), wire.End);
        await room.Host.PostAsync(other, question);
        Assert.Equal("Elsewhere.", (await watch.EndedAsync()).Text);

        stub.EnqueueStream(wire.Begin, wire.Text("Fresh."), wire.End);
        Assert.Null((await room.Host.Responses.RegenerateAsync(ChatHost.Ada, room.Room.Id, second.Id, default)).Error);
        await room.Watch.UntilAsync(s => s.Messages[^1].Message is { Text: "Fresh.", Status: MessageStatus.Complete });
        Assert.Equal(3, stub.Requests.Count);

        Assert.Null((await room.Host.Rooms.DeleteMessageAsync(ChatHost.Ada, room.Room.Id, first.Id, default)).Error);
        stub.EnqueueStream(wire.Begin, wire.Text("Anew."), wire.End);
        await room.Host.PostAsync(room.Room, question);
        await room.Watch.UntilAsync(s => s.Messages[^1].Message is { Text: "Anew.", Status: MessageStatus.Complete });
        Assert.Equal(4, stub.Requests.Count);
    }

    private static void AssertClean(string text)
    {
        // Any four characters of it would be a part; its beginning is what all such keys begin with.
        Assert.DoesNotContain(Secret[..8], text, StringComparison.Ordinal);
        for (var i = 8; i + 4 <= Secret.Length; i++)
        {
            Assert.DoesNotContain(Secret.Substring(i, 4), text, StringComparison.Ordinal);
        }
    }

    /// <summary>All that is stored of responses.</summary>
    private static async Task<string> DumpAsync(AssistantRoom room)
    {
        await using var db = room.Host.OpenDatabase();
        var messages = await db.Messages.Where(m => m.AuthorKind == AuthorKind.Assistant).Select(m => m.Parts + m.Metadata).ToListAsync();
        var journal = await db.Journal.Select(j => j.Text).ToListAsync();
        return string.Join('\n', messages.Concat(journal));
    }
}
