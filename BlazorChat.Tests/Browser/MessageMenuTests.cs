using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>What two people do with messages: approve, edit, ask again, look at versions, delete, look behind a response.</summary>
[Collection(BrowserTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class MessageMenuTests(Chromium chromium) : IAsyncLifetime
{
    private readonly DemoApp _app = new(chromium);
    private BrowserVisitor _ada = null!;
    private BrowserVisitor _grace = null!;

    private IKeyboard Keys => _ada.Page.Keyboard;

    private BrowserVisitor[] Both => [_ada, _grace];

    public async Task InitializeAsync()
    {
        await _app.StartAsync();
        _ada = await _app.JoinAsync("Ada");
        _grace = await _app.JoinAsync("Grace");
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task A_request_is_seen_by_both_approved_by_the_asker_and_the_answer_goes_on_for_both()
    {
        await _grace.Composer.FillAsync("I am in the middle of a sen");
        await _ada.SendAsync("postcard");
        foreach (var visitor in Both)
        {
            var request = Request(visitor);
            await Expect(request).ToBeVisibleAsync();
            await Expect(request).ToContainTextAsync("everyone in this room");
            await Expect(request).ToContainTextAsync("Greetings from the demo assistant!");
            await Expect(visitor.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Demo wants to send a postcard. It needs approval.");
            await Expect(visitor.Composer).ToBeFocusedAsync();
            await Expect(visitor.ArticleBy("Demo")).Not.ToHaveAttributeAsync("aria-busy", "true");
            await Expect(visitor.ArticleBy("Demo")).Not.ToContainTextAsync("Waiting for an answer");
        }

        await Expect(Request(_grace).GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        await Expect(Request(_grace)).ToContainTextAsync("Only Ada or an administrator can approve this.");

        await Request(_ada).GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).FocusAsync();
        await Keys.PressAsync("Enter");
        foreach (var visitor in Both)
        {
            var response = visitor.ArticleBy("Demo");
            await Expect(response).ToContainTextAsync("Ada approved");
            await Expect(response.Locator(".blocks").Last).ToContainTextAsync("This is a demo: nothing has left this server.");
            await Expect(Request(visitor)).ToHaveCountAsync(0);
            await Expect(visitor.ArticleBy("Demo")).ToHaveCountAsync(1);
            await Expect(visitor.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Demo has answered.");
        }

        // The button is gone: its message has the focus. Who did nothing still writes.
        await Expect(_ada.ArticleBy("Demo")).ToBeFocusedAsync();
        await Expect(_grace.Composer).ToBeFocusedAsync();
        await Expect(_grace.Composer).ToHaveValueAsync("I am in the middle of a sen");
        Assert.Empty(_ada.Complaints.Concat(_grace.Complaints));
    }

    [Fact]
    public async Task A_half_written_edit_waits_in_its_room_while_another_one_is_open()
    {
        await AskAsync("echo: first");
        var room = _ada.Page.Url;
        await _ada.Composer.FocusAsync();
        await Keys.PressAsync("ArrowUp");
        var editor = _ada.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit message" });
        await editor.FillAsync("echo: sec");
        await _ada.CreateRoomAsync($"Elsewhere {Guid.NewGuid():N}"[..20]);
        await Expect(editor).ToHaveCountAsync(0);

        await _ada.Page.GoBackAsync();
        await Expect(_ada.Page).ToHaveURLAsync(room);
        await Expect(editor).ToHaveValueAsync("echo: sec");
        await Expect(_ada.Composer).ToHaveValueAsync("");

        // Given up is given up: it does not come back another time.
        await editor.FocusAsync();
        await Keys.PressAsync("Escape");
        await Expect(editor).ToHaveCountAsync(0);
        await _ada.Page.GoForwardAsync();
        await Expect(_ada.Page).Not.ToHaveURLAsync(room);
        await _ada.Page.GoBackAsync();
        await Expect(_ada.ArticleBy("Ada").Locator(".blocks")).ToHaveTextAsync("echo: first");
        await Expect(_ada.Composer).ToBeEnabledAsync();
        await Expect(editor).ToHaveCountAsync(0);
        Assert.Empty(_ada.Complaints);
    }

    [Fact]
    public async Task A_half_written_edit_is_put_aside_by_another_one_and_there_when_it_goes_on()
    {
        await AskAsync("echo: first");
        await _ada.SendAsync("echo: other");
        await Expect(_ada.ArticleBy("Demo")).ToHaveCountAsync(2);
        await Expect(_ada.StopButton).ToBeHiddenAsync();
        var (first, other) = (_ada.ArticleBy("Ada").First, _ada.ArticleBy("Ada").Last);
        var editor = _ada.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit message" });
        await _ada.ChooseAsync(first, "Edit");
        await editor.FillAsync("echo: half of it");
        await _ada.ChooseAsync(other, "Edit");
        await Expect(editor).ToHaveValueAsync("echo: other");
        await editor.FillAsync("echo: another");
        await _ada.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(other.Locator(".blocks")).ToHaveTextAsync("echo: another");
        await Expect(editor).ToHaveCountAsync(0);

        // Also when the page was loaded again meanwhile; what was saved is done with.
        await _ada.Page.ReloadAsync();
        await _ada.ReadyAsync();
        await _ada.ChooseAsync(other, "Edit");
        await Expect(editor).ToHaveValueAsync("echo: another");
        await _ada.ChooseAsync(first, "Edit");
        await Expect(editor).ToHaveValueAsync("echo: half of it");
        await Keys.PressAsync("Escape");
        await Expect(editor).ToHaveCountAsync(0);
        await _ada.ChooseAsync(first, "Edit");
        await Expect(editor).ToHaveValueAsync("echo: first");
        Assert.Empty(_ada.Complaints);
    }

    [Fact]
    public async Task A_message_is_edited_answered_again_and_everybody_moves_through_the_versions_alone()
    {
        await AskAsync("echo: first");
        await _ada.Composer.FocusAsync();
        await Keys.PressAsync("ArrowUp");
        var editor = _ada.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit message" });
        await Expect(editor).ToBeFocusedAsync();
        await Expect(editor).ToHaveValueAsync("echo: first");
        await editor.FillAsync("echo: sec");
        await Keys.PressAsync("Escape");
        await Expect(editor).ToHaveCountAsync(0);
        await Expect(_ada.Composer).ToBeFocusedAsync();
        await Expect(_ada.ArticleBy("Ada").Locator(".blocks")).ToHaveTextAsync("echo: first");

        await Keys.PressAsync("ArrowUp");
        await Expect(editor).ToHaveValueAsync("echo: first");
        await editor.FillAsync("echo: second");
        await Keys.PressAsync("Control+Enter");
        foreach (var visitor in Both)
        {
            await Expect(visitor.ArticleBy("Ada").Locator(".blocks")).ToHaveTextAsync("echo: second");
            await Expect(visitor.ArticleBy("Ada").GetByRole(AriaRole.Button, new() { Name = "edited" })).ToBeVisibleAsync();
        }

        // What it said before is a click away, for everybody.
        await _grace.ArticleBy("Ada").GetByRole(AriaRole.Button, new() { Name = "edited" }).ClickAsync();
        await Versions(_grace, "message").GetByRole(AriaRole.Button, new() { Name = "Previous version" }).ClickAsync();
        await Expect(_grace.ArticleBy("Ada").Locator(".blocks")).ToHaveTextAsync("echo: first");
        await Expect(_ada.ArticleBy("Ada").Locator(".blocks")).ToHaveTextAsync("echo: second");

        // Only who edited is asked.
        await Expect(_grace.Page.GetByRole(AriaRole.Button, new() { Name = "Update the answer" })).ToHaveCountAsync(0);
        await _ada.Page.GetByRole(AriaRole.Button, new() { Name = "Update the answer" }).ClickAsync();
        foreach (var visitor in Both)
        {
            await Expect(visitor.ArticleBy("Demo").Locator(".blocks")).ToHaveTextAsync("second");
            await Expect(Versions(visitor, "answer")).ToContainTextAsync("2 of 2");
        }

        await Versions(_grace, "answer").GetByRole(AriaRole.Button, new() { Name = "Previous version" }).ClickAsync();
        await Expect(_grace.ArticleBy("Demo").Locator(".blocks")).ToHaveTextAsync("first");
        await Expect(Versions(_grace, "answer")).ToContainTextAsync("1 of 2");
        await Expect(_grace.Page.GetByRole(AriaRole.Button, new() { Name = "Previous version" }).Last).ToBeFocusedAsync();
        await Expect(_ada.ArticleBy("Demo").Locator(".blocks")).ToHaveTextAsync("second");

        // Another version brings everybody to it.
        await _ada.ChooseAsync(_ada.ArticleBy("Demo"), "Try again");
        foreach (var visitor in Both)
        {
            await Expect(Versions(visitor, "answer")).ToContainTextAsync("3 of 3");
            await Expect(visitor.ArticleBy("Demo").Locator(".blocks")).ToHaveTextAsync("second");
            await Expect(visitor.ArticleBy("Demo")).ToHaveCountAsync(1);
        }

        Assert.Empty(_ada.Complaints.Concat(_grace.Complaints));
    }

    [Fact]
    public async Task A_message_is_deleted_for_everybody_by_keyboard_alone()
    {
        await AskAsync("echo: nothing to see");
        // Others may not, and are not asked to.
        await _grace.ArticleBy("Ada").HoverAsync();
        await _grace.ArticleBy("Ada").GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
        await Expect(Menu(_grace).GetByRole(AriaRole.Button)).ToHaveTextAsync(["Copy", "Copy link"]);
        await _grace.Page.Keyboard.PressAsync("Escape");
        await Expect(Menu(_grace)).ToBeHiddenAsync();

        await _ada.Log.FocusAsync();
        await Keys.PressAsync("Home");
        await Expect(_ada.ArticleBy("Ada")).ToBeFocusedAsync();
        foreach (var name in new[] { "Copy", "Edit", "More" })
        {
            await Keys.PressAsync("Tab");
            await Expect(_ada.ArticleBy("Ada").GetByRole(AriaRole.Button, new() { Name = name })).ToBeFocusedAsync();
        }

        await Keys.PressAsync("Enter");
        await Expect(Menu(_ada).GetByRole(AriaRole.Button, new() { Name = "Copy", Exact = true })).ToBeFocusedAsync();
        await Keys.PressAsync("ArrowUp");
        await Expect(Menu(_ada).GetByRole(AriaRole.Button, new() { Name = "Delete" })).ToBeFocusedAsync();
        await Keys.PressAsync("Enter");
        var dialog = _ada.Page.GetByRole(AriaRole.Dialog, new() { Name = "Delete this message?" });
        await Expect(dialog).ToContainTextAsync("Deletes “echo: nothing to see” by Ada for everyone");
        await Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToBeFocusedAsync();
        await Keys.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);
        await Expect(_ada.ArticleBy("Ada").GetByRole(AriaRole.Button, new() { Name = "More" })).ToBeFocusedAsync();

        await Keys.PressAsync("Enter");
        await Keys.PressAsync("End");
        await Keys.PressAsync("Enter");
        await Expect(dialog).ToBeVisibleAsync();
        await Keys.PressAsync("Tab");
        await Keys.PressAsync("Enter");
        foreach (var visitor in Both)
        {
            await Expect(visitor.ArticleBy("Ada")).ToHaveCountAsync(0);
            await Expect(visitor.ArticleBy("Demo")).ToHaveCountAsync(1);
        }

        await Expect(_ada.Log).ToBeFocusedAsync();
        Assert.Empty(_ada.Complaints.Concat(_grace.Complaints));
    }

    [Fact]
    public async Task The_prompt_of_an_answer_is_there_for_everybody_until_something_is_deleted()
    {
        await AskAsync("search for <img src=x onerror=alert(1)> and the **time**");
        var prompt = _grace.Page.GetByRole(AriaRole.Complementary, new() { Name = "Prompt" });
        await _grace.ChooseAsync(_grace.ArticleBy("Demo"), "View prompt");
        await Expect(prompt).ToContainTextAsync("search for <img src=x onerror=alert(1)> and the **time**");
        await Expect(prompt.Locator("img")).ToHaveCountAsync(0);
        await Expect(prompt).ToContainTextAsync("search_messages");
        // The second step is there, and comes when it is asked for.
        await prompt.GetByText("Step 2").ClickAsync();
        await Expect(prompt.GetByRole(AriaRole.Group, new() { Name = "tool, result" })).ToBeVisibleAsync();
        await _grace.Page.Keyboard.PressAsync("Escape");
        await Expect(prompt).ToHaveCountAsync(0);
        await Expect(_grace.ArticleBy("Demo").GetByRole(AriaRole.Button, new() { Name = "More" })).ToBeFocusedAsync();

        await _grace.ChooseAsync(_grace.ArticleBy("Demo"), "Details");
        var details = _grace.Page.GetByRole(AriaRole.Dialog, new() { Name = "Details" });
        await Expect(details).ToContainTextAsync("Steps");
        await details.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await Expect(_grace.ArticleBy("Demo").GetByRole(AriaRole.Button, new() { Name = "More" })).ToBeFocusedAsync();

        await _ada.ChooseAsync(_ada.ArticleBy("Ada"), "Delete");
        await _ada.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(_grace.ArticleBy("Ada")).ToHaveCountAsync(0);
        await _grace.ChooseAsync(_grace.ArticleBy("Demo"), "View prompt");
        await Expect(prompt).ToContainTextAsync("is not kept");
        Assert.Empty(_ada.Complaints.Concat(_grace.Complaints));
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 320)]
    public async Task Every_state_and_dialog_passes(ColorScheme scheme, int width)
    {
        var eve = await _app.JoinAsync("Eve", scheme, width);
        await eve.SendAsync("postcard with reasoning");
        await Expect(Request(eve)).ToBeVisibleAsync();
        // Everything open: the exact arguments, and the reason of a rejection, which takes the focus.
        await Request(eve).GetByText("Details", new() { Exact = true }).ClickAsync();
        await Expect(Request(eve).GetByRole(AriaRole.Group, new() { Name = "Arguments as JSON" })).ToContainTextAsync("\"to\": \"everyone in this room\"");
        await Request(eve).GetByRole(AriaRole.Button, new() { Name = "Reject" }).ClickAsync();
        await Expect(Request(eve).GetByLabel("Reason (optional)")).ToBeFocusedAsync();
        await AccessibilityTests.CheckAsync(eve.Page, "approval");
        await Request(eve).GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Request(eve).GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).ClickAsync();
        await Expect(eve.ArticleBy("Demo").Locator(".blocks").Last).ToContainTextAsync("nothing has left this server");
        await Expect(eve.ArticleBy("Demo")).Not.ToHaveAttributeAsync("aria-busy", "true");
        await AccessibilityTests.CheckAsync(eve.Page, "approved");

        await eve.ChooseAsync(eve.ArticleBy("Demo"), "Try again");
        await Expect(Versions(eve, "answer")).ToContainTextAsync("2 of 2");
        await Expect(Request(eve)).ToBeVisibleAsync();
        await Versions(eve, "answer").GetByRole(AriaRole.Button, new() { Name = "Previous version" }).ClickAsync();
        await Expect(eve.ArticleBy("Demo")).ToContainTextAsync("Sent a postcard");
        await Expect(Request(eve)).ToHaveCountAsync(0);
        await AccessibilityTests.CheckAsync(eve.Page, "earlier version");

        await eve.Composer.FocusAsync();
        await eve.Page.Keyboard.PressAsync("ArrowUp");
        await Expect(eve.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit message" })).ToBeFocusedAsync();
        await AccessibilityTests.CheckAsync(eve.Page, "editing");
        await eve.Page.GetByRole(AriaRole.Textbox, new() { Name = "Edit message" }).FillAsync("dice");
        await eve.Page.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(eve.Page.GetByRole(AriaRole.Button, new() { Name = "Update the answer" })).ToBeVisibleAsync();
        await AccessibilityTests.CheckAsync(eve.Page, "edited");

        await eve.ArticleBy("Demo").HoverAsync();
        await eve.ArticleBy("Demo").GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
        await Expect(Menu(eve)).ToBeVisibleAsync();
        await AccessibilityTests.CheckAsync(eve.Page, "menu of a message");
        await eve.Page.Keyboard.PressAsync("Escape");

        await eve.ChooseAsync(eve.ArticleBy("Demo"), "View prompt");
        await Expect(eve.Page.GetByRole(AriaRole.Group, new() { Name = "user, text" }).First).ToBeVisibleAsync();
        await AccessibilityTests.CheckAsync(eve.Page, "prompt");
        await eve.Page.Keyboard.PressAsync("Escape");
        await Expect(eve.Page.GetByRole(AriaRole.Complementary)).ToHaveCountAsync(0);

        foreach (var item in new[] { "Details", "Delete" })
        {
            await eve.ChooseAsync(eve.ArticleBy("Demo"), item);
            await Expect(eve.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
            await Expect(eve.Page.GetByText("Loading…")).ToHaveCountAsync(0);
            await AccessibilityTests.CheckAsync(eve.Page, item);
            await eve.Page.Keyboard.PressAsync("Escape");
            await Expect(eve.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        }

        Assert.Empty(eve.Complaints);
    }

    private async Task AskAsync(string text)
    {
        await _ada.SendAsync(text);
        foreach (var visitor in Both)
        {
            await Expect(visitor.ArticleBy("Demo")).ToHaveCountAsync(1);
            await Expect(visitor.ArticleBy("Demo").Locator(".blocks").Last).Not.ToBeEmptyAsync();
            await Expect(visitor.StopButton).ToBeHiddenAsync();
        }
    }

    private static ILocator Request(BrowserVisitor visitor) => visitor.Page.GetByRole(AriaRole.Group, new() { Name = "Approve Send a postcard?" });

    private static ILocator Versions(BrowserVisitor visitor, string what) => visitor.Page.GetByRole(AriaRole.Group, new() { Name = $"Versions of this {what}" });

    private static ILocator Menu(BrowserVisitor visitor) => visitor.Page.GetByRole(AriaRole.Group, new() { Name = "Message", Exact = true });
}
