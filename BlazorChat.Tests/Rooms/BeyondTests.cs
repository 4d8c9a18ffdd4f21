using BlazorChat.Components.Rooms;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Turns.Engine;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Rooms;

/// <summary>What happens to messages further back than a room has in memory, as a viewer sees it who has loaded them.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class BeyondTests
{
    [Fact]
    public async Task An_approval_far_back_is_seen_while_it_goes_on_and_when_it_has_ended()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful());
        bench.Host.Assistants.Change = r => r with { Tools = ["careful"] };
        (await bench.AskAsync()).Call("c1", "careful", """{"what":"it"}""").Finish();
        var paused = await bench.PausedAsync();
        var window = await LoadAsync(bench, paused.Id);

        Assert.Null((await bench.DecideAsync(ChatHost.Ada, paused, "c1", true)).Error);
        var model = await bench.Host.Model.NextAsync();
        model.Say("Going");
        await SeenAsync(bench, window, paused.Id, m => m?.Live?.Frame.Parts.Length > 1);
        model.Finish(" on.");
        var ended = await SeenAsync(bench, window, paused.Id, m => m is { Live: null, Message.Status: MessageStatus.Complete });
        Assert.Equal(("Going on.", ToolCallState.Succeeded), (ended!.Message.Text, Assert.Single(ended.Message.Calls).State));
        AssertWhole(window);
    }

    [Fact]
    public async Task What_waits_far_back_is_in_the_room_for_everybody_also_after_a_restart()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful());
        (await bench.AskAsync()).Call("c1", "careful", """{"what":"it"}""").Finish();
        var paused = await bench.PausedAsync();
        await LoadAsync(bench, paused.Id);
        Assert.Equal(paused.Id, Assert.Single(bench.Watch.Now.Beyond).Message.Id);
        await bench.RestartAsync();
        var waiting = Assert.Single(bench.Watch.Now.Beyond).Message;
        Assert.Equal((paused.Id, ToolCallState.AwaitingApproval), (waiting.Id, Assert.Single(waiting.Calls).State));
        Assert.Null((await bench.DecideAsync(ChatHost.Ada, waiting, "c1", true)).Error);
        (await bench.Host.Model.NextAsync()).Finish("Done.");
        await bench.Watch.UntilAsync(s => s.Find(paused.Id)?.Message is { Text: "Done.", Status: MessageStatus.Complete });
    }

    [Fact]
    public async Task An_edit_and_a_deletion_far_back_are_seen()
    {
        await using var bench = await TurnBench.StartAsync();
        await QuietAsync(bench);
        var edited = await bench.Host.PostAsync(bench.Room, "Befor");
        var deleted = await bench.Host.PostAsync(bench.Room, "Gone soon");
        var window = await LoadAsync(bench, edited.Id);
        Assert.Contains(window.Messages, m => m.Message.Id == deleted.Id);

        Assert.Null((await bench.Host.Rooms.EditAsync(ChatHost.Ada, bench.Room.Id, edited.Id, "Before", default)).Error);
        await SeenAsync(bench, window, edited.Id, m => m?.Message.Text == "Before");
        Assert.Null((await bench.Host.Rooms.DeleteMessageAsync(ChatHost.Ada, bench.Room.Id, deleted.Id, default)).Error);
        await SeenAsync(bench, window, deleted.Id, m => m is null);

        // Who scrolls up only now sees the same.
        var late = new MessageWindow();
        late.Merge(bench.Watch.Now);
        await ScrollAsync(bench, late);
        Assert.Equal(window.Messages.Select(m => (m.Message.Id, m.Message.Text)), late.Messages.Select(m => (m.Message.Id, m.Message.Text)));
        AssertWhole(window);
    }

    private static async Task QuietAsync(TurnBench bench) =>
        Assert.Null((await bench.Host.Rooms.ChangeAsync(ChatHost.Ada, bench.Room.Id, null, null, AnswerMode.WhenMentioned, default)).Error);

    /// <summary>A window whose viewer has scrolled up to the room's beginning, which the room itself does not have in memory.</summary>
    private static async Task<MessageWindow> LoadAsync(TurnBench bench, Guid messageId)
    {
        await QuietAsync(bench);
        for (var i = 0; i < 3 * RoomLimits.WindowSize; i++)
        {
            await bench.Host.PostAsync(bench.Room, $"Talk {i}", ChatHost.Grace);
        }

        var room = await bench.Watch.UntilAsync(s => s.Messages[^1].Message.Text == $"Talk {(3 * RoomLimits.WindowSize) - 1}");
        Assert.DoesNotContain(room.Messages, m => m.Message.Id == messageId);
        var window = new MessageWindow();
        window.Merge(room);
        await ScrollAsync(bench, window);
        Assert.Contains(window.Messages, m => m.Message.Id == messageId);
        return window;
    }

    private static async Task ScrollAsync(TurnBench bench, MessageWindow window)
    {
        while (window.HasOlder)
        {
            var before = window.Messages[0].Message.Sequence;
            Assert.True(window.Prepend((await bench.Host.Live.ReadOlderAsync(ChatHost.Grace, bench.Room.Id, before, default)).Value, before));
        }
    }

    private static async Task<MessageFrame?> SeenAsync(TurnBench bench, MessageWindow window, Guid messageId, Func<MessageFrame?, bool> wanted)
    {
        MessageFrame? Find() => window.Messages.FirstOrDefault(m => m.Message.Id == messageId);
        await bench.Watch.UntilAsync(room =>
        {
            window.Merge(room);
            return wanted(Find());
        });
        return Find();
    }

    private static void AssertWhole(MessageWindow window)
    {
        var sequences = window.Messages.Select(m => m.Message.Sequence).ToList();
        Assert.Equal(sequences.Distinct().Order(), sequences);
        Assert.Equal(3 * RoomLimits.WindowSize, window.Messages.Count(m => m.Message.Text.StartsWith("Talk ", StringComparison.Ordinal)));
        Assert.Empty(window.Outdated);
    }
}
