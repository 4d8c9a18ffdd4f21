using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Storage;

/// <summary>A write that its author was told to have failed is not stored later, wherever it waited.</summary>
[Trait(nameof(Kind), Kind.Storage)]
public sealed class WriteTimeTests
{
    [Theory]
    [EveryDatabase]
    public async Task What_waits_too_long_behind_other_writes_and_commands_is_refused_and_never_stored(TestDatabase database)
    {
        var time = new FakeTimeProvider();
        await using var host = await ChatHost.StartAsync(database, builder => builder.Services.AddSingleton<TimeProvider>(time));
        var room = await host.RoomAsync();
        var other = await host.RoomAsync("Other");
        foreach (var one in new[] { room, other })
        {
            // Nothing is asked: a stop would wait for the answer by this clock.
            await host.Rooms.ChangeAsync(ChatHost.Ada, one.Id, null, null, AnswerMode.WhenMentioned, default);
        }

        var writing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var slow = host.App.Services.GetRequiredService<Database>().WriteAsync(
            async db =>
            {
                writing.SetResult();
                await release.Task;
                return true;
            },
            default);
        await writing.Task.Soon();
        // One waits for the writer, those behind it for the room's gate.
        var posts = new[] { room, room, room, other }.Select(r => host.Rooms.PostAsync(ChatHost.Ada, r.Id, Guid.NewGuid(), "Hello", default)).ToList();
        using var patience = new CancellationTokenSource(Guard.Patience);
        while (!posts.TrueForAll(p => p.IsCompleted))
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, patience.Token);
        }

        Assert.All(await Task.WhenAll(posts), post => Assert.Equal(RoomErrorKind.Unavailable, post.Error?.Kind));
        // The page waits longer than that.
        Assert.True(RoomLimits.WriteTime < TimeSpan.FromSeconds(20));
        release.SetResult();
        // Also the long one itself.
        await Assert.ThrowsAsync<StorageUnavailableException>(() => slow.Soon());
        await host.PostAsync(room, "The next one");
        await using var db = host.OpenDatabase();
        Assert.Equal(1, await db.Messages.CountAsync(m => m.AuthorName == "Ada"));
    }
}
