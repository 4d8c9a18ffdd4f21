using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using BlazorChat.Text;

namespace BlazorChat.Tests.Rooms;

[Trait(nameof(Kind), Kind.Host)]
public class RoomServiceTests : IAsyncLifetime
{
    private ChatHost _host = null!;

    /// <summary>What they run on; another class of them is for PostgreSQL.</summary>
    protected virtual TestDatabase Database => TestDatabase.Sqlite;

    public async Task InitializeAsync() => _host = await ChatHost.StartAsync(Database);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_lobby_exists_from_the_first_start_and_only_once()
    {
        Assert.Equal("Lobby", Assert.Single((await _host.Rooms.ListRoomsAsync(ChatHost.Ada, default)).Value).Room.Name);
        _host = await _host.RestartAsync();
        Assert.Single((await _host.Rooms.ListRoomsAsync(ChatHost.Ada, default)).Value);
    }

    [Theory]
    [InlineData("  Plans ", "Plans")]
    [InlineData("日本語", "日本語")]
    [InlineData("👩‍👩‍👧 family", "👩‍👩‍👧 family")]
    public async Task A_room_name_is_trimmed_and_kept(string given, string kept) =>
        Assert.Equal(kept, (await _host.Rooms.CreateAsync(ChatHost.Ada, given, default)).Value.Name);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\u200B\u200D")]
    [InlineData("a\nb")]
    [InlineData("a\u0000b")]
    [InlineData("a\u202Eb")]
    public async Task A_name_without_visible_characters_or_with_control_characters_is_refused(string? name)
    {
        Assert.Equal(RoomErrorKind.Invalid, (await _host.Rooms.CreateAsync(ChatHost.Ada, name, default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.Invalid, Names.CheckPersonName(name).Error?.Kind);
        var room = await _host.RoomAsync();
        if (name is not null)
        {
            Assert.Equal(RoomErrorKind.Invalid, (await _host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, name, null, null, default)).Error?.Kind);
        }
    }

    [Fact]
    public void A_name_with_half_a_surrogate_pair_is_refused() =>
        // Not as inline data: attributes are stored as UTF-8, which cannot hold it.
        Assert.Equal(RoomErrorKind.Invalid, Names.CheckRoomName("a" + (char)0xD800 + "b").Error?.Kind);

    [Fact]
    public async Task Names_have_their_longest_length()
    {
        Assert.Equal(80, (await _host.RoomAsync(new string('r', 80))).Name.Length);
        Assert.Contains("81", (await _host.Rooms.CreateAsync(ChatHost.Ada, new string('r', 81), default)).Error!.Message, StringComparison.Ordinal);
        Assert.Equal(40, Names.CheckPersonName(new string('p', 40)).Value.Length);
        Assert.NotNull(Names.CheckPersonName(new string('p', 41)).Error);
    }

    [Fact]
    public async Task Rooms_may_share_a_name_so_that_no_refusal_tells_of_a_room_that_one_may_not_see()
    {
        await _host.RoomAsync("Émile");
        Assert.Null((await _host.Rooms.CreateAsync(ChatHost.Grace, "ÉMILE", default)).Error);
        var other = await _host.RoomAsync("Other");
        Assert.Equal("émile", (await _host.Rooms.ChangeAsync(ChatHost.Grace, other.Id, "émile", null, null, default)).Value.Name);
    }

    [Fact]
    public async Task A_message_of_another_room_is_not_found()
    {
        var room = await _host.RoomAsync();
        var message = await _host.PostAsync(room, "Hello");
        var other = await _host.RoomAsync("Other");
        Assert.Equal(RoomErrorKind.NotFound, (await _host.Live.ReadMessageAsync(ChatHost.Ada, other.Id, message.Id, default)).Error?.Kind);
        Assert.Equal("Hello", (await _host.Live.ReadMessageAsync(ChatHost.Ada, room.Id, message.Id, default)).Value.Message.Text);
    }

    [Fact]
    public async Task A_message_of_32000_characters_passes_and_one_more_is_refused_with_the_count()
    {
        var room = await _host.RoomAsync();
        var longest = new string('m', 32_000);
        Assert.Equal(longest, (await _host.PostAsync(room, longest)).Text);
        var refused = await _host.Rooms.PostAsync(ChatHost.Ada, room.Id, Guid.NewGuid(), longest + "m", default);
        Assert.Equal(RoomErrorKind.Invalid, refused.Error?.Kind);
        Assert.Contains("32,001", refused.Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \n\t ")]
    [InlineData("a\0b")]
    public async Task A_message_without_text_is_refused(string? text)
    {
        var room = await _host.RoomAsync();
        Assert.Equal(RoomErrorKind.Invalid, (await _host.Rooms.PostAsync(ChatHost.Ada, room.Id, Guid.NewGuid(), text, default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.Invalid, (await _host.Rooms.PostAsync(ChatHost.Ada, room.Id, Guid.Empty, "x", default)).Error?.Kind);
    }

    [Fact]
    public async Task The_same_client_id_is_one_message_also_at_the_same_time()
    {
        var room = await _host.RoomAsync();
        var clientId = Guid.NewGuid();
        var sent = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _host.Rooms.PostAsync(ChatHost.Ada, room.Id, clientId, "Once", default)));
        Assert.Single(sent.Select(r => r.Value.Id).Distinct());
        using var watch = await _host.WatchAsync(room);
        Assert.Single(watch.Now.Messages, m => m.Message.Author.Kind == AuthorKind.Person);

        var graces = await _host.Rooms.PostAsync(ChatHost.Grace, room.Id, clientId, "Mine", default);
        Assert.Equal("Mine", graces.Value.Text);
    }

    [Fact]
    public async Task A_message_that_is_stored_already_is_not_refused_when_it_is_sent_again_too_fast()
    {
        await using var host = await ChatHost.StartAsync(null, ["--Rooms:MessageBurst=2", "--Rooms:MessagesPerMinute=1"]);
        var room = await host.RoomAsync();
        var clientId = Guid.NewGuid();
        var first = await host.Rooms.PostAsync(ChatHost.Ada, room.Id, clientId, "Once", default);
        var again = await host.Rooms.PostAsync(ChatHost.Ada, room.Id, clientId, "Once", default);
        Assert.Equal(first.Value.Id, again.Value.Id);
        Assert.Equal(RoomErrorKind.Limit, (await host.Rooms.PostAsync(ChatHost.Ada, room.Id, Guid.NewGuid(), "Twice", default)).Error?.Kind);
    }

    [Fact]
    public async Task Half_a_surrogate_pair_is_refused_and_never_changed_silently()
    {
        var room = await _host.RoomAsync();
        Assert.Equal(RoomErrorKind.Invalid, (await _host.Rooms.PostAsync(ChatHost.Ada, room.Id, Guid.NewGuid(), "a" + (char)0xD83D, default)).Error?.Kind);
        Assert.Equal("a\U0001F600", (await _host.PostAsync(room, "a\U0001F600")).Text);
    }

    [Fact]
    public async Task A_second_process_on_the_same_database_is_refused()
    {
        var refused = await Assert.ThrowsAsync<StartException>(() => ChatHost.StartAsync(_host.Data));
        Assert.Contains(Database == TestDatabase.Sqlite ? "DataFolder" : "Database:ConnectionString", refused.Message, StringComparison.Ordinal);
        Assert.Contains("in use by another BlazorChat process", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--Rooms:LobbyName= ", "Rooms:LobbyName")]
    [InlineData("--Rooms:MessagesPerMinute=0", "Rooms:MessagesPerMinute must be between 1 and 100000")]
    [InlineData("--Rooms:MessagesPerMinute=many", "Rooms:MessagesPerMinute must be a whole number; it is 'many'.")]
    [InlineData("--Rooms:MessagePerMinute=5", "Rooms:MessagePerMinute is not a setting of the section Rooms; the settings are LobbyName")]
    [InlineData("--Turns:MaxRunningTurns=0", "Turns:MaxRunningTurns must be between 1 and 10000")]
    [InlineData("--Turns:JournalInterval=01:00:00", "Turns:JournalInterval must be between 00:00:00.0100000 and 00:01:00")]
    [InlineData("--Web:Script=/js/our-tools.js", "Web:Script is not a setting of the section Web; the settings are ")]
    public async Task A_wrong_setting_stops_the_start_with_its_whole_key(string setting, string name)
    {
        var refused = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => ChatHost.StartAsync(null, [setting]));
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_writes_too_fast_is_asked_to_wait_and_others_are_not()
    {
        await using var host = await ChatHost.StartAsync(null, ["--Rooms:MessageBurst=4", "--Rooms:MessagesPerMinute=1"]);
        var room = await host.RoomAsync();
        for (var i = 0; i < 3; i++)
        {
            await host.PostAsync(room, $"Message {i}");
        }

        Assert.Equal(RoomErrorKind.Limit, (await host.Rooms.PostAsync(ChatHost.Ada, room.Id, Guid.NewGuid(), "Too much", default)).Error?.Kind);
        Assert.Null((await host.Rooms.PostAsync(ChatHost.Grace, room.Id, Guid.NewGuid(), "Hello", default)).Error);
    }

    [Fact]
    public async Task The_list_is_live_and_has_the_newest_activity_first()
    {
        var first = await _host.RoomAsync("First");
        var second = await _host.RoomAsync("Second");
        var changed = new SemaphoreSlim(0);
        using var list = (await _host.Live.SubscribeListAsync(ChatHost.Ada, () => changed.Release(), default)).Value;

        await _host.PostAsync(first, "Hello");
        var response = await _host.Model.NextAsync();
        await Until(rooms => rooms[0] is { Room.Name: "First", Room.MessageCount: 2, RunningResponses: 1 });
        response.Finish("Hi");
        await Until(rooms => rooms[0] is { RunningResponses: 0 });
        await _host.Rooms.ChangeAsync(ChatHost.Grace, second.Id, "Renamed", null, null, default);
        await Until(rooms => rooms.Any(r => r.Room.Name == "Renamed"));
        await _host.Rooms.ClearAsync(ChatHost.Ada, first.Id, default);
        await Until(rooms => rooms.Single(r => r.Room.Id == first.Id).Room.MessageCount == 0);
        await _host.Rooms.DeleteAsync(ChatHost.Ada, first.Id, default);
        await Until(rooms => rooms.All(r => r.Room.Id != first.Id));

        async Task Until(Func<IReadOnlyList<RoomSummary>, bool> wanted)
        {
            while (!wanted(list.Read()))
            {
                Assert.True(await changed.WaitAsync(Guard.Patience), "The list never became as wanted.");
            }
        }
    }

    [Fact]
    public async Task Old_messages_are_read_by_cursor_without_gap_or_overlap()
    {
        var room = await _host.RoomAsync();
        await _host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default);
        for (var i = 1; i <= 130; i++)
        {
            await _host.PostAsync(room, $"Message {i}");
        }

        _host = await _host.RestartAsync();
        using var watch = await _host.WatchAsync(room);
        var read = watch.Now.Messages.Select(m => m.Message).ToList();
        Assert.Equal(50, read.Count);
        var hasOlder = watch.Now.HasOlder;
        while (hasOlder)
        {
            var page = (await _host.Live.ReadOlderAsync(ChatHost.Ada, room.Id, read[0].Sequence, default)).Value;
            read.InsertRange(0, page.Messages.Select(m => m.Message));
            hasOlder = page.HasOlder;
        }

        Assert.Equal(Enumerable.Range(1, 130).Select(i => $"Message {i}"), read.Select(m => m.Text));
    }

    [Fact]
    public async Task Of_two_changes_by_people_who_saw_the_same_only_one_is_stored()
    {
        var room = await _host.RoomAsync();
        var changes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _host.Rooms.ChangeAsync(
            ChatHost.Ada, room.Id, null, new RoomSettingsChange { Instructions = $"Version {i}", Seen = room.Settings }, default)));
        var stored = Assert.Single(changes, c => c.Error is null).Value;
        Assert.All(changes.Where(c => c.Error is not null), c => Assert.Equal(RoomErrorKind.Conflict, c.Error!.Kind));
        Assert.Equal(stored.Instructions, (await _host.Live.ReadAsync(ChatHost.Ada, room.Id, default)).Value.Room.Instructions);

        // Who changes something else, or has seen the last change, is not in the way of anybody.
        Assert.Null((await _host.Rooms.ChangeAsync(ChatHost.Grace, room.Id, null, new RoomSettingsChange { Overlap = OverlapPolicy.Drop, Seen = room.Settings }, default)).Error);
        Assert.Null((await _host.Rooms.ChangeAsync(ChatHost.Grace, room.Id, null, new RoomSettingsChange { Instructions = "", Seen = stored.Settings }, default)).Error);
    }

    [Fact]
    public async Task A_rename_and_settings_reach_viewers_and_the_store()
    {
        var room = await _host.RoomAsync();
        using var watch = await _host.WatchAsync(room, ChatHost.Grace);
        await _host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, "New name", "Be kind.", AnswerMode.WhenMentioned, default);
        var seen = await watch.UntilAsync(s => s.Room.Name == "New name");
        Assert.Equal(("Be kind.", AnswerMode.WhenMentioned), (seen.Room.Instructions, seen.Room.AnswerMode));
        _host = await _host.RestartAsync();
        Assert.Equal("Be kind.", (await _host.Live.ReadAsync(ChatHost.Ada, room.Id, default)).Value.Room.Instructions);
        Assert.Equal(RoomErrorKind.Invalid, (await _host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, new string('i', 8_001), null, default)).Error?.Kind);
    }
}
