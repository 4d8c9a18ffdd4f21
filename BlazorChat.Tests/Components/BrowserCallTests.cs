using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Components.Rooms;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Bunit;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Components;

/// <summary>Which tab runs a call: one of the person who asked, the one that is looked at first, another when that is gone.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class BrowserCallTests : IAsyncLifetime
{
    private static readonly BrowserCall Call = new(Guid.NewGuid(), "c1");

    private PageHost _host = null!;

    public async Task InitializeAsync() => _host = await PageHost.StartAsync();

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task Of_many_tabs_that_claim_at_once_exactly_one_has_the_call()
    {
        var claims = new BrowserCallClaims();
        var tabs = Enumerable.Range(0, 16).Select(_ => claims.Add("ada", () => { })).ToList();
        using var start = new ManualResetEventSlim();
        var claimed = tabs.Select(tab => Task.Run(() =>
        {
            start.Wait();
            return tab.TryClaim(Call);
        })).ToList();
        start.Set();
        Assert.Single(await Task.WhenAll(claimed).Soon(), true);
        Assert.Single(tabs, tab => tab.Has(Call));
    }

    [Fact]
    public void A_tab_that_is_gone_gives_up_its_calls_and_tells_the_persons_other_tabs_alone()
    {
        var claims = new BrowserCallClaims();
        var (told, graceTold) = (0, 0);
        var first = claims.Add("ada", () => { });
        using var second = claims.Add("ada", () => told++);
        using var grace = claims.Add("grace", () => graceTold++);
        Assert.True(first.TryClaim(Call));
        Assert.False(second.TryClaim(Call));

        first.Dispose();
        first.Dispose();
        Assert.Equal((1, 0), (told, graceTold));
        Assert.False(first.TryClaim(Call));
        Assert.True(second.TryClaim(Call));
    }

    [Fact]
    public void A_call_that_is_done_is_no_news_to_others()
    {
        var claims = new BrowserCallClaims();
        var told = 0;
        using var first = claims.Add("ada", () => { });
        using var second = claims.Add("ada", () => told++);
        first.TryClaim(Call);
        second.Complete(Call);
        second.Release(Call);
        Assert.True(first.Has(Call));
        first.Complete(Call);
        Assert.False(first.Has(Call));
        Assert.Equal(0, told);
    }

    [Fact]
    public async Task The_visible_tab_of_the_asker_runs_it_and_its_result_is_the_calls()
    {
        var room = await _host.Chat.RoomAsync();
        var (hidden, visible, grace) = (_host.Open(room), _host.Open(room), _host.Open(room, ChatHost.Grace));
        await HereAsync(hidden, false);
        await HereAsync(visible, true);
        await HereAsync(grace, true);
        var messageId = await AskAsync(room, hidden);

        await OfferedAsync(visible);
        Assert.Null(await TakeAsync(hidden, messageId));
        Assert.Null(await TakeAsync(grace, messageId));
        Assert.Equal(new BrowserCallRequest("get_time_zone", "Look up the time zone", "Demo", "{}"), await TakeAsync(visible, messageId));

        // A page that has no claim says what it likes.
        await FinishAsync(grace, messageId, "Mars");
        await FinishAsync(visible, messageId, "Europe/Vienna");
        await FinishAsync(visible, messageId, "Europe/Berlin");
        var response = await _host.Chat.Model.NextAsync();
        Assert.Contains(response.Messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>(), r => Equals(r.Result?.ToString(), "Europe/Vienna"));
        response.Finish("You are in Vienna.");
        visible.Until(() => Assert.Contains("You are in Vienna.", visible.Markup, StringComparison.Ordinal));

        _host.Time.Advance(BrowserCalls.HiddenPatience);
        Assert.Empty(Offers(hidden));
        Assert.Empty(Offers(grace));
        Assert.Single(Offers(visible));
    }

    [Fact]
    public async Task A_hidden_tab_runs_it_when_no_other_takes_it()
    {
        var room = await _host.Chat.RoomAsync();
        var hidden = _host.Open(room);
        await HereAsync(hidden, false);
        await AskAsync(room, hidden);
        await _host.Time.WaitForTimerAsync(due => due == BrowserCalls.HiddenPatience).Soon();
        Assert.Empty(Offers(hidden));
        _host.Time.Advance(BrowserCalls.HiddenPatience);
        await OfferedAsync(hidden);
    }

    [Fact]
    public async Task When_the_tab_that_runs_it_is_closed_another_takes_it()
    {
        var room = await _host.Chat.RoomAsync();
        var first = _host.Open(room);
        await HereAsync(first, true);
        var messageId = await AskAsync(room, first);
        await OfferedAsync(first);
        var second = _host.Open(room);
        await HereAsync(second, true);
        Assert.Empty(Offers(second));

        first.FindComponent<BrowserCalls>().Instance.Dispose();
        await OfferedAsync(second);
        Assert.Null(await TakeAsync(first, messageId));
        Assert.NotNull(await TakeAsync(second, messageId));
    }

    [Fact]
    public async Task A_call_that_was_answered_elsewhere_is_not_run_again()
    {
        var room = await _host.Chat.RoomAsync();
        var page = _host.Open(room);
        await HereAsync(page, true);
        var messageId = await AskAsync(room, page);
        await OfferedAsync(page);
        // Another device, whose page this one has not heard of yet.
        await _host.Chat.Responses.AnswerBrowserCallAsync(ChatHost.Ada, room.Id, messageId, "c1", "UTC", false, default);
        Assert.Null(await TakeAsync(page, messageId));
        (await _host.Chat.Model.NextAsync()).Finish("Done");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_page_whose_person_loses_the_room_or_the_session_while_it_runs_a_call_stores_nothing_any_more(bool losesSession, bool takesAgain)
    {
        var chat = _host.Chat;
        var alan = await SignedIn.AddAsync(chat.App, "Alan", Standing.Registered);
        var room = (await chat.Rooms.CreateAsync(ChatHost.Ada, "Plans", default, RoomVisibility.Private)).Value;
        Assert.Null((await chat.Rooms.SetMemberAsync(ChatHost.Ada, room.Id, alan.Id, RoomRole.Member, default)).Error);
        var page = _host.Open(room, alan);
        await HereAsync(page, true);
        var messageId = await AskAsync(room, page, alan);
        await OfferedAsync(page);
        var calls = page.FindComponent<BrowserCalls>().Instance;
        Assert.NotNull(await page.InvokeAsync(() => calls.Take(messageId, "c1")));

        // What the browser sends comes before the page has heard of it: it is busy until then.
        await page.InvokeAsync(async () =>
        {
            using var lost = new ManualResetEventSlim();
            _ = Task.Run(async () =>
            {
                await LoseAsync();
                lost.Set();
            });
            Assert.True(lost.Wait(Guard.Patience));
            if (takesAgain)
            {
                Assert.Null(await calls.Take(messageId, "c1"));
            }

            await calls.Finish(messageId, "c1", "Mars", isError: false);
        });
        var stored = Assert.Single((await chat.Rooms.ReadMessageAsync(ChatHost.Ada, room.Id, messageId, default)).Value.Calls);
        Assert.Equal(losesSession ? ToolCallState.AwaitingBrowser : ToolCallState.Failed, stored.State);
        Assert.DoesNotContain("Mars", stored.Result ?? "", StringComparison.Ordinal);
        Assert.False(chat.Model.WasAskedAgain);

        async Task LoseAsync()
        {
            if (losesSession)
            {
                await chat.App.Services.GetRequiredService<PersonSessions>().EndAllAsync(alan.Id, default);
            }
            else
            {
                Assert.Null((await chat.Rooms.RemoveMemberAsync(ChatHost.Ada, room.Id, alan.Id, default)).Error);
            }
        }
    }

    // Asks for a tool of the browser and waits until the response pauses.
    private async Task<Guid> AskAsync(Room room, IRenderedComponent<RoomScreen> page, Person? by = null)
    {
        await _host.Chat.PostAsync(room, "Which time zone?", by);
        var response = await _host.Chat.Model.NextAsync();
        response.Send(new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent("c1", "get_time_zone", new Dictionary<string, object?>(StringComparer.Ordinal))]));
        response.Finish(reason: ChatFinishReason.ToolCalls);
        page.Until(() => Assert.Equal($"Waiting for {by?.Name ?? "Ada"}’s browser", page.Find("article .awaited").TextContent));
        return page.FindComponent<BrowserCalls>().Instance.View.Window.Messages.Single(m => m.Message.Author.Kind == AuthorKind.Assistant).Message.Id;
    }

    private static Task HereAsync(IRenderedComponent<RoomScreen> page, bool isVisible) => page.InvokeAsync(() => page.FindComponent<BrowserCalls>().Instance.Here(isVisible));

    private static Task<BrowserCallRequest?> TakeAsync(IRenderedComponent<RoomScreen> page, Guid messageId) =>
        page.InvokeAsync(() => page.FindComponent<BrowserCalls>().Instance.Take(messageId, "c1"));

    private static Task<bool> FinishAsync(IRenderedComponent<RoomScreen> page, Guid messageId, string result) =>
        page.InvokeAsync(() => page.FindComponent<BrowserCalls>().Instance.Finish(messageId, "c1", result, isError: false));

    private async Task OfferedAsync(IRenderedComponent<RoomScreen> page)
    {
        await _host.ScriptsOf(page).CalledAsync("blazorChat.offerTool");
        Assert.Single(Offers(page));
    }

    private IEnumerable<JSRuntimeInvocation> Offers(IRenderedComponent<RoomScreen> page) => _host.ScriptsOf(page)["blazorChat.offerTool"];
}
