using System.Net;
using System.Security.Cryptography;
using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace BlazorChat.Tests.Accounts;

/// <summary>OpenID Connect against a real provider: who comes in, what groups give, and what ends there and so ends here.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class OpenIdTests : IAsyncLifetime
{
    private const string NewAccounts = "--OpenIdConnect:Company:CreateAccounts=true";

    private TestProvider _provider = null!;

    public async Task InitializeAsync() => _provider = await TestProvider.StartAsync();

    public async Task DisposeAsync() => await _provider.DisposeAsync();

    [Theory]
    [EveryDatabase]
    public async Task Whoever_the_provider_knows_comes_in_with_their_name_and_comes_back_as_the_same_person(TestDatabase database)
    {
        await using var host = await AccountHost.StartAsync(database, _provider.Settings(NewAccounts));
        await host.AdministratorAsync("Grace");
        _provider.SignIn("1").Name = "Grace";
        var browser = host.Browser();
        Assert.Contains("Continue with Example Company", await browser.ReadAsync("/account/sign-in"), StringComparison.Ordinal);
        Assert.Equal("/rooms", await TestProvider.ContinueAsync(browser, "/rooms"));
        Assert.True(await AccountHost.IsInAsync(browser));
        // Somebody else has the name.
        var person = host.Find("Grace 2");
        Assert.True(person.IsRenamed);
        Assert.Equal(Standing.Registered, person.Standing);

        var again = host.Browser();
        await TestProvider.ContinueAsync(again);
        Assert.Equal(2, host.People.People.Count());
        Assert.Contains("grace@example.org", await again.ReadAsync("/account"), StringComparison.Ordinal);
        // Nobody guesses a password that was never set.
        Assert.Contains("password is wrong", (await host.Browser().SignInAsync("Grace 2", "")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_setting_a_stranger_gets_no_account_and_an_address_that_equals_an_accounts_links_nothing()
    {
        await using var host = await AccountHost.StartAsync(settings: _provider.Settings());
        var olga = host.Browser();
        await olga.SendAsync(host.FirstLink!, "create-account", ("Name", "Olga"), ("Password", AccountHost.Password), ("Email", "olga@example.org"));
        _provider.SignIn("2").Email = "olga@example.org";
        _provider.Current.Name = "Olga";
        var stranger = host.Browser();
        Assert.Equal("/account/sign-in?refused=Unknown", await TestProvider.ContinueAsync(stranger));
        Assert.Contains("Nobody here has this account", await stranger.ReadAsync("/account/sign-in?refused=Unknown"), StringComparison.Ordinal);
        Assert.False(await AccountHost.IsInAsync(stranger));

        // From the account's own page, with its password.
        Assert.Contains("not your password", (await olga.SendAsync("/account", "linked", ("Act", "link Company"), ("Password", "wrong password"))).Text, StringComparison.Ordinal);
        var page = (await olga.SendAsync("/account", "linked", ("Act", "link Company"), ("Password", AccountHost.Password))).Text;
        var link = page.Split("href=\"").Select(p => p.Split('"')[0]).Single(h => h.Contains("?link=", StringComparison.Ordinal));
        // Somebody else's browser links nothing with it.
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync("/" + link)).StatusCode);
        Assert.Equal("/account", await TestProvider.FollowAsync(olga, "/" + link));
        var own = await olga.ReadAsync("/account");
        Assert.Contains("olga@example.org", own, StringComparison.Ordinal);
        Assert.Contains("Unlink Example Company", own, StringComparison.Ordinal);
        await TestProvider.ContinueAsync(stranger);
        Assert.True(await AccountHost.IsInAsync(stranger));
        Assert.Single(host.People.People);

        // What is somebody's is not linked to somebody else.
        var ada = host.Browser();
        await AccountHost.CreateAsync(ada, await AccountHost.InviteAsync(olga), "Ada");
        page = (await ada.SendAsync("/account", "linked", ("Act", "link Company"), ("Password", AccountHost.Password))).Text;
        link = page.Split("href=\"").Select(p => p.Split('"')[0]).Single(h => h.Contains("?link=", StringComparison.Ordinal));
        Assert.Equal("/account?refused=NotLinked", await TestProvider.FollowAsync(ada, "/" + link));
        Assert.Contains("This account could not be linked.", await ada.ReadAsync("/account?refused=NotLinked"), StringComparison.Ordinal);
        // Nor is anything by somebody who turns back there.
        _provider.IsTurnedBack = true;
        Assert.Equal("/account?refused=Failed", await TestProvider.FollowAsync(ada, "/" + link));
        Assert.Contains("That did not work. Please try again.", await ada.ReadAsync("/account?refused=Failed"), StringComparison.Ordinal);
        Assert.Equal("/account/sign-in?refused=Failed", await TestProvider.ContinueAsync(host.Browser()));
    }

    [Fact]
    public async Task A_group_gives_a_room_and_administration_and_takes_both_from_an_open_page_with_the_next_check()
    {
        await using var first = await AccountHost.StartAsync();
        await first.AdministratorAsync();
        var olga = first.Find("Olga");
        var owner = new Person(olga.Id, "Olga");
        var roomId = (await first.Chat.Rooms.CreateAsync(owner, "Compilers", default, RoomVisibility.Private)).Value.Id;
        Assert.Null((await first.Chat.Rooms.ChangeAsync(owner, roomId, null, null, AnswerMode.WhenMentioned, default)).Error);
        await first.RestartAsync(_provider.Settings(
            NewAccounts, "--OpenIdConnect:Company:AdministratorGroups:0=admins", "--OpenIdConnect:Company:Rooms:0:Group=compilers", $"--OpenIdConnect:Company:Rooms:0:Room={roomId}"));
        var account = _provider.SignIn("1");
        account.Groups = ["admins", "compilers", "others"];
        var browser = first.Browser();
        await TestProvider.ContinueAsync(browser);
        Assert.Equal(Standing.Administrator, first.Find("Grace").Standing);
        string? ended = null;
        using var page = first.Follow("Grace", why => ended = why);
        using var watch = new RoomWatch();
        watch.Attach((await first.Chat.Live.SubscribeAsync(page.Person, roomId, watch.Changed, default)).Value);
        await SayAsync("First");
        await watch.UntilAsync(s => s.Messages.Any(m => m.Message.Text == "First"));

        account.Groups = ["others"];
        first.Time.Advance(TimeSpan.FromMinutes(5));
        await WaitAsync(() => first.People.StandingOf(page.Person) == Standing.Registered);
        await WaitAsync(() => !Members(first, roomId).Contains(page.Person.Id));
        Assert.Equal(RoomErrors.NoSuchRoom, (await first.Chat.Rooms.ReadMembersAsync(page.Person, roomId, default)).Error);
        Assert.NotNull((await first.Chat.Live.SubscribeAsync(page.Person, roomId, watch.Changed, default)).Error);
        // The subscription that was open gives nothing any more, neither of before nor of what comes.
        await watch.UntilAsync(s => s.Messages.IsEmpty);
        await SayAsync("Second");
        Assert.Empty(watch.Now.Messages);
        Assert.Null(ended);
        Assert.Equal(1, _provider.Refreshes);

        account.Groups = ["compilers"];
        first.Time.Advance(TimeSpan.FromMinutes(5));
        await WaitAsync(() => Members(first, roomId).Contains(page.Person.Id));
        await watch.UntilAsync(s => s.Messages.Any(m => m.Message.Text == "Second"));

        account.IsGone = true;
        first.Time.Advance(TimeSpan.FromMinutes(5));
        await WaitAsync(() => ended is not null);
        Assert.Equal("Your sign-in with your organization has ended.", ended);
        Assert.Equal(Standing.None, first.People.StandingOf(page.Person));
        await WaitAsync(() => !Members(first, roomId).Contains(page.Person.Id));
        await watch.UntilAsync(s => s.Messages.IsEmpty);
        Assert.False(await AccountHost.IsInAsync(browser));

        async Task SayAsync(string text) => Assert.Null((await first.Chat.Rooms.PostAsync(owner, roomId, Guid.NewGuid(), text, default)).Error);
    }

    [Fact]
    public async Task While_a_name_and_an_address_are_held_up_their_people_come_in_by_passkey_by_the_provider_and_where_they_were_before()
    {
        await using var host = await AccountHost.StartAsync(
            TestDatabase.Sqlite, b => b.Services.AddSingleton<IStartupFilter>(new FromAfar()),
            _provider.Settings(NewAccounts, "--OpenIdConnect:Company:AllowOtherSignIns=true"));
        await host.AdministratorAsync();
        var laptop = host.Browser();
        _provider.SignIn("1").SignedInAt = host.Time.GetUtcNow();
        await TestProvider.ContinueAsync(laptop);
        using var passkey = new SoftwarePasskey(laptop.Address);
        var begun = (await laptop.SendAsync("/account", "passkey-begin")).Response;
        var (_, added, _) = await passkey.AnswerAsync(laptop, "/account", await begun.Content.ReadAsStringAsync(), "passkey-create", ("PasskeyName", "Phone"));
        Assert.Contains("The passkey has been added.", added, StringComparison.Ordinal);
        await laptop.SendAsync("/account", "change-password", ("NewPassword", AccountHost.Password));
        await laptop.LeaveAsync("/account");

        // The name by guesses from elsewhere, and the address by guesses of other names.
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await From("203.0.113.6").SignInAsync("Grace", "wrong password")).Status);
        }

        var waits = host.Chat.App.Services.GetRequiredService<SignInWaits>();
        for (var i = 0; waits.Begin($"NAME {i}", IPAddress.Parse("203.0.113.5"), browser: null) is null; i++)
        {
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await From("203.0.113.6").SignInAsync("Grace", AccountHost.Password)).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await host.Browser().SignInAsync("Olga", AccountHost.Password)).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await From("203.0.113.6").SignInAsync("Olga", AccountHost.Password)).Status);

        var phone = host.Browser();
        using (var page = await phone.GetAsync("/account/sign-in"))
        {
            var (status, text, _) = await passkey.AnswerAsync(phone, "/account/sign-in", await page.Content.ReadAsStringAsync(), "passkey-sign-in");
            Assert.True(status == HttpStatusCode.Redirect, text);
        }

        Assert.True(await AccountHost.IsInAsync(phone));
        var tablet = host.Browser();
        Assert.Equal("/", await TestProvider.ContinueAsync(tablet));
        Assert.True(await AccountHost.IsInAsync(tablet));
        Assert.Equal(HttpStatusCode.Redirect, (await laptop.SignInAsync("Grace", AccountHost.Password)).Status);
        Assert.True(await AccountHost.IsInAsync(laptop));
        // It frees nobody else's guesses.
        Assert.Equal(HttpStatusCode.TooManyRequests, (await From("203.0.113.6").SignInAsync("Grace", "wrong password")).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await host.Browser().SignInAsync("Olga", "wrong password")).Status);

        FormBrowser From(string address)
        {
            var browser = host.Browser();
            browser.Headers.Add(FromAfar.Header, address);
            return browser;
        }
    }

    [Fact]
    public async Task Without_an_open_page_the_next_request_asks_and_a_provider_that_is_away_ends_nothing_for_twelve_hours()
    {
        await using var host = await AccountHost.StartAsync(settings: _provider.Settings(NewAccounts, "--OpenIdConnect:Company:AllowedGroups:0=staff"));
        await host.AdministratorAsync();
        var account = _provider.SignIn("1");
        var browser = host.Browser();
        Assert.Equal("/account/sign-in?refused=Group", await TestProvider.ContinueAsync(browser));
        account.Groups = ["staff"];
        await TestProvider.ContinueAsync(browser);
        host.Time.Advance(TimeSpan.FromMinutes(4));
        Assert.True(await AccountHost.IsInAsync(browser));
        Assert.Equal(0, _provider.Refreshes);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        // Two at once ask once: a refresh token may work only once.
        Assert.DoesNotContain(false, await Task.WhenAll(AccountHost.IsInAsync(browser), AccountHost.IsInAsync(browser)));
        Assert.Equal(1, _provider.Refreshes);

        _provider.IsAway = true;
        host.Time.Advance(TimeSpan.FromHours(11));
        Assert.True(await AccountHost.IsInAsync(browser));
        host.Time.Advance(TimeSpan.FromHours(1));
        Assert.False(await AccountHost.IsInAsync(browser));

        _provider.IsAway = false;
        await TestProvider.ContinueAsync(browser);
        account.Groups = ["others"];
        host.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(await AccountHost.IsInAsync(browser));
    }

    [Fact]
    public async Task Whoever_is_here_by_a_password_without_an_open_page_loses_what_a_group_gave_with_the_next_request()
    {
        await using var host = await AccountHost.StartAsync(settings: _provider.Settings(NewAccounts, "--OpenIdConnect:Company:AdministratorGroups:0=admins"));
        var olga = await host.AdministratorAsync();
        var account = _provider.SignIn("1");
        account.Groups = ["admins"];
        await TestProvider.ContinueAsync(host.Browser());
        var link = AccountHost.LinkIn((await olga.SendAsync("/people", "people", ("Act", $"reset {host.Find("Grace").Id:N}"))).Text);
        var byPassword = host.Browser();
        Assert.Equal(HttpStatusCode.Redirect, (await byPassword.SendAsync(link, "set-password", ("Password", AccountHost.Password))).Status);
        // Again at the provider, in a browser that is closed then.
        await TestProvider.ContinueAsync(host.Browser());
        Assert.Contains("Accounts and guests", await byPassword.ReadAsync("/people"), StringComparison.Ordinal);
        Assert.Equal(0, _provider.Refreshes);

        account.Groups = [];
        host.Time.Advance(TimeSpan.FromMinutes(5));
        // Two at once ask once, and both wait for the answer.
        foreach (var page in await Task.WhenAll(byPassword.ReadAsync("/people"), byPassword.ReadAsync("/people")))
        {
            Assert.DoesNotContain("Accounts and guests", page, StringComparison.Ordinal);
        }

        Assert.Equal(1, _provider.Refreshes);
        Assert.Equal(Standing.Registered, host.Find("Grace").Standing);
    }

    [Fact]
    public async Task A_logout_token_ends_the_sessions_that_it_names_once_and_a_forged_one_ends_none()
    {
        await using var host = await AccountHost.StartAsync(settings: _provider.Settings(NewAccounts));
        await host.AdministratorAsync();
        var account = _provider.SignIn("1");
        var (laptop, phone) = (host.Browser(), host.Browser());
        await TestProvider.ContinueAsync(laptop);
        string? ended = null;
        using var page = host.Follow("Grace", why => ended = why);
        account.Session = "s2";
        await TestProvider.ContinueAsync(phone);
        using var stranger = new RsaSecurityKey(RSA.Create(2048)) { KeyId = "test" }.Rsa;
        account.Session = "s1";
        foreach (var bad in new[]
        {
            _provider.LogoutToken(key: new RsaSecurityKey(stranger) { KeyId = "test" }),
            _provider.LogoutToken(c => c["iss"] = "https://elsewhere.example.org/"),
            _provider.LogoutToken(c => c["aud"] = "somebody else"),
            _provider.LogoutToken(c => c["nonce"] = "n"),
            _provider.LogoutToken(c => c.Remove("events")),
            _provider.LogoutToken(c => c.Remove("jti")),
            _provider.LogoutToken(c => c["iat"] = TimeProvider.System.GetUtcNow().AddMinutes(-11).ToUnixTimeSeconds()),
            _provider.LogoutToken(c => c["iat"] = TimeProvider.System.GetUtcNow().AddMinutes(11).ToUnixTimeSeconds()),
            _provider.LogoutToken(c => c["exp"] = TimeProvider.System.GetUtcNow().AddMinutes(-9).ToUnixTimeSeconds()),
            "",
            "eyJhbGciOiJub25lIn0." + _provider.LogoutToken().Split('.')[1] + ".",
        })
        {
            Assert.Equal(HttpStatusCode.BadRequest, await LogOutAsync(host, bad));
        }

        Assert.True(await AccountHost.IsInAsync(laptop));
        var token = _provider.LogoutToken();
        Assert.Equal(HttpStatusCode.OK, await LogOutAsync(host, token));
        Assert.Equal("Your sign-in with your organization has ended.", ended);
        Assert.False(await AccountHost.IsInAsync(laptop));
        Assert.True(await AccountHost.IsInAsync(phone));

        // A copy of the token does not end the next sign-in.
        await TestProvider.ContinueAsync(laptop);
        Assert.Equal(HttpStatusCode.BadRequest, await LogOutAsync(host, token));
        Assert.True(await AccountHost.IsInAsync(laptop));
        Assert.Equal(HttpStatusCode.OK, await LogOutAsync(host, _provider.LogoutToken(c => c.Remove("sid"))));
        Assert.False(await AccountHost.IsInAsync(laptop));
        Assert.False(await AccountHost.IsInAsync(phone));
    }

    [Fact]
    public async Task Forged_logout_tokens_without_end_are_held_up_and_fill_no_log_and_the_provider_is_not_asked_for_each()
    {
        await using var host = await AccountHost.StartAsync(settings: _provider.Settings(NewAccounts));
        _provider.SignIn("1");
        await TestProvider.ContinueAsync(host.Browser());
        var keys = _provider.KeyRequests;
        using var stranger = RSA.Create(2048);
        var attacker = IPAddress.Parse("192.0.2.1");
        // With a key that nobody knows: the provider may have a new one.
        var refused = 0;
        (int? Status, string RetryAfter) held;
        while ((held = await SendAsync(attacker, _provider.LogoutToken(key: new RsaSecurityKey(stranger) { KeyId = $"key {refused}" }))).Status == StatusCodes.Status400BadRequest)
        {
            // A slow machine gets a few more by the minute.
            Assert.InRange(++refused, 1, 200);
        }

        Assert.InRange(refused, 30, 200);
        Assert.Equal((StatusCodes.Status429TooManyRequests, "60"), held);
        Assert.InRange(_provider.KeyRequests - keys, 0, 1);
        Assert.Single(host.Log.Lines, l => l.Text.Contains("logout token", StringComparison.Ordinal) && l.Text.Contains("refused", StringComparison.Ordinal));
        // The provider is somewhere else, and is not held up by what is right.
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(StatusCodes.Status200OK, (await SendAsync(IPAddress.Parse("192.0.2.2"), _provider.LogoutToken())).Status);
        }

        async Task<(int? Status, string RetryAfter)> SendAsync(IPAddress from, string token)
        {
            var context = new DefaultHttpContext { RequestServices = host.Chat.App.Services, Connection = { RemoteIpAddress = from } };
            context.Request.ContentType = "application/x-www-form-urlencoded";
            context.Request.Body = new MemoryStream(System.Text.Encoding.ASCII.GetBytes("logout_token=" + token));
            context.Request.ContentLength = context.Request.Body.Length;
            var result = await host.Chat.App.Services.GetRequiredService<BlazorChat.Accounts.BackChannelLogout>().RunAsync(context, "Company");
            return (((IStatusCodeHttpResult)result).StatusCode, context.Response.Headers.RetryAfter.ToString());
        }
    }

    [Fact]
    public async Task No_token_and_no_secret_is_in_a_log_a_page_a_cookie_or_the_database()
    {
        await using var host = await AccountHost.StartAsync(settings: _provider.Settings(NewAccounts, "--Logging:LogLevel:Default=Debug", "--Logging:LogLevel:Microsoft=Debug"));
        _provider.SignIn("1");
        var browser = host.Browser();
        await TestProvider.ContinueAsync(browser);
        var pages = await browser.ReadAsync("/account");
        host.Time.Advance(TimeSpan.FromMinutes(5));
        await AccountHost.IsInAsync(browser);
        Assert.Equal(1, _provider.Refreshes);
        await LogOutAsync(host, _provider.LogoutToken());
        Assert.NotEmpty(_provider.Tokens);
        await using var database = host.Chat.OpenDatabase();
        var stored = string.Join('\n', (await database.Sessions.AsNoTracking().ToListAsync()).Select(s => s.RefreshToken));
        var logged = string.Join('\n', host.Log.Lines.Select(l => l.Text));
        foreach (var token in _provider.Tokens.Append(TestProvider.ClientSecret))
        {
            Assert.DoesNotContain(token, logged, StringComparison.Ordinal);
            Assert.DoesNotContain(token, pages, StringComparison.Ordinal);
            Assert.DoesNotContain(token, stored, StringComparison.Ordinal);
        }

        // What is in the cookie is encrypted: there is no room for tokens.
        Assert.All(browser.Cookies.GetAllCookies(), cookie => Assert.InRange(cookie.Value.Length, 1, 800));
    }

    [Theory]
    [InlineData("--OpenIdConnect:Company:Authority=http://login.example.org", "OpenIdConnect:Company:Authority must be an https address")]
    [InlineData("--OpenIdConnect:Company:Clientid=", "OpenIdConnect:Company:ClientId is missing")]
    [InlineData("--OpenIdConnect:Company:Secret=x", "OpenIdConnect:Company:Secret is not a setting")]
    [InlineData("--OpenIdConnect:Company:Rooms:0:Room=lobby", "OpenIdConnect:Company:Rooms:0:Room must be a room’s id")]
    [InlineData("--OpenIdConnect:Company:Rooms:0:Role=Boss", "OpenIdConnect:Company:Rooms:0:Role must be one of Viewer, Member, Owner")]
    [InlineData("--OpenIdConnect:Company:RecheckAfter=00:00:01", "OpenIdConnect:Company:RecheckAfter must be from 00:00:10")]
    public async Task A_wrong_setting_stops_the_start_and_is_named(string setting, string sentence)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => AccountHost.StartAsync(settings: _provider.Settings(setting)));
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<Guid> Members(AccountHost host, Guid roomId) => host.Chat.App.Services.GetRequiredService<RoomAccessDirectory>().Find(roomId)!.Members.Keys;

    private static async Task WaitAsync(Func<bool> condition)
    {
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Yield();
            end.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Sends a logout token.</summary>
    internal static async Task<HttpStatusCode> LogOutAsync(AccountHost host, string token)
    {
        using var client = new HttpClient { BaseAddress = new Uri(host.Chat.App.Urls.First()) };
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("logout_token", token)]);
        using var response = await client.PostAsync("/account/openid/Company/logout", form);
        return response.StatusCode;
    }
}
