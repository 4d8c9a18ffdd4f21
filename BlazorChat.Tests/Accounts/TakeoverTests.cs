using System.Net;
using BlazorChat.Accounts;
using BlazorChat.Languages;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Accounts;

/// <summary>What whoever could get at an account before keeps of it: nothing, once its person or an administrator has done something about it.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class TakeoverTests
{
    private const string Password = AccountHost.Password;

    [Fact]
    public async Task Whoever_shares_a_browser_with_somebody_guesses_their_password_as_slowly_as_anybody()
    {
        await using var host = await AccountHost.StartAsync(settings: ["--Accounts:Registration=Open"]);
        await host.AdministratorAsync("Olga");
        var shared = host.Browser();
        await AccountHost.CreateAsync(shared, "/account/create", "Eve");
        Assert.Equal(HttpStatusCode.Redirect, (await shared.SignInAsync("Olga", Password)).Status);
        var wrong = 0;
        while ((await shared.SignInAsync("Olga", "wrong password")).Status != HttpStatusCode.TooManyRequests)
        {
            Assert.InRange(++wrong, 1, 5);
            Assert.Equal(HttpStatusCode.Redirect, (await shared.SignInAsync("Eve", Password)).Status);
        }
    }

    [Fact]
    public async Task A_new_password_and_two_factor_sign_in_end_copies_of_this_browsers_cookie()
    {
        await using var host = await AccountHost.StartAsync();
        var olga = await host.AdministratorAsync();
        var copy = host.Browser(olga.Person);
        Assert.True(await AccountHost.IsInAsync(copy));
        await olga.SendAsync("/account", "change-password", ("CurrentPassword", Password), ("NewPassword", "another good password"));
        Assert.False(await AccountHost.IsInAsync(copy));
        Assert.True(await AccountHost.IsInAsync(olga));

        copy = host.Browser(olga.Person);
        Assert.True(await AccountHost.IsInAsync(copy));
        var begun = (await olga.SendAsync("/account", "two-factor-begin", ("Act", "begin"))).Text;
        var on = await olga.PostAsync("/account", begun, "two-factor-confirm", ("Code", AuthenticatorApp.Scan(begun).Code()), ("Password", "another good password"));
        Assert.Contains("recovery codes in a safe place", on.Text, StringComparison.Ordinal);
        Assert.False(await AccountHost.IsInAsync(copy));
        Assert.True(await AccountHost.IsInAsync(olga));
    }

    [Theory]
    [InlineData("password")]
    [InlineData("address")]
    [InlineData("disabled")]
    [InlineData("two-factor on")]
    [InlineData("two-factor off")]
    [InlineData("two-factor off by an administrator")]
    public async Task Links_that_set_a_password_end_with_what_is_done_for_the_account(string what)
    {
        await using var host = await AccountHost.StartAsync();
        await host.AdministratorAsync();
        var services = host.Chat.App.Services;
        var administrator = new Person(host.Find("Olga").Id, "Olga");
        await using var scope = services.CreateAsyncScope();
        var (accounts, administration) = (scope.ServiceProvider.GetRequiredService<AccountService>(), scope.ServiceProvider.GetRequiredService<AccountAdministration>());
        var factors = scope.ServiceProvider.GetRequiredService<TwoFactor>();
        var grace = (await accounts.RegisterAsync(new NewAccount("Grace", null, Password, (await administration.InviteAsync(administrator, default)).Value), null, default)).Value;
        if (what.StartsWith("two-factor off", StringComparison.Ordinal))
        {
            grace = await TurnOnAsync();
        }

        var link = (await administration.CreateResetAsync(administrator, grace.Id, default)).Value;
        var mailed = OneTimeToken.Create();
        await services.GetRequiredService<PeopleStore>().ChangeAsync(
            change =>
            {
                var now = host.Time.GetUtcNow();
                change.Add(new OneTimeLinkRow { Id = Guid.NewGuid(), TokenHash = OneTimeToken.HashOf(mailed)!, Kind = OneTimeLinkKind.MailedPassword, PersonId = grace.Id, CreatedAt = now, ExpiresAt = now.AddHours(1) });
                return Task.FromResult(true);
            },
            default);
        Assert.Equal("Grace", await accounts.FindResetAsync(link, default));
        Assert.Equal("Grace", await accounts.FindResetAsync(mailed, default));
        Assert.Null(what switch
        {
            "password" => (await accounts.ChangePasswordAsync(grace, Password, "another good password", default)).Error,
            "address" => await scope.ServiceProvider.GetRequiredService<AccountMail>().ChangeAddressAsync(grace, Password, "grace@example.com", Words.English, default),
            "disabled" => await administration.SetDisabledAsync(administrator, grace.Id, true, default),
            "two-factor on" => await TurnOnAsync() is null ? RoomErrors.NoSuchPerson : null,
            "two-factor off" => await factors.TurnOffAsync(grace, Password, default),
            _ => await factors.TurnOffForAsync(administrator, grace.Id, default),
        });
        await administration.SetDisabledAsync(administrator, grace.Id, false, default);
        Assert.NotNull((await accounts.ResetPasswordAsync(link, "the thief's password", default)).Error);
        Assert.NotNull((await accounts.ResetPasswordAsync(mailed, "the thief's password", default)).Error);

        async Task<Person> TurnOnAsync()
        {
            var setup = factors.Begin(grace, null, "localhost");
            var on = await factors.ConfirmAsync(grace, setup.Token, new AuthenticatorApp(setup.Key.Replace(" ", "", StringComparison.Ordinal)).Code(), Password, default);
            Assert.Null(on.Error);
            return on.Value.Person;
        }
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("dismiss")]
    [InlineData("delete")]
    public async Task Links_of_whoever_is_no_administrator_any_more_open_nothing(string what)
    {
        await using var host = await AccountHost.StartAsync();
        await host.AdministratorAsync();
        await using var scope = host.Chat.App.Services.CreateAsyncScope();
        var (accounts, administration) = (scope.ServiceProvider.GetRequiredService<AccountService>(), scope.ServiceProvider.GetRequiredService<AccountAdministration>());
        var olga = new Person(host.Find("Olga").Id, "Olga");
        var eve = (await accounts.RegisterAsync(new NewAccount("Eve", null, Password, (await administration.InviteAsync(olga, default)).Value), null, default)).Value;
        Assert.Null(await administration.SetAdministratorAsync(olga, eve.Id, true, default));
        var invitation = (await administration.InviteAsync(eve, default)).Value;
        var reset = (await administration.CreateResetAsync(eve, olga.Id, default)).Value;
        Assert.Null(await accounts.CheckRegistrationAsync(null, invitation, null, default));
        Assert.Equal("Olga", await accounts.FindResetAsync(reset, default));
        Assert.Null(what switch
        {
            "disable" => await administration.SetDisabledAsync(olga, eve.Id, true, default),
            "dismiss" => await administration.SetAdministratorAsync(olga, eve.Id, false, default),
            _ => await scope.ServiceProvider.GetRequiredService<AccountDeletion>().DeleteOtherAsync(olga, eve.Id, MessagesOfDeleted.Keep, default),
        });
        Assert.NotNull((await accounts.RegisterAsync(new NewAccount("Mallory", null, Password, invitation), null, default)).Error);
        Assert.Null(await accounts.FindResetAsync(reset, default));
        Assert.NotNull((await accounts.ResetPasswordAsync(reset, "the thief's password", default)).Error);
        // Whoever else may revokes it.
        Assert.Equal(what == "delete" ? 0 : 1, (await administration.ListInvitationsAsync(olga, default)).Value.Count);
    }

    [Fact]
    public async Task A_guest_whose_name_the_operator_makes_an_administrator_is_signed_out_and_the_link_decides()
    {
        await using var host = await AccountHost.StartAsync(settings: ["--Accounts:Guests=true"]);
        var squatter = host.Browser();
        await squatter.JoinAsync("Boss");
        string token;
        await using (var scope = host.Chat.App.Services.CreateAsyncScope())
        {
            token = (await scope.ServiceProvider.GetRequiredService<AccountAdministration>().AppointAsync("Boss", default)).Value;
        }

        Assert.False(await AccountHost.IsInAsync(squatter));
        var boss = host.Browser();
        Assert.Equal(HttpStatusCode.Redirect, (await boss.SendAsync("/" + AccountLinks.Reset(token), "set-password", ("Password", Password))).Status);
        Assert.Contains("Accounts and guests", await boss.ReadAsync("/people"), StringComparison.Ordinal);
    }
}
