using System.Net;
using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Accounts;

/// <summary>People who have no password show in the way they have that it is they, before what whoever finds an open page must not do.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class OwnProofTests : IAsyncLifetime
{
    private const string AgainThenLeave = "/account/openid/Company?returnUrl=/account/leave&again=true";

    private TestProvider _provider = null!;
    private AccountHost _host = null!;
    private FormBrowser _grace = null!;

    public async Task InitializeAsync()
    {
        _provider = await TestProvider.StartAsync();
        _host = await AccountHost.StartAsync(settings: _provider.Settings("--OpenIdConnect:Company:CreateAccounts=true", "--OpenIdConnect:Company:AllowOtherSignIns=true"));
        _provider.Time = _host.Time;
        await _host.AdministratorAsync();
        _provider.SignIn("1");
        _grace = _host.Browser();
        await TestProvider.ContinueAsync(_grace);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task An_account_of_a_provider_is_deleted_after_a_fresh_sign_in_there()
    {
        var page = await _grace.ReadAsync("/account/leave");
        Assert.Contains(">Sign in again</a> to delete your account.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("type=\"password\"", page, StringComparison.Ordinal);
        // Whoever sends the form all the same.
        await _grace.SendAsync("/account/leave", "leave", ("Messages", "keep"));
        Assert.True(await AccountHost.IsInAsync(_grace));
        Assert.Contains("&again=true\">Continue with Example Company", await _grace.ReadAsync("/account/again?returnUrl=/account/leave"), StringComparison.Ordinal);

        // The provider remembers an earlier sign-in.
        (_provider.AsksAgain, _provider.Current.SignedInAt) = (false, _host.Time.GetUtcNow().AddMinutes(-6));
        var refused = await TestProvider.FollowAsync(_grace, AgainThenLeave);
        Assert.Equal("/account/again?returnUrl=%2Faccount%2Fleave&refused=NotAgain", refused);
        Assert.Contains("You did not sign in again there.", await _grace.ReadAsync(refused), StringComparison.Ordinal);

        // Another account there is not theirs here, and makes no other person of them.
        _provider.AsksAgain = true;
        _provider.SignIn("2").Name = "Ada";
        Assert.EndsWith("refused=NotYours", await TestProvider.FollowAsync(_grace, AgainThenLeave), StringComparison.Ordinal);
        Assert.DoesNotContain(_host.People.People, p => p.Name == "Ada");
        _provider.IsTurnedBack = true;
        Assert.EndsWith("refused=Failed", await TestProvider.FollowAsync(_grace, AgainThenLeave), StringComparison.Ordinal);
        Assert.Contains("to delete your account", await _grace.ReadAsync("/account/leave"), StringComparison.Ordinal);

        _provider.IsTurnedBack = false;
        _provider.SignIn("1");
        Assert.Equal("/account/leave", await TestProvider.FollowAsync(_grace, AgainThenLeave));
        _host.Time.Advance(RecentSignIns.Lifetime);
        Assert.Contains("to delete your account", await _grace.ReadAsync("/account/leave"), StringComparison.Ordinal);
        await TestProvider.FollowAsync(_grace, AgainThenLeave);
        Assert.Contains("Your account has been deleted.", (await _grace.SendAsync("/account/leave", "leave", ("Messages", "keep"))).Text, StringComparison.Ordinal);
        Assert.False(await AccountHost.IsInAsync(_grace));
    }

    [Fact]
    public async Task Whoever_has_just_signed_in_at_the_provider_sets_a_first_password_without_one()
    {
        Assert.Contains("You have no password here.", (await _grace.SendAsync("/account", "change-password", ("NewPassword", AccountHost.Password))).Text, StringComparison.Ordinal);
        Assert.Contains("password is wrong", (await _host.Browser().SignInAsync("Grace", AccountHost.Password)).Text, StringComparison.Ordinal);
        await _grace.SendAsync("/account", "change-address", ("Email", "eve@example.com"));
        Assert.Contains("grace@example.org, not confirmed", await _grace.ReadAsync("/account"), StringComparison.Ordinal);

        // The provider says when they signed in: a moment ago.
        _provider.Current.SignedInAt = _host.Time.GetUtcNow();
        await TestProvider.ContinueAsync(_grace);
        Assert.Contains("new@example.com, not confirmed", (await _grace.SendAsync("/account", "change-address", ("Email", "new@example.com"))).Text, StringComparison.Ordinal);
        // It is their only way in.
        Assert.Contains("your only way to sign in", (await _grace.SendAsync("/account", "linked", ("Act", "unlink Company"))).Text, StringComparison.Ordinal);
        var set = (await _grace.SendAsync("/account", "change-password", ("NewPassword", AccountHost.Password))).Text;
        Assert.Contains("Your password has been set.", set, StringComparison.Ordinal);
        Assert.Contains("Current password", set, StringComparison.Ordinal);
        Assert.True(await AccountHost.IsInAsync(_grace));
        Assert.Equal(HttpStatusCode.Redirect, (await _host.Browser().SignInAsync("Grace", AccountHost.Password)).Status);
        // From now on the password is asked for.
        Assert.Contains("not your password", (await _grace.SendAsync("/account/leave", "leave", ("Messages", "keep"))).Text, StringComparison.Ordinal);
        Assert.Contains("is not linked any more", (await _grace.SendAsync("/account", "linked", ("Act", "unlink Company"), ("Password", AccountHost.Password))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whose_password_was_reset_is_told_which_other_ways_in_there_are()
    {
        var olga = _host.Browser();
        await olga.SignInAsync("Olga", AccountHost.Password);
        var link = AccountHost.LinkIn((await olga.SendAsync("/people", "people", ("Act", $"reset {_host.Find("Grace").Id:N}"))).Text);
        Assert.DoesNotContain("Other ways into your account", await _grace.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await _grace.SendAsync(link, "set-password", ("Password", AccountHost.Password))).Status);
        using var passkey = new SoftwarePasskey(_grace.Address);
        await passkey.AnswerAsync(_grace, "/account", await PageAsync((await _grace.SendAsync("/account", "passkey-begin", ("Password", AccountHost.Password))).Response), "passkey-create", ("PasskeyName", "Laptop"));

        var page = await _grace.ReadAsync("/account");
        var notice = page[page.IndexOf("Other ways into your account", StringComparison.Ordinal)..page.IndexOf("I have read this", StringComparison.Ordinal)];
        Assert.Contains("Laptop", notice, StringComparison.Ordinal);
        Assert.Contains("grace@example.org", notice, StringComparison.Ordinal);
        Assert.Contains("account#passkeys-title", notice, StringComparison.Ordinal);
        Assert.Contains("account#sign-ins-title", notice, StringComparison.Ordinal);
        // Whoever used the link knows the password, and must not hide it from the owner by changing it.
        await _grace.SendAsync("/account", "change-password", ("CurrentPassword", AccountHost.Password), ("NewPassword", "another good password"));
        Assert.Contains("Other ways into your account", await _grace.ReadAsync("/account"), StringComparison.Ordinal);
        await _grace.SendAsync("/account", "password-reset-read");
        Assert.DoesNotContain("Other ways into your account", await _grace.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_has_a_passkey_alone_deletes_the_account_with_it()
    {
        using var passkey = new SoftwarePasskey(_grace.Address);
        Assert.Contains(">Sign in again</a> to add a passkey.", (await _grace.SendAsync("/account", "passkey-begin")).Text, StringComparison.Ordinal);
        await TestProvider.FollowAsync(_grace, AgainThenLeave);
        var (_, text, _) = await passkey.AnswerAsync(_grace, "/account", await PageAsync((await _grace.SendAsync("/account", "passkey-begin")).Response), "passkey-create", ("PasskeyName", "Laptop"));
        Assert.Contains("The passkey has been added.", text, StringComparison.Ordinal);
        Assert.Contains("is not linked any more", (await _grace.SendAsync("/account", "linked", ("Act", "unlink Company"))).Text, StringComparison.Ordinal);
        Assert.Contains("your only way to sign in", (await _grace.SendAsync("/account", "passkeys", ("Remove", await IdAsync()))).Text, StringComparison.Ordinal);

        _host.Time.Advance(RecentSignIns.Lifetime);
        Assert.Contains("to delete your account", await _grace.ReadAsync("/account/leave"), StringComparison.Ordinal);
        const string again = "/account/again?returnUrl=/account/leave";
        Assert.DoesNotContain("Continue with", await _grace.ReadAsync(again), StringComparison.Ordinal);
        var (status, page, response) = await passkey.AnswerAsync(_grace, again, await PageAsync(await _grace.GetAsync(again)), "passkey-sign-in");
        Assert.True(status == HttpStatusCode.Redirect, page);
        Assert.Equal("/account/leave", response.Headers.Location?.ToString());
        Assert.Contains("Your account has been deleted.", (await _grace.SendAsync("/account/leave", "leave", ("Messages", "keep"))).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(_host.People.People, p => p.StandingNow != Standing.None && p.Name == "Grace");
    }

    private static Task<string> PageAsync(HttpResponseMessage response) => response.Content.ReadAsStringAsync();

    private async Task<string> IdAsync()
    {
        await using var database = _host.Chat.OpenDatabase();
        return Assert.Single(database.Passkeys.Select(p => p.Id));
    }
}
