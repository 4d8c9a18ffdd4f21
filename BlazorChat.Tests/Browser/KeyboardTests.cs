using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>Everything can be done without a mouse.</summary>
[Collection(ReadingAndWritingTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class KeyboardTests(Chromium chromium) : IAsyncLifetime
{
    private readonly AppFixture _app = new(chromium);
    private BrowserVisitor _ada = null!;

    private IKeyboard Keys => _ada.Page.Keyboard;

    public async Task InitializeAsync()
    {
        await _app.HostAsync();
        _ada = await _app.JoinAsync("Ada");
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Arrow_keys_move_through_the_rooms_and_enter_opens_one()
    {
        await _ada.CreateRoomAsync("First");
        await _ada.CreateRoomAsync("Second");
        await Expect(_ada.RoomList.GetByRole(AriaRole.Link)).ToHaveTextAsync(["Second", "First", "Lobby"]);
        await Link("Second").FocusAsync();
        await Keys.PressAsync("ArrowDown");
        await Expect(Link("First")).ToBeFocusedAsync();
        await Keys.PressAsync("End");
        await Expect(Link("Lobby")).ToBeFocusedAsync();
        await Keys.PressAsync("ArrowUp");
        await Expect(Link("First")).ToBeFocusedAsync();
        await Keys.PressAsync("Home");
        await Expect(Link("Second")).ToBeFocusedAsync();
        await Keys.PressAsync("ArrowDown");
        await Keys.PressAsync("Enter");
        await Expect(_ada.Heading).ToHaveTextAsync("First");
        await Expect(_ada.Composer).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Arrow_keys_move_through_the_messages()
    {
        for (var i = 1; i <= 3; i++)
        {
            await _ada.SendAsync($"Question {i}");
            (await _app.Model.NextAsync()).Finish($"Answer {i}");
            await Expect(_ada.ArticleBy("Demo").Last).ToContainTextAsync($"Answer {i}");
        }

        await _ada.Log.FocusAsync();
        await Keys.PressAsync("ArrowUp");
        await Expect(_ada.Articles.Nth(5)).ToBeFocusedAsync();
        await Keys.PressAsync("ArrowUp");
        await Expect(_ada.Articles.Nth(4)).ToBeFocusedAsync();
        await Keys.PressAsync("Home");
        await Expect(_ada.Articles.First).ToBeFocusedAsync();
        await Keys.PressAsync("ArrowDown");
        await Expect(_ada.Articles.Nth(1)).ToBeFocusedAsync();
        await Keys.PressAsync("End");
        await Expect(_ada.Articles.Last).ToBeFocusedAsync();
        // From a message its buttons are next.
        await Keys.PressAsync("Tab");
        await Expect(_ada.Articles.Last.GetByRole(AriaRole.Button, new() { Name = "Copy" })).ToBeFocusedAsync();
    }

    [Fact]
    public async Task A_question_mark_opens_the_list_of_keys_but_not_in_the_message_box()
    {
        var keys = _ada.Page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard" });
        await _ada.Composer.FocusAsync();
        await Keys.PressAsync("?");
        await Expect(_ada.Composer).ToHaveValueAsync("?");
        await Expect(keys).ToBeHiddenAsync();

        await _ada.Log.FocusAsync();
        await Keys.PressAsync("?");
        await Expect(keys).ToBeVisibleAsync();
        await Keys.PressAsync("Escape");
        await Expect(keys).ToBeHiddenAsync();
        await Expect(_ada.Log).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Escape_closes_what_is_open_first_and_a_held_one_stops_one_answer_only()
    {
        await _ada.SendAsync("One");
        var first = await _app.Model.NextAsync();
        await _ada.SendAsync("Two");
        await Expect(_ada.Page.GetByText("1 waiting", new() { Exact = true })).ToBeVisibleAsync();

        await Keys.PressAsync("Control+k");
        await Expect(_ada.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await Keys.PressAsync("Escape");
        await Expect(_ada.Page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
        first.Say("Still here");
        await Expect(_ada.ArticleBy("Demo").First).ToContainTextAsync("Still here");

        // A second "down" without an "up" is how a browser tells of a key that is held.
        await Keys.DownAsync("Escape");
        await first.Closed.Soon();
        var second = await _app.Model.NextAsync();
        await Expect(_ada.ArticleBy("Demo")).ToHaveCountAsync(2);
        await Keys.DownAsync("Escape");
        await Keys.UpAsync("Escape");
        second.Finish("Both of you");
        await Expect(_ada.ArticleBy("Demo").Last).ToContainTextAsync("Both of you");
        await Expect(_ada.ArticleBy("Demo").Last).Not.ToHaveAttributeAsync("aria-busy", "true");
        await Expect(_ada.ArticleBy("Demo").Last).Not.ToContainTextAsync("Stopped");
    }

    [Fact]
    public async Task The_focus_returns_to_what_opened_a_dialog()
    {
        var dialog = _ada.Page.GetByRole(AriaRole.Dialog);
        var newRoom = _ada.Page.GetByRole(AriaRole.Button, new() { Name = "New room" });
        await newRoom.FocusAsync();
        await Keys.PressAsync("Enter");
        await Expect(dialog.GetByRole(AriaRole.Textbox, new() { Name = "Room name" })).ToBeFocusedAsync();
        await Keys.PressAsync("Escape");
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(newRoom).ToBeFocusedAsync();

        // What was chosen from a menu is hidden again: the menu's button has it.
        await _ada.ChooseAsync("Rename");
        await Expect(dialog.GetByRole(AriaRole.Textbox, new() { Name = "Room name" })).ToBeFocusedAsync();
        await Keys.PressAsync("Escape");
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(_ada.Page.GetByRole(AriaRole.Button, new() { Name = "Room menu" })).ToBeFocusedAsync();

        await _ada.Composer.FocusAsync();
        await Keys.PressAsync("Control+k");
        await Expect(dialog.GetByRole(AriaRole.Combobox)).ToBeFocusedAsync();
        await Keys.PressAsync("Escape");
        await Expect(_ada.Composer).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Switching_goes_back_and_forth_and_the_key_that_ends_a_word_of_an_input_method_chooses_nothing()
    {
        var dialog = _ada.Page.GetByRole(AriaRole.Dialog);
        await _ada.CreateRoomAsync("First");
        await _ada.CreateRoomAsync("Second");
        await Keys.PressAsync("Control+k");
        await Expect(dialog.GetByRole(AriaRole.Combobox)).ToBeFocusedAsync();
        await Keys.PressAsync("Enter");
        await Expect(_ada.Heading).ToHaveTextAsync("First");
        await Keys.PressAsync("Control+k");
        await Expect(dialog.GetByRole(AriaRole.Combobox)).ToBeFocusedAsync();
        await Keys.PressAsync("Enter");
        await Expect(_ada.Heading).ToHaveTextAsync("Second");

        // One Escape, whatever has been typed. Safari reports the key that ends a word with this code.
        await Keys.PressAsync("Control+k");
        await dialog.GetByRole(AriaRole.Combobox).FillAsync("First");
        await dialog.GetByRole(AriaRole.Combobox).EvaluateAsync("""
            field => {
              const key = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true });
              Object.defineProperty(key, 'keyCode', { get: () => 229 });
              field.dispatchEvent(key);
            }
            """);
        await Keys.PressAsync("Escape");
        await Expect(dialog).ToBeHiddenAsync();
        await Expect(_ada.Heading).ToHaveTextAsync("Second");
    }

    [Fact]
    public async Task The_conversation_is_one_stop_of_the_tab_key_however_long_it_is()
    {
        for (var i = 1; i <= 4; i++)
        {
            await _ada.SendAsync($"Question {i}");
            (await _app.Model.NextAsync()).Finish($"Answer {i} with [a link](https://example.com)");
            await Expect(_ada.ArticleBy("Demo").Last).ToContainTextAsync($"Answer {i}");
        }

        await _ada.Log.FocusAsync();
        var inside = 0;
        for (var presses = 0; presses < 8; presses++)
        {
            await Keys.PressAsync("Tab");
            inside += await _ada.Page.EvaluateAsync<bool>("() => !!document.activeElement.closest('chat-log article')") ? 1 : 0;
        }

        Assert.Equal(0, inside);
    }

    private ILocator Link(string name) => _ada.RoomList.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });
}
