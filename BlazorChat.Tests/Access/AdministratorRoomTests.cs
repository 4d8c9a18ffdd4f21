using System.Net;
using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Accounts;
using BlazorChat.Tests.Support;
using BlazorChat.Text;

namespace BlazorChat.Tests.Access;

/// <summary>Administrators manage all rooms, learn nothing of what is in them, and come in only where their members see it.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class AdministratorRoomTests
{
    private const string Secret = "The launch is on Friday";

    private static readonly Person Bella = new(Guid.Parse("018f0000-0000-7000-8000-00000000000c"), "Bella");

    [Fact]
    public async Task The_page_manages_a_private_room_and_shows_nothing_of_it_until_the_administrator_has_joined()
    {
        await using var host = await AccountHost.StartAsync();
        var browser = await host.AdministratorAsync("Olga");
        var olga = new Person(host.Find("Olga").Id, "Olga");
        var room = await PrivateAsync(host.Chat);
        var rooms = host.Chat.Rooms;
        using var watch = await host.Chat.WatchAsync(room, Bella);
        var path = $"/people/rooms/{room.Id}";

        foreach (var page in new[] { await browser.ReadAsync("/people"), await browser.ReadAsync("/people?find=plans"), await browser.ReadAsync("/people?find=ada"), await browser.ReadAsync(path) })
        {
            Assert.Contains("Plans", page, StringComparison.Ordinal);
            Assert.Contains("Private · 2 people · owned by Ada", page, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, page, StringComparison.Ordinal);
            // Not even how much it is.
            Assert.DoesNotMatch("[0-9] messages?", page);
        }

        Assert.DoesNotContain("Plans", await browser.ReadAsync("/people?find=nothing"), StringComparison.Ordinal);
        var wrong = await browser.SendAsync(path, "room-owner", ("Owner", "Nobody"));
        // Beside the field, with what was typed.
        Assert.Matches("value=\"Nobody\"[^>]*aria-describedby=\"owner-problem owner-hint\"[^>]*>\\s*<p id=\"owner-problem\"[^>]*>Nobody here has this name\\.</p>", wrong.Text);
        await browser.SendAsync(path, "room-owner", ("Owner", "bella"));
        Assert.Equal([("Ada", RoomRole.Owner), ("Bella", RoomRole.Owner)], (await rooms.ReadMembersAsync(Bella, room.Id, default)).Value.Select(m => (m.Name, m.Member.Role)));
        Assert.Contains("The room is archived now.", (await browser.SendAsync(path, "room-archive", ("IsArchived", "true"))).Text, StringComparison.Ordinal);
        Assert.True((await watch.UntilAsync(f => f.Room.IsArchived)).Room.IsArchived);
        await browser.SendAsync(path, "room-archive", ("IsArchived", "false"));
        Assert.Equal(RoomErrors.NoSuchRoom, (await host.Chat.Live.ReadAsync(olga, room.Id, default)).Error);

        Assert.DoesNotContain("Newcomers see only new messages", await browser.ReadAsync(path), StringComparison.Ordinal);
        Assert.Null((await rooms.ChangeAccessAsync(ChatHost.Ada, room.Id, null, true, default)).Error);
        Assert.Contains("Newcomers see only new messages", await browser.ReadAsync(path), StringComparison.Ordinal);
        Assert.Null((await rooms.ChangeAccessAsync(ChatHost.Ada, room.Id, null, false, default)).Error);
        var joined = await browser.SendAsync(path, "room-join");
        Assert.Equal(HttpStatusCode.Redirect, joined.Status);
        var inside = await browser.ReadAsync($"/rooms/{room.Id}");
        Assert.Contains(Secret, inside, StringComparison.Ordinal);
        Assert.Contains(">notice of this server<", inside, StringComparison.Ordinal);
        Assert.Contains("you are in it", await browser.ReadAsync(path), StringComparison.Ordinal);
        var seen = await watch.UntilAsync(f => f.Messages.Any(m => m.Message.Text.StartsWith("Joined", StringComparison.Ordinal)));
        Assert.Equal(
            ["Appointed another owner of this room, as an administrator of this server.", "Archived this room, as an administrator of this server.",
                "Took this room out of the archive, as an administrator of this server.", "Joined this room, as an administrator of this server."],
            seen.Messages.Where(m => m.Message.Author is { Kind: AuthorKind.Service, Name: "Olga" }).Select(m => m.Message.Text));
        Assert.Contains("joined a room as an administrator", await browser.ReadAsync("/people?log=rooms"), StringComparison.Ordinal);

        var deleted = await browser.SendAsync(path, "room-delete");
        Assert.Equal(HttpStatusCode.Redirect, deleted.Status);
        Assert.Contains("The room is deleted.", await browser.ReadAsync(deleted.Response.Headers.Location!.ToString().Split('#')[0]), StringComparison.Ordinal);
        Assert.DoesNotContain("Plans", await browser.ReadAsync("/people"), StringComparison.Ordinal);
        // Kept, for its owners.
        Assert.Equal(RoomErrors.NoSuchRoom, (await rooms.BringBackAsync(olga, room.Id, default)).Error);
        Assert.Null((await rooms.BringBackAsync(ChatHost.Ada, room.Id, default)).Error);
    }

    [Fact]
    public async Task That_an_administrator_joined_stays_in_the_room_when_they_leave_and_they_cannot_take_it_back()
    {
        await using var host = await ChatHost.StartAsync(null, ["--Rooms:NewRooms=Private"]);
        var olga = new Person(Guid.NewGuid(), "Olga");
        await host.AddPersonAsync(olga, Standing.Administrator);
        var room = await PrivateAsync(host);
        using var watch = await host.WatchAsync(room, Bella);
        Assert.Null((await host.Rooms.JoinAsAdministratorAsync(olga, room.Id, default)).Error);
        // Once, however often it is sent.
        Assert.Null((await host.Rooms.JoinAsAdministratorAsync(olga, room.Id, default)).Error);
        var notice = (await watch.UntilAsync(f => f.Messages.Any(IsNotice))).Messages.Single(IsNotice).Message;
        Assert.Equal(RoomRole.Member, (await host.Rooms.ReadMembersAsync(olga, room.Id, default)).Value.Single(m => m.Name == "Olga").Member.Role);
        Assert.Equal(RoomErrorKind.Forbidden, (await host.Rooms.EditAsync(olga, room.Id, notice.Id, "Nothing", default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.Forbidden, (await host.Rooms.DeleteMessageAsync(olga, room.Id, notice.Id, default)).Error?.Kind);
        // Who only joined manages nothing in it as an owner does.
        Assert.Equal(RoomErrorKind.Forbidden, (await host.Rooms.ChangeAccessAsync(olga, room.Id, RoomVisibility.Open, null, default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.Forbidden, (await host.Rooms.DeleteAsync(olga, room.Id, default)).Error?.Kind);

        Assert.Null((await host.Rooms.RemoveMemberAsync(olga, room.Id, olga.Id, default)).Error);
        Assert.Equal(RoomErrors.NoSuchRoom, (await host.Live.ReadAsync(olga, room.Id, default)).Error);
        Assert.Single(watch.Now.Messages, IsNotice);

        // Their name goes with their account, and what they did stays.
        await host.Rooms.ForgetAsync(olga.Id, "Olga", removesMessages: true, default);
        var forgotten = (await watch.UntilAsync(f => f.Messages.All(m => m.Message.Author.Name != "Olga"))).Messages.Single(IsNotice).Message;
        Assert.Equal((AuthorKind.Service, Names.GonePerson, notice.Text), (forgotten.Author.Kind, forgotten.Author.Name, forgotten.Text));

        static bool IsNotice(BlazorChat.Live.MessageFrame message) => message.Message.Author.Kind == AuthorKind.Service;
    }

    [Fact]
    public async Task Who_joins_a_room_that_hides_its_history_sees_what_comes_from_then_on()
    {
        await using var host = await ChatHost.StartAsync(null, ["--Rooms:NewRooms=Private"]);
        var olga = new Person(Guid.NewGuid(), "Olga");
        await host.AddPersonAsync(olga, Standing.Administrator);
        var room = await PrivateAsync(host);
        Assert.Null((await host.Rooms.ChangeAccessAsync(ChatHost.Ada, room.Id, null, true, default)).Error);
        Assert.Null((await host.Rooms.JoinAsAdministratorAsync(olga, room.Id, default)).Error);
        var seen = Assert.Single((await host.Live.ReadAsync(olga, room.Id, default)).Value.Messages).Message;
        Assert.Equal((AuthorKind.Service, olga.AsAuthor().Id), (seen.Author.Kind, seen.Author.Id));
    }

    [Fact]
    public async Task All_rooms_are_listed_by_name_a_page_at_a_time_and_the_lobby_has_no_owner_to_appoint_and_stays()
    {
        await using var host = await AccountHost.StartAsync();
        var browser = await host.AdministratorAsync("Olga");
        var olga = new Person(host.Find("Olga").Id, "Olga");
        await host.Chat.AddPersonAsync(ChatHost.Ada, Standing.Registered);
        for (var i = 0; i < 55; i++)
        {
            Assert.Null((await host.Chat.Rooms.CreateAsync(ChatHost.Ada, $"Room {i:00}", default, RoomVisibility.Private)).Error);
        }

        var (first, second) = ((await host.Chat.Rooms.ListAllAsync(olga, null, 0, default)).Value, (await host.Chat.Rooms.ListAllAsync(olga, null, 50, default)).Value);
        Assert.Equal((56, 50, 6), (first.Count, first.Rooms.Length, second.Rooms.Length));
        Assert.Equal("Lobby", first.Rooms[0].Name);
        Assert.Equal(56, first.Rooms.Concat(second.Rooms).Select(r => r.RoomId).Distinct().Count());
        Assert.Equal(["Room 07"], (await host.Chat.Rooms.ListAllAsync(olga, " room 07 ", 0, default)).Value.Rooms.Select(r => r.Name));
        var page = await browser.ReadAsync("/people?find=&from=50");
        Assert.Contains("51 to 56 of 56", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Room 01", page, StringComparison.Ordinal);

        var lobby = await browser.ReadAsync($"/people/rooms/{first.Rooms[0].RoomId}");
        Assert.DoesNotContain("Appoint owner", lobby, StringComparison.Ordinal);
        Assert.DoesNotContain("Join room", lobby, StringComparison.Ordinal);
        Assert.DoesNotContain("Delete room", lobby, StringComparison.Ordinal);
        Assert.Equal(RoomErrors.LobbyStays, (await host.Chat.Rooms.DeleteAsAdministratorAsync(olga, first.Rooms[0].RoomId, default)).Error);
    }

    private static async Task<Room> PrivateAsync(ChatHost host)
    {
        await host.AddPersonAsync(ChatHost.Ada, Standing.Registered);
        await host.AddPersonAsync(Bella, Standing.Registered);
        var room = (await host.Rooms.CreateAsync(ChatHost.Ada, "Plans", default, RoomVisibility.Private)).Value;
        Assert.Null((await host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default)).Error);
        Assert.Null((await host.Rooms.SetMemberAsync(ChatHost.Ada, room.Id, Bella.Id, RoomRole.Member, default)).Error);
        await host.PostAsync(room, Secret);
        return room;
    }
}
