using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Rooms;

/// <summary>Nothing of a cleared or deleted room comes back, whatever was under way.</summary>
[Trait(nameof(Kind), Kind.Host)]
public class ClearAndDeleteTests : IAsyncLifetime
{
    private ChatHost _host = null!;
    private Room _room = null!;

    /// <summary>What they run on; another class of them is for PostgreSQL.</summary>
    protected virtual TestDatabase Database => TestDatabase.Sqlite;

    public async Task InitializeAsync()
    {
        _host = await ChatHost.StartAsync(Database, ["--Turns:JournalInterval=00:00:00.020", "--Rooms:KeepRemovedFor=00:00:00"]);
        _room = await _host.RoomAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task In_the_middle_of_a_stream_leaves_no_row_and_nothing_comes_back(bool delete)
    {
        using var watch = await _host.WatchAsync(_room, ChatHost.Grace);
        await _host.PostAsync(_room, "Hello");
        var response = await _host.Model.NextAsync();
        response.Say("Something ");
        await _host.PostAsync(_room, "And this waits");
        await UntilJournaledAsync();

        if (delete)
        {
            await _host.Rooms.DeleteAsync(ChatHost.Ada, _room.Id, default);
        }
        else
        {
            await _host.Rooms.ClearAsync(ChatHost.Ada, _room.Id, default);
        }

        await response.Stopped.Soon();
        // The model goes on as if nothing had happened, and would have ended long ago.
        response.Finish("that must not come back");
        var watched = await watch.UntilAsync(s => s.Messages.IsEmpty && s.Queue.IsEmpty);
        Assert.Equal(delete ? "Ada" : null, watched.DeletedBy?.Name);
        await AssertNothingStoredAsync();

        // Turns end and the journal writes what it has: whatever could still have come has come.
        await _host.App.StopAsync();
        await AssertNothingStoredAsync();
        Assert.Empty(watch.Now.Messages);
        Assert.False(_host.Model.WasAskedAgain);
        if (delete)
        {
            Assert.Equal(RoomErrorKind.NotFound, (await _host.Live.ReadAsync(ChatHost.Ada, _room.Id, default)).Error?.Kind);
            Assert.Equal(RoomErrorKind.NotFound, (await _host.Rooms.PostAsync(ChatHost.Ada, _room.Id, Guid.NewGuid(), "Hi", default)).Error?.Kind);
        }
    }

    [Fact]
    public async Task A_cleared_room_goes_on_with_new_messages_and_rising_sequences()
    {
        using var watch = await _host.WatchAsync(_room);
        await _host.PostAsync(_room, "Old");
        (await _host.Model.NextAsync()).Finish("Old answer");
        await watch.EndedAsync();
        await _host.Rooms.ClearAsync(ChatHost.Ada, _room.Id, default);
        Assert.Equal("Ada", (await watch.UntilAsync(s => s.Messages.IsEmpty)).ClearedBy?.Name);

        var posted = await _host.PostAsync(_room, "New");
        Assert.Equal(3, posted.Sequence);
        var response = await _host.Model.NextAsync();
        Assert.Equal(["Ada: New"], response.Lines);
        response.Finish("New answer");
        await watch.EndedAsync();
        Assert.Equal(["New", "New answer"], watch.Now.Messages.Select(m => m.Message.Text));
        Assert.Equal(2, watch.Now.Room.MessageCount);
    }

    private async Task UntilJournaledAsync()
    {
        await using var db = _host.OpenDatabase();
        while (!await db.Journal.AnyAsync())
        {
            await Task.Yield();
        }
    }

    private async Task AssertNothingStoredAsync()
    {
        await using var db = _host.OpenDatabase();
        Assert.Empty(await db.Messages.ToListAsync());
        Assert.Empty(await db.Journal.ToListAsync());
        Assert.Empty(await db.Turns.ToListAsync());
    }
}
