using System.Net;
using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Accounts;

/// <summary>The link of a room that makes accounts, too: who may make one, what it opens, how often, and what ends it.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class RoomInvitationTests
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    [Theory]
    [EveryDatabase]
    public async Task Whoever_has_the_link_makes_an_account_and_lands_in_the_room_as_often_as_it_says(TestDatabase database)
    {
        await using var host = await AccountHost.StartAsync(database);
        await host.AdministratorAsync();
        var (olga, room) = await RoomAsync(host);
        var invite = (await host.Chat.Rooms.CreateInviteAsync(olga, room.Id, RoomRole.Viewer, Week, 2, default, makesAccounts: true)).Value;
        Assert.True(Assert.Single((await host.Chat.Rooms.ListInvitesAsync(olga, room.Id, default)).Value).Invite.MakesAccounts);
        await using (var db = host.Chat.OpenDatabase())
        {
            Assert.Equal(InviteToken.HashOf(invite.Token), (await db.RoomInvites.SingleAsync()).TokenHash);
        }

        var grace = host.Browser();
        Assert.Contains(">Create account</a>", await grace.ReadAsync($"/invite/{invite.Token}"), StringComparison.Ordinal);
        // A form that is refused counts nobody.
        Assert.Contains("at least 10 characters", (await grace.SendAsync(Create(invite), "create-account", ("Name", "Grace"), ("Password", "short"))).Text, StringComparison.Ordinal);
        Assert.Equal(0, await UsesAsync(host));
        var (status, _, response) = await grace.SendAsync(Create(invite), "create-account", ("Name", "Grace"), ("Password", AccountHost.Password));
        Assert.Equal((HttpStatusCode.Redirect, $"/rooms/{room.Id}"), (status, new Uri(grace.Address, response.Headers.Location!).AbsolutePath));
        Assert.Contains("Plans", await grace.ReadAsync($"/rooms/{room.Id}"), StringComparison.Ordinal);
        Assert.Equal(
            [("Grace", RoomRole.Viewer), ("Olga", RoomRole.Owner)],
            (await host.Chat.Rooms.ReadMembersAsync(olga, room.Id, default)).Value.Select(m => (m.Name, m.Member.Role)).OrderBy(m => m.Name, StringComparer.Ordinal));
        Assert.Equal(1, await UsesAsync(host));

        // One place is left, for whoever is first; the others have no account either.
        List<(FormBrowser Browser, string Page)> pages = [];
        for (var i = 0; i < 4; i++)
        {
            var browser = host.Browser();
            pages.Add((browser, await browser.ReadAsync(Create(invite))));
        }

        var made = await Task.WhenAll(pages.Select((p, i) => p.Browser.PostAsync(Create(invite), p.Page, "create-account", ("Name", $"Linus the {i}th"), ("Password", AccountHost.Password))));
        Assert.Single(made, m => m.Status == HttpStatusCode.Redirect);
        Assert.Equal((3, 2), (host.People.People.Count(), await UsesAsync(host)));
        Assert.Contains("you need an invitation", await host.Browser().ReadAsync(Create(invite)), StringComparison.Ordinal);
        Assert.DoesNotContain(">Create account</a>", await host.Browser().ReadAsync($"/invite/{invite.Token}"), StringComparison.Ordinal);

        // Who made an account with it comes in by it no second time.
        Assert.Null((await host.Chat.Rooms.RemoveMemberAsync(olga, room.Id, host.Find("Grace").Id, default)).Error);
        Assert.Equal(RoomErrors.NoSuchInvite, (await host.Chat.Rooms.UseInviteAsync(Signed(host, "Grace"), invite.Token, default)).Error);
    }

    [Theory]
    [InlineData("revoked")]
    [InlineData("expired")]
    [InlineData("dismissed")]
    [InlineData("disabled")]
    [InlineData("no owner")]
    [InlineData("room deleted")]
    [InlineData("never")]
    public async Task A_link_makes_no_account_when_its_maker_could_not_make_it_any_more(string what)
    {
        await using var host = await AccountHost.StartAsync();
        var first = await host.AdministratorAsync("Boss");
        await AccountHost.CreateAsync(host.Browser(), await AccountHost.InviteAsync(first), "Olga");
        var boss = Signed(host, "Boss");
        var administration = host.Chat.App.Services.GetRequiredService<AccountAdministration>();
        var olgaId = host.Find("Olga").Id;
        Assert.Null(await administration.SetAdministratorAsync(boss, olgaId, true, default));
        var (olga, room) = await RoomAsync(host);
        var rooms = host.Chat.Rooms;
        var invite = (await rooms.CreateInviteAsync(olga, room.Id, RoomRole.Member, Week, 5, default, makesAccounts: what != "never")).Value;
        var early = host.Browser();
        var page = await early.ReadAsync(what == "never" ? "/account/sign-in" : Create(invite));
        switch (what)
        {
            case "revoked":
                Assert.Null((await rooms.RevokeInviteAsync(olga, room.Id, invite.Invite.Id, default)).Error);
                break;
            case "expired":
                host.Time.Advance(Week);
                break;
            case "dismissed":
                Assert.Null(await administration.SetAdministratorAsync(boss, olgaId, false, default));
                // It still lets people with an account into the room, as its owner may.
                Assert.Null((await rooms.ReadInviteAsync(boss, invite.Token, default)).Error);
                break;
            case "disabled":
                Assert.Null(await administration.SetDisabledAsync(boss, olgaId, true, default));
                break;
            case "no owner":
                Assert.Null((await rooms.SetMemberAsync(olga, room.Id, boss.Id, RoomRole.Owner, default)).Error);
                Assert.Null((await rooms.SetMemberAsync(boss, room.Id, olgaId, RoomRole.Member, default)).Error);
                break;
            case "room deleted":
                Assert.Null((await rooms.DeleteAsync(olga, room.Id, default)).Error);
                break;
        }

        Assert.Contains("you need an invitation", await host.Browser().ReadAsync(Create(invite)), StringComparison.Ordinal);
        Assert.DoesNotContain(">Create account</a>", await host.Browser().ReadAsync($"/invite/{invite.Token}"), StringComparison.Ordinal);
        if (what != "never")
        {
            // The page was open before.
            await early.PostAsync(Create(invite), page, "create-account", ("Name", "Mallory"), ("Password", AccountHost.Password));
        }

        Assert.Equal(2, host.People.People.Count());
    }

    [Fact]
    public async Task Only_who_may_invite_people_to_the_server_makes_such_a_link_and_it_makes_no_account_where_nobody_may_register()
    {
        await using var host = await AccountHost.StartAsync(settings: ["--Accounts:Guests=true"]);
        var first = await host.AdministratorAsync();
        await AccountHost.CreateAsync(host.Browser(), await AccountHost.InviteAsync(first), "Grace");
        var grace = Signed(host, "Grace");
        var own = (await host.Chat.Rooms.CreateAsync(grace, "Compilers", default, RoomVisibility.Private)).Value;
        Assert.Equal(RoomErrorKind.Forbidden, (await host.Chat.Rooms.CreateInviteAsync(grace, own.Id, RoomRole.Member, Week, 1, default, makesAccounts: true)).Error?.Kind);
        Assert.Empty((await host.Chat.Rooms.ListInvitesAsync(grace, own.Id, default)).Value);
        var (olga, room) = await RoomAsync(host);
        var invite = (await host.Chat.Rooms.CreateInviteAsync(olga, room.Id, RoomRole.Member, Week, 5, default, makesAccounts: true)).Value;

        await host.RestartAsync("--Accounts:Registration=Closed");
        Assert.Contains("This server takes no new accounts.", await host.Browser().ReadAsync(Create(invite)), StringComparison.Ordinal);
        Assert.False(host.Chat.App.Services.GetRequiredService<AccountAuthorizer>().May(Signed(host, "Olga"), AccountPermission.Invite));
    }

    [Fact]
    public async Task A_guest_who_opens_it_keeps_the_id_is_counted_once_and_does_not_come_back_after_being_removed()
    {
        await using var host = await AccountHost.StartAsync(settings: ["--Accounts:Guests=true"]);
        await host.AdministratorAsync();
        var (olga, room) = await RoomAsync(host);
        var rooms = host.Chat.Rooms;
        var invite = (await rooms.CreateInviteAsync(olga, room.Id, RoomRole.Member, Week, 1, default, makesAccounts: true)).Value;
        var browser = host.Browser();
        await browser.JoinAsync("Linus");
        var linus = Signed(host, "Linus");
        Assert.Contains("create an account</a>, which keeps your messages and rooms", await browser.ReadAsync($"/invite/{invite.Token}"), StringComparison.Ordinal);
        Assert.Null((await rooms.UseInviteAsync(linus, invite.Token, default)).Error);
        Assert.Null((await rooms.RemoveMemberAsync(olga, room.Id, linus.Id, default)).Error);

        Assert.Equal(HttpStatusCode.Redirect, (await browser.SendAsync(Create(invite), "create-account", ("Name", "Linus"), ("Password", AccountHost.Password))).Status);
        Assert.Equal((linus.Id, Standing.Registered), (host.Find("Linus").Id, host.Find("Linus").Standing));
        Assert.Equal(1, await UsesAsync(host));
        Assert.DoesNotContain((await rooms.ReadMembersAsync(olga, room.Id, default)).Value, m => m.Name == "Linus");
    }

    private static string Create(NewInvite invite) => $"/account/create?returnUrl=%2Finvite%2F{invite.Token}";

    private static async Task<(Person Olga, Room Room)> RoomAsync(AccountHost host)
    {
        var olga = Signed(host, "Olga");
        return (olga, (await host.Chat.Rooms.CreateAsync(olga, "Plans", default, RoomVisibility.Private)).Value);
    }

    private static Person Signed(AccountHost host, string name) =>
        new(host.Find(name).Id, name) { Session = host.People.Sessions.First(s => s.PersonId == host.Find(name).Id).Id };

    private static async Task<int> UsesAsync(AccountHost host)
    {
        await using var db = host.Chat.OpenDatabase();
        return (await db.RoomInvites.SingleAsync()).Uses;
    }
}
