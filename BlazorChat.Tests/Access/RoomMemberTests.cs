using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Access;

/// <summary>Who is in a room, and what becomes of it when that changes.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class RoomMemberTests : IAsyncLifetime
{
    private static readonly Person Stranger = new(Guid.Parse("018f0000-0000-7000-8000-00000000000c"), "Bella");

    private ChatHost _host = null!;

    private RoomService Rooms => _host.Rooms;

    public async Task InitializeAsync()
    {
        _host = await ChatHost.StartAsync(null, ["--Rooms:NewRooms=Private"]);
        foreach (var person in new[] { ChatHost.Ada, ChatHost.Grace, Stranger })
        {
            await _host.AddPersonAsync(person);
        }
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task A_new_room_is_its_makers_alone_and_does_not_exist_for_anybody_else()
    {
        var room = await _host.RoomAsync("Plans");
        var message = await _host.PostAsync(room, "Hello");
        (await _host.Model.NextAsync()).Finish("Hi");
        Assert.Contains((await Rooms.ListRoomsAsync(ChatHost.Ada, default)).Value, r => r.Room.Id == room.Id);
        Assert.DoesNotContain((await Rooms.ListRoomsAsync(ChatHost.Grace, default)).Value, r => r.Room.Id == room.Id);

        var missing = Guid.NewGuid();
        foreach (var attempt in new Func<Guid, Task<RoomError?>>[]
        {
            async id => (await _host.Live.ReadAsync(ChatHost.Grace, id, default)).Error,
            async id => (await _host.Live.SubscribeAsync(ChatHost.Grace, id, () => { }, default)).Error,
            async id => (await Rooms.ReadOlderAsync(ChatHost.Grace, id, 10, default)).Error,
            async id => (await Rooms.ReadMessageAsync(ChatHost.Grace, id, message.Id, default)).Error,
            async id => (await Rooms.ReadVersionsAsync(ChatHost.Grace, id, message.Id, default)).Error,
            async id => (await Rooms.ReadMembersAsync(ChatHost.Grace, id, default)).Error,
            async id => (await Rooms.PostAsync(ChatHost.Grace, id, Guid.NewGuid(), "Hello", default)).Error,
            async id => (await Rooms.EditAsync(ChatHost.Grace, id, message.Id, "Hello", default)).Error,
            async id => (await Rooms.DeleteMessageAsync(ChatHost.Grace, id, message.Id, default)).Error,
            async id => (await Rooms.ChangeAsync(ChatHost.Grace, id, "Mine", null, null, default)).Error,
            async id => (await Rooms.ClearAsync(ChatHost.Grace, id, default)).Error,
            async id => (await Rooms.DeleteAsync(ChatHost.Grace, id, default)).Error,
            async id => (await Rooms.SetMemberAsync(ChatHost.Grace, id, ChatHost.Grace.Id, RoomRole.Owner, default)).Error,
            async id => (await Rooms.RemoveMemberAsync(ChatHost.Grace, id, ChatHost.Ada.Id, default)).Error,
            async id => (await Rooms.RemoveMemberAsync(ChatHost.Grace, id, ChatHost.Grace.Id, default)).Error,
            async id => (await Rooms.ChangeAccessAsync(ChatHost.Grace, id, RoomVisibility.Open, null, default)).Error,
            async id => (await Rooms.ArchiveAsync(ChatHost.Grace, id, true, default)).Error,
            async id => (await Rooms.InviteByNameAsync(ChatHost.Grace, id, "Grace", RoomRole.Owner, default)).Error,
            async id => (await Rooms.CreateInviteAsync(ChatHost.Grace, id, RoomRole.Owner, TimeSpan.FromDays(1), 1, default)).Error,
            async id => (await Rooms.ListInvitesAsync(ChatHost.Grace, id, default)).Error,
            async id => (await Rooms.RevokeInviteAsync(ChatHost.Grace, id, Guid.NewGuid(), default)).Error,
            async id => (await _host.Responses.StopAsync(ChatHost.Grace, id, null, default)).Error,
            async id => (await _host.Responses.RegenerateAsync(ChatHost.Grace, id, message.Id, default)).Error,
        })
        {
            // The same words, too.
            Assert.Equal(await attempt(missing), await attempt(room.Id));
            Assert.Equal(RoomErrorKind.NotFound, (await attempt(room.Id))!.Kind);
        }
    }

    [Fact]
    public async Task Roles_say_who_reads_who_writes_and_who_decides()
    {
        var room = await _host.RoomAsync("Plans");
        await SetAsync(room, ChatHost.Grace, RoomRole.Viewer);
        Assert.Null((await _host.Live.ReadAsync(ChatHost.Grace, room.Id, default)).Error);
        Assert.Equal(RoomErrorKind.Forbidden, (await Rooms.PostAsync(ChatHost.Grace, room.Id, Guid.NewGuid(), "Hello", default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.Forbidden, (await Rooms.ChangeAsync(ChatHost.Grace, room.Id, "Mine", null, null, default)).Error?.Kind);

        await SetAsync(room, ChatHost.Grace, RoomRole.Member);
        Assert.Null((await Rooms.PostAsync(ChatHost.Grace, room.Id, Guid.NewGuid(), "Hello", default)).Error);
        Assert.Equal(RoomErrorKind.Forbidden, (await Rooms.ClearAsync(ChatHost.Grace, room.Id, default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.Forbidden, (await Rooms.SetMemberAsync(ChatHost.Grace, room.Id, Stranger.Id, RoomRole.Viewer, default)).Error?.Kind);

        await SetAsync(room, ChatHost.Grace, RoomRole.Owner);
        Assert.Null((await Rooms.SetMemberAsync(ChatHost.Grace, room.Id, Stranger.Id, RoomRole.Viewer, default)).Error);
        Assert.Equal(
            [(ChatHost.Ada.Id, RoomRole.Owner), (ChatHost.Grace.Id, RoomRole.Owner), (Stranger.Id, RoomRole.Viewer)],
            (await Rooms.ReadMembersAsync(Stranger, room.Id, default)).Value.Select(m => (m.Member.PersonId, m.Member.Role)));
        Assert.Null((await Rooms.RemoveMemberAsync(Stranger, room.Id, Stranger.Id, default)).Error);
        Assert.Equal(RoomErrorKind.NotFound, (await _host.Live.ReadAsync(Stranger, room.Id, default)).Error?.Kind);
    }

    [Fact]
    public async Task A_room_keeps_an_owner_also_when_two_remove_each_other_at_the_same_moment()
    {
        for (var round = 0; round < 20; round++)
        {
            var room = await _host.RoomAsync($"Plans {round}");
            await SetAsync(room, ChatHost.Grace, RoomRole.Owner);
            var both = await Task.WhenAll(
                Task.Run(() => Rooms.RemoveMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, default)),
                Task.Run(() => Rooms.RemoveMemberAsync(ChatHost.Grace, room.Id, ChatHost.Ada.Id, default)));
            Assert.Single(both, r => r.Error is null);
            var left = both[0].Error is null ? ChatHost.Ada : ChatHost.Grace;
            Assert.Equal([RoomRole.Owner], (await Rooms.ReadMembersAsync(left, room.Id, default)).Value.Select(m => m.Member.Role));
        }

        var last = await _host.RoomAsync("Last");
        Assert.Equal(RoomErrors.LastOwner, (await Rooms.RemoveMemberAsync(ChatHost.Ada, last.Id, ChatHost.Ada.Id, default)).Error);
        Assert.Equal(RoomErrors.LastOwner, (await Rooms.SetMemberAsync(ChatHost.Ada, last.Id, ChatHost.Ada.Id, RoomRole.Member, default)).Error);
    }

    [Fact]
    public async Task A_room_that_is_full_takes_nobody_in_by_name_by_a_link_or_by_a_group_until_somebody_leaves()
    {
        var room = await _host.RoomAsync("Plans");
        var link = (await Rooms.CreateInviteAsync(ChatHost.Ada, room.Id, RoomRole.Member, TimeSpan.FromDays(1), 5, default)).Value;
        await using (var database = _host.OpenDatabase())
        {
            database.Members.AddRange(Enumerable.Range(0, RoomLimits.Members - 2).Select(_ => new MemberRow { RoomId = room.Id, PersonId = Guid.NewGuid(), Role = RoomRole.Member }));
            await database.SaveChangesAsync();
        }

        // The last place.
        Assert.Null((await Rooms.SetMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, RoomRole.Viewer, default)).Error);
        var group = new Author(AuthorKind.Service, "openid-company", "Company");
        var ways = new Func<Task<RoomError?>>[]
        {
            async () => (await Rooms.SetMemberAsync(ChatHost.Ada, room.Id, Stranger.Id, RoomRole.Member, default)).Error,
            async () => (await Rooms.InviteByNameAsync(ChatHost.Ada, room.Id, Stranger.Name, RoomRole.Member, default)).Error,
            async () => (await Rooms.HandOverAsync(ChatHost.Ada, room.Id, Stranger.Name, default)).Error,
            async () => (await Rooms.SetGroupRoleAsync(group, room.Id, Stranger.Id, RoomRole.Member, default)).Error,
            // Whoever was removed does not come back by a link, so that it is the last way below.
            async () => (await Rooms.UseInviteAsync(Stranger, link.Token, default)).Error,
        };
        foreach (var way in ways)
        {
            Assert.Equal(RoomErrors.TooManyMembers, await way());
        }

        Assert.Equal(RoomErrors.NoSuchRoom, (await Rooms.ReadMembersAsync(Stranger, room.Id, default)).Error);
        Assert.Equal(0, (await Rooms.ListInvitesAsync(ChatHost.Ada, room.Id, default)).Value.Single().Invite.Uses);
        // Whoever is in may get another role all the same, each way.
        Assert.True((await Rooms.SetGroupRoleAsync(group, room.Id, ChatHost.Grace.Id, RoomRole.Member, default)).Value);
        Assert.Null((await Rooms.SetMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, RoomRole.Viewer, default)).Error);
        Assert.Null((await Rooms.UseInviteAsync(ChatHost.Grace, link.Token, default)).Error);
        Assert.Null((await Rooms.RemoveMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, default)).Error);
        foreach (var way in ways)
        {
            Assert.Null(await way());
            if (way != ways[^1])
            {
                Assert.Null((await Rooms.RemoveMemberAsync(ChatHost.Ada, room.Id, Stranger.Id, default)).Error);
            }
        }

        await using (var database = _host.OpenDatabase())
        {
            Assert.Equal(RoomLimits.Members, await database.Members.CountAsync(m => m.RoomId == room.Id));
        }
    }

    [Fact]
    public async Task What_was_decided_holds_after_a_restart()
    {
        var room = await _host.RoomAsync("Plans");
        await SetAsync(room, ChatHost.Grace, RoomRole.Viewer);
        var open = await _host.RoomAsync("Open");
        Assert.Null((await Rooms.ChangeAccessAsync(ChatHost.Ada, open.Id, RoomVisibility.OpenToGuests, null, default)).Error);
        _host = await _host.RestartAsync(settings: ["--Rooms:NewRooms=Private"]);
        Assert.Equal(RoomErrorKind.Forbidden, (await Rooms.PostAsync(ChatHost.Grace, room.Id, Guid.NewGuid(), "Hello", default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.NotFound, (await _host.Live.ReadAsync(Stranger, room.Id, default)).Error?.Kind);
        Assert.Null((await _host.Live.ReadAsync(Stranger, open.Id, default)).Error);
        Assert.Contains((await Rooms.ListRoomsAsync(Stranger, default)).Value, r => r.Room.Id == open.Id);
    }

    [Fact]
    public async Task The_list_of_somebody_changes_with_what_they_may_see()
    {
        var room = await _host.RoomAsync("Plans");
        using var changed = new SemaphoreSlim(0);
        using var list = (await _host.Live.SubscribeListAsync(ChatHost.Grace, () => changed.Release(), default)).Value;
        Assert.DoesNotContain(list.Read(), r => r.Room.Id == room.Id);
        await SetAsync(room, ChatHost.Grace, RoomRole.Viewer);
        await UntilAsync(isThere: true);
        Assert.Null((await Rooms.RemoveMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, default)).Error);
        await UntilAsync(isThere: false);
        Assert.Null((await Rooms.ChangeAccessAsync(ChatHost.Ada, room.Id, RoomVisibility.OpenToGuests, null, default)).Error);
        await UntilAsync(isThere: true);
        Assert.Null((await Rooms.ChangeAccessAsync(ChatHost.Ada, room.Id, RoomVisibility.Open, null, default)).Error);
        // Without an account, it is closed.
        await UntilAsync(isThere: false);

        async Task UntilAsync(bool isThere)
        {
            while (list.Read().Any(r => r.Room.Id == room.Id) != isThere)
            {
                Assert.True(await changed.WaitAsync(Guard.Patience), "The list never became as wanted.");
            }
        }
    }

    [Fact]
    public async Task The_lobby_belongs_to_nobody_and_stays_open()
    {
        var lobby = Rooms.Rooms.Single(r => r.Room.Name == "Lobby").Room;
        Assert.Empty((await Rooms.ReadMembersAsync(ChatHost.Grace, lobby.Id, default)).Value);
        Assert.Null((await Rooms.PostAsync(ChatHost.Grace, lobby.Id, Guid.NewGuid(), "Hello", default)).Error);
        Assert.Equal(RoomErrorKind.Forbidden, (await Rooms.DeleteAsync(ChatHost.Grace, lobby.Id, default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.Forbidden, (await Rooms.ChangeAccessAsync(ChatHost.Grace, lobby.Id, RoomVisibility.Private, null, default)).Error?.Kind);

        // Not even for who manages it.
        var olga = new Person(Guid.NewGuid(), "Olga");
        await _host.AddPersonAsync(olga, Standing.Administrator);
        var cleo = new Person(Guid.NewGuid(), "Cleo");
        await _host.AddPersonAsync(cleo, Standing.Registered);
        await StaysAsync();
        // Nor after a start, which finds it again, whatever it is called.
        Assert.Null((await Rooms.ChangeAsync(olga, lobby.Id, "Hall", null, null, default)).Error);
        Assert.Null((await Rooms.ChangeAccessAsync(olga, lobby.Id, RoomVisibility.Open, null, default)).Error);
        _host = await _host.RestartAsync();
        await StaysAsync();

        async Task StaysAsync()
        {
            Assert.Equal(RoomErrors.LobbyStaysOpen, (await Rooms.ChangeAccessAsync(olga, lobby.Id, RoomVisibility.Private, null, default)).Error);
            Assert.Equal(RoomErrors.LobbyStaysOpen, (await Rooms.ChangeAccessAsync(olga, lobby.Id, RoomVisibility.Private, true, default)).Error);
            Assert.Equal(RoomErrors.LobbyStays, (await Rooms.DeleteAsync(olga, lobby.Id, default)).Error);
            Assert.Equal(RoomErrors.LobbyIsNobodys, (await Rooms.AppointOwnerAsync(olga, lobby.Id, "Olga", default)).Error);
            Assert.Equal(RoomErrors.LobbyIsNobodys, (await Rooms.HandOverAsync(olga, lobby.Id, "Olga", default)).Error);
            Assert.Equal(RoomErrors.LobbyIsNobodys, (await Rooms.InviteByNameAsync(olga, lobby.Id, "Olga", RoomRole.Owner, default)).Error);
            Assert.Equal(RoomErrors.LobbyIsNobodys, (await Rooms.SetMemberAsync(olga, lobby.Id, olga.Id, RoomRole.Owner, default)).Error);
            Assert.Equal(RoomErrors.LobbyIsNobodys, (await Rooms.CreateInviteAsync(olga, lobby.Id, RoomRole.Owner, TimeSpan.FromDays(1), 1, default)).Error);
            var group = new Author(AuthorKind.Service, "openid-company", "Company");
            Assert.Equal(RoomErrors.LobbyIsNobodys, (await Rooms.SetGroupRoleAsync(group, lobby.Id, olga.Id, RoomRole.Owner, default)).Error);
            Assert.DoesNotContain((await Rooms.ListOwnerlessAsync(olga, default)).Value, r => r.RoomId == lobby.Id);
            // Who misbehaves there only reads.
            Assert.Null((await Rooms.SetMemberAsync(olga, lobby.Id, cleo.Id, RoomRole.Viewer, default)).Error);
            Assert.Equal(RoomErrorKind.Forbidden, (await Rooms.PostAsync(cleo, lobby.Id, Guid.NewGuid(), "Hello", default)).Error?.Kind);
        }
    }

    private async Task SetAsync(Room room, Person person, RoomRole role) =>
        Assert.Null((await Rooms.SetMemberAsync(ChatHost.Ada, room.Id, person.Id, role, default)).Error);
}
