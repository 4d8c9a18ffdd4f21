using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>Accounts as people use them: links that are passed on, two devices of one person, and an account that ends while its page is open.</summary>
[Collection(BrowserTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class AccountPagesTests(Chromium chromium) : IAsyncLifetime
{
    private const string Password = "correct horse battery";

    private const string SignedOut = "document.querySelector('h1')?.textContent === 'You are signed out'";

    private readonly AppFixture _app = new(chromium);
    private BrowserVisitor _olga = null!;

    public async Task InitializeAsync()
    {
        await _app.HostAsync(("Rooms__NewRooms", "Private"));
        _olga = await _app.VisitAsync("Olga");
        await using var scope = _app.Services.CreateAsyncScope();
        var token = await scope.ServiceProvider.GetRequiredService<AccountAdministration>().CreateFirstLinkAsync(default);
        await CreateAsync(_olga, AccountLinks.Invitation(token!));
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Whoever_is_invited_makes_an_account_and_finds_the_same_rooms_on_a_second_device()
    {
        var grace = await _app.VisitAsync("Grace");
        await CreateAsync(grace, await InviteAsync());
        await grace.CreateRoomAsync("Compilers");
        await grace.SendAsync("Hello");
        (await _app.Model.NextAsync()).Finish("Hi");
        await Expect(_olga.RoomList.GetByRole(AriaRole.Link, new() { Name = "Compilers" })).ToHaveCountAsync(0);

        var phone = await _app.VisitAsync("Grace");
        await phone.Page.GotoAsync(_app.Address.ToString());
        await Expect(phone.Heading).ToHaveTextAsync("Sign in");
        await phone.Page.GetByRole(AriaRole.Textbox, new() { Name = "Name" }).FillAsync("Grace");
        await phone.Page.GetByLabel("Password", new() { Exact = true }).FillAsync("wrong password");
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(phone.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The name or the password is wrong.");
        await phone.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await phone.ReadyAsync();
        await phone.RoomList.GetByRole(AriaRole.Link, new() { Name = "Compilers" }).ClickAsync();
        await Expect(phone.ArticleBy("Grace")).ToContainTextAsync("Hello");

        // Signing out on one device leaves the other alone.
        await phone.PersonButton.ClickAsync();
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(phone.Heading).ToHaveTextAsync("Sign in");
        await grace.SendAsync("Still here");
        (await _app.Model.NextAsync()).Finish("Good");
        await Expect(grace.ArticleBy("Demo").Last).ToContainTextAsync("Good");

        // Signing out everywhere ends it at once.
        await phone.Page.GetByRole(AriaRole.Textbox, new() { Name = "Name" }).FillAsync("Grace");
        await phone.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await phone.ReadyAsync();
        await phone.Page.GotoAsync(new Uri(_app.Address, "/account").ToString());
        await grace.Composer.FillAsync("Half a thought");
        await EndsWithinASecondAsync(grace, SignedOut, phone.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out everywhere" }), AuditAction.SignedOutEverywhere);
        await Expect(grace.Heading).ToHaveTextAsync("You are signed out");
        await Expect(grace.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("You were signed out on another page or device, or your password or two-factor sign-in was changed. What you had typed is kept.");
        Assert.Empty(grace.Complaints);
        Assert.Empty(phone.Complaints);
    }

    [Fact]
    public async Task A_right_on_the_server_and_an_account_end_on_open_pages_within_a_second_and_what_was_typed_is_kept()
    {
        var grace = await _app.VisitAsync("Grace");
        await CreateAsync(grace, await InviteAsync());
        await grace.Composer.FillAsync("Half a thought");
        var other = await grace.NewTabAsync();
        await _olga.Page.GotoAsync(new Uri(_app.Address, "/people").ToString());

        // The lobby belongs to nobody, so administrators manage it.
        var (ofRoom, menu) = (grace.Page.Locator("#room-menu .menu-item:not([data-print])"), grace.Page.Locator("#person-menu a[href=people]"));
        await Expect(ofRoom).ToHaveCountAsync(1);
        await MoreAsync();
        await _olga.Page.GetByRole(AriaRole.Button, new() { Name = "Make administrator: Grace" }).ClickAsync();
        await Expect(_olga.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Grace is an administrator now.");
        await MoreAsync();
        await Expect(ofRoom).Not.ToHaveCountAsync(1);
        await Expect(menu).ToHaveCountAsync(1);
        await EndsWithinASecondAsync(
            grace, "document.querySelectorAll('#room-menu .menu-item:not([data-print])').length === 1 && !document.querySelector('#person-menu a[href=people]')",
            _olga.Page.GetByRole(AriaRole.Button, new() { Name = "Remove as administrator: Grace" }), AuditAction.AdministratorDismissed);
        await Expect(_olga.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Grace isn’t an administrator any more.");
        await MoreAsync();
        await Expect(_olga.Page.GetByRole(AriaRole.Button, new() { Name = "Make administrator: Grace" })).ToHaveCountAsync(1);

        await EndsWithinASecondAsync(
            grace, SignedOut, _olga.Page.GetByRole(AriaRole.Button, new() { Name = "Disable Grace" }), AuditAction.AccountDisabled);
        foreach (var page in new[] { grace, other })
        {
            await Expect(page.Heading).ToHaveTextAsync("You are signed out");
            await Expect(page.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Your account has been disabled. Ask an administrator of this server. What you had typed is kept.");
            await Expect(page.RoomList).ToHaveCountAsync(0);
        }

        await AccessibilityTests.CheckAsync(grace.Page, "signed out");
        await grace.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in again" }).ClickAsync();
        await Expect(grace.Heading).ToHaveTextAsync("Sign in");
        await _olga.Page.GetByRole(AriaRole.Button, new() { Name = "Enable Grace" }).ClickAsync();
        await grace.Page.GetByRole(AriaRole.Textbox, new() { Name = "Name" }).FillAsync("Grace");
        await grace.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await grace.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await grace.ReadyAsync();
        await Expect(grace.Composer).ToHaveValueAsync("Half a thought");
        Assert.Empty(grace.Complaints);
    }

    [Fact]
    public async Task A_passkey_signs_in_without_a_password_until_it_is_removed_and_where_there_can_be_none_the_page_says_so()
    {
        // Passkeys are for names, not for addresses.
        var address = new UriBuilder(_app.Address) { Host = "localhost" }.Uri;
        await using var grace = await BrowserVisitor.VisitAsync(chromium.Browser, address, "Grace", ColorScheme.Light, 1280, 800);
        var page = grace.Page;
        var browser = await grace.Context.NewCDPSessionAsync(page);
        await browser.SendAsync("WebAuthn.enable");
        await browser.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new { protocol = "ctap2", transport = "internal", hasResidentKey = true, hasUserVerification = true, isUserVerified = true, automaticPresenceSimulation = true },
        });
        await CreateAsync(grace, new Uri(await InviteAsync()).PathAndQuery);

        await page.GotoAsync(new Uri(address, "/account").ToString());
        await page.GetByRole(AriaRole.Region, new() { Name = "Passkeys" }).GetByLabel("Your password").FillAsync(Password);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByLabel("Name of the passkey")).ToBeFocusedAsync();
        await page.GetByLabel("Name of the passkey").FillAsync("Laptop");
        await AccessibilityTests.CheckAsync(page, "account, new passkey");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("The passkey has been added.")).ToBeVisibleAsync();
        await AccessibilityTests.CheckAsync(page, "account, passkeys");

        await page.GetByRole(AriaRole.Link, new() { Name = "To the rooms" }).ClickAsync();
        await grace.ReadyAsync();
        await grace.PersonButton.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(grace.Heading).ToHaveTextAsync("Sign in");
        await page.GetByRole(AriaRole.Button, new() { Name = "Use a passkey" }).PressAsync("Enter");
        await grace.ReadyAsync();
        var used = await page.EvaluateAsync<string>("() => document.body.dataset.person");
        Assert.Equal(_app.Services.GetRequiredService<PeopleDirectory>().FindByName("Grace")!.Value.ToString("N"), used);

        await page.GotoAsync(new Uri(address, "/account").ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove Laptop" }).ClickAsync();
        await Expect(page.GetByText("The passkey has been removed here.")).ToBeVisibleAsync();
        await grace.Context.ClearCookiesAsync();
        await page.GotoAsync(new Uri(address, "/account/sign-in").ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Use a passkey" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert).Filter(new() { Visible = true })).ToHaveTextAsync("This passkey does not work here, or too much time has passed. Please try again.");

        await page.AddInitScriptAsync("Object.defineProperty(globalThis, 'isSecureContext', { get: () => false })");
        await page.ReloadAsync();
        await page.GotoAsync(new Uri(address, "/account/sign-in").ToString());
        await Expect(page.GetByText("Passkeys work only over https.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Use a passkey" })).ToHaveCountAsync(0);
        Assert.Empty(grace.Complaints);
    }

    // From when the server begins to store it to when the page shows it, by the clock of the machine that both share.
    // What is seldom done is behind it.
    private Task MoreAsync() => _olga.Page.Locator("summary[aria-label='More for Grace']").ClickAsync();

    private async Task EndsWithinASecondAsync(BrowserVisitor visitor, string condition, ILocator button, AuditAction what)
    {
        await visitor.Page.EvaluateAsync($$"""
            () => {
                window.ended = 0;
                window.watching?.disconnect();
                window.watching = new MutationObserver(() => { window.ended ||= {{condition}} ? Date.now() : 0; });
                window.watching.observe(document.body, { childList: true, subtree: true });
            }
            """);
        await button.ClickAsync();
        await visitor.Page.WaitForFunctionAsync("() => window.ended > 0");
        await using var database = _app.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContext();
        var stored = (await database.Audit.AsNoTracking().SingleAsync(a => a.Action == what)).At;
        Assert.InRange(await visitor.Page.EvaluateAsync<double>("window.ended") - stored.ToUnixTimeMilliseconds(), 0, 1000);
    }

    private async Task<string> InviteAsync()
    {
        await _olga.Page.GotoAsync(new Uri(_app.Address, "/people").ToString());
        await _olga.Page.GetByRole(AriaRole.Button, new() { Name = "Invite somebody" }).ClickAsync();
        return await _olga.Page.GetByRole(AriaRole.Textbox, new() { Name = "Invite link" }).InputValueAsync();
    }

    private static async Task CreateAsync(BrowserVisitor visitor, string link)
    {
        await visitor.Page.GotoAsync(new Uri(visitor.Address, link).ToString());
        await Expect(visitor.Heading).ToHaveTextAsync("Create account");
        await visitor.Page.GetByRole(AriaRole.Textbox, new() { Name = "Name" }).FillAsync(visitor.Name);
        await visitor.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Create account" }).ClickAsync();
        await visitor.ReadyAsync();
    }
}
