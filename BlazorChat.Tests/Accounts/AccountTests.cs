using System.Net;
using System.Text.RegularExpressions;
using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Languages;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Storage;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Accounts;

/// <summary>Accounts over HTTP: who may make one, what it keeps, and what ends it.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed partial class AccountTests
{
    private const string Password = AccountHost.Password;

    [Fact]
    public async Task What_an_administrator_does_to_somebody_is_explained_before_and_said_afterwards()
    {
        await using var host = await AccountHost.StartAsync();
        var guest = host.Browser();
        await guest.JoinAsync("Bella");
        // There is nobody to ask yet.
        foreach (var page in new[] { "/account", "/account/create" })
        {
            var text = await guest.ReadAsync(page);
            Assert.Contains("This server has no administrator yet.", text, StringComparison.Ordinal);
            Assert.DoesNotContain("sk an administrator", text, StringComparison.Ordinal);
        }

        var olga = await host.AdministratorAsync();
        var grace = host.Browser();
        await AccountHost.CreateAsync(grace, await AccountHost.InviteAsync(olga), "Grace");
        var id = host.Find("Grace").Id;
        Assert.Contains("Administrators manage all accounts and rooms", await olga.ReadAsync("/people"), StringComparison.Ordinal);
        foreach (var (act, said) in new[]
        {
            ("appoint", "Grace is an administrator now."), ("dismiss", "Grace isn’t an administrator any more."),
            ("disable", "Grace is disabled, and signed out everywhere."), ("enable", "Grace can sign in again."), ("reset", "Link to a new password for Grace"),
        })
        {
            Assert.Contains(said, (await olga.SendAsync("/people", "people", ("Act", $"{act} {id:N}"))).Text, StringComparison.Ordinal);
        }

        PageEnd? ended = null;
        await grace.SignInAsync("Grace", AccountHost.Password);
        using var open = host.FollowEnd("Grace", end => ended = end);
        Assert.Null(ended);
        var deleted = await olga.SendAsync($"/people/{id}/delete", "delete-person", ("Messages", "keep"));
        Assert.Contains("The account is deleted.", await olga.ReadAsync(deleted.Response.Headers.Location!.ToString()), StringComparison.Ordinal);
        // Who cannot sign in again is not told to.
        Assert.Equal(PageEndKind.Gone, ended?.Kind);
    }

    [Fact]
    public async Task The_first_administrator_comes_by_the_link_in_the_log_which_works_once_and_guests_are_out_from_then_on()
    {
        await using var host = await AccountHost.StartAsync();
        var guest = host.Browser();
        await guest.JoinAsync("Grace");
        var person = new Person(host.Find("Grace").Id, "Grace");
        Assert.Equal(Standing.Guest, host.People.StandingOf(person));
        var link = host.FirstLink!;

        // Looking at it does not use it up.
        string? ended = null;
        using var page = host.Follow("Grace", why => ended = why);
        Assert.Contains("administrator of this server", await guest.ReadAsync(link), StringComparison.Ordinal);
        var administrator = await host.AdministratorAsync();
        Assert.Contains("Accounts and guests", await administrator.ReadAsync("/people"), StringComparison.Ordinal);
        Assert.Contains("has been used", await host.Browser().ReadAsync(link), StringComparison.Ordinal);

        Assert.Equal(Standing.None, host.People.StandingOf(person));
        Assert.False(await AccountHost.IsInAsync(guest));
        var signIn = await guest.ReadAsync("/join");
        Assert.Contains("<h1>Sign in</h1>", signIn, StringComparison.Ordinal);
        // What they read is what holds: it takes an invitation, and with one they are the same person.
        const string Way = "To keep your messages and rooms, ask an administrator for an invitation, and open it in this browser.";
        Assert.Contains(Way, signIn, StringComparison.Ordinal);
        Assert.Contains(Way, ended, StringComparison.Ordinal);
        Assert.Contains("you need an invitation", await guest.ReadAsync("/account/create"), StringComparison.Ordinal);
        await AccountHost.CreateAsync(guest, await AccountHost.InviteAsync(administrator), "Grace");
        Assert.Equal(person.Id, host.Find("Grace").Id);

        await host.RestartAsync();
        Assert.Null(host.FirstLink);
        Assert.True(host.People.HasAdministrator);
    }

    [Fact]
    public async Task The_first_link_ends_with_the_next_start_and_the_database_has_only_its_hash()
    {
        await using var host = await AccountHost.StartAsync();
        var first = host.FirstLink!;
        await using (var database = host.Chat.OpenDatabase())
        {
            var stored = await database.OneTimeLinks.SingleAsync();
            Assert.DoesNotContain(stored.TokenHash, first, StringComparison.OrdinalIgnoreCase);
        }

        await host.RestartAsync();
        Assert.NotEqual(first, host.FirstLink);
        Assert.Contains("has been used", await host.Browser().ReadAsync(first), StringComparison.Ordinal);
        Assert.DoesNotContain("has been used", await host.Browser().ReadAsync(host.FirstLink!), StringComparison.Ordinal);
    }

    [Theory]
    [EveryDatabase]
    public async Task Whoever_is_invited_makes_an_account_and_signs_in_with_it_elsewhere_and_after_a_restart(TestDatabase database)
    {
        await using var host = await AccountHost.StartAsync(database);
        var administrator = await host.AdministratorAsync();
        var stranger = host.Browser();
        Assert.Contains("you need an invitation", await stranger.ReadAsync("/account/create"), StringComparison.Ordinal);
        Assert.Contains("has been used", await stranger.ReadAsync("/account/create?invitation=guessed"), StringComparison.Ordinal);

        var link = await AccountHost.InviteAsync(administrator);
        await AccountHost.CreateAsync(stranger, link, "Grace");
        Assert.True(await AccountHost.IsInAsync(stranger));
        Assert.Equal(Standing.Registered, host.Find("Grace").Standing);
        Assert.Contains("has been used", await host.Browser().ReadAsync(link), StringComparison.Ordinal);
        Assert.Contains("does not exist", await stranger.ReadAsync("/people"), StringComparison.Ordinal);

        var id = host.Find("Grace").Id;
        await host.RestartAsync();
        Assert.Equal(id, host.Find("grace").Id);
        var elsewhere = host.Browser();
        var (status, _, response) = await elsewhere.SignInAsync(" grace ", Password);
        Assert.Equal(HttpStatusCode.Redirect, status);
        var cookie = response.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("BlazorChat.Person=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.True(await AccountHost.IsInAsync(elsewhere));
    }

    [Fact]
    public async Task An_invitation_that_is_old_or_taken_back_opens_nothing_and_a_bad_form_does_not_use_it_up()
    {
        await using var host = await AccountHost.StartAsync();
        var administrator = await host.AdministratorAsync();
        var link = await AccountHost.InviteAsync(administrator);
        var browser = host.Browser();
        var weak = await browser.SendAsync(link, "create-account", ("Name", "Grace"), ("Password", "short"));
        Assert.True(weak.Text.Contains("must be at least 10 characters", StringComparison.Ordinal), weak.Text);
        Assert.Contains("already called OLGA", (await browser.SendAsync(link, "create-account", ("Name", "OLGA"), ("Password", Password))).Text, StringComparison.Ordinal);
        Assert.Contains("already called Demo", (await browser.SendAsync(link, "create-account", ("Name", "Demo"), ("Password", Password))).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("has been used", await browser.ReadAsync(link), StringComparison.Ordinal);

        await using (var database = host.Chat.OpenDatabase())
        {
            var id = (await database.OneTimeLinks.SingleAsync()).Id;
            await administrator.SendAsync("/people", "people", ("Act", $"revoke {id:N}"));
        }

        Assert.Contains("has been used", await browser.ReadAsync(link), StringComparison.Ordinal);
        var old = await AccountHost.InviteAsync(administrator);
        host.Time.Advance(TimeSpan.FromDays(7));
        Assert.Contains("has been used", await browser.ReadAsync(old), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_may_register_nobody_is_invited_and_invitations_from_before_say_why()
    {
        await using var host = await AccountHost.StartAsync();
        var link = await AccountHost.InviteAsync(await host.AdministratorAsync());
        await host.RestartAsync("--Accounts:Registration=Closed", "--Mail:Host=localhost", "--Mail:From=chat@example.com", "--Mail:PublicAddress=https://chat.example.com");
        var olga = host.Browser();
        await olga.SignInAsync("Olga", Password);
        var page = await olga.ReadAsync("/people");
        Assert.Contains("This server takes no new accounts, so nobody can be invited.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Invite somebody", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Send invitation", page, StringComparison.Ordinal);
        // The one from before can still be taken back.
        Assert.Contains("Revoke the invitation", page, StringComparison.Ordinal);

        // Whoever sends the form all the same.
        Assert.Contains("so nobody can be invited", (await olga.PostAsync("/people", page, "people", ("Act", "invite"))).Text, StringComparison.Ordinal);
        await using (var scope = host.Chat.App.Services.CreateAsyncScope())
        {
            var administrator = new Person(host.Find("Olga").Id, "Olga");
            Assert.Contains("nobody can be invited", (await scope.ServiceProvider.GetRequiredService<AccountMail>().InviteAsync(administrator, "grace@example.com", default))?.Message, StringComparison.Ordinal);
        }

        Assert.Contains("the server takes no new accounts now", await host.Browser().ReadAsync(link), StringComparison.Ordinal);
        await host.RestartAsync();
        await AccountHost.CreateAsync(host.Browser(), link, "Grace");
    }

    [Fact]
    public async Task Two_who_use_one_invitation_at_the_same_moment_make_one_account()
    {
        await using var host = await AccountHost.StartAsync();
        var link = await AccountHost.InviteAsync(await host.AdministratorAsync());
        // All have the form before one sends it.
        List<(FormBrowser Browser, string Page)> pages = [];
        for (var i = 0; i < 4; i++)
        {
            var browser = host.Browser();
            pages.Add((browser, await browser.ReadAsync(link)));
        }

        var made = await Task.WhenAll(pages.Select((p, i) => p.Browser.PostAsync(link, p.Page, "create-account", ("Name", $"Grace {i}x"), ("Password", Password))));
        Assert.Single(made, m => m.Status == HttpStatusCode.Redirect);
        Assert.Equal(2, host.People.People.Count());
    }

    [Fact]
    public async Task A_guest_who_makes_an_account_stays_the_same_person_and_copies_of_the_guests_cookie_are_void()
    {
        await using var host = await AccountHost.StartAsync(settings: ["--Accounts:Registration=Open", "--Accounts:Guests=true"]);
        var guest = host.Browser();
        await guest.JoinAsync("Grace");
        var id = host.Find("Grace").Id;
        var thief = host.Browser(guest.Person);
        Assert.True(await AccountHost.IsInAsync(thief));
        await AccountHost.CreateAsync(guest, "/account/create", "Grace Hopper");
        Assert.Equal(id, host.Find("Grace Hopper").Id);
        Assert.True(await AccountHost.IsInAsync(guest));
        Assert.False(await AccountHost.IsInAsync(thief));
        await guest.LeaveAsync("/account");
        Assert.False(await AccountHost.IsInAsync(guest));
        Assert.Equal(HttpStatusCode.Redirect, (await guest.SignInAsync("Grace Hopper", Password)).Status);
    }

    [Theory]
    [InlineData("Invitation")]
    [InlineData("Open")]
    [InlineData("Closed")]
    public async Task A_cookie_from_before_accounts_can_be_claimed_whatever_the_settings_say(string registration)
    {
        await using var host = await AccountHost.StartAsync(settings: ["--Accounts:Guests=false", $"--Accounts:Registration={registration}"]);
        var id = Guid.NewGuid();
        var cookie = host.CookieFromBefore(id, "Ada");
        var (claimer, copy) = (host.Browser(cookie), host.Browser(cookie));
        Assert.False(await AccountHost.IsInAsync(claimer));
        Assert.Contains("a new account keeps your messages and rooms", await claimer.ReadAsync("/"), StringComparison.Ordinal);
        Assert.Contains("keep your messages and rooms", await claimer.ReadAsync("/account/create"), StringComparison.Ordinal);
        Assert.Equal(registration != "Open", (await host.Browser().ReadAsync("/account/create")) is var other && !other.Contains("name=\"Password\"", StringComparison.Ordinal));
        await AccountHost.CreateAsync(claimer, "/account/create", "Ada");
        Assert.Equal((id, Standing.Registered), (host.Find("Ada").Id, host.Find("Ada").Standing));
        Assert.True(await AccountHost.IsInAsync(claimer));
        Assert.DoesNotContain("keep your messages and rooms", await copy.ReadAsync("/account/create"), StringComparison.Ordinal);
        await host.RestartAsync("--Accounts:Guests=true");
        Assert.False(await AccountHost.IsInAsync(host.Browser(cookie)));
    }

    [Theory]
    [InlineData("Invitation", false, "Ask an administrator of this server for an invitation to create one. Then open the link to the room again.", "they first need an invitation from an administrator")]
    [InlineData("Invitation", true, "Continue with Company, and you get an account.", "or get one with Company")]
    [InlineData("Closed", false, "This server takes no new accounts.", "which takes no new ones")]
    [InlineData("Open", false, ">Create account</a>", "with the account that they have or create")]
    public async Task The_link_to_a_room_says_what_it_is_to_somebody_without_an_account_and_leads_there_in_the_end(string registration, bool hasProvider, string wayIn, string letsIn)
    {
        string[] provider = ["--OpenIdConnect:Company:Authority=https://id.example.com", "--OpenIdConnect:Company:ClientId=chat", "--OpenIdConnect:Company:ClientSecret=secret", "--OpenIdConnect:Company:CreateAccounts=true"];
        await using var host = await AccountHost.StartAsync(settings: ["--Accounts:Guests=false", $"--Accounts:Registration={registration}", .. hasProvider ? provider : []]);
        await host.AdministratorAsync();
        var stranger = host.Browser();
        var page = await stranger.ReadAsync("/invite/abc");
        Assert.Contains("<h1>Sign in</h1>", page, StringComparison.Ordinal);
        Assert.Contains("You’ve opened an invitation to a room.", page, StringComparison.Ordinal);
        Assert.Contains(wayIn, page, StringComparison.Ordinal);
        // And whoever makes the link is told the same.
        Assert.Contains(letsIn, host.Chat.App.Services.GetRequiredService<Newcomers>().LetInByLink(Words.English), StringComparison.Ordinal);
        Assert.DoesNotContain("an invitation to a room", await stranger.ReadAsync("/"), StringComparison.Ordinal);
        // Without mail, somebody else has to help.
        Assert.Contains("Forgot your password? Ask an administrator", page, StringComparison.Ordinal);
        if (registration == "Open")
        {
            var (status, _, response) = await stranger.SendAsync("/account/create?returnUrl=%2Finvite%2Fabc", "create-account", ("Name", "Grace"), ("Password", Password));
            Assert.Equal((HttpStatusCode.Redirect, "/invite/abc"), (status, new Uri(stranger.Address, response.Headers.Location!).PathAndQuery));
        }
    }

    [Fact]
    public async Task Whoever_mistypes_their_password_goes_on_with_that_field_and_the_link_of_an_invitation_is_shown_whole_with_who_made_it()
    {
        await using var host = await AccountHost.StartAsync();
        var olga = await host.AdministratorAsync();
        var wrong = (await host.Browser().SignInAsync("Olga", "wrong password")).Text;
        Assert.Matches("id=\"password\"[^>]* autofocus", wrong);
        Assert.DoesNotMatch("id=\"name\"[^>]* autofocus", wrong);
        // Nobody who has an account is told to be a guest.
        Assert.Contains("You’re signed in as", await olga.ReadAsync("/account/sign-in"), StringComparison.Ordinal);

        var people = (await olga.SendAsync("/people", "people", ("Act", "invite"))).Text;
        Assert.Matches("<textarea id=\"link\"[^>]*>http[^<]+</textarea>", people);
        Assert.Contains("data-copy-from=\"link\"", people, StringComparison.Ordinal);
        Assert.Matches($"Made <time [^>]*>{host.Time.GetUtcNow():yyyy-MM-dd HH:mm}</time> by <bdi[^>]*>Olga</bdi>", people);
    }

    [Fact]
    public async Task A_cookie_from_before_goes_on_gets_a_session_and_is_void_in_all_its_copies_once_somebody_leaves()
    {
        await using var host = await AccountHost.StartAsync();
        await host.AddLeaverAsync(Guid.Parse("018f0000-0000-7000-8000-00000000000c"));
        Assert.False(await AccountHost.IsInAsync(host.Browser(host.CookieFromBefore(Guid.Parse("018f0000-0000-7000-8000-00000000000c"), "Bella"))));

        var cookie = host.CookieFromBefore(Guid.NewGuid(), "Ada");
        var (ada, copy) = (host.Browser(cookie), host.Browser(cookie));
        Assert.True(await AccountHost.IsInAsync(ada));
        Assert.NotEqual(cookie, ada.Person);
        Assert.True(await AccountHost.IsInAsync(copy));
        await ada.LeaveAsync("/join");
        Assert.False(await AccountHost.IsInAsync(copy));
        await host.RestartAsync();
        Assert.False(await AccountHost.IsInAsync(host.Browser(cookie)));
        // The name is free again.
        await host.Browser().JoinAsync("Ada");
    }

    [Fact]
    public async Task Of_two_from_before_with_one_name_the_second_gets_a_number_is_told_and_can_change_it()
    {
        await using var host = await AccountHost.StartAsync();
        var (first, second) = (host.Browser(host.CookieFromBefore(Guid.NewGuid(), "Ada")), host.Browser(host.CookieFromBefore(Guid.NewGuid(), "ada")));
        Assert.True(await AccountHost.IsInAsync(first));
        Assert.True(await AccountHost.IsInAsync(second));
        Assert.True(host.Find("ada 2").IsRenamed);
        Assert.Contains("Somebody else had your name", await second.ReadAsync("/"), StringComparison.Ordinal);
        Assert.DoesNotContain("Somebody else had your name", await first.ReadAsync("/"), StringComparison.Ordinal);
        Assert.Contains("already called Ada", (await second.SendAsync("/join", "join", ("Name", "Ada"))).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await second.SendAsync("/join", "join", ("Name", "Ada L"))).Status);
        // A page that has been open since writes under the new name.
        var renamed = host.Find("Ada L");
        var session = await SessionOfAsync(host, renamed.Id);
        var room = await host.Chat.RoomAsync();
        // Nobody answers: an answer that ran when the host stops would wait for a clock that stands still.
        Assert.Null((await host.Chat.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default)).Error);
        Assert.Equal("Ada L", (await host.Chat.PostAsync(room, "Hello", new Person(renamed.Id, "ada 2") { Session = session })).Author.Name);
        Assert.False(host.Find("Ada L").IsRenamed);
        Assert.DoesNotContain("Somebody else had your name", await second.ReadAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_is_somebodys_alone_until_they_leave_or_have_been_away_as_a_guest_for_90_days()
    {
        await using var host = await AccountHost.StartAsync();
        var ada = host.Browser();
        await ada.JoinAsync("Ada");
        var taken = await host.Browser().SendAsync("/join", "join", ("Name", "ADA"));
        Assert.Contains("already called ADA", taken.Text, StringComparison.Ordinal);
        Assert.Contains("sign in if you have an account", taken.Text, StringComparison.Ordinal);
        Assert.Contains("already called Demo", (await host.Browser().SendAsync("/join", "join", ("Name", "demo"))).Text.Replace("demo", "Demo", StringComparison.Ordinal), StringComparison.Ordinal);

        host.Time.Advance(TimeSpan.FromDays(89));
        Assert.Contains("already called Ada", (await host.Browser().SendAsync("/join", "join", ("Name", "Ada"))).Text, StringComparison.Ordinal);
        host.Time.Advance(TimeSpan.FromDays(1));
        await host.Browser().JoinAsync("Ada");
        Assert.Contains("Ada 2", await ada.ReadAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_an_assistant_of_somebodys_name_the_start_goes_on_and_the_person_gets_a_number()
    {
        await using var host = await AccountHost.StartAsync();
        await host.Browser().JoinAsync("Nova");
        var data = host.Chat.Data;
        await host.StopForAsync("Nova");
        await using var again = await ChatHost.StartAsync(data, settings: null, assistants: "Nova");
        var people = again.App.Services.GetService(typeof(PeopleDirectory)) as PeopleDirectory;
        Assert.Equal(("Nova 2", true), people!.People.Select(p => (p.Name, p.IsRenamed)).Single());
    }

    [Fact]
    public async Task A_session_lasts_180_days_without_a_visit_and_each_visit_counts()
    {
        await using var host = await AccountHost.StartAsync();
        var administrator = await host.AdministratorAsync();
        host.Time.Advance(TimeSpan.FromDays(120));
        Assert.True(await AccountHost.IsInAsync(administrator));
        host.Time.Advance(TimeSpan.FromDays(120));
        Assert.True(await AccountHost.IsInAsync(administrator));
        host.Time.Advance(TimeSpan.FromDays(181));
        Assert.False(await AccountHost.IsInAsync(administrator));
        Assert.Equal(HttpStatusCode.Redirect, (await administrator.SignInAsync("Olga", Password)).Status);
    }

    [Fact]
    public async Task Who_is_disabled_is_out_everywhere_at_once_and_cannot_sign_in_until_enabled()
    {
        await using var host = await AccountHost.StartAsync();
        var administrator = await host.AdministratorAsync();
        var grace = host.Browser();
        await AccountHost.CreateAsync(grace, await AccountHost.InviteAsync(administrator), "Grace");
        var id = host.Find("Grace").Id;
        await administrator.SendAsync("/people", "people", ("Act", $"disable {id:N}"));
        Assert.False(await AccountHost.IsInAsync(grace));
        Assert.Contains("account is disabled", (await grace.SignInAsync("Grace", Password)).Text, StringComparison.Ordinal);
        // Only with the right password does one learn that.
        Assert.Contains("name or the password is wrong", (await grace.SignInAsync("Grace", "wrong password")).Text, StringComparison.Ordinal);
        await administrator.SendAsync("/people", "people", ("Act", $"enable {id:N}"));
        Assert.False(await AccountHost.IsInAsync(grace));
        Assert.Equal(HttpStatusCode.Redirect, (await grace.SignInAsync("Grace", Password)).Status);

        var own = host.Find("Olga").Id;
        Assert.Contains("needs an administrator", (await administrator.SendAsync("/people", "people", ("Act", $"disable {own:N}"))).Text, StringComparison.Ordinal);
        Assert.Contains("needs an administrator", (await administrator.SendAsync("/people", "people", ("Act", $"dismiss {own:N}"))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_password_signs_all_other_browsers_out_and_signing_out_everywhere_this_one_as_well()
    {
        await using var host = await AccountHost.StartAsync();
        var here = await host.AdministratorAsync();
        var there = host.Browser();
        await there.SignInAsync("Olga", Password);
        Assert.Contains("not your password", (await here.SendAsync("/account", "change-password", ("CurrentPassword", "not my password"), ("NewPassword", "another password"))).Text, StringComparison.Ordinal);
        Assert.True(await AccountHost.IsInAsync(there));
        Assert.Contains("has been changed", (await here.SendAsync("/account", "change-password", ("CurrentPassword", Password), ("NewPassword", "another password"))).Text, StringComparison.Ordinal);
        Assert.False(await AccountHost.IsInAsync(there));
        Assert.True(await AccountHost.IsInAsync(here));
        Assert.Contains("password is wrong", (await there.SignInAsync("Olga", Password)).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await there.SignInAsync("Olga", "another password")).Status);
        await here.SendAsync("/account", "sign-out-everywhere");
        Assert.False(await AccountHost.IsInAsync(here));
        Assert.False(await AccountHost.IsInAsync(there));
    }

    [Fact]
    public async Task An_administrators_link_sets_a_password_once_within_an_hour_and_ends_old_sign_ins()
    {
        await using var host = await AccountHost.StartAsync();
        var administrator = await host.AdministratorAsync();
        var grace = host.Browser();
        await AccountHost.CreateAsync(grace, await AccountHost.InviteAsync(administrator), "Grace");
        var id = host.Find("Grace").Id;
        var late = AccountHost.LinkIn((await administrator.SendAsync("/people", "people", ("Act", $"reset {id:N}"))).Text);
        var earlier = AccountHost.LinkIn((await administrator.SendAsync("/people", "people", ("Act", $"reset {id:N}"))).Text);
        Assert.Contains("has been used", await host.Browser().ReadAsync(late), StringComparison.Ordinal);
        host.Time.Advance(TimeSpan.FromHours(1));
        Assert.Contains("has been used", await host.Browser().ReadAsync(earlier), StringComparison.Ordinal);

        var link = AccountHost.LinkIn((await administrator.SendAsync("/people", "people", ("Act", $"reset {id:N}"))).Text);
        Assert.True(await AccountHost.IsInAsync(grace));
        // It invites nobody.
        var asInvitation = link.Replace("password?token=", "create?invitation=", StringComparison.Ordinal);
        Assert.Contains("has been used", await host.Browser().ReadAsync(asInvitation), StringComparison.Ordinal);
        var elsewhere = host.Browser();
        Assert.Equal(HttpStatusCode.Redirect, (await elsewhere.SendAsync(link, "set-password", ("Password", "a new password"))).Status);
        Assert.True(await AccountHost.IsInAsync(elsewhere));
        Assert.False(await AccountHost.IsInAsync(grace));
        Assert.Contains("has been used", await host.Browser().ReadAsync(link), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await grace.SignInAsync("Grace", "a new password")).Status);
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_name_get_one_answer_and_the_same_waits_and_nobody_locks_others_out()
    {
        await using var host = await AccountHost.StartAsync();
        var own = await host.AdministratorAsync();
        await own.LeaveAsync("/account");
        var attacker = host.Browser();
        foreach (var name in new[] { "Olga", "Nobody" })
        {
            for (var i = 0; i < 5; i++)
            {
                var wrong = await attacker.SignInAsync(name, "wrong password");
                Assert.Equal(HttpStatusCode.OK, wrong.Status);
                Assert.Contains("The name or the password is wrong.", wrong.Text, StringComparison.Ordinal);
            }

            // The sixth had to wait a second, and each one after it twice as long.
            foreach (var wait in new[] { 1, 2, 4 })
            {
                var held = await attacker.SignInAsync(name, Password);
                Assert.Equal(HttpStatusCode.TooManyRequests, held.Status);
                Assert.Equal($"{wait}", held.Response.Headers.GetValues("Retry-After").Single());
                host.Time.Advance(TimeSpan.FromSeconds(wait));
                Assert.Equal(HttpStatusCode.OK, (await attacker.SignInAsync(name, "wrong password")).Status);
            }
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await attacker.SignInAsync("Olga", Password)).Status);
        // In the browser where Olga signed in before.
        Assert.Equal(HttpStatusCode.Redirect, (await own.SignInAsync("Olga", Password)).Status);
    }

    [Theory]
    [EveryDatabase]
    public async Task A_password_that_is_wrong_costs_one_hash_and_the_same_queries_whoever_has_the_name(TestDatabase database)
    {
        using var hasher = new WatchedHasher();
        var commands = new CommandCounter();
        await using var host = await AccountHost.StartAsync(
            database,
            b =>
            {
                b.Services.AddSingleton<IPasswordHasher<PersonRow>>(hasher);
                b.Services.Intercept(commands);
            },
            "--Accounts:Guests=true");
        var olga = await host.AdministratorAsync();
        await AccountHost.CreateAsync(host.Browser(), await AccountHost.InviteAsync(olga), "Grace");
        await olga.SendAsync("/people", "people", ("Act", $"disable {host.Find("Grace").Id:N}"));
        await host.Browser().JoinAsync("Linus");
        await host.Chat.AddPersonAsync(new Person(Guid.NewGuid(), "Bella"), Standing.Registered);
        // The first one makes the hash that stands for everybody who has none.
        await host.Browser().SignInAsync("Nobody at all", "wrong password");

        var first = await CostAsync("Nobody", "wrong password");
        Assert.Equal((HttpStatusCode.OK, 1), (first.Status, first.Commands));
        Assert.Contains("The name or the password is wrong.", first.Page, StringComparison.Ordinal);
        Assert.StartsWith("check ", Assert.Single(first.Hashes.Split('|')), StringComparison.Ordinal);
        foreach (var (name, password) in new[]
        {
            ("Olga", "wrong password"), ("Olga", ""), ("Olga", new string('x', AccountLinks.PasswordLength + 1)), ("Grace", "wrong password"),
            ("Linus", "wrong password"), ("Linus", ""), ("Bella", "wrong password"), ("Bella", ""), ("Demo", "wrong password"), ("Nobody", ""), ("", "wrong password"), (" ", ""),
        })
        {
            Assert.Equal(first, await CostAsync(name, password));
        }

        async Task<(HttpStatusCode Status, string Page, string Hashes, int Commands)> CostAsync(string name, string password)
        {
            var (work, count) = (hasher.Work.Count, commands.Count);
            var (status, text, _) = await host.Browser().SignInAsync(name, password);
            var page = text[text.IndexOf("<main", StringComparison.Ordinal)..text.IndexOf("</main>", StringComparison.Ordinal)];
            // What they sent stands there again, and each page has a challenge of its own for passkeys.
            page = Own().Replace(page, "");
            return (status, page, string.Join('|', hasher.Work.Skip(work)), commands.Count - count);
        }
    }

    [Theory]
    [EveryDatabase("Invitation")]
    [EveryDatabase("Closed")]
    public async Task Whoever_has_a_cookie_from_before_the_upgrade_claims_their_room_by_registering(string registration, TestDatabase database)
    {
        var roomId = Guid.CreateVersion7();
        await using var data = await RoomsFromBefore.CreateAsync(database, (roomId, "Plans", ChatHost.Ada.AsAuthor().Id));
        await using var host = await AccountHost.StartAsync(data, "--Accounts:Guests=false", $"--Accounts:Registration={registration}");
        var (ada, grace) = (host.Browser(host.CookieFromBefore(ChatHost.Ada.Id, "Ada")), host.Browser(host.CookieFromBefore(ChatHost.Grace.Id, "Grace")));
        foreach (var browser in new[] { ada, grace })
        {
            Assert.DoesNotContain(RoomsFromBefore.Text, await browser.ReadAsync($"/rooms/{roomId}"), StringComparison.Ordinal);
        }

        await AccountHost.CreateAsync(ada, "/account/create", "Ada Lovelace");
        await AccountHost.CreateAsync(grace, "/account/create", "Grace");
        Assert.Equal((ChatHost.Ada.Id, Standing.Registered), (host.Find("Ada Lovelace").Id, host.Find("Ada Lovelace").Standing));
        foreach (var browser in new[] { ada, grace })
        {
            var page = await browser.ReadAsync($"/rooms/{roomId}");
            Assert.Contains("<title>Plans", page, StringComparison.Ordinal);
            Assert.Contains(RoomsFromBefore.Text, page, StringComparison.Ordinal);
        }

        var (owner, member) = (PersonOf("Ada Lovelace"), PersonOf("Grace"));
        Assert.Equal([("Ada Lovelace", RoomRole.Owner)], (await host.Chat.Rooms.ReadMembersAsync(member, roomId, default)).Value.Select(m => (m.Name, m.Member.Role)));
        Assert.NotNull((await host.Chat.Rooms.ChangeAccessAsync(member, roomId, RoomVisibility.Private, null, default)).Error);
        // Theirs to close, as before.
        Assert.Null((await host.Chat.Rooms.ChangeAccessAsync(owner, roomId, RoomVisibility.Private, null, default)).Error);
        Assert.Equal(RoomErrors.NoSuchRoom, (await host.Chat.Rooms.ReadMembersAsync(member, roomId, default)).Error);
        // And from another device.
        var elsewhere = host.Browser();
        Assert.Equal(HttpStatusCode.Redirect, (await elsewhere.SignInAsync("Ada Lovelace", Password)).Status);
        Assert.Contains(RoomsFromBefore.Text, await elsewhere.ReadAsync($"/rooms/{roomId}"), StringComparison.Ordinal);

        Person PersonOf(string name) => new(host.Find(name).Id, name) { Session = host.People.Sessions.First(s => s.PersonId == host.Find(name).Id).Id };
    }

    [Fact]
    public async Task Whoever_changes_the_name_of_an_account_has_the_new_one_everywhere_and_the_old_one_is_free()
    {
        await using var host = await AccountHost.StartAsync(settings: ["--Accounts:Registration=Open"]);
        var olga = await host.AdministratorAsync();
        var (here, there) = (host.Browser(), host.Browser());
        await AccountHost.CreateAsync(here, "/account/create", "Grace");
        Assert.Equal(HttpStatusCode.Redirect, (await there.SignInAsync("Grace", Password)).Status);
        var id = host.Find("Grace").Id;
        // As a page that has been open since before has it.
        var before = new Person(id, "Grace") { Session = host.People.Sessions.First(s => s.PersonId == id).Id };
        var rooms = host.Chat.Rooms;
        var room = (await rooms.CreateAsync(before, "Compilers", default, RoomVisibility.Private)).Value;
        Assert.Null((await rooms.ChangeAsync(before, room.Id, null, null, AnswerMode.WhenMentioned, default)).Error);
        Assert.Null((await rooms.SetMemberAsync(before, room.Id, host.Find("Olga").Id, RoomRole.Member, default)).Error);
        var link = (await rooms.CreateInviteAsync(before, room.Id, RoomRole.Member, TimeSpan.FromDays(1), 1, default)).Value;

        var (status, text, _) = await here.SendAsync("/join", "join", ("Name", " Amazing Hopper "));
        Assert.True(status == HttpStatusCode.Redirect, text);
        const string Name = "Amazing Hopper";
        Assert.Equal((id, Standing.Registered, false), (host.Find(Name).Id, host.Find(Name).Standing, host.Find(Name).IsRenamed));
        foreach (var browser in new[] { here, there })
        {
            // Their pages: the menu, the account, the members and the picture.
            foreach (var path in new[] { $"/rooms/{room.Id}", "/account", "/join", "/account/sign-in" })
            {
                var page = await browser.ReadAsync(path);
                Assert.Contains(Name, page, StringComparison.Ordinal);
                Assert.DoesNotContain("Grace", page, StringComparison.Ordinal);
            }

            Assert.Matches("class=\"avatar [^>]*>A</span>", await browser.ReadAsync($"/rooms/{room.Id}"));
        }

        // Everybody else's.
        foreach (var path in new[] { "/people", "/people?log=rooms", "/people?log=accounts", $"/people/{id}/delete" })
        {
            var page = await olga.ReadAsync(path);
            Assert.Contains(Name, page, StringComparison.Ordinal);
            Assert.DoesNotContain("Grace", page, StringComparison.Ordinal);
        }

        var reader = new Person(host.Find("Olga").Id, "Olga") { Session = host.People.Sessions.Single(s => s.PersonId == host.Find("Olga").Id).Id };
        Assert.Equal([Name, "Olga"], (await rooms.ReadMembersAsync(reader, room.Id, default)).Value.Select(m => m.Name).Order(StringComparer.Ordinal));
        Assert.Equal(Name, (await rooms.ReadInviteAsync(reader, link.Token, default)).Value.InvitedBy);
        Assert.Equal(Name, (await rooms.PostAsync(before, room.Id, Guid.NewGuid(), "Hello", default)).Value.Author.Name);
        Assert.Contains("wrong", (await host.Browser().SignInAsync("Grace", Password)).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await host.Browser().SignInAsync(Name, Password)).Status);
        // Whoever takes the old name gets nothing else with it.
        var other = host.Browser();
        await AccountHost.CreateAsync(other, "/account/create", "Grace");
        Assert.NotEqual(id, host.Find("Grace").Id);
        Assert.Contains("does not exist", await other.ReadAsync($"/rooms/{room.Id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task By_default_guests_come_in_from_this_computer_alone_and_not_through_a_proxy()
    {
        await using var host = await AccountHost.StartAsync();
        Assert.Contains("Your name", await host.Browser().ReadAsync("/join"), StringComparison.Ordinal);
        Assert.Contains(host.Log.Lines, l => l.Text.Contains("comes in as a guest", StringComparison.Ordinal));
        foreach (var (header, value) in new[]
        {
            ("X-Forwarded-For", "192.0.2.1"), ("Forwarded", "for=192.0.2.1"), ("Via", "1.1 proxy"), ("X-Real-IP", "192.0.2.1"), ("X-Forwarded-Ssl", "on"), ("X-Forwarded-Scheme", "https"),
            ("Front-End-Https", "on"), ("Host", "10.0.0.1"), ("Origin", "https://chat.example.com"),
        })
        {
            var outside = host.Browser();
            outside.Headers.Add(header, value);
            Assert.Contains("<h1>Sign in</h1>", await outside.ReadAsync("/join"), StringComparison.Ordinal);
        }

        // As nginx asks unless it is told otherwise, and no browser.
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host.Browser().Address, "/join")) { Version = HttpVersion.Version10 };
        using var answer = await client.SendAsync(request);
        Assert.Contains("<h1>Sign in</h1>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // Whoever joined directly is not let in through a proxy either, and is not forgotten.
        var guest = host.Browser();
        await guest.JoinAsync("Ada");
        guest.Headers.Add("X-Forwarded-For", "192.0.2.1");
        Assert.False(await AccountHost.IsInAsync(guest));
        Assert.Contains("here as the guest", await guest.ReadAsync("/join"), StringComparison.Ordinal);
        guest.Headers.Remove("X-Forwarded-For");
        Assert.True(await AccountHost.IsInAsync(guest));
    }

    [Theory]
    [InlineData(true, "--Accounts:Guests=true")]
    [InlineData(true, "--Accounts:Guests=true", "--TrustedProxies=127.0.0.1")]
    [InlineData(false, "--Accounts:Guests=false")]
    [InlineData(false, "--TrustedProxies=192.0.2.1")]
    [InlineData(false, "--TrustedProxies=unix")]
    public async Task A_setting_decides_about_guests_and_a_proxy_keeps_them_out(bool letsIn, params string[] settings)
    {
        await using var host = await AccountHost.StartAsync(settings: settings);
        Assert.Equal(letsIn, (await host.Browser().ReadAsync("/join")).Contains("Your name", StringComparison.Ordinal));
        Assert.Equal(letsIn ? Standing.Guest : Standing.None, host.People.StandingOf(ChatHost.Ada));
        Assert.DoesNotContain(host.Log.Lines, l => l.Text.Contains("comes in as a guest", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_command_makes_an_administrator_who_chooses_a_password_with_the_link_that_it_prints()
    {
        await using var host = await AccountHost.StartAsync();
        using var output = new StringWriter();
        Assert.Equal(2, await AdminCommand.RunAsync([], output, default));
        Assert.Contains("Usage: dotnet BlazorChat.dll admin NAME", output.ToString(), StringComparison.Ordinal);
        var busy = await Assert.ThrowsAsync<StartException>(() => AdminCommand.RunAsync(["Ada", $"--DataFolder={host.Chat.Folder}"], output, default));
        Assert.Contains("If the server is running, stop it", busy.Message, StringComparison.Ordinal);

        var data = host.Chat.Data;
        await host.StopForAsync("command");
        Assert.Equal(0, await AdminCommand.RunAsync(["Ada", $"--DataFolder={data.Folder}", "--urls=http://chat.example:8080"], output, default));
        Assert.Contains("http://chat.example:8080/account/password?token=", output.ToString(), StringComparison.Ordinal);
        var link = AccountHost.LinkIn(output.ToString());
        await host.StartAgainAsync(data);
        Assert.Null(host.FirstLink);
        var browser = host.Browser();
        Assert.Contains("password is wrong", (await browser.SignInAsync("Ada", "")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.SendAsync(link, "set-password", ("Password", Password))).Status);
        Assert.Contains("Accounts and guests", await browser.ReadAsync("/people"), StringComparison.Ordinal);
    }

    private static async Task<Guid> SessionOfAsync(AccountHost host, Guid personId)
    {
        await using var database = host.Chat.OpenDatabase();
        return (await database.Sessions.FirstAsync(s => s.PersonId == personId)).Id;
    }

    [Fact]
    public async Task Nothing_of_a_password_or_a_name_is_logged()
    {
        await using var host = await AccountHost.StartAsync();
        var administrator = await host.AdministratorAsync("Zenobia");
        await administrator.SignInAsync("Zenobia", "wrong password");
        await administrator.SignInAsync("Zenobia", Password);
        Assert.DoesNotContain(host.Log.Lines, l => l.Level > Microsoft.Extensions.Logging.LogLevel.Trace && l.Category.StartsWith("BlazorChat", StringComparison.Ordinal)
            && (l.Everything.Contains("Zenobia", StringComparison.Ordinal) || l.Everything.Contains(Password, StringComparison.Ordinal)));
        foreach (var page in new[] { "/account", "/people", "/account/sign-in" })
        {
            await administrator.ReadAsync(page);
        }

        Assert.DoesNotContain(host.Log.Lines, l => l.Level >= Microsoft.Extensions.Logging.LogLevel.Warning && l.Category.Contains("Antiforgery", StringComparison.Ordinal));
    }

    [GeneratedRegex("<input [^>]*>| data-options=\"[^>]*>", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Own();
}
