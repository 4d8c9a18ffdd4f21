using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Turns;

[Trait(nameof(Kind), Kind.Host)]
public sealed class RecoveryTests
{
    [Theory]
    [EveryDatabase]
    public async Task A_clean_shutdown_gives_running_turns_a_moment_and_marks_the_rest_with_their_text(TestDatabase database)
    {
        await using var data = await TestData.CreateAsync(database);
        Room room;
        FakeAnswer response;
        await using (var host = await ChatHost.StartAsync(data, settings: ["--Turns:ShutdownGrace=00:00:00.050"]))
        {
            room = await host.RoomAsync();
            await host.PostAsync(room, "Hello");
            response = await host.Model.NextAsync();
            response.Say("I was about to");
            using var watch = await host.WatchAsync(room);
            await watch.UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Number > 0));
            await host.PostAsync(room, "Next question");
        }

        Assert.True(response.Stopped.IsCompleted);
        await using var again = await ChatHost.StartAsync(data);
        using var viewer = await again.WatchAsync(room);
        var message = viewer.Now.Messages[1].Message;
        Assert.Equal(MessageStatus.Interrupted.Instance, message.Status);
        Assert.Equal("I was about to", message.Text);

        // What waited is taken up, and the interrupted response goes in with what it really said.
        var next = await again.Model.NextAsync();
        Assert.Equal(["Ada: Hello", "assistant: I was about to", "Ada: Next question"], next.Lines);
        next.Finish("Here");
        await viewer.EndedAsync(2);
    }

    [Theory]
    [EveryDatabase]
    public async Task An_answer_that_ends_within_the_grace_is_complete(TestDatabase database)
    {
        await using var data = await TestData.CreateAsync(database);
        Room room;
        await using (var host = await ChatHost.StartAsync(data, settings: ["--Turns:ShutdownGrace=00:00:30"]))
        {
            room = await host.RoomAsync();
            await host.PostAsync(room, "Hello");
            var response = await host.Model.NextAsync();
            var stopping = host.App.StopAsync();
            response.Finish("Just in time");
            await stopping.Soon();
        }

        await using var again = await ChatHost.StartAsync(data);
        using var viewer = await again.WatchAsync(room);
        Assert.Equal("Just in time", (await viewer.EndedAsync()).Text);
        Assert.IsType<MessageStatus.Complete>((await viewer.EndedAsync()).Status);
    }

    [Theory]
    [EveryDatabase]
    public async Task After_a_crash_the_journaled_text_is_there_as_interrupted_and_can_be_tried_again(TestDatabase database)
    {
        await using var data = await TestData.CreateAsync(database);
        await using var host = await ChatHost.StartAsync(data, settings: ["--Turns:JournalInterval=00:00:00.010"]);
        var room = await host.RoomAsync();
        await host.PostAsync(room, "Hello");
        var response = await host.Model.NextAsync();
        foreach (var word in new[] { "One ", "two ", "three" })
        {
            response.Say(word);
            await UntilJournaledAsync(host, text => text.EndsWith(word, StringComparison.Ordinal));
        }

        // What a start after a crash does, on a copy of the database as the crash would leave it.
        await using var copy = await data.CopyAsync();
        await using var again = await ChatHost.StartAsync(copy);
        using var watch = await again.WatchAsync(room);
        var message = await watch.EndedAsync();
        Assert.Equal(MessageStatus.Interrupted.Instance, message.Status);
        Assert.Equal("One two three", message.Text);
        await using (var db = again.OpenDatabase())
        {
            Assert.Empty(await db.Journal.ToListAsync());
            Assert.Empty(await db.Turns.ToListAsync());
        }

        Assert.Null((await again.Responses.RegenerateAsync(ChatHost.Ada, room.Id, message.Id, default)).Error);
        (await again.Model.NextAsync()).Finish("Again");
        await watch.UntilAsync(s => s.Find(message.Id)!.Message is { Text: "Again", Versions: 2, Status: MessageStatus.Complete });

        response.Finish();
    }

    [Theory]
    [EveryDatabase]
    public async Task A_journal_piece_that_comes_after_the_end_is_not_stored(TestDatabase database)
    {
        await using var data = await TestData.CreateAsync(database);
        await using var host = await ChatHost.StartAsync(data);
        var room = await host.RoomAsync();
        await host.PostAsync(room, "Hello");
        (await host.Model.NextAsync()).Finish("Done");
        using var watch = await host.WatchAsync(room);
        var message = await watch.EndedAsync();

        var store = host.App.Services.GetRequiredService<ITurnStore>();
        await store.AppendJournalAsync([new JournalPiece(message.Id, 0, 99, false, "late"), new JournalPiece(Guid.NewGuid(), 0, 1, false, "unknown")], default);
        await using var db = host.OpenDatabase();
        Assert.Empty(await db.Journal.ToListAsync());
    }

    private static async Task UntilJournaledAsync(ChatHost host, Func<string, bool> wanted)
    {
        await using var db = host.OpenDatabase();
        while (!wanted(string.Concat(await db.Journal.OrderBy(p => p.Ordinal).Select(p => p.Text).ToListAsync())))
        {
            await Task.Yield();
        }
    }
}
