using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Storage.Sqlite;
using BlazorChat.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace BlazorChat.Tests.Storage;

/// <summary>A database of the first version, with what people wrote, goes on with this one.</summary>
[Trait(nameof(Kind), Kind.Storage)]
public sealed class MigrationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("blazorchat-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_the_first_version_stored_is_read_and_goes_on()
    {
        var (roomId, question, response, running) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        var connection = $"Data Source={Path.Combine(_folder, "blazorchat.db")}";
        await using (var db = new SqliteChatDbContext(new DbContextOptionsBuilder<SqliteChatDbContext>().UseSqlite(connection).Options))
        {
            await db.GetService<IMigrator>().MigrateAsync("Initial");
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            await db.Database.ExecuteSqlAsync($"""
                INSERT INTO "Rooms" ("Id", "Name", "NameKey", "Instructions", "AnswerMode", "CreatedAt", "LastActivityAt", "MessageCount", "LastSequence", "ClearedThrough")
                VALUES ({roomId}, 'Old', 'OLD', 'Be kind.', 0, {now}, {now}, 4, 4, 0)
                """);
            await AddAsync(question, 1, AuthorKind.Person, "a", "Ada", Guid.NewGuid(), "Hello", StoredStatus.Complete);
            await AddAsync(response, 2, AuthorKind.Assistant, "demo", "Demo", null, "Hi", StoredStatus.Complete);
            await AddAsync(Guid.CreateVersion7(), 3, AuthorKind.Person, "a", "Ada", Guid.NewGuid(), "And now?", StoredStatus.Complete);
            await AddAsync(running, 4, AuthorKind.Assistant, "demo", "Demo", null, "", StoredStatus.Streaming);
            await db.Database.ExecuteSqlAsync($"""INSERT INTO "Journal" ("MessageId", "Ordinal", "Text") VALUES ({running}, 1, 'Half a ')""");
            await db.Database.ExecuteSqlAsync($"""INSERT INTO "Journal" ("MessageId", "Ordinal", "Text") VALUES ({running}, 2, 'sentence')""");
            await db.Database.ExecuteSqlAsync($"""
                INSERT INTO "Turns" ("Id", "RoomId", "AssistantId", "State", "RequestedByKind", "RequestedById", "RequestedByName", "RequestedAt", "MessageId")
                VALUES ({Guid.CreateVersion7()}, {roomId}, 'demo', 1, 0, 'a', 'Ada', {now}, {running})
                """);

            Task AddAsync(Guid id, long sequence, AuthorKind kind, string authorId, string name, Guid? clientId, string text, StoredStatus status) =>
                db.Database.ExecuteSqlAsync($"""
                    INSERT INTO "Messages" ("Id", "RoomId", "Sequence", "AuthorKind", "AuthorId", "AuthorName", "ClientId", "Parts", "Status", "CreatedAt", "IsRetried")
                    VALUES ({id}, {roomId}, {sequence}, {(int)kind}, {authorId}, {name}, {clientId}, {MessagePartsJson.Write([new TextPart(text)])}, {(int)status}, {now}, 0)
                    """);
        }

        SqliteConnection.ClearAllPools();
        await using var host = await ChatHost.StartAsync(_folder);
        var room = (await host.Live.ReadAsync(ChatHost.Ada, roomId, default)).Value.Room;
        Assert.Equal(("Old", "Be kind.", OverlapPolicy.Queue, TimeSpan.FromSeconds(2)), (room.Name, room.Instructions, room.Settings.Overlap, room.Settings.QuietTime));
        using var watch = await host.WatchAsync(room);
        var state = await watch.UntilAsync(s => !s.Running.Any());
        Assert.Equal(["Hello", "Hi", "And now?", "Half a sentence"], state.Messages.Select(m => m.Message.Text));
        Assert.Equal(MessageStatus.Interrupted.Instance, state.Messages[^1].Message.Status);
        Assert.All(state.Messages, m => Assert.Equal(1, m.Message.Versions));

        Assert.Null((await host.Responses.ContinueAsync(ChatHost.Ada, roomId, running, default)).Error);
        (await host.Model.NextAsync()).Finish(".");
        await watch.UntilAsync(s => s.Find(running)!.Message.Text == "Half a sentence.");
        await host.Responses.RegenerateAsync(ChatHost.Ada, roomId, response, default);
        (await host.Model.NextAsync()).Finish("Hello again");
        await watch.UntilAsync(s => s.Find(response)!.Message is { Text: "Hello again", Versions: 2 });
    }

    [Theory]
    [EveryDatabase]
    public async Task Rooms_from_before_members_keep_their_owners_and_are_open_and_an_owner_that_is_nobodys_id_stops_nothing(TestDatabase kind)
    {
        var ada = ChatHost.Ada.Id;
        (Guid Id, string Name, string? Owner)[] owned =
        [
            .. new[] { ada.ToString("N"), ada.ToString("D"), ada.ToString("N").ToUpperInvariant(), ada.ToString("D").ToUpperInvariant(), ada.ToString("N").Insert(3, "-") }
                .Select((owner, i) => (Guid.CreateVersion7(), $"Ada's {i}", (string?)owner)),
        ];
        (Guid Id, string Name, string? Owner)[] ofNobody =
        [
            .. new[] { null, "", "ada", "demo", new('z', 32), new('\u00e9', 32), new('0', 64), $"{{{ada:N}}}", $"{ada:N}'); --" }
                .Select((owner, i) => (Guid.CreateVersion7(), $"Nobody's {i}", owner)),
        ];
        await using var data = await RoomsFromBefore.CreateAsync(kind, [.. owned, .. ofNobody]);
        await using var host = await ChatHost.StartAsync(data, settings: ["--Accounts:Guests=true"]);
        var olga = new Person(Guid.NewGuid(), "Olga");
        await host.AddPersonAsync(olga, Standing.Administrator);
        foreach (var (id, name, _) in owned.Concat(ofNobody))
        {
            foreach (var person in new[] { ChatHost.Ada, ChatHost.Grace })
            {
                var frame = (await host.Live.ReadAsync(person, id, default)).Value;
                Assert.Equal((name, "Be kind.", RoomVisibility.OpenToGuests), (frame.Room.Name, frame.Room.Instructions, frame.Room.Visibility));
                Assert.Equal(RoomsFromBefore.Text, frame.Messages[0].Message.Text);
                Assert.Null((await host.Rooms.PostAsync(person, id, Guid.NewGuid(), "Written since", default)).Error);
                Assert.Contains((await host.Rooms.ListRoomsAsync(person, default)).Value, r => r.Room.Id == id);
            }
        }

        foreach (var (id, _, _) in owned)
        {
            Assert.Equal([(ada, RoomRole.Owner)], await MembersAsync(id));
            Assert.Equal([true, false, false], await ManageAsync(id));
        }

        foreach (var (id, _, _) in ofNobody)
        {
            Assert.Empty(await MembersAsync(id));
            Assert.Equal([false, false, true], await ManageAsync(id));
        }

        async Task<List<(Guid, RoomRole)>> MembersAsync(Guid roomId)
        {
            await using var database = host.OpenDatabase();
            return [.. (await database.Members.Where(m => m.RoomId == roomId).ToListAsync()).Select(m => (m.PersonId, m.Role))];
        }

        async Task<List<bool>> ManageAsync(Guid roomId)
        {
            List<bool> may = [];
            foreach (var person in new[] { ChatHost.Ada, ChatHost.Grace, olga })
            {
                may.Add((await host.Rooms.ChangeAsync(person, roomId, null, new RoomSettingsChange { Stop = TurnPeople.Members }, default)).Error is null);
            }

            return may;
        }
    }
}
