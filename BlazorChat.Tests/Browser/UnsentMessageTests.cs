using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>
/// What was written arrives by itself, in order and once, whatever is in the way. What the server refuses stays, says why, and can be sent
/// again or thrown away.
/// </summary>
[Collection(ReadingAndWritingTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class UnsentMessageTests(Chromium chromium) : IAsyncLifetime
{
    private readonly AppFixture _app = new(chromium);
    private TcpRelay _relay = null!;
    private BrowserVisitor _ada = null!;

    // Ten messages a second, and four in advance: people write faster than that when the connection is back.
    public async Task InitializeAsync()
    {
        await _app.HostAsync(("Rooms__MessagesPerMinute", "600"), ("Rooms__MessageBurst", "4"));
        _relay = new TcpRelay(_app.Address.Port);
        _ada = await _app.JoinAsync("Ada", _relay);
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _relay.DisposeAsync();
    }

    [Fact]
    public async Task Everything_written_offline_arrives_in_order_by_itself_across_the_rate_limit_and_a_reload()
    {
        await OnlyMentionedAsync();
        _relay.Cut();
        await Expect(_ada.Page.Locator("html")).ToHaveAttributeAsync("data-connection", "down");
        var texts = Enumerable.Range(1, 30).Select(i => $"Message number {i}.").ToList();
        foreach (var text in texts)
        {
            await _ada.SendAsync(text);
        }

        await Expect(Waiting).ToHaveCountAsync(30);
        await Expect(Waiting.Last).ToContainTextAsync("Waiting to be sent");
        await Expect(_ada.Page.GetByText("Not sent")).ToHaveCountAsync(0);
        _relay.Mend();
        await Expect(_ada.ArticleBy("Ada").Nth(4)).ToBeVisibleAsync();
        await _ada.Page.ReloadAsync();
        await _ada.ReadyAsync();
        await Expect(_ada.ArticleBy("Ada")).ToHaveCountAsync(30);
        await Expect(Waiting).ToHaveCountAsync(0);
        await Expect(_ada.ArticleBy("Ada").Locator(".blocks")).ToHaveTextAsync(texts);
        Assert.Equal(0, await KeptAsync());
    }

    [Fact]
    public async Task Half_a_character_is_sent_as_what_it_looks_like_and_holds_nothing_up()
    {
        await OnlyMentionedAsync();
        await _ada.Page.EvaluateAsync("""
            () => {
              const composer = document.querySelector('chat-composer');
              for (const text of ['cut \ud83d', '\ude00 off', 'whole \ud83d\ude00', 'C:\\ud83d and \\\\ud83d']) {
                composer.input.value = text;
                composer.send();
              }
            }
            """);
        await Expect(_ada.ArticleBy("Ada").Locator(".blocks")).ToHaveTextAsync(["cut \uFFFD", "\uFFFD off", "whole \U0001F600", "C:\\ud83d and \\\\ud83d"]);
        await Expect(Waiting).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task What_the_browser_has_no_room_for_is_stored_when_there_is_room_again_and_asked_about_otherwise()
    {
        await OnlyMentionedAsync();
        await _ada.Page.EvaluateAsync("""
            () => {
              const { setItem } = Storage.prototype;
              globalThis.isFull = true;
              Storage.prototype.setItem = function (key, value) {
                if (isFull && this === localStorage) {
                  throw new DOMException('', 'QuotaExceededError');
                }

                setItem.call(this, key, value);
              };
            }
            """);
        _relay.Cut();
        await Expect(_ada.Page.Locator("html")).ToHaveAttributeAsync("data-connection", "down");
        await _ada.SendAsync("Written while the storage was full");
        await _ada.Composer.FillAsync("A draft");
        await Expect(Waiting).ToHaveCountAsync(1);
        const string isAsked = "() => { const e = new Event('beforeunload', { cancelable: true }); dispatchEvent(e); return e.defaultPrevented; }";
        Assert.True(await _ada.Page.EvaluateAsync<bool>(isAsked));
        await _ada.Page.EvaluateAsync("() => { isFull = false; }");
        Assert.False(await _ada.Page.EvaluateAsync<bool>(isAsked));
        _relay.Mend();
        await _ada.Page.ReloadAsync();
        await _ada.ReadyAsync();
        await Expect(_ada.ArticleBy("Ada").Locator(".blocks")).ToHaveTextAsync(["Written while the storage was full"]);
        await Expect(_ada.Composer).ToHaveValueAsync("A draft");
        Assert.False(await _ada.Page.EvaluateAsync<bool>(isAsked));
    }

    [Fact]
    public async Task What_was_acknowledged_is_never_sent_again()
    {
        await _ada.CreateRoomAsync("Plans");
        await OnlyMentionedAsync();
        // The second one is sent at the very moment when the first is acknowledged, and may not be shown yet.
        await _ada.Page.EvaluateAsync("""
            () => {
              const composer = document.querySelector('chat-composer');
              const send = text => { composer.input.value = text; composer.send(); };
              let isFirst = true;
              document.addEventListener('chat:unsent', e => {
                if (e.detail.elementId && isFirst) {
                  isFirst = false;
                  send('The second one');
                }
              });
              send('The first one');
            }
            """);
        await Expect(_ada.ArticleBy("Ada")).ToHaveCountAsync(2);
        await _ada.ChooseAsync("Clear…");
        await _ada.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Clear room" }).ClickAsync();
        await Expect(_ada.ArticleBy("Ada")).ToHaveCountAsync(0);
        await _ada.Page.ReloadAsync();
        await _ada.ReadyAsync();
        // What was sent after a reload comes after everything that the page had kept.
        await _ada.SendAsync("The third one");
        await Expect(_ada.ArticleBy("Ada").Locator(".blocks")).ToHaveTextAsync(["The third one"]);
    }

    [Fact]
    public async Task What_arrived_without_an_acknowledgment_does_not_come_back_after_somebody_has_cleared_the_room()
    {
        var grace = await _app.JoinAsync("Grace");
        await grace.CreateRoomAsync("Plans");
        await _ada.OpenAsync(new Uri(grace.Page.Url).AbsolutePath);
        await OnlyMentionedAsync();
        _relay.Mute();
        await _ada.SendAsync("The first one");
        await _ada.SendAsync("The second one");
        await Expect(grace.ArticleBy("Ada").Locator(".blocks")).ToHaveTextAsync(["The first one"]);
        await grace.ChooseAsync("Clear…");
        await grace.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Clear room" }).ClickAsync();
        await Expect(grace.ArticleBy("Ada")).ToHaveCountAsync(0);
        _relay.Cut();
        _relay.Mend();

        // The second one had not arrived before.
        await Expect(grace.ArticleBy("Ada").Locator(".blocks")).ToHaveTextAsync(["The second one"]);
        await Expect(_ada.ArticleBy("Ada").Locator(".blocks")).ToHaveTextAsync(["The second one"]);
        await Expect(Waiting).ToHaveCountAsync(0);
        await Expect(_ada.Page.GetByText("Not sent")).ToHaveCountAsync(0);
        Assert.Equal(0, await KeptAsync());
    }

    [Fact]
    public async Task What_was_tried_more_than_a_week_ago_is_sent_again_only_when_its_author_says_so()
    {
        await OnlyMentionedAsync();
        _relay.Cut();
        await Expect(_ada.Page.Locator("html")).ToHaveAttributeAsync("data-connection", "down");
        await _ada.SendAsync("From a long time ago");
        await _ada.SendAsync("Never tried");
        await _ada.Page.EvaluateAsync("""
            () => {
              for (const key of Object.keys(localStorage).filter(key => key.startsWith('blazorchat:unsent:'))) {
                const entry = JSON.parse(localStorage[key]);
                const day = 86_400_000;
                localStorage[key] = JSON.stringify({ ...entry, at: entry.at - 30 * day, tried: entry.text === 'Never tried' ? undefined : Date.now() - 7 * day - 1 });
              }
            }
            """);
        _relay.Mend();
        await Expect(_ada.ArticleBy("Ada").Locator(".blocks")).ToHaveTextAsync(["Never tried"]);
        await Expect(Failed("From a long time ago")).ToContainTextAsync("more than a week ago");
        await Failed("From a long time ago").GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(_ada.ArticleBy("Ada").Locator(".blocks")).ToHaveTextAsync(["Never tried", "From a long time ago"]);
        Assert.Equal(0, await KeptAsync());
    }

    [Fact]
    public async Task An_offline_event_shows_at_once_and_what_is_written_waits_with_a_clock()
    {
        await OnlyMentionedAsync();
        await _ada.Page.Context.SetOfflineAsync(true);
        await Expect(_ada.Page.GetByText("You’re offline.")).ToBeVisibleAsync(new() { Timeout = 1000 });
        await _ada.SendAsync("From the train");
        await Expect(Waiting).ToContainTextAsync("Waiting to be sent");
        await Expect(Waiting.Locator("use[href='#i-clock']")).ToBeAttachedAsync();
        await _ada.Page.Context.SetOfflineAsync(false);
        await Expect(_ada.ArticleBy("Ada")).ToHaveCountAsync(1);
        await Expect(Waiting).ToHaveCountAsync(0);
        await Expect(_ada.Page.GetByText("You’re offline.")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task A_silent_network_is_noticed_within_five_seconds_while_something_is_unsent()
    {
        await OnlyMentionedAsync();
        _relay.Deafen();
        await _ada.SendAsync("Into the void");
        await Expect(_ada.Page.GetByText("Reconnecting…")).ToBeVisibleAsync(new() { Timeout = 5000 });
        await Expect(Waiting).ToContainTextAsync("Waiting to be sent");
        _relay.Mend();
        await Expect(_ada.ArticleBy("Ada")).ToHaveCountAsync(1);
        await Expect(Waiting).ToHaveCountAsync(0);
        await Expect(_ada.Page.GetByText("Reconnecting…")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task What_is_refused_says_why_and_is_sent_again_or_discarded_here_or_in_another_room()
    {
        var lobby = _ada.Page.Url;
        await _ada.CreateRoomAsync("Plans");
        await OpenSettingsAsync();
        await (await _ada.OpenAdvancedAsync()).SelectOptionAsync("Ask them to wait");
        await SavedAsync();
        await _ada.SendAsync("A question");
        var response = await _app.Model.NextAsync();
        await _ada.SendAsync("Two");
        await _ada.SendAsync("Three");
        await Expect(Failed("Two")).ToContainTextAsync("The assistant is busy");
        await Expect(Failed("Three")).ToBeVisibleAsync();

        // It is still there after a reload, and still not sent.
        await _ada.Page.ReloadAsync();
        await _ada.ReadyAsync();
        await Expect(Failed("Two")).ToContainTextAsync("Not sent");
        await Failed("Three").GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
        await Expect(Failed("Three")).ToHaveCountAsync(0);
        await Expect(_ada.Composer).ToBeFocusedAsync();

        // Refused when its author had left the room already: it is shown where they are.
        await _ada.Page.EvaluateAsync("""
            () => {
              const composer = document.querySelector('chat-composer');
              composer.input.value = 'Four';
              composer.send();
              [...document.querySelectorAll('nav.rooms a')].find(a => a.textContent === 'Lobby').click();
            }
            """);
        await Expect(_ada.Heading).ToHaveTextAsync("Lobby");
        await Expect(Failed("Four")).ToContainTextAsync("The assistant is busy");
        await Expect(Failed("Four").GetByRole(AriaRole.Button, new() { Name = "Copy" })).ToBeVisibleAsync();
        response.Finish("Now");
        await Expect(_ada.RoomList).Not.ToContainTextAsync("Answering");
        await Failed("Two").GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        (await _app.Model.NextAsync()).Finish("To the second");
        await Expect(Failed("Two")).ToHaveCountAsync(0);
        await Failed("Four").GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
        await Expect(Failed("Four")).ToHaveCountAsync(0);
        Assert.Equal(0, await KeptAsync());
        Assert.Equal(lobby, _ada.Page.Url);
    }

    [Fact]
    public async Task What_was_written_offline_in_a_room_that_is_deleted_meanwhile_is_shown_with_copy()
    {
        var grace = await _app.JoinAsync("Grace");
        await grace.CreateRoomAsync("Plans");
        var url = grace.Page.Url;
        await _ada.OpenAsync(new Uri(url).AbsolutePath);
        _relay.Cut();
        await Expect(_ada.Page.Locator("html")).ToHaveAttributeAsync("data-connection", "down");
        await _ada.SendAsync("Written too late");
        await grace.ChooseAsync("Delete…");
        await grace.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete room" }).ClickAsync();
        await Expect(grace.Page).Not.ToHaveURLAsync(url);
        _relay.Mend();
        await Expect(_ada.Heading).ToHaveTextAsync("This room is gone");
        await Expect(Failed("Written too late").GetByRole(AriaRole.Button, new() { Name = "Copy" })).ToBeVisibleAsync();
        await _ada.OpenAsync("/");
        await Expect(Failed("Written too late")).ToContainTextAsync("Plans");
    }

    private ILocator Waiting => _ada.Page.GetByRole(AriaRole.Group, new() { Name = "Message on its way" });

    private ILocator Failed(string text) =>
        _ada.Page.GetByRole(AriaRole.Group, new() { Name = "Message that was not sent" }).Filter(new() { HasText = text });

    private Task<int> KeptAsync() => _ada.Page.EvaluateAsync<int>("() => Object.keys(localStorage).filter(key => key.startsWith('blazorchat:unsent:')).length");

    private async Task OnlyMentionedAsync()
    {
        await OpenSettingsAsync();
        await _ada.Panel.GetByRole(AriaRole.Radio, new() { Name = "only when @mentioned" }).CheckAsync();
        await SavedAsync();
    }

    private async Task OpenSettingsAsync() => await _ada.OpenPanelAsync("Assistants & tools");

    private async Task SavedAsync()
    {
        await Expect(_ada.Page.GetByText("Saved", new() { Exact = true })).ToBeVisibleAsync();
        await _ada.Page.GetByRole(AriaRole.Button, new() { Name = "Close room details" }).ClickAsync();
    }
}
