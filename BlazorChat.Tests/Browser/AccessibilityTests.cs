using System.Runtime.CompilerServices;
using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Accounts;
using BlazorChat.Tests.Support;
using Deque.AxeCore.Commons;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>axe on every screen, in both themes, on a desktop and on the narrowest phone.</summary>
[Collection(BrowserTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class AccessibilityTests(Chromium chromium) : IAsyncLifetime
{
    private const string Everything = """
        # Heading

        Text with **bold**, *italics*, ~~struck~~, `code` and [a link](https://example.org).

        > A quotation

        1. one
        2. two
           - nested

        - [x] done
        - [ ] open

        | left | right |
        | :--- | ----: |
        | 1 | 2 |

        ```csharp
        Console.WriteLine("Hello");
        ```
        """;

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    private readonly AppFixture _app = new(chromium);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 320)]
    public async Task Every_page_of_accounts_passes(ColorScheme scheme, int width)
    {
        const string password = "correct horse battery";
        // With a mail server, though nothing is mailed: its forms are offered.
        // So is a provider's, to which nobody goes.
        await _app.HostAsync(
            ("Mail__Host", "127.0.0.1"), ("Mail__From", "chat@example.com"), ("Mail__PublicAddress", "https://chat.example.com"),
            ("OpenIdConnect__Company__Authority", "https://id.example.com"), ("OpenIdConnect__Company__ClientId", "chat"), ("OpenIdConnect__Company__ClientSecret", "secret"),
            ("OpenIdConnect__Company__DisplayName", "Example Company"));
        await using var scope = _app.Services.CreateAsyncScope();
        var token = await scope.ServiceProvider.GetRequiredService<AccountAdministration>().CreateFirstLinkAsync(default);
        var page = (await _app.VisitAsync("Olga", scheme, width)).Page;
        await OpenAsync("account/create?invitation=" + token, "create account");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Olga");
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(password);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Rooms" })).ToBeVisibleAsync();
        await OpenAsync("account", "account");
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Linked accounts" })).ToContainTextAsync("Example Company: not linked");
        await page.GetByLabel("Current password").FillAsync("wrong");
        await page.GetByLabel("New password").FillAsync("another password");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("This is not your password.");
        await CheckAsync(page, "account, refused");
        await page.PressAsync(page.GetByRole(AriaRole.Button, new() { Name = "Set up two-factor sign-in" }));
        await Expect(page.GetByRole(AriaRole.Img, new() { Name = "QR code with the key" })).ToBeVisibleAsync();
        await CheckAsync(page, "account, authenticator app");
        var app = new AuthenticatorApp((await page.Locator(".app-key").InnerTextAsync()).Replace(" ", "", StringComparison.Ordinal));
        await Expect(page.GetByLabel("Code", new() { Exact = true })).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(app.Code());
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(password);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Recovery codes" }).GetByRole(AriaRole.Listitem)).ToHaveCountAsync(10);
        await CheckAsync(page, "account, recovery codes");
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.PressAsync(page.GetByRole(AriaRole.Button, new() { Name = "Copy recovery codes" }));
        await page.WaitForFunctionAsync("async () => (await navigator.clipboard.readText()).split('\\n').length === 10");
        await OpenAsync("people", "people");
        await page.PressAsync(page.GetByRole(AriaRole.Button, new() { Name = "Invite somebody" }));
        await Expect(page.GetByLabel("Invite link")).ToBeVisibleAsync();
        await CheckAsync(page, "people, with an invitation");
        await ManageAsync();
        await LeaveAsync();
        await OpenAsync("account/sign-in", "sign in");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Continue with Example Company" })).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Name", new() { Exact = true })).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("Olga");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(password);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Enter your code");
        await Expect(page.GetByLabel("Code", new() { Exact = true })).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("wrong");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("This code is wrong, or it has been used. Wait for the next one.");
        await CheckAsync(page, "second step");
        await Expect(page.GetByLabel("Code", new() { Exact = true })).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(app.Code(1));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Rooms" })).ToBeVisibleAsync();
        await OpenAsync("account/forgot", "forgot password");
        await OpenAsync("account/again?returnUrl=/account", "sign in again");
        await OpenAsync("account/address?token=none", "address that cannot be confirmed");
        await OpenAsync("account/password?token=none", "link that is used up");
        await LinksAsync();

        // What mails lead to, by keyboard alone.
        async Task LinksAsync()
        {
            var olga = new Person(_app.Services.GetRequiredService<PeopleDirectory>().FindByName("Olga")!.Value, "Olga");
            var address = OneTimeToken.Create();
            await scope.ServiceProvider.GetRequiredService<PeopleStore>().ChangeAsync(async change =>
            {
                (await change.FindAsync(olga.Id))!.Email = "olga@example.com";
                var now = TimeProvider.System.GetUtcNow();
                change.Add(new OneTimeLinkRow { Id = Guid.NewGuid(), TokenHash = OneTimeToken.HashOf(address)!, Kind = OneTimeLinkKind.Address, PersonId = olga.Id, CreatedAt = now, ExpiresAt = now.AddHours(1) });
                return true;
            }, default);
            await OpenAsync(AccountLinks.Address(address), "address to confirm");
            await page.PressAsync(page.GetByRole(AriaRole.Button, new() { Name = "Confirm address" }));
            await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("The address is confirmed.");
            await CheckAsync(page, "address confirmed");
            await OpenAsync(AccountLinks.Reset((await scope.ServiceProvider.GetRequiredService<AccountAdministration>().AppointAsync("Olga", default)).Value), "choose a password");
            await Expect(page.GetByLabel("Password", new() { Exact = true })).ToBeFocusedAsync();
            await page.Keyboard.TypeAsync("another good password");
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Enter your code");
        }

        // By keyboard alone: whoever leaves decides about their rooms first, and administrators appoint the owners of those that have none.
        async Task ManageAsync()
        {
            var ada = new Person(Guid.NewGuid(), "Ada");
            await ChatHost.AddPersonAsync(_app.Services, ada, Standing.Registered);
            Assert.Null((await _app.Services.GetRequiredService<RoomService>().CreateAsync(ada, "Hiring", default, RoomVisibility.Private)).Error);
            await OpenAsync("people?find=hiring", "all rooms");
            await page.PressAsync(page.GetByRole(AriaRole.Link, new() { Name = "Manage Hiring" }));
            await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Hiring");
            await page.PressAsync(page.GetByText("Delete room"));
            await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Delete now" })).ToBeVisibleAsync();
            await CheckAsync(page, "manage a room");
            await page.GetByLabel("Another owner’s name").FillAsync("Nobody");
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Nobody here has this name.");
            await page.PressAsync(page.GetByRole(AriaRole.Button, new() { Name = "Join room" }));
            await Expect(page.GetByRole(AriaRole.Article)).ToContainTextAsync("notice of this server");
            await CheckAsync(page, "a room that an administrator joined");
        }

        async Task LeaveAsync()
        {
            var (rooms, people) = (_app.Services.GetRequiredService<RoomService>(), _app.Services.GetRequiredService<PeopleDirectory>());
            var olga = new Person(people.FindByName("Olga")!.Value, "Olga");
            var grace = new Person(Guid.NewGuid(), "Grace");
            await ChatHost.AddPersonAsync(_app.Services, grace, Standing.Registered);
            await rooms.CreateAsync(grace, "Compilers", default, RoomVisibility.Private);
            await rooms.CreateAsync(olga, "Plans", default);
            await AdministerAsync();
            await OpenAsync("people?log=accounts", "people, with what was done");
            await OpenAsync("people?log=rooms", "people, with what was done in rooms");
            await OpenAsync($"people/{grace.Id}/delete", "delete somebody");
            await page.PressAsync(page.GetByRole(AriaRole.Radio, new() { Name = "They stay" }), "ArrowDown");
            await Expect(page.GetByRole(AriaRole.Radio, new() { Name = "They are removed for good" })).ToBeCheckedAsync();
            await page.PressAsync(page.GetByRole(AriaRole.Button, new() { Name = "Delete account" }));
            await Expect(page.GetByRole(AriaRole.List, new() { Name = "Rooms without an owner" })).ToContainTextAsync("Compilers");
            await CheckAsync(page, "people, with a room without an owner");
            var owner = page.GetByRole(AriaRole.Textbox, new() { Name = "New owner of Compilers" });
            await page.TabToAsync(owner);
            await page.Keyboard.TypeAsync("Olga");
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.GetByRole(AriaRole.List, new() { Name = "Rooms without an owner" })).ToHaveCountAsync(0);

            var plans = rooms.OwnedAlone(olga.Id).Single(r => r.Name == "Plans");
            Assert.Null((await rooms.DeleteAsync(olga, plans.Id, default)).Error);
            await OpenAsync("removed", "recently removed");
            await page.PressAsync(page.GetByText("Remove for good", new() { Exact = true }));
            await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Remove now" })).ToBeVisibleAsync();
            await CheckAsync(page, "recently removed, asked again");
            await page.PressAsync(page.GetByRole(AriaRole.Button, new() { Name = "Bring back Plans" }));
            await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("“Plans” is back.");

            await OpenAsync("account/leave", "rooms to decide about");
            foreach (var room in new[] { "Plans", "Compilers" })
            {
                var row = page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = room });
                await page.PressAsync(row.GetByText("Delete room…"));
                await page.PressAsync(row.GetByRole(AriaRole.Button, new() { Name = $"Delete room {room}" }));
                await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync($"“{room}” is deleted.");
            }

            await page.GetByLabel("Password", new() { Exact = true }).FillAsync(password);
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The server needs an administrator.");
            await CheckAsync(page, "delete account");
        }

        // Each button of the list of people, by keyboard alone.
        async Task AdministerAsync()
        {
            await OpenAsync("people", "people, with somebody");
            foreach (var (act, isRare, done) in new[]
            {
                ("Disable Grace", false, "Grace is disabled, and signed out everywhere."), ("Enable Grace", false, "Grace can sign in again."),
                ("Make administrator: Grace", true, "Grace is an administrator now."), ("Remove as administrator: Grace", true, "Grace isn’t an administrator any more."),
            })
            {
                if (isRare)
                {
                    await page.PressAsync(page.Locator("summary[aria-label='More for Grace']"));
                    await CheckAsync(page, "people, with more for somebody");
                }

                await page.PressAsync(page.GetByRole(AriaRole.Button, new() { Name = act }));
                await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync(done);
            }

            await page.PressAsync(page.Locator("summary[aria-label='More for Grace']"));
            await page.PressAsync(page.GetByRole(AriaRole.Button, new() { Name = "Make a reset link for Grace" }));
            await Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("Copy link");
            var revoke = page.GetByRole(AriaRole.Button, new() { NameRegex = new System.Text.RegularExpressions.Regex("^Revoke the invitation", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)) });
            await page.PressAsync(revoke);
            await Expect(revoke).ToHaveCountAsync(0);
        }

        async Task OpenAsync(string path, string screen)
        {
            await page.GotoAsync(new Uri(_app.Address, path).ToString());
            await CheckAsync(page, screen);
        }
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 320)]
    public async Task Every_screen_passes(ColorScheme scheme, int width)
    {
        await _app.HostAsync();
        var ada = await _app.JoinByPageAsync("Ada", scheme, width, page => CheckAsync(page, "join"));
        await CheckAsync(ada.Page, "empty room");

        await ada.SendAsync(Everything);
        var response = await _app.Model.NextAsync();
        response.Say(Everything + "\n\nand on it goes");
        await Expect(ada.ArticleBy("Demo")).ToContainTextAsync("and on it goes");
        await CheckAsync(ada.Page, "answer running");

        await ada.StopButton.ClickAsync();
        await Expect(ada.ArticleBy("Demo")).ToContainTextAsync("Stopped by Ada");
        await CheckAsync(ada.Page, "answer stopped");

        await ada.Page.Keyboard.PressAsync("Control+k");
        await Expect(ada.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await CheckAsync(ada.Page, "room switcher");
        await ada.Page.Keyboard.PressAsync("Escape");

        // The lobby belongs to nobody.
        await ada.CreateRoomAsync("Mine");
        foreach (var item in new[] { "Rename", "Clear", "Archive", "Delete" })
        {
            await ada.ChooseAsync(item);
            await Expect(ada.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
            await CheckAsync(ada.Page, item);
            await ada.Page.Keyboard.PressAsync("Escape");
            await Expect(ada.Page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
        }

        await ada.Page.GotoAsync(new Uri(_app.Address, "/rooms/unknown").ToString());
        await Expect(ada.Page.GetByText("does not exist").First).ToBeVisibleAsync();
        await ada.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await Expect(ada.Page).ToHaveTitleAsync(new System.Text.RegularExpressions.Regex("BlazorChat", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        await CheckAsync(ada.Page, "unknown room");
        Assert.DoesNotContain(ada.Complaints, c => !c.Contains("404", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 320)]
    public async Task Everything_that_opens_passes(ColorScheme scheme, int width)
    {
        await _app.HostAsync();
        var ada = await _app.JoinAsync("Ada", scheme, width);
        var dialog = ada.Page.GetByRole(AriaRole.Dialog);

        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Room details", Exact = true }).ClickAsync();
        var panel = ada.Page.GetByRole(AriaRole.Complementary, new() { Name = "Room details" });
        await Expect(panel).ToBeVisibleAsync();
        await CheckAsync(ada.Page, "settings");
        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Close room details" }).ClickAsync();
        await Expect(panel).ToBeHiddenAsync();

        await ada.Log.FocusAsync();
        await ada.Page.Keyboard.PressAsync("?");
        await Expect(dialog).ToBeVisibleAsync();
        await CheckAsync(ada.Page, "keys");
        await ada.Page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToBeHiddenAsync();

        if (width < 900)
        {
            await ada.Page.GetByRole(AriaRole.Button, new() { Name = "Rooms", Exact = true }).ClickAsync();
        }

        await ada.PersonButton.ClickAsync();
        await Expect(ada.Page.GetByRole(AriaRole.Button, new() { Name = "Keyboard" })).ToBeVisibleAsync();
        await CheckAsync(ada.Page, "person menu");
        await ada.Page.Keyboard.PressAsync("Escape");
        await Expect(ada.Page.GetByRole(AriaRole.Button, new() { Name = "Keyboard" })).ToBeHiddenAsync();

        await ada.Page.GetByRole(AriaRole.Button, new() { Name = "New room" }).ClickAsync();
        await Expect(dialog).ToBeVisibleAsync();
        await dialog.GetByRole(AriaRole.Textbox, new() { Name = "Room name" }).FillAsync("\u200B");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create", Exact = true }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await CheckAsync(ada.Page, "new room, refused");
        Assert.Empty(ada.Complaints);
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 320)]
    public async Task Everything_that_goes_wrong_passes(ColorScheme scheme, int width)
    {
        await _app.StartAsync();
        var ada = await _app.JoinAsync("Ada", scheme, width);
        await ada.SendAsync("Hello");
        var response = await _app.Model.NextAsync();
        response.Say("Half an ans");
        await Expect(ada.ArticleBy("Demo")).ToContainTextAsync("Half an ans");
        response.Break();
        await Expect(ada.ArticleBy("Demo")).ToContainTextAsync("Failed: ");
        await CheckAsync(ada.Page, "answer failed");

        await ada.SendAsync("Once more");
        (await _app.Model.NextAsync()).Say("Again half");
        await Expect(ada.ArticleBy("Demo").Last).ToContainTextAsync("Again half");
        await _app.App.KillAsync();
        await Expect(ada.Page.GetByText("Reconnecting…")).ToBeVisibleAsync();
        await CheckAsync(ada.Page, "server away");
        await ada.SendAsync("Is anybody there?");
        await Expect(ada.Page.GetByText("Waiting to be sent")).ToBeVisibleAsync();
        await CheckAsync(ada.Page, "message on its way");

        await _app.StartAsync(("Rooms__MessagesPerMinute", "1"), ("Rooms__MessageBurst", "1"));
        await Expect(ada.ArticleBy("Demo").Nth(1)).ToContainTextAsync("Interrupted");
        await ada.ReadyAsync();
        await Expect(ada.ArticleBy("Ada").Last).ToContainTextAsync("Is anybody there?");
        await CheckAsync(ada.Page, "answer interrupted");

        await ada.SendAsync("Too fast");
        await Expect(ada.Page.GetByText("Waiting to be sent")).ToBeVisibleAsync();
        await CheckAsync(ada.Page, "message not sent");

        var grace = await _app.JoinAsync("Grace");
        await grace.CreateRoomAsync("Gone");
        await ada.OpenAsync(new Uri(grace.Page.Url).AbsolutePath);
        await grace.ChooseAsync("Delete");
        await grace.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete room" }).ClickAsync();
        await Expect(ada.Page.GetByText("deleted by Grace")).ToBeVisibleAsync();
        await CheckAsync(ada.Page, "room deleted");
    }

    /// <summary>axe finds nothing, in this theme nor (of what is about colors, which is all that differs) in the other, and nothing is wider than the window.</summary>
    internal static async Task CheckAsync(IPage page, string screen, [CallerFilePath] string file = "")
    {
        await CheckAsync(page, screen, "tag", ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]);
        var overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(overflow <= 0, $"{screen} is {overflow} px wider than the window.");

        var isDark = await page.EvaluateAsync<bool>("() => matchMedia('(prefers-color-scheme: dark)').matches");
        await Shots.TakeAsync(page, screen, file);
        await InThemeAsync(page, isDark ? ColorScheme.Light : ColorScheme.Dark);
        await Shots.TakeAsync(page, screen, file);
        await CheckAsync(page, screen + ", other theme", "rule", ["color-contrast", "link-in-text-block"]);
        await InThemeAsync(page, isDark ? ColorScheme.Dark : ColorScheme.Light);
    }

    // By axe itself: the package's own call opens and closes a page beside this one for each check, which takes most of its time.
    private static async Task CheckAsync(IPage page, string screen, string type, string[] rules)
    {
        if (!await page.EvaluateAsync<bool>("() => 'axe' in window"))
        {
            await page.EvaluateAsync(Axe);
        }

        var violations = await page.EvaluateAsync<string[]>("""
            async ([type, values]) => (await axe.run({ runOnly: { type, values }, resultTypes: ['violations'] })).violations
              .map(v => `${v.id}: ${v.help} at ${v.nodes.map(n => n.html).join(', ')}`)
            """, new object[] { type, rules });
        Assert.True(violations.Length == 0, $"{screen}: " + string.Join("; ", violations));
    }

    // Colors fade from one theme to the other.
    private static async Task InThemeAsync(IPage page, ColorScheme scheme)
    {
        await page.EmulateMediaAsync(new() { ColorScheme = scheme });
        await page.EvaluateAsync("() => Promise.allSettled(document.getAnimations().filter(a => a.effect.getComputedTiming().endTime !== Infinity).map(a => a.finished))");
    }
}
