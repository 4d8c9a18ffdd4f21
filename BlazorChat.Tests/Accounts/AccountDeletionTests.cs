using System.Net;
using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Languages;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Accounts;

/// <summary>Whoever leaves the server is nobody at once, is forgotten everywhere as they wished, and leaves no room without an owner.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class AccountDeletionTests
{
    private static readonly Person Olga = new(Guid.Parse("018f0000-0000-7000-8000-00000000000d"), "Olga");

    private static readonly Person Bella = new(Guid.Parse("018f0000-0000-7000-8000-00000000000c"), "Bella");

    [Theory]
    [EveryDatabase]
    public async Task Messages_that_stay_are_by_a_deleted_person_on_open_pages_in_the_database_and_in_prompts(TestDatabase database)
    {
        await using var host = await StartAsync(database);
        var room = await host.RoomAsync();
        await host.PostAsync(room, "Hello from me");
        (await host.Model.NextAsync()).Finish("Hi");
        using var watch = await host.WatchAsync(room, Bella);
        await watch.EndedAsync();

        var ended = new TaskCompletionSource<string>();
        using var page = host.App.Services.GetRequiredService<OpenPages>().Follow(ChatHost.Ada, Words.English, end => ended.SetResult(end.Why));
        await DeleteAsync(host, ChatHost.Ada, MessagesOfDeleted.Keep);
        Assert.Equal("Your account has been deleted.", await ended.Task.Soon());
        var seen = await watch.UntilAsync(s => s.Messages.All(m => m.Message.Author.Name != "Ada" && m.Message.AskedBy?.Name != "Ada"));
        Assert.Equal([Names.GonePerson, "Demo"], seen.Messages.Select(m => m.Message.Author.Name));
        Assert.Equal((Names.GonePerson, 2), (seen.Messages[1].Message.AskedBy?.Name, seen.Room.MessageCount));
        await ForgottenAsync(host, ChatHost.Ada);

        await host.PostAsync(room, "Who wrote that?", Bella);
        var asked = await host.Model.NextAsync();
        Assert.DoesNotContain(asked.Lines, l => l.Contains("Ada", StringComparison.Ordinal));
        Assert.Contains($"{Names.GonePerson}: Hello from me", asked.Lines);
        asked.Finish("Nobody knows");
        await watch.EndedAsync(2);
        await using var db = host.OpenDatabase();
        Assert.False(await db.Messages.AnyAsync(m => m.AuthorName == "Ada" || m.AskedByName == "Ada"));
        Assert.False(await db.Members.AnyAsync(m => m.PersonId == ChatHost.Ada.Id));
        // Nothing of it is left but the id.
        var row = await db.People.SingleAsync(p => p.Id == ChatHost.Ada.Id);
        Assert.Equal((Names.GonePerson, null, Standing.None, null, null), (row.Name, row.NameKey, row.Standing, row.FormerName, row.Email));
    }

    [Theory]
    [EveryDatabase]
    public async Task Messages_that_go_are_gone_from_pages_prompts_and_counts_and_the_answers_stay(TestDatabase database)
    {
        await using var host = await StartAsync(database);
        var room = await host.RoomAsync();
        var posted = Guid.NewGuid();
        var gone = (await host.Rooms.PostAsync(ChatHost.Ada, room.Id, posted, "My secret", default)).Value;
        (await host.Model.NextAsync()).Finish("Fine");
        using var watch = await host.WatchAsync(room, Bella);
        await watch.EndedAsync();
        Assert.Null((await host.Rooms.ChangeAsync(Bella, room.Id, null, null, AnswerMode.WhenMentioned, default)).Error);
        // More than are removed in one step.
        await LargeRoom.FillAsync(host.OpenDatabase, room.Id, 450, ChatHost.Ada, TimeProvider.System.GetUtcNow());

        await DeleteAsync(host, ChatHost.Ada, MessagesOfDeleted.Remove);
        await ForgottenAsync(host, ChatHost.Ada);
        var seen = await watch.UntilAsync(s => s.Messages.Length == 1);
        Assert.Equal(("Demo", Names.GonePerson), (seen.Messages[0].Message.Author.Name, seen.Messages[0].Message.AskedBy?.Name));
        Assert.Equal(RoomErrorKind.NotFound, (await host.Rooms.ReadMessageAsync(Bella, room.Id, gone.Id, default)).Error?.Kind);
        await using var db = host.OpenDatabase();
        Assert.Equal((1, 1), (await db.Messages.CountAsync(m => m.RoomId == room.Id), await db.Rooms.Where(r => r.Id == room.Id).Select(r => r.MessageCount).SingleAsync()));
        Assert.Equal(0, await db.Steps.CountAsync());
        // Whoever has a copy of a message that was never acknowledged does not bring it back.
        Assert.True(await db.RemovedMessages.AnyAsync(m => m.ClientId == posted));

        await host.PostAsync(room, "@Demo and now?", Bella);
        var asked = await host.Model.NextAsync();
        Assert.DoesNotContain(asked.Lines, l => l.Contains("secret", StringComparison.Ordinal));
        asked.Finish("Well");
        await watch.EndedAsync(2);
    }

    [Theory]
    [EveryDatabase]
    public async Task A_process_that_dies_in_between_is_followed_by_one_that_goes_on(TestDatabase database)
    {
        var host = await StartAsync(database);
        try
        {
            var room = await host.RoomAsync();
            await LargeRoom.FillAsync(host.OpenDatabase, room.Id, 500, ChatHost.Ada, TimeProvider.System.GetUtcNow());
            await host.App.Services.GetRequiredService<DeletedPeople>().StopAsync(default);
            await DeleteAsync(host, ChatHost.Ada, MessagesOfDeleted.Remove);
            Assert.Equal(RoomErrorKind.Forbidden, (await host.Rooms.PostAsync(ChatHost.Ada, room.Id, Guid.NewGuid(), "Hello", default)).Error?.Kind);

            host = await host.RestartAsync();
            await ForgottenAsync(host, ChatHost.Ada);
            await using var db = host.OpenDatabase();
            Assert.Equal((0, 0), (await db.Messages.CountAsync(), await db.Rooms.Where(r => r.Id == room.Id).Select(r => r.MessageCount).SingleAsync()));
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_somebody_asked_ends_with_them_and_nothing_is_answered_in_their_name()
    {
        await using var host = await StartAsync();
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room, Bella);
        await host.PostAsync(room, "Tell me a long story");
        var running = await host.Model.NextAsync();
        running.Say("Once upon a time");
        await host.PostAsync(room, "And another");
        await host.PostAsync(room, "I have a question, too", Bella);

        await DeleteAsync(host, ChatHost.Ada, MessagesOfDeleted.Keep);
        await running.Stopped.Soon();
        var stopped = await watch.UntilAsync(s => s.Messages.Any(m => m.Message.Status is MessageStatus.Cut));
        var response = stopped.Messages.Single(m => m.Message.Status is MessageStatus.Cut).Message;
        Assert.Equal((new MessageStatus.Cut("Stopped because the account of the person who asked was deleted."), Names.GonePerson), (response.Status, response.AskedBy?.Name));
        // The question of somebody else is answered.
        var next = await host.Model.NextAsync();
        next.Finish("Here you are");
        await watch.UntilAsync(s => s.Queue.IsEmpty && s.Messages.Count(m => m.Message.Author.Name == "Demo" && m.Message.Status.IsEnded) == 2);
        await ForgottenAsync(host, ChatHost.Ada);
        Assert.DoesNotContain(watch.Now.Messages, m => m.Message.Author.Name == "Ada" || m.Message.AskedBy?.Name == "Ada");
        Assert.False(host.Model.WasAskedAgain);
    }

    [Fact]
    public async Task A_person_deletes_the_account_with_the_password_and_the_name_is_free_without_what_was_written_under_it()
    {
        await using var host = await AccountHost.StartAsync(TestDatabase.Sqlite, "--Rooms:NewRooms=Private");
        var olga = await host.AdministratorAsync();
        var grace = host.Browser();
        await AccountHost.CreateAsync(grace, await AccountHost.InviteAsync(olga), "Grace");
        var phone = host.Browser();
        await phone.SignInAsync("Grace", AccountHost.Password);
        var id = host.Find("Grace").Id;
        var person = new Person(id, "Grace");
        var room = (await host.Chat.Rooms.CreateAsync(person, "Plans", default)).Value;
        Assert.Null((await host.Chat.Rooms.ChangeAsync(person, room.Id, null, null, AnswerMode.WhenMentioned, default)).Error);
        Assert.Null((await host.Chat.Rooms.PostAsync(person, room.Id, Guid.NewGuid(), "Hello", default)).Error);

        // Nobody else can decide about the room.
        var page = await grace.ReadAsync("/account/leave");
        Assert.Contains("Only you own these rooms", page, StringComparison.Ordinal);
        Assert.DoesNotContain("current-password", page, StringComparison.Ordinal);
        var wrong = await grace.SendAsync("/account/leave", $"room-{room.Id:N}", ("Owner", "Nobody"), ("Act", "hand-over"));
        Assert.Contains("Nobody here has this name.", wrong.Text, StringComparison.Ordinal);
        await grace.SendAsync("/account/leave", $"room-{room.Id:N}", ("Owner", "Olga"), ("Act", "hand-over"));

        var refused = await grace.SendAsync("/account/leave", "leave", ("Password", "wrong password"), ("Messages", "keep"));
        Assert.Contains("This is not your password.", refused.Text, StringComparison.Ordinal);
        Assert.True(await AccountHost.IsInAsync(phone));
        var deleted = await grace.SendAsync("/account/leave", "leave", ("Password", AccountHost.Password), ("Messages", "keep"));
        Assert.Contains("Your account has been deleted.", deleted.Text, StringComparison.Ordinal);
        Assert.False(await AccountHost.IsInAsync(grace));
        Assert.False(await AccountHost.IsInAsync(phone));
        Assert.Equal(HttpStatusCode.OK, (await host.Browser().SignInAsync("Grace", AccountHost.Password)).Status);
        await ForgottenAsync(host.Chat, person);

        var namesake = host.Browser();
        await AccountHost.CreateAsync(namesake, await AccountHost.InviteAsync(olga), "Grace");
        Assert.NotEqual(id, host.Find("Grace").Id);
        Assert.Equal(RoomErrorKind.NotFound, (await host.Chat.Live.ReadAsync(new Person(host.Find("Grace").Id, "Grace"), room.Id, default)).Error?.Kind);
        // Nobody can be mistaken for somebody who is gone.
        var posing = await host.Browser().SendAsync(await AccountHost.InviteAsync(olga), "create-account", ("Name", "Deleted Person"), ("Password", AccountHost.Password));
        Assert.Contains("already called", posing.Text, StringComparison.Ordinal);
        Assert.Contains(await AuditAsync(host.Chat), e => e == (AuditAction.AccountDeleted, id, id));
    }

    [Fact]
    public async Task The_last_administrator_stays()
    {
        await using var host = await AccountHost.StartAsync();
        var olga = await host.AdministratorAsync();
        var refused = await olga.SendAsync("/account/leave", "leave", ("Password", AccountHost.Password), ("Messages", "keep"));
        Assert.Contains("The server needs an administrator.", refused.Text, StringComparison.Ordinal);
        Assert.True(await AccountHost.IsInAsync(olga));
    }

    [Fact]
    public async Task A_guest_decides_about_their_rooms_before_they_leave()
    {
        await using var host = await AccountHost.StartAsync(TestDatabase.Sqlite, "--Rooms:NewRooms=Private");
        var guest = host.Browser();
        await guest.JoinAsync("Grace");
        var person = new Person(host.Find("Grace").Id, "Grace");
        var room = (await host.Chat.Rooms.CreateAsync(person, "Plans", default)).Value;
        await guest.LeaveAsync("/account/leave");
        Assert.True(await AccountHost.IsInAsync(guest));
        Assert.Contains("Only you own these rooms", await guest.ReadAsync("/account/leave"), StringComparison.Ordinal);
        var deleted = await guest.SendAsync("/account/leave", $"room-{room.Id:N}", ("Act", "delete"));
        Assert.Matches("“<bdi[^>]*>Plans</bdi>” is deleted. Until you leave, you can bring it back", deleted.Text);
        Assert.Contains("anyone can take the name", deleted.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await guest.SendAsync("/account/leave", "leave")).Status);
        Assert.False(await AccountHost.IsInAsync(guest));
        Assert.Null(host.People.FindByKey(NameRules.KeyOf("Grace")));
    }

    [Fact]
    public async Task A_guest_who_is_not_let_in_any_more_does_not_leave_rooms_without_an_owner()
    {
        await using var host = await AccountHost.StartAsync(TestDatabase.Sqlite, "--Rooms:NewRooms=Private", "--Accounts:Guests=true");
        var guest = host.Browser();
        await guest.JoinAsync("Grace");
        var id = host.Find("Grace").Id;
        Assert.Null((await host.Chat.Rooms.CreateAsync(new Person(id, "Grace"), "Plans", default)).Error);
        var other = host.Browser();
        await other.JoinAsync("Ada");
        var (graces, adas) = (guest.Person, other.Person);
        await host.RestartAsync("--Accounts:Guests=false");
        guest = host.Browser(graces);
        await guest.LeaveAsync("/account/sign-in");
        Assert.Equal(Standing.Guest, host.Find("Grace").Standing);
        // Who may still register, and then decide.
        Assert.Contains("here as the guest", await guest.ReadAsync("/join"), StringComparison.Ordinal);
        await host.Browser(adas).LeaveAsync("/account/sign-in");
        Assert.Null(host.People.FindByKey(NameRules.KeyOf("Ada")));
    }

    [Fact]
    public async Task Guests_who_are_not_let_in_any_more_are_no_owners_whom_a_room_can_wait_for()
    {
        var (ada, grace) = (new Person(Guid.NewGuid(), "Ada"), new Person(Guid.NewGuid(), "Grace"));
        await using var host = await AccountHost.StartAsync(TestDatabase.Sqlite, "--Accounts:Guests=true");
        await host.Chat.AddPersonAsync(Olga, Standing.Administrator);
        await host.Chat.AddPersonAsync(Bella, Standing.Registered);
        await host.Chat.AddPersonAsync(ada);
        await host.Chat.AddPersonAsync(grace);
        var alone = (await host.Chat.Rooms.CreateAsync(grace, "Plans", default, RoomVisibility.Private)).Value;
        Assert.Null((await host.Chat.Rooms.SetMemberAsync(grace, alone.Id, Bella.Id, RoomRole.Member, default)).Error);
        var shared = (await host.Chat.Rooms.CreateAsync(Bella, "Shared", default, RoomVisibility.Private)).Value;
        Assert.Null((await host.Chat.Rooms.SetMemberAsync(Bella, shared.Id, ada.Id, RoomRole.Owner, default)).Error);
        Assert.Empty((await host.Chat.Rooms.ListOwnerlessAsync(Olga, default)).Value);

        await host.RestartAsync("--Accounts:Guests=false");
        var listed = Assert.Single((await host.Chat.Rooms.ListOwnerlessAsync(Olga, default)).Value);
        Assert.Equal((alone.Id, "Bella"), (listed.RoomId, Assert.Single(listed.Members)));
        // She is the only one who can decide about this one now.
        Assert.Equal(RoomErrors.LastOwner, (await host.Chat.Rooms.RemoveMemberAsync(Bella, shared.Id, Bella.Id, default)).Error);
        Assert.Equal(RoomErrors.NoSuchPerson, (await host.Chat.Rooms.AppointOwnerAsync(Olga, alone.Id, "Grace", default)).Error);
        Assert.Null((await host.Chat.Rooms.AppointOwnerAsync(Olga, alone.Id, "Bella", default)).Error);
        Assert.Empty((await host.Chat.Rooms.ListOwnerlessAsync(Olga, default)).Value);
    }

    [Fact]
    public async Task An_administrator_is_shown_what_somebody_owns_before_they_are_deleted_and_open_rooms_without_an_owner_afterwards()
    {
        await using var host = await AccountHost.StartAsync(TestDatabase.Sqlite);
        var browser = await host.AdministratorAsync("Olga");
        var olga = new Person(host.Find("Olga").Id, "Olga");
        await host.Chat.AddPersonAsync(Bella, Standing.Registered);
        await host.Chat.AddPersonAsync(ChatHost.Ada, Standing.Registered);
        var rooms = host.Chat.Rooms;
        var open = (await rooms.CreateAsync(ChatHost.Ada, "Compilers", default, RoomVisibility.Open)).Value;
        var shared = (await rooms.CreateAsync(ChatHost.Ada, "Shared", default, RoomVisibility.Private)).Value;
        Assert.Null((await rooms.SetMemberAsync(ChatHost.Ada, shared.Id, Bella.Id, RoomRole.Owner, default)).Error);

        var page = await browser.ReadAsync($"/people/{ChatHost.Ada.Id}/delete");
        Assert.Contains("Compilers", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Shared", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Rooms that only they own", await browser.ReadAsync($"/people/{Bella.Id}/delete"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.SendAsync($"/people/{ChatHost.Ada.Id}/delete", "delete-person", ("Messages", "keep"))).Status);
        await ForgottenAsync(host.Chat, ChatHost.Ada);
        Assert.Equal(open.Id, Assert.Single((await rooms.ListOwnerlessAsync(olga, default)).Value).RoomId);
        Assert.Contains("Compilers", await browser.ReadAsync("/people"), StringComparison.Ordinal);
        Assert.Null((await rooms.AppointOwnerAsync(olga, open.Id, "Bella", default)).Error);
        Assert.Empty((await rooms.ListOwnerlessAsync(olga, default)).Value);
    }

    [Fact]
    public async Task An_administrator_deletes_somebody_and_appoints_the_owner_of_their_room_without_reading_it()
    {
        await using var host = await AccountHost.StartAsync(TestDatabase.Sqlite, "--Rooms:NewRooms=Private");
        var olga = await host.AdministratorAsync();
        var administrator = new Person(host.Find("Olga").Id, "Olga");
        var grace = host.Browser();
        await AccountHost.CreateAsync(grace, await AccountHost.InviteAsync(olga), "Grace");
        var bella = host.Browser();
        await AccountHost.CreateAsync(bella, await AccountHost.InviteAsync(olga), "Bella");
        var (owner, member) = (new Person(host.Find("Grace").Id, "Grace"), new Person(host.Find("Bella").Id, "Bella"));
        var rooms = host.Chat.Rooms;
        var room = (await rooms.CreateAsync(owner, "Plans", default)).Value;
        Assert.Null((await rooms.SetMemberAsync(owner, room.Id, member.Id, RoomRole.Member, default)).Error);
        Assert.Empty((await rooms.ListOwnerlessAsync(administrator, default)).Value);

        // Disabled, the owner may come back, and the room can wait or not.
        await olga.SendAsync("/people", "people", ("Act", $"disable {owner.Id:N}"));
        Assert.Equal((room.Id, "Plans"), (await rooms.ListOwnerlessAsync(administrator, default)).Value.Select(r => (r.RoomId, r.Name)).Single());
        Assert.Equal("Bella", Assert.Single((await rooms.ListOwnerlessAsync(administrator, default)).Value[0].Members));
        await olga.SendAsync("/people", "people", ("Act", $"enable {owner.Id:N}"));
        Assert.Empty((await rooms.ListOwnerlessAsync(administrator, default)).Value);

        var page = await bella.ReadAsync($"/people/{owner.Id}/delete");
        Assert.Contains("does not exist", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await olga.SendAsync($"/people/{owner.Id}/delete", "delete-person", ("Messages", "remove"))).Status);
        Assert.False(await AccountHost.IsInAsync(grace));
        await ForgottenAsync(host.Chat, owner);
        Assert.Contains("Rooms without an owner", await olga.ReadAsync("/people"), StringComparison.Ordinal);
        Assert.Equal(RoomErrorKind.NotFound, (await host.Chat.Live.ReadAsync(administrator, room.Id, default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.Forbidden, (await rooms.AppointOwnerAsync(member, room.Id, "Bella", default)).Error?.Kind);

        await olga.SendAsync("/people", $"owner-{room.Id:N}", ("Owner", "bella"));
        Assert.Equal([("Bella", RoomRole.Owner)], (await rooms.ReadMembersAsync(member, room.Id, default)).Value.Select(m => (m.Name, m.Member.Role)));
        Assert.DoesNotContain("Rooms without an owner", await olga.ReadAsync("/people"), StringComparison.Ordinal);
        // They read who decided it.
        Assert.Contains(
            (await rooms.ReadOlderAsync(member, room.Id, long.MaxValue, default)).Value.Messages,
            m => m.Author is { Kind: AuthorKind.Service, Name: "Olga" } && m.Text.StartsWith("Appointed another owner", StringComparison.Ordinal));
        Assert.Equal(RoomErrorKind.NotFound, (await host.Chat.Live.ReadAsync(administrator, room.Id, default)).Error?.Kind);
        Assert.Contains(await AuditAsync(host.Chat), e => e == (AuditAction.OwnerAppointed, administrator.Id, member.Id));
    }

    [Fact]
    public async Task Of_two_owners_who_leave_at_the_same_moment_one_has_to_decide_about_the_room()
    {
        await using var host = await AccountHost.StartAsync(TestDatabase.Sqlite, "--Rooms:NewRooms=Private");
        var olga = await host.AdministratorAsync();
        var browsers = new[] { host.Browser(), host.Browser() };
        await AccountHost.CreateAsync(browsers[0], await AccountHost.InviteAsync(olga), "Grace");
        await AccountHost.CreateAsync(browsers[1], await AccountHost.InviteAsync(olga), "Bella");
        var (grace, bella) = (new Person(host.Find("Grace").Id, "Grace"), new Person(host.Find("Bella").Id, "Bella"));
        var room = (await host.Chat.Rooms.CreateAsync(grace, "Plans", default)).Value;
        Assert.Null((await host.Chat.Rooms.SetMemberAsync(grace, room.Id, bella.Id, RoomRole.Owner, default)).Error);

        var left = await Task.WhenAll(browsers.Select(b => b.SendAsync("/account/leave", "leave", ("Password", AccountHost.Password), ("Messages", "keep"))));
        Assert.Single(left, l => l.Text.Contains("has been deleted", StringComparison.Ordinal));
        var stays = left[0].Text.Contains("has been deleted", StringComparison.Ordinal) ? bella : grace;
        await ForgottenAsync(host.Chat, stays == bella ? grace : bella);
        Assert.Equal([stays.Id], (await host.Chat.Rooms.ReadMembersAsync(stays, room.Id, default)).Value.Select(m => m.Member.PersonId));
        // A member who left is no owner that somebody could rely on.
        Assert.Equal(RoomErrorKind.Conflict, (await host.Chat.Rooms.RemoveMemberAsync(stays, room.Id, stays.Id, default)).Error?.Kind);
        // Nobody can be brought back by being made a member.
        Assert.Equal(RoomErrorKind.NotFound, (await host.Chat.Rooms.SetMemberAsync(stays, room.Id, stays == bella ? grace.Id : bella.Id, RoomRole.Member, default)).Error?.Kind);
    }

    [Fact]
    public async Task A_cookie_from_before_of_somebody_who_was_deleted_lets_nobody_in()
    {
        await using var host = await AccountHost.StartAsync();
        var id = Guid.NewGuid();
        var browser = host.Browser(host.CookieFromBefore(id, "Grace"));
        Assert.True(await AccountHost.IsInAsync(browser));
        var olga = await host.AdministratorAsync();
        await olga.SendAsync($"/people/{id}/delete", "delete-person", ("Messages", "keep"));
        Assert.False(await AccountHost.IsInAsync(host.Browser(host.CookieFromBefore(id, "Grace"))));
        await host.RestartAsync();
        Assert.False(await AccountHost.IsInAsync(host.Browser(host.CookieFromBefore(id, "Grace"))));
    }

    private static async Task<ChatHost> StartAsync(TestDatabase database = TestDatabase.Sqlite)
    {
        var host = await ChatHost.StartAsync(database, ["--Accounts:Guests=true"]);
        await host.AddPersonAsync(Olga, Standing.Administrator);
        await host.AddPersonAsync(ChatHost.Ada, Standing.Registered);
        await host.AddPersonAsync(Bella, Standing.Registered);
        return host;
    }

    private static async Task DeleteAsync(ChatHost host, Person person, MessagesOfDeleted messages)
    {
        await using var scope = host.App.Services.CreateAsyncScope();
        Assert.Null(await scope.ServiceProvider.GetRequiredService<AccountDeletion>().DeleteOtherAsync(Olga, person.Id, messages, default));
        Assert.Equal(Standing.None, host.App.Services.GetRequiredService<PeopleDirectory>().StandingOf(person));
    }

    private static async Task<IReadOnlyList<(AuditAction Action, Guid? By, Guid? Person)>> AuditAsync(ChatHost host) =>
        [.. (await host.App.Services.GetRequiredService<IAuditLog>().ReadAsync(null, null, 100, default)).Entries.Select(e => (e.Action, e.By, e.PersonId))];

    private static async Task ForgottenAsync(ChatHost host, Person person)
    {
        var people = host.App.Services.GetRequiredService<PeopleDirectory>();
        var forgotten = new TaskCompletionSource();
        people.Changed += (_, _) => Look();
        Look();
        await forgotten.Task.Soon();

        void Look()
        {
            if (people.Find(person.Id) is { IsDeleted: true, Messages: MessagesOfDeleted.None })
            {
                forgotten.TrySetResult();
            }
        }
    }
}
