using BlazorChat.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>A draft belongs to its tab; another tab takes it up only when that tab is gone. It survives its room.</summary>
[Collection(ReadingAndWritingTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class DraftTests(Chromium chromium) : IAsyncLifetime
{
    // Browsers have no locks on plain http.
    private const string NoLocks = "Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined })";

    private readonly AppFixture _app = new(chromium);
    private BrowserVisitor _ada = null!;

    public async Task InitializeAsync()
    {
        await _app.HostAsync();
        _ada = await _app.JoinAsync("Ada");
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Each_tab_keeps_its_own_and_what_a_closed_one_left_is_taken_up_once(bool hasLocks)
    {
        if (!hasLocks)
        {
            await _ada.Context.AddInitScriptAsync(NoLocks);
            await _ada.Page.ReloadAsync();
            await _ada.ReadyAsync();
        }

        var other = await _ada.NewTabAsync();
        await _ada.Composer.FillAsync("Of the first tab");
        await other.Composer.FillAsync("Of the other tab");
        await _ada.Page.ReloadAsync();
        await _ada.ReadyAsync();
        await Expect(_ada.Composer).ToHaveValueAsync("Of the first tab");
        await other.Page.ReloadAsync();
        await other.ReadyAsync();
        await Expect(other.Composer).ToHaveValueAsync("Of the other tab");

        // A third one begins empty, because the others are there, and shows neither after another look.
        var third = await _ada.NewTabAsync();
        await third.Page.EvaluateAsync("async () => { await document.querySelector('chat-composer').look(); }");
        await Expect(third.Composer).ToHaveValueAsync("");
        await other.Page.CloseAsync();
        await third.Page.BringToFrontAsync();
        await Expect(third.Composer).ToHaveValueAsync("Of the other tab");
        var fourth = await _ada.NewTabAsync();
        await fourth.Page.EvaluateAsync("async () => { await document.querySelector('chat-composer').look(); }");
        await Expect(fourth.Composer).ToHaveValueAsync("");

        // What is sent is gone everywhere.
        await third.SendAsync("Of the other tab");
        await third.Page.ReloadAsync();
        await third.ReadyAsync();
        await Expect(third.Composer).ToHaveValueAsync("");
        await Expect(_ada.ArticleBy("Ada")).ToHaveCountAsync(1);
        await Expect(_ada.Composer).ToHaveValueAsync("Of the first tab");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_duplicated_tab_leaves_the_draft_to_the_first_one(bool hasLocks)
    {
        if (!hasLocks)
        {
            await _ada.Context.AddInitScriptAsync(NoLocks);
            await _ada.Page.ReloadAsync();
            await _ada.ReadyAsync();
        }

        await _ada.Composer.FillAsync("Written once");
        // A page that opens another one hands it a copy of its storage, as a browser does that duplicates a tab.
        var copy = await _ada.Page.RunAndWaitForPopupAsync(() => _ada.Page.EvaluateAsync("() => { open(location.href); }"));
        var box = copy.GetByRole(AriaRole.Textbox, new() { Name = "Message", Exact = true });
        await Expect(copy.Locator("chat-composer[data-connected]")).ToBeAttachedAsync();
        await Expect(box).ToHaveValueAsync("");
        await box.FillAsync("By the copy");
        await _ada.Page.ReloadAsync();
        await _ada.ReadyAsync();
        await Expect(_ada.Composer).ToHaveValueAsync("Written once");
        await copy.ReloadAsync();
        await Expect(copy.Locator("chat-composer[data-connected]")).ToBeAttachedAsync();
        await Expect(box).ToHaveValueAsync("By the copy");
    }

    [Fact]
    public async Task A_draft_survives_its_room_wherever_its_author_is()
    {
        var lobby = _ada.Page.Url;
        var grace = await _app.JoinAsync("Grace");
        await grace.CreateRoomAsync("Plans");
        var plans = grace.Page.Url;
        await grace.CreateRoomAsync("Ideas");
        await _ada.OpenAsync(plans);
        await _ada.Composer.FillAsync("Half a plan");
        await _ada.OpenAsync(grace.Page.Url);
        await _ada.Composer.FillAsync("Half an idea");
        await DeleteAsync(grace, plans);
        await Expect(Left("Half a plan")).ToContainTextAsync("Plans");
        await DeleteAsync(grace, _ada.Page.Url);
        await Expect(_ada.Heading).ToHaveTextAsync("This room is gone");
        await Expect(Left("Half an idea")).ToBeVisibleAsync();

        // Also after a reload, until it is thrown away.
        await _ada.OpenAsync(lobby);
        await Expect(Left("Half an idea")).ToBeVisibleAsync();
        await _ada.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await Left("Half an idea").GetByRole(AriaRole.Button, new() { Name = "Copy" }).ClickAsync();
        await _ada.Page.WaitForFunctionAsync("async () => await navigator.clipboard.readText() === 'Half an idea'");
        await Left("Half an idea").GetByRole(AriaRole.Button, new() { Name = "Discard" }).ClickAsync();
        await Expect(Left("Half an idea")).ToHaveCountAsync(0);
        await _ada.Page.ReloadAsync();
        await _ada.ReadyAsync();
        await Expect(Left("Half a plan")).ToBeVisibleAsync();
        await Expect(Left("Half an idea")).ToHaveCountAsync(0);
    }

    private static async Task DeleteAsync(BrowserVisitor by, string url)
    {
        await by.Page.GotoAsync(url);
        await by.ReadyAsync();
        await by.ChooseAsync("Delete…");
        await by.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete room" }).ClickAsync();
        await Expect(by.Page).Not.ToHaveURLAsync(url);
    }

    private ILocator Left(string text) => _ada.Page.GetByRole(AriaRole.Region, new() { Name = "Texts without a room" }).GetByRole(AriaRole.Group).Filter(new() { HasText = text });
}
