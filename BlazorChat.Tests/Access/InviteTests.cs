using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Tests.Access;

/// <summary>Whom an invite lets in, how often, and that nothing is told of one that does not work.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class InviteTests
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private static readonly Person Bella = new(Guid.Parse("018f0000-0000-7000-8000-00000000000c"), "Bella");

    private static readonly Person Linus = new(Guid.Parse("018f0000-0000-7000-8000-00000000000d"), "Linus");

    [Theory]
    [EveryDatabase]
    public async Task A_link_lets_in_as_many_people_as_it_says_each_once_and_after_a_restart(TestDatabase database)
    {
        var host = await ChatHost.StartAsync(database, ["--Rooms:NewRooms=Private"]);
        await host.AddPersonAsync(ChatHost.Ada);
        var room = await host.RoomAsync("Plans");
        var made = (await host.Rooms.CreateInviteAsync(ChatHost.Ada, room.Id, RoomRole.Viewer, Week, 2, default)).Value;
        host = await host.RestartAsync(settings: ["--Rooms:NewRooms=Private"]);
        await using (host)
        {
            // Looking changes nothing, whoever looks.
            foreach (var person in new[] { Bella, ChatHost.Grace, Linus, ChatHost.Grace })
            {
                Assert.Equal(
                    new InviteOffer(room.Id, "Plans", (await host.Rooms.ReadInviteAsync(person, made.Token, default)).Value.InvitedBy, RoomRole.Viewer, IsMember: false, MakesAccounts: false),
                    (await host.Rooms.ReadInviteAsync(person, made.Token, default)).Value);
            }

            Assert.Equal([0], await UsesAsync(host, room));
            // The same person at once, from several pages, as after a lost answer.
            var all = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => host.Rooms.UseInviteAsync(Bella, made.Token, default))));
            Assert.All(all, used => Assert.Equal(room.Id, used.Value));
            Assert.Equal([1], await UsesAsync(host, room));
            Assert.Equal(RoomRole.Viewer, await RoleAsync(host, room, Bella));

            // Of two at the same moment, one gets the last place.
            var both = await Task.WhenAll(
                Task.Run(() => host.Rooms.UseInviteAsync(ChatHost.Grace, made.Token, default)), Task.Run(() => host.Rooms.UseInviteAsync(Linus, made.Token, default)));
            Assert.Equal(RoomErrors.NoSuchInvite, Assert.Single(both, r => r.Error is not null).Error);
            Assert.Empty(await UsesAsync(host, room));

            // Whoever is in already finds the way.
            Assert.True((await host.Rooms.ReadInviteAsync(Bella, made.Token, default)).Value.IsMember);
            Assert.Equal(room.Id, (await host.Rooms.UseInviteAsync(Bella, made.Token, default)).Value);
        }
    }

    [Theory]
    [EveryDatabase]
    public async Task Expired_used_up_revoked_replayed_and_unknown_are_refused_in_the_same_words(TestDatabase database)
    {
        var time = new FakeTimeProvider();
        await using var host = await ChatHost.StartAsync(database, b => b.Services.AddSingleton<TimeProvider>(time), ["--Rooms:NewRooms=Private"]);
        await host.AddPersonAsync(ChatHost.Ada);
        var room = await host.RoomAsync("Plans");
        var expired = await InviteAsync(host, room, TimeSpan.FromDays(1), 5);
        time.Advance(TimeSpan.FromDays(1));
        var usedUp = await InviteAsync(host, room, Week, 1);
        Assert.Null((await host.Rooms.UseInviteAsync(ChatHost.Grace, usedUp.Token, default)).Error);
        var revoked = await InviteAsync(host, room, Week, 5);
        Assert.Null((await host.Rooms.RevokeInviteAsync(ChatHost.Ada, room.Id, revoked.Invite.Id, default)).Error);
        // Bella came by this one and was removed. It has places left, but not for her.
        var replayed = await InviteAsync(host, room, Week, 5);
        Assert.Null((await host.Rooms.UseInviteAsync(Bella, replayed.Token, default)).Error);
        Assert.Null((await host.Rooms.RemoveMemberAsync(ChatHost.Ada, room.Id, Bella.Id, default)).Error);
        // Its maker may not invite any more.
        await host.AddPersonAsync(Linus);
        Assert.Null((await host.Rooms.SetMemberAsync(ChatHost.Ada, room.Id, Linus.Id, RoomRole.Owner, default)).Error);
        var ofNoOwner = (await host.Rooms.CreateInviteAsync(Linus, room.Id, RoomRole.Owner, Week, 5, default)).Value;
        Assert.Null((await host.Rooms.SetMemberAsync(ChatHost.Ada, room.Id, Linus.Id, RoomRole.Member, default)).Error);
        var gone = await host.RoomAsync("Gone");
        var ofGone = await InviteAsync(host, gone, Week, 5);
        Assert.Null((await host.Rooms.DeleteAsync(ChatHost.Ada, gone.Id, default)).Error);

        foreach (var token in new string?[] { expired.Token, usedUp.Token, revoked.Token, replayed.Token, ofNoOwner.Token, ofGone.Token, InviteToken.Create(), "", null, new('x', 5_000), usedUp.Token.ToUpperInvariant() })
        {
            Assert.Equal(RoomErrors.NoSuchInvite, (await host.Rooms.UseInviteAsync(Bella, token, default)).Error);
            Assert.Equal(RoomErrors.NoSuchInvite, (await host.Rooms.ReadInviteAsync(Bella, token, default)).Error);
        }

        Assert.Null(await RoleAsync(host, room, Bella));
        Assert.Equal(RoomErrorKind.Forbidden, (await host.Rooms.UseInviteAsync(null, replayed.Token, default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.Forbidden, (await host.Rooms.ReadInviteAsync(null, replayed.Token, default)).Error?.Kind);
    }

    [Fact]
    public async Task A_link_raises_a_role_and_never_lowers_one()
    {
        await using var host = await ChatHost.StartAsync(null, ["--Rooms:NewRooms=Private"]);
        await host.AddPersonAsync(ChatHost.Ada);
        var room = await host.RoomAsync("Plans");
        await host.AddPersonAsync(ChatHost.Grace);
        Assert.Null((await host.Rooms.SetMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, RoomRole.Viewer, default)).Error);
        var member = (await host.Rooms.CreateInviteAsync(ChatHost.Ada, room.Id, RoomRole.Member, Week, 5, default)).Value;
        var viewer = (await host.Rooms.CreateInviteAsync(ChatHost.Ada, room.Id, RoomRole.Viewer, Week, 5, default)).Value;
        Assert.Null((await host.Rooms.UseInviteAsync(ChatHost.Grace, member.Token, default)).Error);
        Assert.Equal(RoomRole.Member, await RoleAsync(host, room, ChatHost.Grace));
        Assert.Null((await host.Rooms.UseInviteAsync(ChatHost.Grace, viewer.Token, default)).Error);
        Assert.Null((await host.Rooms.UseInviteAsync(ChatHost.Ada, viewer.Token, default)).Error);
        Assert.Equal(RoomRole.Member, await RoleAsync(host, room, ChatHost.Grace));
        Assert.Equal(RoomRole.Owner, await RoleAsync(host, room, ChatHost.Ada));
        Assert.Equal([0, 1], (await UsesAsync(host, room)).Order());

        // In an open room, everybody may write: nobody becomes a viewer by a link.
        Assert.Null((await host.Rooms.ChangeAccessAsync(ChatHost.Ada, room.Id, RoomVisibility.OpenToGuests, null, default)).Error);
        Assert.True((await host.Rooms.ReadInviteAsync(Bella, viewer.Token, default)).Value.IsMember);
        Assert.Equal(room.Id, (await host.Rooms.UseInviteAsync(Bella, viewer.Token, default)).Value);
        Assert.Null((await host.Rooms.PostAsync(Bella, room.Id, Guid.NewGuid(), "Hello", default)).Error);
    }

    [Fact]
    public async Task Who_comes_by_a_link_into_a_room_that_hides_its_history_sees_what_comes_after()
    {
        await using var host = await ChatHost.StartAsync(null, ["--Rooms:NewRooms=Private"]);
        await host.AddPersonAsync(ChatHost.Ada);
        var room = await host.RoomAsync("Plans");
        Assert.Null((await host.Rooms.ChangeAccessAsync(ChatHost.Ada, room.Id, null, true, default)).Error);
        Assert.Null((await host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default)).Error);
        await host.PostAsync(room, "Before");
        Assert.Null((await host.Rooms.UseInviteAsync(Bella, (await InviteAsync(host, room, Week, 1)).Token, default)).Error);
        await host.PostAsync(room, "After");
        Assert.Equal(["After"], (await host.Live.ReadAsync(Bella, room.Id, default)).Value.Messages.Select(m => m.Message.Text));
    }

    [Fact]
    public async Task The_token_is_stored_as_a_hash_and_logged_nowhere_not_even_in_full()
    {
        using var log = new LogCapture();
        await using var host = await ChatHost.StartAsync(
            b =>
            {
                b.Logging.AddProvider(log);
                b.Logging.SetMinimumLevel(LogLevel.Trace);
            },
            null, ["--Rooms:NewRooms=Private"]);
        await host.AddPersonAsync(ChatHost.Ada);
        var room = await host.RoomAsync("Plans");
        var made = await InviteAsync(host, room, Week, 1);
        Assert.Equal(43, made.Token.Length);
        Assert.DoesNotContain(made.Token, made.ToString(), StringComparison.Ordinal);
        Assert.Null((await host.Rooms.UseInviteAsync(Bella, made.Token, default)).Error);
        await using var database = host.OpenDatabase();
        var row = await database.RoomInvites.AsNoTracking().SingleAsync();
        Assert.Equal(InviteToken.HashOf(made.Token), row.TokenHash);
        Assert.NotEmpty(log.Lines);
        Assert.DoesNotContain(log.Lines, l => l.Everything.Contains(made.Token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_owners_make_see_and_revoke_links_and_those_have_bounds()
    {
        await using var host = await ChatHost.StartAsync(null, ["--Rooms:NewRooms=Private"]);
        await host.AddPersonAsync(ChatHost.Ada);
        var room = await host.RoomAsync("Plans");
        await host.AddPersonAsync(ChatHost.Grace);
        Assert.Null((await host.Rooms.SetMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, RoomRole.Member, default)).Error);
        var made = await InviteAsync(host, room, Week, 1);
        Assert.Equal(RoomErrorKind.Forbidden, (await host.Rooms.CreateInviteAsync(ChatHost.Grace, room.Id, RoomRole.Owner, Week, 1, default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.Forbidden, (await host.Rooms.ListInvitesAsync(ChatHost.Grace, room.Id, default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.Forbidden, (await host.Rooms.RevokeInviteAsync(ChatHost.Grace, room.Id, made.Invite.Id, default)).Error?.Kind);
        foreach (var (role, validFor, uses) in new[] { ((RoomRole)7, Week, 1), (RoomRole.Member, TimeSpan.Zero, 1), (RoomRole.Member, TimeSpan.FromDays(31), 1), (RoomRole.Member, Week, 0), (RoomRole.Member, Week, 101) })
        {
            Assert.Equal(RoomErrorKind.Invalid, (await host.Rooms.CreateInviteAsync(ChatHost.Ada, room.Id, role, validFor, uses, default)).Error?.Kind);
        }

        for (var i = 1; i < RoomLimits.Invites; i++)
        {
            await InviteAsync(host, room, Week, 1);
        }

        Assert.Equal(RoomErrors.TooManyInvites, (await host.Rooms.CreateInviteAsync(ChatHost.Ada, room.Id, RoomRole.Member, Week, 1, default)).Error);
        Assert.Null((await host.Rooms.RevokeInviteAsync(ChatHost.Ada, room.Id, made.Invite.Id, default)).Error);
        await InviteAsync(host, room, Week, 1);
    }

    [Fact]
    public async Task By_name_comes_in_who_has_exactly_this_name_and_nobody_else_learns_of_names()
    {
        await using var host = await ChatHost.StartAsync(null, ["--Rooms:NewRooms=Private"]);
        await host.AddPersonAsync(ChatHost.Ada);
        var room = await host.RoomAsync("Plans");
        // Both have been here.
        await host.AddPersonAsync(ChatHost.Grace);
        await host.AddPersonAsync(Bella);
        foreach (var name in new[] { "Nobody", "Bell", "", " ", null, "taken", new string('x', 500) })
        {
            Assert.Equal(RoomErrors.NoSuchPerson, (await host.Rooms.InviteByNameAsync(ChatHost.Ada, room.Id, name, RoomRole.Member, default)).Error);
        }

        Assert.Equal(ChatHost.Grace.Id, (await host.Rooms.InviteByNameAsync(ChatHost.Ada, room.Id, " Grace ", RoomRole.Viewer, default)).Value.PersonId);
        // Nobody's role changes by an invitation.
        Assert.Equal(RoomErrors.AlreadyMember, (await host.Rooms.InviteByNameAsync(ChatHost.Ada, room.Id, "Ada", RoomRole.Viewer, default)).Error);
        var ofViewer = (await host.Rooms.InviteByNameAsync(ChatHost.Grace, room.Id, "Bella", RoomRole.Viewer, default)).Error;
        Assert.Equal(RoomErrorKind.Forbidden, ofViewer?.Kind);
        Assert.Equal(ofViewer, (await host.Rooms.InviteByNameAsync(ChatHost.Grace, room.Id, "Nobody", RoomRole.Viewer, default)).Error);
        Assert.Equal(RoomErrors.NoSuchRoom, (await host.Rooms.InviteByNameAsync(Bella, room.Id, "Bella", RoomRole.Viewer, default)).Error);
    }

    private static async Task<NewInvite> InviteAsync(ChatHost host, Room room, TimeSpan validFor, int uses) =>
        (await host.Rooms.CreateInviteAsync(ChatHost.Ada, room.Id, RoomRole.Member, validFor, uses, default)).Value;

    private static async Task<IEnumerable<int>> UsesAsync(ChatHost host, Room room) =>
        (await host.Rooms.ListInvitesAsync(ChatHost.Ada, room.Id, default)).Value.Select(i => i.Invite.Uses);

    private static async Task<RoomRole?> RoleAsync(ChatHost host, Room room, Person person) =>
        (await host.Rooms.ReadMembersAsync(ChatHost.Ada, room.Id, default)).Value.FirstOrDefault(m => m.Member.PersonId == person.Id)?.Member.Role;
}
