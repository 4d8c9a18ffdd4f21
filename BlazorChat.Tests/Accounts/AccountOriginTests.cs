using System.Net;
using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Languages;
using BlazorChat.Messages;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Accounts;

/// <summary>An account that came from a provider ends with it, whatever else its person signs in with, unless the operator allows it.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class AccountOriginTests : IAsyncLifetime
{
    private const string Password = AccountHost.Password;

    private TestProvider _provider = null!;

    public async Task InitializeAsync() => _provider = await TestProvider.StartAsync();

    public async Task DisposeAsync() => await _provider.DisposeAsync();

    [Fact]
    public async Task A_passkey_and_a_password_work_while_a_sign_in_at_the_provider_holds_and_an_administrators_link_lets_the_account_in_again()
    {
        await using var host = await StartAsync("false");
        var olga = await host.AdministratorAsync();
        var laptop = host.Browser();
        using var passkey = await SetUpAsync(host, laptop);
        var (phone, tablet) = (host.Browser(), host.Browser());
        await SignInAsync(passkey, phone);
        Assert.Equal(HttpStatusCode.Redirect, (await tablet.SignInAsync("Grace", Password)).Status);
        Assert.True(await AccountHost.IsInAsync(phone));
        Assert.True(await AccountHost.IsInAsync(tablet));
        Assert.Contains("came from Example Company, and ends with it", (await laptop.SendAsync("/account", "linked", ("Act", "unlink Company"), ("Password", Password))).Text, StringComparison.Ordinal);
        // In the browser of the sign-in on which it rests.
        await SignInAsync(passkey, laptop);
        Assert.True(await AccountHost.IsInAsync(laptop));

        _provider.Current.IsGone = true;
        host.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(await AccountHost.IsInAsync(phone));
        Assert.False(await AccountHost.IsInAsync(tablet));
        Assert.False(await AccountHost.IsInAsync(laptop));
        Assert.DoesNotContain(host.People.Sessions, s => s.PersonId == host.Find("Grace").Id);
        Assert.Contains("Your account came from Example Company.", (await AnswerAsync(passkey, phone, "/account/sign-in")).Text, StringComparison.Ordinal);
        Assert.Contains("Your account came from Example Company.", (await tablet.SignInAsync("Grace", Password)).Text, StringComparison.Ordinal);

        var link = AccountHost.LinkIn((await olga.SendAsync("/people", "people", ("Act", $"reset {host.Find("Grace").Id:N}"))).Text);
        Assert.Equal(HttpStatusCode.Redirect, (await tablet.SendAsync(link, "set-password", ("Password", Password))).Status);
        Assert.True(await AccountHost.IsInAsync(tablet));
        await SignInAsync(passkey, phone);
        Assert.Contains("is not linked any more", (await tablet.SendAsync("/account", "linked", ("Act", "unlink Company"), ("Password", Password))).Text, StringComparison.Ordinal);
        Assert.True(await AccountHost.IsInAsync(phone));
    }

    [Fact]
    public async Task An_open_page_ends_with_the_sign_in_on_which_it_rests()
    {
        await using var host = await StartAsync("false");
        await host.AdministratorAsync();
        var laptop = host.Browser();
        using var passkey = await SetUpAsync(host, laptop);
        var phone = host.Browser();
        var before = host.People.Sessions.Select(s => s.Id).ToHashSet();
        await SignInAsync(passkey, phone);
        string? ended = null;
        var person = new Person(host.Find("Grace").Id, "Grace") { Session = host.People.Sessions.Single(s => !before.Contains(s.Id)).Id };
        using var page = host.Chat.App.Services.GetRequiredService<OpenPages>().Follow(person, Words.English, end => ended = end.Why);
        Assert.Equal(HttpStatusCode.OK, await OpenIdTests.LogOutAsync(host, _provider.LogoutToken(c => c.Remove("sid"))));
        Assert.Equal("Your sign-in with your organization has ended.", ended);
        Assert.Equal(Standing.None, host.People.StandingOf(person));
        // Whoever signs in there again comes in by both again.
        await TestProvider.ContinueAsync(laptop);
        await SignInAsync(passkey, phone);
        Assert.True(await AccountHost.IsInAsync(phone));
    }

    [Fact]
    public async Task Where_the_operator_allows_it_a_passkey_goes_on_without_the_provider()
    {
        await using var host = await StartAsync("true");
        await host.AdministratorAsync();
        using var passkey = await SetUpAsync(host, host.Browser());
        var phone = host.Browser();
        _provider.Current.IsGone = true;
        host.Time.Advance(TimeSpan.FromMinutes(5));
        await SignInAsync(passkey, phone);
        Assert.True(await AccountHost.IsInAsync(phone));
    }

    private static async Task<(HttpStatusCode Status, string Text, HttpResponseMessage Response)> AnswerAsync(SoftwarePasskey passkey, FormBrowser browser, string path)
    {
        using var page = await browser.GetAsync(path);
        return await passkey.AnswerAsync(browser, path, await page.Content.ReadAsStringAsync(), "passkey-sign-in");
    }

    private static async Task SignInAsync(SoftwarePasskey passkey, FormBrowser browser)
    {
        var path = await AccountHost.IsInAsync(browser) ? "/account/again?returnUrl=/account" : "/account/sign-in";
        var (status, text, _) = await AnswerAsync(passkey, browser, path);
        Assert.True(status == HttpStatusCode.Redirect, text);
    }

    private Task<AccountHost> StartAsync(string allowed) => AccountHost.StartAsync(
        settings: _provider.Settings("--OpenIdConnect:Company:CreateAccounts=true", $"--OpenIdConnect:Company:AllowOtherSignIns={allowed}"));

    // An account of the provider, with a passkey and a password besides.
    private async Task<SoftwarePasskey> SetUpAsync(AccountHost host, FormBrowser browser)
    {
        _provider.SignIn("1").SignedInAt = host.Time.GetUtcNow();
        await TestProvider.ContinueAsync(browser);
        var passkey = new SoftwarePasskey(browser.Address);
        var begun = (await browser.SendAsync("/account", "passkey-begin")).Response;
        var (_, text, _) = await passkey.AnswerAsync(browser, "/account", await begun.Content.ReadAsStringAsync(), "passkey-create", ("PasskeyName", "Phone"));
        Assert.Contains("The passkey has been added.", text, StringComparison.Ordinal);
        Assert.Contains("Your password has been set.", (await browser.SendAsync("/account", "change-password", ("NewPassword", Password))).Text, StringComparison.Ordinal);
        return passkey;
    }
}
