using BlazorChat.Access;
using BlazorChat.Components;
using BlazorChat.Components.Rooms;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Components;

/// <summary>The list of rooms stays up to date by itself.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class RoomListTests : IAsyncLifetime
{
    private PageHost _host = null!;

    private ChatHost Chat => _host.Chat;

    public async Task InitializeAsync() => _host = await PageHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task A_links_name_is_the_rooms_name_alone()
    {
        var room = await Chat.RoomAsync("Compilers");
        await Chat.PostAsync(room, "Hello");
        var list = _host.Page().Render<RoomList>();
        Assert.Equal("Rooms", list.Find("nav").GetAttribute("aria-label"));
        var link = list.Find($"a[href='rooms/{room.Id}']");
        Assert.Equal("Compilers", link.TextContent);
        Assert.Null(link.GetAttribute("aria-label"));
    }

    [Fact]
    public async Task Rooms_come_and_go_and_the_newest_activity_is_first()
    {
        var list = _host.Page().Render<RoomList>();
        var first = await Chat.RoomAsync("First");
        var second = await Chat.RoomAsync("Second");
        list.Until(() => Assert.Equal(["Second", "First", "Lobby"], Names(list)));
        await Chat.PostAsync(first, "Hello");
        list.Until(() => Assert.Equal(["First", "Second", "Lobby"], Names(list)));
        await Chat.Rooms.ChangeAsync(ChatHost.Ada, second.Id, "Renamed", null, null, default);
        list.Until(() => Assert.Equal(["First", "Renamed", "Lobby"], Names(list)));
        await Chat.Rooms.DeleteAsync(ChatHost.Ada, second.Id, default);
        list.Until(() => Assert.Equal(["First", "Lobby"], Names(list)));
    }

    [Fact]
    public async Task An_archived_room_that_is_open_is_shown_as_such()
    {
        var room = await Chat.RoomAsync("Plans");
        var page = _host.Page();
        page.Services.GetRequiredService<NavigationManager>().NavigateTo($"rooms/{room.Id}");
        var list = page.Render<RoomList>();
        Assert.Null((await Chat.Rooms.ArchiveAsync(ChatHost.Ada, room.Id, true, default)).Error);
        list.Until(() => Assert.True(list.Find(".rooms-archived").HasAttribute("open")));
        Assert.Equal("Plans", list.Find(".rooms-archived [aria-current=page]").TextContent);
        page.Services.GetRequiredService<NavigationManager>().NavigateTo("");
        list.Until(() => Assert.False(list.Find(".rooms-archived").HasAttribute("open")));
    }

    [Fact]
    public async Task A_running_answer_and_the_number_of_messages_are_shown_in_words()
    {
        var room = await Chat.RoomAsync("Room");
        var list = _host.Page().Render<RoomList>();
        await Chat.PostAsync(room, "Question");
        var response = await Chat.Model.NextAsync();
        list.Until(() => Assert.Contains("Answering", Row(list, "Room"), StringComparison.Ordinal));
        response.Finish("Answer");
        list.Until(() => Assert.Contains("2 messages", Row(list, "Room"), StringComparison.Ordinal));
        Assert.DoesNotContain("Answering", Row(list, "Room"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_room_with_something_new_says_so_until_it_is_opened()
    {
        var room = await Chat.RoomAsync("Room");
        var page = _host.Page();
        var list = page.Render<RoomList>();
        Assert.Empty(list.FindAll(".unread-mark"));
        // Without answers, which would be counted as well.
        await Chat.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default);
        await Chat.PostAsync(room, "Hello", ChatHost.Grace);
        list.Until(() => Assert.Equal("1 new", list.Find(".unread-mark").TextContent));
        await Chat.PostAsync(room, "And again", ChatHost.Grace);
        list.Until(() => Assert.Equal("2 new", list.Find(".unread-mark").TextContent));

        page.Services.GetRequiredService<NavigationManager>().NavigateTo($"/rooms/{room.Id}");
        list.Until(() => Assert.Equal("page", list.Find($"a[href='rooms/{room.Id}']").GetAttribute("aria-current")));
        list.Until(() => Assert.Empty(list.FindAll(".unread-mark")));
        page.Services.GetRequiredService<NavigationManager>().NavigateTo("/");
        list.Until(() => Assert.Null(list.Find($"a[href='rooms/{room.Id}']").GetAttribute("aria-current")));
        Assert.Empty(list.FindAll(".unread-mark"));
    }

    [Fact]
    public async Task What_was_read_in_another_tab_is_read_here()
    {
        var room = await Chat.RoomAsync("Room");
        var list = _host.Page().Render<RoomList>();
        await Chat.PostAsync(room, "Hello", ChatHost.Grace);
        list.Until(() => Assert.Single(list.FindAll(".unread-mark")));
        await list.InvokeAsync(() => list.Instance.ReadElsewhere(new Dictionary<Guid, long> { [room.Id] = long.MaxValue }));
        Assert.Empty(list.FindAll(".unread-mark"));
    }

    [Fact]
    public async Task What_happens_in_one_room_makes_its_row_alone_anew()
    {
        var busy = await Chat.RoomAsync("Busy");
        await Chat.RoomAsync("Quiet");
        var list = _host.Page().Render<RoomList>();
        list.Until(() => Assert.Equal(3, Names(list).Count()));
        var before = await MetaAsync();
        Assert.All(await MetaAsync(), row => Assert.Same(before[row.Key], row.Value));
        await Chat.PostAsync(busy, "Hello");
        list.Until(() => Assert.Equal("Busy", Names(list).First()));
        var after = await MetaAsync();
        Assert.NotEqual(before["Busy"], after["Busy"]);
        // The same strings: the renderer passes them by.
        Assert.Same(before["Quiet"], after["Quiet"]);
        Assert.Same(before["Lobby"], after["Lobby"]);
    }

    [Fact]
    public async Task Marks_are_kept_for_rooms_that_there_are()
    {
        var room = await Chat.RoomAsync("Room");
        var rooms = (await Chat.Rooms.ListRoomsAsync(ChatHost.Ada, default)).Value;
        await Chat.PostAsync(room, "Hello", ChatHost.Grace);
        var marks = new ReadMarks();
        marks.Load(Enumerable.Range(0, 10_000).ToDictionary(_ => Guid.NewGuid(), _ => long.MaxValue), rooms);
        Assert.Equal(0, marks.Count);
        marks.Load(new Dictionary<Guid, long> { [room.Id] = long.MaxValue }, rooms);
        Assert.Equal(1, marks.Count);
    }

    [Fact]
    public async Task A_mark_does_not_tell_how_much_was_written_before_somebody_came()
    {
        var room = await Chat.RoomAsync("Room");
        await Chat.AddPersonAsync(ChatHost.Grace);
        Assert.Null((await Chat.Rooms.ChangeAccessAsync(ChatHost.Ada, room.Id, RoomVisibility.Private, true, default)).Error);
        Assert.Null((await Chat.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default)).Error);
        await Chat.PostAsync(room, "One");
        await Chat.PostAsync(room, "Two");
        Assert.Null((await Chat.Rooms.SetMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, RoomRole.Member, default)).Error);
        Assert.Equal(0, (await ReadAsync()).Room.ReadMark);
        await Chat.PostAsync(room, "Three");
        Assert.Equal(1, (await ReadAsync()).Room.ReadMark);

        // Of somebody who saw more before, and came back.
        var marks = new ReadMarks();
        marks.Load(new Dictionary<Guid, long> { [room.Id] = 3 }, [await ReadAsync()]);
        Assert.False(marks.IsUnread((await ReadAsync()).Room));
        await Chat.PostAsync(room, "Four");
        Assert.True(marks.IsUnread((await ReadAsync()).Room));

        async Task<RoomSummary> ReadAsync() => (await Chat.Rooms.ListRoomsAsync(ChatHost.Grace, default)).Value.Single(r => r.Room.Id == room.Id);
    }

    [Fact]
    public async Task A_new_browser_begins_with_everything_read_however_late_the_list_comes()
    {
        var room = await Chat.RoomAsync("Room");
        await Chat.PostAsync(room, "Hello", ChatHost.Grace);
        var page = _host.Page();
        var list = page.Render<RoomList>();
        await page.JSInterop.Invocations.CalledAsync("blazorChat.beginReadMarks");
        var marks = (Dictionary<Guid, long>)page.JSInterop.Invocations["blazorChat.beginReadMarks"].Single().Arguments[1]!;
        Assert.Contains(room.Id, marks.Keys);
    }

    [Fact]
    public async Task A_new_room_is_made_in_a_dialog_and_opened()
    {
        var page = _host.Page();
        var list = page.Render<RoomList>();
        await list.Find("button[aria-label='New room']").ClickAsync(new());
        await list.Find("#room-name").ChangeAsync(new ChangeEventArgs { Value = "  Algorithms " });
        await list.Find("dialog form").SubmitAsync();
        list.Until(() => Assert.Contains("Algorithms", Names(list)));
        Assert.Empty(list.FindAll("dialog"));
        var made = (await Chat.Rooms.ListRoomsAsync(ChatHost.Ada, default)).Value.Single(r => r.Room.Name == "Algorithms");
        Assert.EndsWith($"/rooms/{made.Room.Id}", page.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_cannot_be_used_is_said_and_the_dialog_stays()
    {
        var list = _host.Page().Render<RoomList>();
        await list.Find("button[aria-label='New room']").ClickAsync(new());
        await list.Find("#room-name").ChangeAsync(new ChangeEventArgs { Value = "lob\u202Eby" });
        await list.Find("dialog form").SubmitAsync();
        list.Until(() => Assert.NotEmpty(list.Find(".problem").TextContent));
        Assert.Single((await Chat.Rooms.ListRoomsAsync(ChatHost.Ada, default)).Value);
    }

    // What circuits keep of each room, by its name.
    private async Task<Dictionary<string, string>> MetaAsync() =>
        (await Chat.Rooms.ListRoomsAsync(ChatHost.Ada, default)).Value.ToDictionary(r => r.Room.Name, r => Frames.MarkupOf(b => RoomListItem.Of(r, new Visitor(null, TimeZoneInfo.Utc)).AddMeta(b, unread: 0)));

    private static IEnumerable<string> Names(IRenderedComponent<RoomList> list) => list.FindAll("nav a").Select(a => a.TextContent);

    private static string Row(IRenderedComponent<RoomList> list, string name) =>
        list.FindAll("nav li").Single(li => li.QuerySelector("a")!.TextContent == name).QuerySelector(".room-meta")!.TextContent;
}
