using AngleSharp.Dom;
using BlazorChat.Access;
using BlazorChat.Components.Composer;
using BlazorChat.Components.Messages;
using BlazorChat.Components.Rooms;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Components;

/// <summary>The room page with everything on it, as several people have it open.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class RoomScreenTests : IAsyncLifetime
{
    private PageHost _host = null!;

    private ChatHost Chat => _host.Chat;

    public async Task InitializeAsync() => _host = await PageHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task It_shows_the_rooms_name_and_what_was_written_before()
    {
        var room = await Chat.RoomAsync("Compilers");
        await Chat.PostAsync(room, "Hello **there**");
        var page = _host.Open(room, ChatHost.Grace);

        Assert.Equal("Compilers", page.Find("h1").TextContent);
        var log = page.Find("[role=log]");
        Assert.Equal("Conversation", log.GetAttribute("aria-label"));
        Assert.Equal("off", log.GetAttribute("aria-live"));
        var first = page.FindAll("article")[0];
        Assert.StartsWith("Ada", first.GetAttribute("aria-label"), StringComparison.Ordinal);
        Assert.Equal("there", first.QuerySelector(".blocks strong")!.TextContent);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_may_not_see_a_room_any_more_loses_it_at_once_also_while_an_answer_is_written(bool isHidden)
    {
        var room = await Chat.RoomAsync("Plans");
        await Chat.AddPersonAsync(ChatHost.Grace);
        Assert.Null((await Chat.Rooms.SetMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, RoomRole.Member, default)).Error);
        Assert.Null((await Chat.Rooms.ChangeAccessAsync(ChatHost.Ada, room.Id, RoomVisibility.Private, null, default)).Error);
        var grace = _host.Open(room, ChatHost.Grace);
        await Chat.PostAsync(room, "Question");
        var response = await Chat.Model.NextAsync();
        response.Say("One");
        grace.Until(() => Assert.Contains("One", grace.Find("article[aria-busy=true]").TextContent, StringComparison.Ordinal));
        if (isHidden)
        {
            await grace.InvokeAsync(() => grace.FindComponent<MessageList>().Instance.View.Hide(true));
        }

        Assert.Null((await Chat.Rooms.RemoveMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, default)).Error);
        grace.Until(() => Assert.Contains("You can no longer see this room", grace.Find("h1").TextContent, StringComparison.Ordinal));
        response.Finish(" two");
        using var watch = await Chat.WatchAsync(room);
        await watch.EndedAsync();
        Assert.Empty(grace.FindAll("article, .composer"));
        Assert.DoesNotContain("two", grace.Markup, StringComparison.Ordinal);
        // What was typed stays in the browser.
        Assert.Empty(grace.FindAll("room-gone"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_may_see_a_room_at_last_has_it_without_opening_it_again(bool wasIn)
    {
        var room = await Chat.RoomAsync("Plans");
        await Chat.AddPersonAsync(ChatHost.Grace);
        await Chat.PostAsync(room, "Hello");
        Assert.Null((await Chat.Rooms.ChangeAccessAsync(ChatHost.Ada, room.Id, RoomVisibility.Private, null, default)).Error);
        if (wasIn)
        {
            Assert.Null((await Chat.Rooms.SetMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, RoomRole.Member, default)).Error);
        }

        var grace = _host.Open(room, ChatHost.Grace);
        for (var again = 0; again < 2; again++)
        {
            if (wasIn)
            {
                Assert.Null((await Chat.Rooms.RemoveMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, default)).Error);
                grace.Until(() => Assert.Equal("You can no longer see this room", grace.Find("h1").TextContent));
            }
            else
            {
                Assert.NotEmpty(grace.FindAll("room-gone"));
            }

            Assert.Null((await Chat.Rooms.SetMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, RoomRole.Member, default)).Error);
            grace.Until(() => Assert.Equal("Plans", grace.Find("h1").TextContent));
            grace.Until(() => Assert.Single(grace.FindAll("chat-composer")));
            wasIn = true;
        }
    }

    [Fact]
    public async Task A_room_that_is_brought_back_opens_for_who_came_while_it_was_deleted()
    {
        var room = await Chat.RoomAsync("Plans");
        await Chat.AddPersonAsync(ChatHost.Grace);
        var ada = _host.Open(room);
        Assert.Null((await Chat.Rooms.DeleteAsync(ChatHost.Ada, room.Id, default)).Error);
        var grace = _host.Open(room, ChatHost.Grace);
        Assert.NotEmpty(grace.FindAll("room-gone"));
        Assert.Null((await Chat.Rooms.BringBackAsync(ChatHost.Ada, room.Id, default)).Error);
        grace.Until(() => Assert.Equal("Plans", grace.Find("h1").TextContent));
        ada.Until(() => Assert.Equal("Plans", ada.Find("h1").TextContent));
    }

    [Fact]
    public async Task Everybody_sees_an_answer_grow_and_end()
    {
        var room = await Chat.RoomAsync();
        var ada = _host.Open(room);
        var grace = _host.Open(room, ChatHost.Grace);
        await Chat.PostAsync(room, "Question");
        var response = await Chat.Model.NextAsync();

        response.Say("One");
        foreach (var page in new[] { ada, grace })
        {
            page.Until(() => Assert.Contains("One", page.Find("article[aria-busy=true]").TextContent, StringComparison.Ordinal));
            page.Until(() => Assert.Contains("Demo is answering", page.Find("[role=status]").TextContent, StringComparison.Ordinal));
        }

        // Ada asked, and it is her room.
        Assert.Single(ada.FindAll("[data-stop]"));
        Assert.Empty(grace.FindAll("[data-stop]"));
        Assert.Equal("Only the person who asked or a room owner can stop this.", grace.Find("#who-stops").TextContent);

        response.Finish(" two");
        foreach (var page in new[] { ada, grace })
        {
            page.Until(() => Assert.Empty(page.FindAll("[aria-busy]")));
            page.Until(() => Assert.Equal("One two", page.FindAll("article .blocks")[^1].TextContent.Trim()));
            page.Until(() => Assert.Contains("Demo has answered", page.Find("[role=status]").TextContent, StringComparison.Ordinal));
            page.Until(() => Assert.Empty(page.FindAll("[data-stop], #who-stops")));
            Assert.DoesNotContain("One", page.Find("[role=status]").TextContent, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_answer_that_started_and_ended_between_two_looks_is_announced_all_the_same()
    {
        var room = await Chat.RoomAsync();
        using var watch = await Chat.WatchAsync(room);
        var page = _host.Open(room);
        await WhileBusyAsync(page, async () =>
        {
            await Chat.PostAsync(room, "Question");
            (await Chat.Model.NextAsync()).Finish("Answer");
            await watch.EndedAsync();
        });
        page.Until(() => Assert.Equal("Demo has answered.", Status(page)));

        // The same sentence is said again: a screen reader hears what is new in the page.
        var said = page.Find("[role=status] span");
        await WhileBusyAsync(page, async () =>
        {
            await Chat.PostAsync(room, "Another question");
            (await Chat.Model.NextAsync()).Finish("Another answer");
            await watch.EndedAsync(2);
        });
        page.Until(() => Assert.NotSame(said, page.Find("[role=status] span")));
        Assert.Equal("Demo has answered.", Status(page));

        // Asked again, it is the same message in the same place.
        await WhileBusyAsync(page, async () =>
        {
            await Chat.Responses.RegenerateAsync(ChatHost.Ada, room.Id, watch.Now.Messages[^1].Message.Id, default);
            (await Chat.Model.NextAsync()).Fail(new InvalidOperationException("Broken."));
            await watch.UntilAsync(s => s.Messages[^1].Message.Status is MessageStatus.Failed);
        });
        page.Until(() => Assert.Equal("Demo could not answer.", Status(page)));
    }

    [Fact]
    public async Task What_happened_before_the_page_was_opened_is_not_announced()
    {
        var room = await Chat.RoomAsync();
        using var watch = await Chat.WatchAsync(room);
        await Chat.PostAsync(room, "Question");
        (await Chat.Model.NextAsync()).Finish("Answer");
        await watch.EndedAsync();

        var page = _host.Open(room);
        await Chat.Rooms.DeleteMessageAsync(ChatHost.Ada, room.Id, watch.Now.Messages[0].Message.Id, default);
        page.Until(() => Assert.Single(page.FindAll("article")));

        Assert.Empty(Status(page));
    }

    [Fact]
    public async Task A_token_renders_the_open_block_and_nothing_else()
    {
        var room = await Chat.RoomAsync();
        var page = _host.Open(room);
        await Chat.PostAsync(room, "Question");
        var response = await Chat.Model.NextAsync();
        response.Say("First paragraph.\n\nThe second");
        page.Until(() => Assert.Contains("The second", page.Find("article[aria-busy=true]").TextContent, StringComparison.Ordinal));

        var list = page.FindComponent<MessageList>();
        var live = page.FindComponent<LiveMessage>();
        var composer = page.FindComponent<MessageComposer>();
        // The list of messages may still be told that the response began; from here on only text comes.
        page.Until(() => Assert.Single(page.FindAll("[data-stop]")));
        var before = (page.RenderCount, list.RenderCount, live.RenderCount, composer.RenderCount);
        for (var i = 0; i < 5; i++)
        {
            response.Say($" word{i}");
            page.Until(() => Assert.Contains($"word{i}", page.Find("article[aria-busy=true]").TextContent, StringComparison.Ordinal));
        }

        // A render count includes those of the children: what is compared is what else rendered.
        var open = page.FindComponent<OpenBlockView>();
        Assert.True(open.RenderCount >= 6, $"The open block rendered {open.RenderCount} times.");
        Assert.Equal(before.Item4, composer.RenderCount);
        Assert.Equal(live.RenderCount - before.Item3, list.RenderCount - before.Item2);
        response.Finish();
    }

    [Fact]
    public async Task Code_grows_by_text_and_its_buttons_are_never_sent()
    {
        var room = await Chat.RoomAsync();
        var page = _host.Open(room);
        await Chat.PostAsync(room, "Question");
        var response = await Chat.Model.NextAsync();
        response.Say("```python\nprint(1)\n");
        page.Until(() => Assert.Equal("print(1)\n", page.Find("article[aria-busy=true] .code-block pre code").TextContent));
        Assert.Equal("Python", page.Find(".code-lang").TextContent);
        response.Say("print(2)\n");
        page.Until(() => Assert.Equal("print(1)\nprint(2)\n", page.Find("article[aria-busy=true] pre code").TextContent));
        Assert.Empty(page.FindAll(".code-block button"));

        response.Finish("```\n\nDone.");
        page.Until(() => Assert.Contains("Done.", page.Find("article:last-of-type .blocks").TextContent, StringComparison.Ordinal));
        Assert.Equal("print(1)\nprint(2)\n", page.Find("pre code.language-python").TextContent);
        // Buttons, numbers and folds are no business of a circuit.
        Assert.Empty(page.FindAll(".code-block button"));
    }

    [Fact]
    public async Task A_table_and_a_list_grow_inside_their_element()
    {
        var room = await Chat.RoomAsync();
        var page = _host.Open(room);
        await Chat.PostAsync(room, "Question");
        var response = await Chat.Model.NextAsync();
        response.Say("3. three\n4. fo");
        page.Until(() => Assert.Equal(2, page.FindAll("article[aria-busy=true] ol[start='3'] > li").Count));
        response.Say("ur\n\n| a | b |\n| - | - |\n| 1 | 2 |\n| 3 ");
        page.Until(() => Assert.NotEmpty(page.FindAll("article[aria-busy=true] .table-scroll table td")));
        response.Finish();
    }

    [Fact]
    public async Task A_stopped_answer_says_who_stopped_it_and_is_tried_again_in_its_place()
    {
        var room = await Chat.RoomAsync();
        await Chat.LetMembersAsync(room);
        var ada = _host.Open(room);
        var grace = _host.Open(room, ChatHost.Grace);
        await Chat.PostAsync(room, "Question");
        (await Chat.Model.NextAsync()).Say("Half");
        grace.Until(() => Assert.Contains("Half", grace.Find("article[aria-busy=true]").TextContent, StringComparison.Ordinal));

        await grace.ClickAsync("[data-stop]");
        ada.Until(() => Assert.Equal("Stopped by Grace", ada.Find(".end-text").TextContent));
        Assert.Contains("Half", ada.FindAll("article")[^1].TextContent, StringComparison.Ordinal);

        // In the line that says so, and not over the answer, too.
        Assert.Single(ada.FindAll("article button"), b => b.TextContent == "Try again" || b.GetAttribute("aria-label") == "Try again");
        await ada.ClickAsync("article button", "Try again");
        foreach (var page in new[] { ada, grace })
        {
            page.Until(() => Assert.Empty(page.FindAll(".end")));
        }

        (await Chat.Model.NextAsync()).Finish("Whole");
        foreach (var page in new[] { ada, grace })
        {
            page.Until(() => Assert.Contains("Whole", page.FindAll("article")[^1].TextContent, StringComparison.Ordinal));
            Assert.Equal(2, page.FindAll("article").Count);
            page.Until(() => Assert.Equal("2 of 2", page.Find(".versions .number").TextContent));
        }

        // Now it is over the answer.
        ada.Until(() => Assert.Single(ada.FindAll("article [data-act=again][aria-label='Try again']")));
    }

    [Fact]
    public async Task Stop_takes_a_waiting_answer_out_of_the_queue()
    {
        var room = await Chat.RoomAsync();
        var page = _host.Open(room);
        await Chat.PostAsync(room, "One");
        var first = await Chat.Model.NextAsync();
        await Chat.PostAsync(room, "Two");
        page.Until(() => Assert.Contains("1 waiting", page.Find(".waiting").TextContent, StringComparison.Ordinal));
        first.Finish("Done");
        await Chat.Model.NextAsync();
        // Until then the button means the first response, which has ended.
        page.Until(() => Assert.Empty(page.FindAll(".waiting")));
        page.Until(() => Assert.Single(page.FindAll("[data-stop]")));
        await page.ClickAsync("[data-stop]");
        page.Until(() => Assert.Empty(page.FindAll("[data-stop]")));
    }

    [Fact]
    public async Task A_cleared_room_says_who_cleared_it_on_every_page()
    {
        var room = await Chat.RoomAsync();
        await Chat.PostAsync(room, "Secret");
        var page = _host.Open(room, ChatHost.Grace);
        await Chat.Rooms.ClearAsync(ChatHost.Ada, room.Id, default);
        page.Until(() => Assert.Contains("Ada cleared this room", page.Find(".cleared").TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll("article"));
        Assert.DoesNotContain("Secret", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_room_says_who_deleted_it_and_leads_out()
    {
        var room = await Chat.RoomAsync();
        var grace = _host.Open(room, ChatHost.Grace);
        var ada = _host.Open(room);
        await Chat.Rooms.DeleteAsync(ChatHost.Ada, room.Id, default);
        grace.Until(() => Assert.Contains("deleted by Ada", grace.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Equal("./", grace.Find("a.button").GetAttribute("href"));
        Assert.Empty(grace.FindAll("chat-composer"));
        // Who deleted it is not told so, but led out.
        ada.Until(() => Assert.Equal("http://localhost/", ada.Services.GetRequiredService<NavigationManager>().Uri));
    }

    [Fact]
    public async Task Owners_undo_the_clearing_of_a_room_and_its_messages_are_back_on_every_page()
    {
        var room = await Chat.RoomAsync();
        await Chat.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default);
        await Chat.PostAsync(room, "Important");
        var (ada, grace) = (_host.Open(room), _host.Open(room, ChatHost.Grace));
        await Chat.Rooms.ClearAsync(ChatHost.Ada, room.Id, default);
        grace.Until(() => Assert.Contains("cleared this room", grace.Find(".cleared").TextContent, StringComparison.Ordinal));
        Assert.Empty(grace.FindAll(".cleared button"));
        ada.Until(() => Assert.Equal("Undo", ada.Find(".cleared button").TextContent));
        await ada.ClickAsync(".cleared button");
        foreach (var page in new[] { ada, grace })
        {
            page.Until(() => Assert.Contains("Important", page.Find("article").TextContent, StringComparison.Ordinal));
            Assert.Empty(page.FindAll(".cleared"));
        }
    }

    [Fact]
    public async Task A_deleted_room_that_is_brought_back_opens_again_on_the_pages_that_still_show_it()
    {
        await Chat.AddPersonAsync(ChatHost.Ada);
        await Chat.AddPersonAsync(ChatHost.Grace);
        var room = await Chat.RoomAsync("Plans");
        await Chat.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default);
        await Chat.PostAsync(room, "Important");
        Assert.Null((await Chat.Rooms.SetMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, RoomRole.Owner, default)).Error);
        var (grace, member) = (_host.Open(room, ChatHost.Grace), _host.Open(room, new Person(Guid.NewGuid(), "Bella")));
        await Chat.Rooms.DeleteAsync(ChatHost.Ada, room.Id, default);
        member.Until(() => Assert.Contains("deleted by Ada", member.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.DoesNotContain("Bring it back", member.Markup, StringComparison.Ordinal);
        grace.Until(() => Assert.Equal("Bring it back", grace.Find("main button").TextContent));
        await grace.ClickAsync("main button");
        foreach (var page in new[] { grace, member })
        {
            page.Until(() => Assert.Contains("Important", page.Find("article").TextContent, StringComparison.Ordinal));
        }

        await Chat.PostAsync(room, "And on");
        grace.Until(() => Assert.Equal(2, grace.FindAll("article").Count));
    }

    [Fact]
    public void An_unknown_room_is_a_page_with_a_way_out()
    {
        var page = _host.Open(Guid.NewGuid());
        Assert.Contains("does not exist", page.Find("h1").TextContent, StringComparison.Ordinal);
        Assert.Equal("./", page.Find("a.button").GetAttribute("href"));
    }

    [Fact]
    public async Task Older_messages_come_on_demand_without_a_gap()
    {
        var room = await Chat.RoomAsync();
        await Chat.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default);
        for (var i = 0; i < 120; i++)
        {
            await Chat.PostAsync(room, $"Message {i}");
        }

        var page = _host.Open(room);
        while (page.FindAll("[data-load-older]") is [var older])
        {
            var shown = page.FindAll("article").Count;
            await older.ClickAsync(new());
            page.Until(() => Assert.True(page.FindAll("article").Count > shown));
        }

        Assert.Equal(Enumerable.Range(0, 120).Select(i => $"Message {i}"), page.FindAll("article .blocks").Select(b => b.TextContent.Trim()));
    }

    [Fact]
    public async Task A_page_that_was_closed_is_not_told_any_more()
    {
        var room = await Chat.RoomAsync();
        var page = _host.Open(room, ChatHost.Grace);
        var screen = page.Instance;
        screen.Dispose();
        screen.Dispose();
        await Chat.PostAsync(room, "After");
        var other = _host.Open(room);
        other.Until(() => Assert.Contains("After", other.Markup, StringComparison.Ordinal));
        Assert.DoesNotContain("After", page.Markup, StringComparison.Ordinal);
    }

    private static IElement? FindButton<T>(IRenderedComponent<T> page, string name)
        where T : IComponent =>
        page.FindAll("button").FirstOrDefault(b => b.TextContent.Trim() == name);

    private static string Status(IRenderedComponent<RoomScreen> page) => page.Find("[role=status]").TextContent.Trim();

    // Runs something while the page's circuit has something else to do: it does not look before that has ended.
    private static async Task WhileBusyAsync(IRenderedComponent<RoomScreen> page, Func<Task> action)
    {
        using var done = new ManualResetEventSlim();
        var busy = Task.Run(() => page.InvokeAsync(() => done.Wait(Guard.Patience)));
        try
        {
            await action();
        }
        finally
        {
            done.Set();
        }

        await busy;
    }
}
