using System.Net;
using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Accounts;

/// <summary>Many people behind one address come in, and one person does not become many without end.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class ManyPeopleTests
{
    [Fact]
    public async Task Two_hundred_people_of_one_address_join_at_once()
    {
        const int People = 200;
        await using var host = await ChatHost.StartAsync(
            b => b.Services.AddSingleton<IStartupFilter>(new FromAfar()), settings: [ChatHost.Listening, "--Accounts:Guests=true"]);
        var address = new Uri(host.App.Urls.First());
        var answers = await Task.WhenAll(Enumerable.Range(0, People).Select(async i =>
        {
            using var browser = new FormBrowser(address);
            await browser.JoinAsync($"Person number {i + 1}");
            using var start = await browser.GetAsync("/");
            using var room = await browser.GetAsync(start.Headers.Location!.ToString());
            return room.StatusCode;
        }));
        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(People, host.App.Services.GetRequiredService<PeopleDirectory>().People.Count());
    }

    [Fact]
    public async Task Too_many_who_join_or_register_from_one_address_are_told_when_to_try_again()
    {
        await using var host = await ChatHost.StartAsync(
            b => b.Services.AddSingleton<IStartupFilter>(new FromAfar()),
            settings: [ChatHost.Listening, "--Accounts:Guests=true", "--Accounts:Registration=Open", "--Accounts:JoinBurst=1", "--Accounts:JoinsPerMinute=2"]);
        using var browser = new FormBrowser(new Uri(host.App.Urls.First()));
        await browser.JoinAsync("Ada");
        using var another = new FormBrowser(browser.Address);
        foreach (var (status, text, response) in new[]
        {
            await another.SendAsync("/join", "join", ("Name", "Grace")),
            await another.SendAsync("/account/create", "create-account", ("Name", "Grace"), ("Password", AccountHost.Password)),
        })
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, status);
            Assert.Contains("Too many people have just joined from your network.", text, StringComparison.Ordinal);
            Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 30);
        }

        another.Headers.Add(FromAfar.Header, "203.0.113.6");
        await another.JoinAsync("Grace");
    }

    [Fact]
    public async Task Whoever_looks_for_names_that_are_taken_has_to_wait()
    {
        await using var host = await AccountHost.StartAsync(settings: ["--Accounts:Guests=true"]);
        var (ada, grace) = (host.Browser(), host.Browser());
        await ada.JoinAsync("Ada");
        await grace.JoinAsync("Grace");
        var renamed = 0;
        (HttpStatusCode Status, string Text, HttpResponseMessage Response) answer;
        do
        {
            answer = await ada.SendAsync("/join", "join", ("Name", renamed % 2 == 0 ? "Grace" : $"Ada the {renamed}th"));
        }
        while (answer.Status != HttpStatusCode.TooManyRequests && renamed++ < 100);
        Assert.Equal(20, renamed);
        Assert.Contains("You have changed your name too often.", answer.Text, StringComparison.Ordinal);
        Assert.InRange(answer.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        await grace.JoinAsync("Grace Hopper");
    }

    [Fact]
    public async Task While_people_sign_in_without_end_few_passwords_are_hashed_at_a_time_rooms_go_on_and_whoever_waits_too_long_is_told_so()
    {
        const int Waiting = 30;
        using var hasher = new WatchedHasher();
        await using var host = await AccountHost.StartAsync(
            TestDatabase.Sqlite, b => b.Services.AddSingleton<IPasswordHasher<PersonRow>>(hasher), "--Accounts:Guests=true", "--Accounts:Registration=Open");
        var olga = await host.AdministratorAsync();
        await AccountHost.CreateAsync(host.Browser(), "/account/create", "Grace Hopper");
        var reset = AccountHost.LinkIn((await olga.SendAsync("/people", "people", ("Act", $"reset {host.Find("Grace Hopper").Id:N}"))).Text);
        var room = await host.Chat.RoomAsync();
        Assert.Null((await host.Chat.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default)).Error);
        using var watch = await host.Chat.WatchAsync(room, ChatHost.Grace);

        hasher.Hold();
        var hashed = Enumerable.Range(0, PasswordGate.Places).Select(i => host.Browser().SignInAsync($"Nobody {i}", "wrong password")).ToList();
        await hasher.UntilRunningAsync(PasswordGate.Places);
        List<Task<(HttpStatusCode Status, string Text, HttpResponseMessage Response)>> waiting =
        [
            host.Browser().SendAsync("/account/create", "create-account", ("Name", "Bella"), ("Password", AccountHost.Password)),
            host.Browser().SendAsync(reset, "set-password", ("Password", "another good password")),
            .. Enumerable.Range(2, Waiting - 2).Select(i => host.Browser().SignInAsync($"Somebody {i}", "wrong password")),
        ];
        await host.Time.WaitForTimersAsync(Waiting, due => due == PasswordGate.Longest);

        // With all that, nobody in a room notices anything.
        Assert.Equal("Hello", (await host.Chat.PostAsync(room, "Hello").Soon()).Text);
        await watch.UntilAsync(s => s.Messages.Any(m => m.Message.Text == "Hello"));
        Assert.Contains("Hello", await olga.ReadAsync($"/rooms/{room.Id}").Soon(), StringComparison.Ordinal);
        await host.Browser().JoinAsync("Linus").Soon();
        Assert.All(hashed.Concat(waiting), attempt => Assert.False(attempt.IsCompleted));

        host.Time.Advance(PasswordGate.Longest);
        foreach (var (status, text, response) in await Task.WhenAll(waiting).Soon())
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, status);
            Assert.Contains("Too many people are signing in right now. Please try again in a moment.", text, StringComparison.Ordinal);
            Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        }

        hasher.LetGo();
        Assert.All(await Task.WhenAll(hashed).Soon(), attempt => Assert.Contains("The name or the password is wrong.", attempt.Text, StringComparison.Ordinal));
        Assert.Equal(PasswordGate.Places, hasher.Most);
        for (var i = 0; i <= PasswordGate.Places; i++)
        {
            Assert.Equal(HttpStatusCode.Redirect, (await host.Browser().SignInAsync("Olga", AccountHost.Password)).Status);
        }
    }

    [Theory]
    [EveryDatabase]
    public async Task Signing_in_again_and_again_ends_the_oldest_session(TestDatabase database)
    {
        await using var host = await AccountHost.StartAsync(database);
        var first = await host.AdministratorAsync();
        var olga = host.Find("Olga");
        await host.Chat.App.Services.GetRequiredService<PeopleStore>().ChangeAsync(
            change =>
            {
                var now = host.Time.GetUtcNow();
                foreach (var i in Enumerable.Range(1, AccountLinks.MostSessions - 1))
                {
                    change.Add(new SessionRow { Id = Guid.NewGuid(), PersonId = olga.Id, CreatedAt = now.AddSeconds(i), SeenAt = now });
                }

                return Task.FromResult(true);
            },
            default);
        Assert.True(await AccountHost.IsInAsync(first));
        host.Time.Advance(TimeSpan.FromHours(1));
        var last = host.Browser();
        Assert.Equal(HttpStatusCode.Redirect, (await last.SignInAsync("Olga", AccountHost.Password)).Status);
        Assert.True(await AccountHost.IsInAsync(last));
        Assert.False(await AccountHost.IsInAsync(first));
        await using var db = host.Chat.OpenDatabase();
        Assert.Equal(AccountLinks.MostSessions, await db.Sessions.CountAsync(s => s.PersonId == olga.Id));
    }

    [Theory]
    [EveryDatabase]
    public async Task Invitations_that_nobody_uses_are_bounded(TestDatabase database)
    {
        await using var host = await AccountHost.StartAsync(database);
        var administrator = await host.AdministratorAsync();
        await host.Chat.App.Services.GetRequiredService<PeopleStore>().ChangeAsync(
            change =>
            {
                var now = host.Time.GetUtcNow();
                foreach (var i in Enumerable.Range(0, AccountLinks.MostInvitations - 1))
                {
                    change.Add(new OneTimeLinkRow
                    {
                        Id = Guid.NewGuid(), TokenHash = OneTimeToken.HashOf(OneTimeToken.Create())!, Kind = OneTimeLinkKind.Invitation, CreatedAt = now, ExpiresAt = now.AddDays(1),
                    });
                }

                return Task.FromResult(true);
            },
            default);
        Assert.NotEmpty(await AccountHost.InviteAsync(administrator));
        Assert.Contains("There are 500 invitations", (await administrator.SendAsync("/people", "people", ("Act", "invite"))).Text, StringComparison.Ordinal);
        host.Time.Advance(TimeSpan.FromDays(1));
        Assert.NotEmpty(await AccountHost.InviteAsync(administrator));
    }
}
