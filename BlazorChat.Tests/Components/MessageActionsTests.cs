using AngleSharp.Dom;
using BlazorChat.Access;
using BlazorChat.Components;
using BlazorChat.Components.Messages;
using BlazorChat.Components.Rooms;
using BlazorChat.Languages;
using BlazorChat.Messages;
using BlazorChat.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Components;

/// <summary>What can be done with messages, as two people have the room open.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class MessageActionsTests : IAsyncLifetime
{
    private PageHost _host = null!;

    private ChatHost Chat => _host.Chat;

    public async Task InitializeAsync() => _host = await PageHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task An_answer_that_was_cut_off_says_so_and_goes_on_where_it_was()
    {
        var room = await Chat.RoomAsync();
        var page = _host.Open(room);
        await Chat.PostAsync(room, "Question");
        (await Chat.Model.NextAsync()).Finish("The first half", ChatFinishReason.Length);
        page.Until(() => Assert.StartsWith("The answer was cut off", page.Find(".end-text").TextContent, StringComparison.Ordinal));
        Assert.NotNull(FindButton(page, "Try again"));

        await page.ClickAsync("article button", "Continue");
        var more = await Chat.Model.NextAsync();
        page.Until(() => Assert.Equal("true", page.FindAll("article")[^1].GetAttribute("aria-busy")));
        Assert.Contains("The first half", page.FindAll("article")[^1].TextContent, StringComparison.Ordinal);
        more.Finish(" and the second");
        page.Until(() => Assert.Contains("and the second", page.FindAll("article")[^1].TextContent, StringComparison.Ordinal));
        page.Until(() => Assert.Empty(page.FindAll(".end-text")));
        Assert.Equal(2, page.FindAll("article").Count);
    }

    [Fact]
    public async Task A_new_version_brings_everybody_to_it_and_each_goes_back_alone()
    {
        var room = await Chat.RoomAsync();
        var (ada, grace) = (_host.Open(room), _host.Open(room, ChatHost.Grace));
        await Chat.PostAsync(room, "Question");
        (await Chat.Model.NextAsync()).Finish("First");
        var response = Response(ada, "First");
        await TellAsync(ada, $"again {response}");
        (await Chat.Model.NextAsync()).Finish("Second");
        foreach (var page in new[] { ada, grace })
        {
            page.Until(() => Assert.Equal("2 of 2", page.Find(".versions .number").TextContent));
            page.Until(() => Assert.Equal("Second", TextOf(page)));
        }

        await grace.ClickAsync("[aria-label='Previous version']");
        grace.Until(() => Assert.Equal("First", TextOf(grace)));
        Assert.Equal("1 of 2", grace.Find(".versions .number").TextContent);
        Assert.Equal("Second", TextOf(ada));

        await TellAsync(ada, $"again {response}");
        var third = await Chat.Model.NextAsync();
        third.Say("Thi");
        grace.Until(() => Assert.Equal("Thi", TextOf(grace)));
        Assert.Equal("3 of 3", grace.Find(".versions .number").TextContent);

        // While it is written one may look back, and what one looks at is not being written.
        await grace.ClickAsync("[aria-label='Previous version']");
        grace.Until(() => Assert.Equal("Second", TextOf(grace)));
        Assert.Empty(grace.FindAll("[aria-busy]"));
        third.Finish("rd");
        ada.Until(() => Assert.Empty(ada.FindAll("[aria-busy]")));
        Assert.Equal("Third", TextOf(ada));
        Assert.Equal("Second", TextOf(grace));
    }

    [Fact]
    public async Task An_edited_message_leads_to_what_it_said_and_is_answered_again_only_on_request()
    {
        var room = await Chat.RoomAsync();
        var (ada, grace) = (_host.Open(room), _host.Open(room, ChatHost.Grace));
        var message = await Chat.PostAsync(room, "Helo");
        (await Chat.Model.NextAsync()).Finish("Hi");
        Response(ada, "Hi");
        await TellAsync(ada, $"edit {message.Id:N}");
        await ada.Find(".editor textarea").ChangeAsync(new ChangeEventArgs { Value = "Hello" });
        await ada.ClickAsync("article button", "Save");
        grace.Until(() => Assert.StartsWith("edited", grace.Find(".trace").TextContent, StringComparison.Ordinal));
        Assert.Empty(grace.FindAll(".offer"));
        Assert.Empty(ada.FindAll(".editor"));

        await TellAsync(grace, $"versions {message.Id:N}");
        grace.Until(() => Assert.Equal("2 of 2", grace.Find(".versions .number").TextContent));
        await grace.ClickAsync("[aria-label='Previous version']");
        Assert.Equal("Helo", grace.FindAll("article .blocks")[0].TextContent.Trim());
        await TellAsync(grace, $"versions {message.Id:N}");
        Assert.Equal("Hello", grace.FindAll("article .blocks")[0].TextContent.Trim());
        Assert.Empty(grace.FindAll(".versions"));

        Assert.False(Chat.Model.WasAskedAgain);
        await ada.ClickAsync("article button", "Update the answer");
        Assert.Contains((await Chat.Model.NextAsync()).Messages, m => m.Text.Contains("Hello", StringComparison.Ordinal));
        Assert.Empty(ada.FindAll(".offer"));
    }

    [Fact]
    public async Task Nobody_edits_or_deletes_what_is_not_theirs_whatever_their_browser_says()
    {
        var room = await Chat.RoomAsync();
        var message = await Chat.PostAsync(room, "Mine");
        (await Chat.Model.NextAsync()).Finish("Hi");
        var grace = _host.Open(room, ChatHost.Grace);
        foreach (var command in new[] { $"edit {message.Id:N}", "edit", $"explode {message.Id:N}", $"edit {Guid.NewGuid()}", "again ../../etc", "", "delete  ", new string('x', 100_000) })
        {
            await TellAsync(grace, command);
            Assert.Empty(grace.FindAll(".editor, dialog"));
        }

        await TellAsync(grace, $"delete {message.Id:N}");
        await grace.ClickAsync("dialog button.danger", "Delete");
        Assert.Contains("Only the author or an owner of the room", grace.Find("dialog [role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("Mine", grace.FindAll("article .blocks")[0].TextContent.Trim());

        // An error of something without a dialog stands at its message.
        await TellAsync(grace, $"again {message.Id:N}");
        Assert.NotEmpty(grace.Find("article .problem").TextContent);
    }

    [Fact]
    public async Task What_is_lost_is_named_before_it_is_deleted()
    {
        var room = await Chat.RoomAsync();
        var message = await Chat.PostAsync(room, "<b>Bold</b> " + new string('x', 500));
        await Chat.Rooms.EditAsync(ChatHost.Ada, room.Id, message.Id, "Now *this*", default);
        (await Chat.Model.NextAsync()).Finish("Hi");
        var (ada, grace) = (_host.Open(room), _host.Open(room, ChatHost.Grace));
        await TellAsync(ada, $"delete {message.Id:N}");
        Assert.StartsWith("Deletes “Now *this*” by Ada and its earlier version for everyone.", string.Join(' ', ada.Find("dialog .dialog-text").TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        await ada.ClickAsync("dialog button.danger", "Delete");
        foreach (var page in new[] { ada, grace })
        {
            page.Until(() => Assert.DoesNotContain("Now", page.Find("[role=log]").TextContent, StringComparison.Ordinal));
        }

        Assert.Empty(ada.FindAll("dialog"));
    }

    [Fact]
    public async Task A_question_that_waits_says_its_place_and_is_removed_by_whoever_may()
    {
        var room = await Chat.RoomAsync();
        var (ada, grace) = (_host.Open(room), _host.Open(room, ChatHost.Grace));
        await Chat.PostAsync(room, "Busy");
        var busy = await Chat.Model.NextAsync();
        await Chat.PostAsync(room, "Mine", ChatHost.Grace);
        var second = await Chat.PostAsync(room, "Second");
        foreach (var page in new[] { ada, grace })
        {
            page.Until(() => Assert.Equal(["Waiting · next", "Waiting · 2nd"], page.FindAll(".waiting-line").Select(l => l.TextContent.Replace("Remove", "", StringComparison.Ordinal))));
        }

        Assert.Equal("Remove", Assert.Single(grace.FindAll(".waiting-line button")).TextContent);
        await TellAsync(grace, $"remove {second.Id:N}");
        Assert.Equal(2, grace.FindAll(".waiting-line").Count);
        await TellAsync(grace, $"remove {grace.FindAll("article")[^2].Id![2..]}");
        foreach (var page in new[] { ada, grace })
        {
            page.Until(() => Assert.StartsWith("Waiting · next", Assert.Single(page.FindAll(".waiting-line")).TextContent, StringComparison.Ordinal));
        }

        busy.Finish("1");
        (await Chat.Model.NextAsync()).Finish("2");
        foreach (var page in new[] { ada, grace })
        {
            // Its question is further up, so the answer says which it is.
            page.Until(() => Assert.Equal("2", page.FindAll("article")[^1].QuerySelector(".blocks")!.TextContent));
            Assert.Empty(page.FindAll(".waiting-line"));
        }
    }

    [Fact]
    public async Task An_answer_that_is_not_below_its_question_names_it()
    {
        var room = await Chat.RoomAsync();
        var page = _host.Open(room);
        await Chat.PostAsync(room, "Busy");
        var busy = await Chat.Model.NextAsync();
        var question = await Chat.PostAsync(room, "What <b>is</b> it?", ChatHost.Grace);
        await Chat.PostAsync(room, "And this?");
        busy.Finish("1");
        (await Chat.Model.NextAsync()).Finish("2");
        (await Chat.Model.NextAsync()).Finish("3");
        page.Until(() => Assert.Equal(["Reply to Grace", "Reply to Ada"], page.FindAll("article a.reply").Select(a => a.GetAttribute("aria-label"))));
        var link = page.Find("article a.reply");
        Assert.EndsWith($"#m-{question.Id:N}", link.GetAttribute("href"), StringComparison.Ordinal);
        Assert.EndsWith("What <b>is</b> it?", link.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_is_offered_what()
    {
        static string Offers(Message message, bool isLive, string reader, string? owner) => MessageOffers.Of(message, isLive, (permission, whose) =>
            permission is RoomPermission.RetryResponse || whose is { Kind: AuthorKind.Person, Id: var id } && id == reader
            || permission is RoomPermission.DeleteMessage && (owner == reader || owner is null && whose is not { Kind: AuthorKind.Person }));

        var own = Message(new Author(AuthorKind.Person, "a", "Ada"));
        var response = Message(new Author(AuthorKind.Assistant, "demo", "Demo")) with { AskedBy = own.Author };
        Assert.Equal("edit delete", Offers(own, false, "a", null));
        Assert.Equal("", Offers(own, false, "g", null));
        Assert.Equal("delete", Offers(own, false, "g", "g"));
        Assert.Equal("again details sent delete", Offers(response, false, "a", null));
        Assert.Equal("again details sent", Offers(response, false, "g", "a"));
        Assert.Equal("details sent", Offers(response, isLive: true, "g", null));
        Assert.Equal("details sent", Offers(response with { Status = MessageStatus.AwaitingPeople.Instance }, false, "g", null));
        Assert.Equal("details sent", Offers(response with { IsRetried = true }, false, "g", null));
        Assert.Equal("delete", Offers(Message(new Author(AuthorKind.Service, "s", "Clock")), false, "g", null));
        // The menu says whose it is where that is another person's, and only where it would make sense.
        Assert.Equal("again-not details sent", MessageOffers.Of(response, false, (_, _) => false));
        Assert.Equal("again-not details sent delete", MessageOffers.Of(response, false, (permission, _) => permission is RoomPermission.DeleteMessage));
        Assert.Equal("details sent", MessageOffers.Of(response, isLive: true, (_, _) => false));
    }

    [Fact]
    public void The_buttons_over_messages_of_a_kind_are_one_string_for_all_circuits()
    {
        var bars = Enumerable.Range(0, 2).Select(_ => Frames.MarkupOf(b => MessageOffers.AddBar(b, Words.English, Message(new Author(AuthorKind.Assistant, "demo", "Demo")), false, (_, _) => true)));
        Assert.Single(bars.Distinct(ReferenceEqualityComparer.Instance));
    }

    [Fact]
    public void What_stands_still_says_why()
    {
        var response = Message(new Author(AuthorKind.Assistant, "demo", "Demo"));
        Assert.Null(MessageEnd.TextOf(Words.English, response));
        Assert.Equal("Recovering…", MessageEnd.TextOf(Words.English, response with { Status = MessageStatus.Recovering.Instance }));
        var awaiting = response with { Status = MessageStatus.AwaitingPeople.Instance };
        Assert.Equal("Waiting for an answer", MessageEnd.TextOf(Words.English, awaiting));
        Assert.Null(MessageEnd.TextOf(Words.English, awaiting with { Parts = [new ToolCallPart("1", "tool") { Arguments = "{}", State = ToolCallState.AwaitingApproval }] }));
    }

    [Fact]
    public void A_turn_knows_the_askers_time_zone_and_language_unless_the_cookie_is_nonsense()
    {
        var visitor = new Visitor(ChatHost.Ada, TimeZoneInfo.Utc);
        var request = visitor.Request!;
        Assert.Equal((ChatHost.Ada.AsAuthor(), null, null), (request.RequestedBy, request.TimeZone, request.Language));
        request = (visitor with { ZoneName = "Europe/Vienna", Language = "de-AT" }).Request!;
        Assert.Equal(("Europe/Vienna", "de-AT"), (request.TimeZone, request.Language));
        request = (visitor with { ZoneName = "../../etc/passwd", Language = "de<script>" }).Request!;
        Assert.Equal((null, null), (request.TimeZone, request.Language));
        Assert.Null((visitor with { Person = null }).Request);
    }

    private static async Task TellAsync(IRenderedComponent<RoomScreen> page, string command) =>
        await page.Find("[data-message-command]").ChangeAsync(new ChangeEventArgs { Value = command });

    private static string Response(IRenderedComponent<RoomScreen> page, string text)
    {
        page.Until(() => Assert.Equal(text, TextOf(page)));
        page.Until(() => Assert.Empty(page.FindAll("[aria-busy]")));
        return page.FindAll("article")[^1].Id![2..];
    }

    private static string TextOf(IRenderedComponent<RoomScreen> page) =>
        string.Join('\n', page.FindAll("article")[^1].QuerySelectorAll(".blocks").Select(b => b.TextContent.Trim()));

    private static IElement? FindButton(IRenderedComponent<RoomScreen> page, string name) =>
        page.FindAll("article button").FirstOrDefault(b => b.TextContent.Trim() == name);

    private static Message Message(Author author) => new()
    {
        Id = Guid.NewGuid(),
        RoomId = Guid.Empty,
        Sequence = 1,
        Author = author,
        Parts = [new TextPart("Text")],
        Status = MessageStatus.Complete.Instance,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };
}
