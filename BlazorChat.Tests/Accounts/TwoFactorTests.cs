using System.Net;
using System.Text.RegularExpressions;
using BlazorChat.Accounts;
using BlazorChat.Messages;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Accounts;

/// <summary>Two-factor sign-in over HTTP: with the password alone, nobody comes in.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed partial class TwoFactorTests
{
    private const string Password = AccountHost.Password;

    [Theory]
    [EveryDatabase]
    public async Task With_an_authenticator_app_the_password_alone_signs_nobody_in_and_a_code_does_so_once(TestDatabase database)
    {
        await using var host = await AccountHost.StartAsync(database);
        var olga = await host.AdministratorAsync();
        var elsewhere = host.Browser();
        Assert.Equal(HttpStatusCode.Redirect, (await elsewhere.SignInAsync("Olga", Password)).Status);

        var (app, codes) = await SetUpAsync(olga);
        Assert.Equal(10, codes.Count);
        Assert.True(host.Find("Olga").IsTwoFactor);
        Assert.False(await AccountHost.IsInAsync(elsewhere), "Turning it on signs out all other browsers.");
        Assert.True(await AccountHost.IsInAsync(olga));
        Assert.DoesNotContain(codes[0], await olga.ReadAsync("/account"), StringComparison.Ordinal);

        await FirstStepAsync(elsewhere);
        Assert.False(await AccountHost.IsInAsync(elsewhere));
        Assert.Contains("This code is wrong", (await GiveAsync(elsewhere, "000000")).Text, StringComparison.Ordinal);
        // The code that turned it on has been used as well.
        Assert.Contains("This code is wrong", (await GiveAsync(elsewhere, app.Code())).Text, StringComparison.Ordinal);
        var next = app.Code(1);
        Assert.Equal(HttpStatusCode.Redirect, (await GiveAsync(elsewhere, $" {next[..3]} {next[3..]} ")).Status);
        Assert.True(await AccountHost.IsInAsync(elsewhere));

        var third = host.Browser();
        await FirstStepAsync(third);
        Assert.Contains("it has been used", (await GiveAsync(third, next)).Text, StringComparison.Ordinal);
        Assert.False(await AccountHost.IsInAsync(third));
    }

    [Fact]
    public async Task A_recovery_code_works_once_and_new_ones_replace_the_old_and_the_database_has_only_hashes()
    {
        await using var host = await AccountHost.StartAsync();
        var olga = await host.AdministratorAsync();
        var (app, codes) = await SetUpAsync(olga);
        await using (var database = host.Chat.OpenDatabase())
        {
            var row = await database.People.AsNoTracking().SingleAsync();
            Assert.All(codes, code => Assert.DoesNotContain(code, row.RecoveryCodes, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(app.Key, row.AuthenticatorKey, StringComparison.OrdinalIgnoreCase);
        }

        var browsers = await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            var browser = host.Browser();
            await FirstStepAsync(browser);
            return browser;
        }));
        var used = await Task.WhenAll(browsers.Select(b => GiveAsync(b, codes[0].ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal))));
        Assert.Single(used, u => u.Status == HttpStatusCode.Redirect);
        Assert.Contains("You have 9 recovery codes left", await olga.ReadAsync("/account"), StringComparison.Ordinal);

        Assert.Contains("not your password", (await olga.SendAsync("/account", "two-factor", ("Act", "codes"), ("Password", "wrong password"))).Text, StringComparison.Ordinal);
        var renewed = CodesIn((await olga.SendAsync("/account", "two-factor", ("Act", "codes"), ("Password", Password))).Text);
        Assert.Empty(renewed.Intersect(codes));
        var other = host.Browser();
        await FirstStepAsync(other);
        Assert.Contains("This code is wrong", (await GiveAsync(other, codes[1])).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await GiveAsync(other, renewed[0])).Status);
    }

    [Fact]
    public async Task Turning_it_off_takes_the_password_and_an_administrator_who_does_it_for_somebody_is_told_of()
    {
        await using var host = await AccountHost.StartAsync();
        var olga = await host.AdministratorAsync();
        var grace = host.Browser();
        await AccountHost.CreateAsync(grace, await AccountHost.InviteAsync(olga), "Grace");
        await SetUpAsync(grace);
        Assert.Contains("not your password", (await grace.SendAsync("/account", "two-factor", ("Act", "off"), ("Password", "wrong password"))).Text, StringComparison.Ordinal);
        Assert.True(host.Find("Grace").IsTwoFactor);
        Assert.Contains("Two-factor sign-in is off.", (await grace.SendAsync("/account", "two-factor", ("Act", "off"), ("Password", Password))).Text, StringComparison.Ordinal);
        var elsewhere = host.Browser();
        Assert.Equal("/", (await elsewhere.SignInAsync("Grace", Password)).Response.Headers.Location?.OriginalString);

        await SetUpAsync(grace);
        await FirstStepAsync(elsewhere, "Grace");
        var id = host.Find("Grace").Id;
        await grace.SendAsync("/account", "two-factor", ("Act", "codes"), ("Password", Password));
        await olga.SendAsync("/people", "people", ("Act", $"single {id:N}"));
        Assert.False(host.Find("Grace").IsTwoFactor);
        Assert.Contains("An administrator turned off your two-factor sign-in", await grace.ReadAsync("/account"), StringComparison.Ordinal);
        // Whoever knew only the password does not come in by the step that had begun.
        Assert.Contains("took too long", (await GiveAsync(elsewhere, "000000")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("turned off your two-factor", (await grace.SendAsync("/account", "two-factor-begin", ("Act", "read"))).Text, StringComparison.Ordinal);

        // Only administrators.
        await SetUpAsync(grace);
        await using var scope = host.Chat.App.Services.CreateAsyncScope();
        var person = PersonOf(host, "Grace");
        Assert.NotNull(await scope.ServiceProvider.GetRequiredService<TwoFactor>().TurnOffForAsync(person, id, default));
        Assert.True(host.Find("Grace").IsTwoFactor);
    }

    [Fact]
    public async Task A_link_that_sets_a_password_still_asks_for_the_code_and_a_new_password_voids_a_step_that_had_begun()
    {
        await using var host = await AccountHost.StartAsync();
        var olga = await host.AdministratorAsync();
        var grace = host.Browser();
        await AccountHost.CreateAsync(grace, await AccountHost.InviteAsync(olga), "Grace");
        var (app, _) = await SetUpAsync(grace);
        var before = host.Browser();
        await FirstStepAsync(before, "Grace");

        var link = AccountHost.LinkIn((await olga.SendAsync("/people", "people", ("Act", $"reset {host.Find("Grace").Id:N}"))).Text);
        var other = host.Browser();
        var reset = await other.SendAsync(link, "set-password", ("Password", "another good password"));
        Assert.StartsWith("/account/code", reset.Response.Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.False(await AccountHost.IsInAsync(other));
        Assert.Contains("took too long", (await GiveAsync(before, app.Code(1))).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await GiveAsync(other, app.Code(1))).Status);
        Assert.True(await AccountHost.IsInAsync(other));
    }

    [Fact]
    public async Task The_second_step_has_a_growing_wait_of_its_own_that_no_password_takes_back_and_ends_after_ten_minutes()
    {
        await using var host = await AccountHost.StartAsync();
        var (app, _) = await SetUpAsync(await host.AdministratorAsync());
        var thief = host.Browser();
        await FirstStepAsync(thief);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await GiveAsync(thief, "000000")).Status);
            await FirstStepAsync(thief);
        }

        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        var (status, text, response) = await GiveAsync(thief, app.Code(1));
        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        Assert.Contains("Too many attempts", text, StringComparison.Ordinal);
        Assert.NotNull(response.Headers.RetryAfter);

        // Nobody holds the second step up by the name that it is counted under.
        await host.Browser().SignInAsync($"code\n{host.Find("Olga").Id:N}", Password);
        host.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(HttpStatusCode.Redirect, (await GiveAsync(thief, app.Code(1))).Status);

        var slow = host.Browser();
        await FirstStepAsync(slow);
        var cookie = slow.Cookies.GetCookies(slow.Address)["BlazorChat.SecondStep"]!.Value;
        host.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Contains("Sign in again", await slow.ReadAsync("/account/code"), StringComparison.Ordinal);
        Assert.DoesNotContain(host.Find("Olga").Id.ToString("N"), cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_set_up_that_another_session_began_or_that_lacks_the_password_turns_nothing_on()
    {
        await using var host = await AccountHost.StartAsync();
        var olga = await host.AdministratorAsync();
        var begun = await olga.SendAsync("/account", "two-factor-begin", ("Act", "begin"));
        var app = AuthenticatorApp.Scan(begun.Text);
        var token = Setup().Match(begun.Text).Groups["token"].Value;
        Assert.Contains("qr-code", begun.Text, StringComparison.Ordinal);
        await using var scope = host.Chat.App.Services.CreateAsyncScope();
        var twoFactor = scope.ServiceProvider.GetRequiredService<TwoFactor>();
        var person = PersonOf(host, "Olga");
        Assert.NotNull((await twoFactor.ConfirmAsync(person, token, app.Code(), Password, default)).Error);
        Assert.NotNull((await twoFactor.ConfirmAsync(SessionOf(host, person), token, app.Code(), "wrong password", default)).Error);
        Assert.False(host.Find("Olga").IsTwoFactor);
        Assert.Null((await twoFactor.ConfirmAsync(SessionOf(host, person), token, app.Code(), Password, default)).Error);
        Assert.True(host.Find("Olga").IsTwoFactor);
    }

    private static Person PersonOf(AccountHost host, string name) => new(host.Find(name).Id, name);

    private static Person SessionOf(AccountHost host, Person person)
    {
        using var database = host.Chat.OpenDatabase();
        return person with { Session = database.Sessions.Single(s => s.PersonId == person.Id).Id };
    }

    private static async Task<(AuthenticatorApp App, IReadOnlyList<string> Codes)> SetUpAsync(FormBrowser browser)
    {
        var begun = (await browser.SendAsync("/account", "two-factor-begin", ("Act", "begin"))).Text;
        var app = AuthenticatorApp.Scan(begun);
        var done = await browser.PostAsync("/account", begun, "two-factor-confirm", ("Code", app.Code()), ("Password", Password));
        Assert.True(done.Status == HttpStatusCode.OK, $"{done.Status} {done.Text}");
        return (app, CodesIn(done.Text));
    }

    private static async Task FirstStepAsync(FormBrowser browser, string name = "Olga")
    {
        var (_, text, response) = await browser.SignInAsync(name, Password);
        Assert.True(response.Headers.Location?.OriginalString.StartsWith("/account/code", StringComparison.Ordinal), text);
    }

    private static Task<(HttpStatusCode Status, string Text, HttpResponseMessage Response)> GiveAsync(FormBrowser browser, string code) =>
        browser.SendAsync("/account/code", "code", ("Code", code));

    private static List<string> CodesIn(string page)
    {
        var codes = Codes().Matches(page).Select(m => m.Groups["code"].Value).ToList();
        Assert.True(codes.Count > 0, page);
        return codes;
    }

    [GeneratedRegex("<code[^>]*>(?<code>[A-Z0-9]{5}-[A-Z0-9]{5})</code>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Codes();

    [GeneratedRegex("name=\"Setup\" value=\"(?<token>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Setup();
}
