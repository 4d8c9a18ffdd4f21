using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Turns;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Access;

/// <summary>In a room that hides its history, newcomers see what comes after they came, wherever they look, and so do the models they ask.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class HiddenHistoryTests : IAsyncLifetime
{
    private ChatHost _host = null!;
    private Room _room = null!;
    private Message _secret = null!;
    private Message _answer = null!;

    private RoomService Rooms => _host.Rooms;

    public async Task InitializeAsync()
    {
        _host = await ChatHost.StartAsync(null, ["--Rooms:NewRooms=Private"]);
        await _host.AddPersonAsync(ChatHost.Grace);
        _room = await _host.RoomAsync("Plans");
        Assert.Null((await Rooms.ChangeAccessAsync(ChatHost.Ada, _room.Id, null, true, default)).Error);
        _secret = await _host.PostAsync(_room, "The secret is plugh");
        (await _host.Model.NextAsync()).Finish("I keep plugh");
        using var watch = await _host.WatchAsync(_room);
        _answer = await watch.EndedAsync();
        Assert.Null((await Rooms.SetMemberAsync(ChatHost.Ada, _room.Id, ChatHost.Grace.Id, RoomRole.Member, default)).Error);
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task Pages_links_versions_files_and_counts_are_cut()
    {
        var frame = (await _host.Live.ReadAsync(ChatHost.Grace, _room.Id, default)).Value;
        Assert.Empty(frame.Messages);
        Assert.False(frame.HasOlder);
        Assert.Equal((0, default, null), (frame.Room.MessageCount, frame.Room.Tokens, frame.Room.Cost));
        Assert.Equal(0, (await Rooms.ListRoomsAsync(ChatHost.Grace, default)).Value.Single(r => r.Room.Id == _room.Id).Room.MessageCount);
        Assert.Equal(2, (await Rooms.ListRoomsAsync(ChatHost.Ada, default)).Value.Single(r => r.Room.Id == _room.Id).Room.MessageCount);
        var older = (await Rooms.ReadOlderAsync(ChatHost.Grace, _room.Id, long.MaxValue, default)).Value;
        Assert.Empty(older.Messages);
        Assert.False(older.HasOlder);
        var blob = await _host.App.Services.GetRequiredService<ITurnStore>().AddBlobAsync(_answer.Id, new Blob("text/plain", "plugh"u8.ToArray()), default);
        Assert.Null((await Rooms.ReadBlobAsync(ChatHost.Ada, _room.Id, blob!.Value, default)).Error);
        foreach (var error in new[]
        {
            (await Rooms.ReadMessageAsync(ChatHost.Grace, _room.Id, _secret.Id, default)).Error,
            (await Rooms.ReadVersionsAsync(ChatHost.Grace, _room.Id, _answer.Id, default)).Error,
            (await Rooms.ReadBlobAsync(ChatHost.Grace, _room.Id, blob.Value, default)).Error,
            (await _host.Responses.RegenerateAsync(ChatHost.Grace, _room.Id, _answer.Id, default)).Error,
            (await _host.Responses.AnswerAgainAsync(ChatHost.Grace, _room.Id, _secret.Id, default)).Error,
        })
        {
            Assert.Equal(RoomErrorKind.NotFound, error?.Kind);
        }

        await _host.PostAsync(_room, "Welcome");
        (await _host.Model.NextAsync()).Finish("Hi");
        using var grace = await _host.WatchAsync(_room, ChatHost.Grace);
        await grace.EndedAsync();
        Assert.Equal(["Welcome", "Hi"], grace.Now.Messages.Select(m => m.Message.Text));
        Assert.Same(grace.Now, grace.Now);
        using var ada = await _host.WatchAsync(_room);
        Assert.Equal(4, ada.Now.Messages.Length);
    }

    [Fact]
    public async Task The_prompt_of_a_newcomers_question_and_what_was_sent_for_others_are_cut()
    {
        await _host.PostAsync(_room, "Tell me the secret", ChatHost.Grace);
        var asked = await _host.Model.NextAsync();
        Assert.Equal(["Grace: Tell me the secret"], asked.Lines);
        asked.Finish("Which one?");
        using var watch = await _host.WatchAsync(_room);
        var graces = await watch.EndedAsync(2);
        await _host.PostAsync(_room, "And mine?");
        var adas = await _host.Model.NextAsync();
        Assert.Contains(adas.Messages, m => m.Text.Contains("plugh", StringComparison.Ordinal));
        adas.Finish("Here");
        var last = await watch.EndedAsync(3);

        Assert.NotEmpty((await _host.Responses.ReadSentAsync(ChatHost.Ada, _room.Id, last.Id, default)).Value);
        Assert.Empty((await _host.Responses.ReadSentAsync(ChatHost.Grace, _room.Id, last.Id, default)).Value);
        Assert.NotEmpty((await _host.Responses.ReadSentAsync(ChatHost.Grace, _room.Id, graces.Id, default)).Value);

        // Who comes again sees less than before.
        Assert.Null((await Rooms.RemoveMemberAsync(ChatHost.Ada, _room.Id, ChatHost.Grace.Id, default)).Error);
        Assert.Null((await Rooms.SetMemberAsync(ChatHost.Ada, _room.Id, ChatHost.Grace.Id, RoomRole.Member, default)).Error);
        Assert.Empty((await _host.Responses.ReadSentAsync(ChatHost.Grace, _room.Id, graces.Id, default)).Value);
    }

    [Fact]
    public async Task Only_a_private_room_hides_its_history()
    {
        Assert.Equal(RoomErrorKind.Conflict, (await Rooms.ChangeAccessAsync(ChatHost.Ada, _room.Id, RoomVisibility.Open, null, default)).Error?.Kind);
        Assert.Null((await Rooms.ChangeAccessAsync(ChatHost.Ada, _room.Id, RoomVisibility.Open, false, default)).Error);
        Assert.Equal(RoomErrorKind.Conflict, (await Rooms.ChangeAccessAsync(ChatHost.Ada, _room.Id, null, true, default)).Error?.Kind);
    }

    [Fact]
    public async Task A_search_finds_what_the_asker_may_see()
    {
        var store = _host.App.Services.GetRequiredService<IRoomStore>();
        var access = _host.App.Services.GetRequiredService<RoomAccessDirectory>();
        Assert.NotEmpty(await store.SearchAsync(_room.Id, access.SeesFrom(_room.Id, ChatHost.Ada.AsAuthor()), "plugh", 10, default));
        Assert.Empty(await store.SearchAsync(_room.Id, access.SeesFrom(_room.Id, ChatHost.Grace.AsAuthor()), "plugh", 10, default));
        _host = await _host.RestartAsync();
        Assert.Empty((await _host.Live.ReadAsync(ChatHost.Grace, _room.Id, default)).Value.Messages);
    }
}
