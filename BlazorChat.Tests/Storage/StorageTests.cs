using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Storage.Postgres;
using BlazorChat.Storage.Sqlite;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Storage;

[Trait(nameof(Kind), Kind.Storage)]
public sealed class StorageTests
{
    [Theory]
    [EveryDatabase]
    public void The_migrations_are_up_to_date_with_the_model(TestDatabase database)
    {
        using var context = OpenNothing(database);
        Assert.False(context.Database.HasPendingModelChanges());
    }

    [Theory]
    [EveryDatabase]
    public void What_was_made_of_the_model_beforehand_is_what_would_be_made_of_it_now(TestDatabase database)
    {
        using var context = OpenNothing(database);
        var now = context.GetService<IModelSource>().GetModel(context, context.GetService<ModelCreationDependencies>(), designTime: false);
        Assert.NotSame(now, context.Model);
        // Where this differs, eng/compile-models.sh was not run after a change.
        Assert.Equal(now.ToDebugString(MetadataDebugStringOptions.LongDefault), context.Model.ToDebugString(MetadataDebugStringOptions.LongDefault));
    }

    private static ChatDbContext OpenNothing(TestDatabase database) =>
        database == TestDatabase.Sqlite ? new SqliteDesignFactory().CreateDbContext([]) : new PostgresDesignFactory().CreateDbContext([]);

    [Fact]
    public async Task The_database_is_durable_and_lets_readers_pass_the_writer()
    {
        await using var host = await ChatHost.StartAsync();
        await using var db = host.OpenDatabase();
        await db.Database.OpenConnectionAsync();
        Assert.Equal("wal", await PragmaAsync("journal_mode"));
        Assert.Equal("2", await PragmaAsync("synchronous"));
        Assert.Equal("1", await PragmaAsync("foreign_keys"));

        async Task<string?> PragmaAsync(string name)
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = $"PRAGMA {name}";
            return (await command.ExecuteScalarAsync())?.ToString();
        }
    }

    [Theory]
    [EveryDatabase]
    public async Task Times_keep_their_milliseconds_and_order(TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database);
        var store = host.App.Services.GetRequiredService<IRoomStore>();
        var time = new DateTimeOffset(2026, 3, 4, 5, 6, 7, 891, TimeSpan.FromHours(3));
        var room = new Room { Id = Guid.NewGuid(), Name = "Times", CreatedAt = time, LastActivityAt = time };
        await host.App.Services.GetRequiredService<RoomCreation>().CreateAsync(room, null, default);
        Assert.Equal(time, (await store.FindAsync(room.Id, default))!.CreatedAt);
    }

    [Theory]
    [EveryDatabase]
    public async Task A_locked_database_is_a_refusal_and_nothing_is_half_stored(TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database);
        var room = await host.RoomAsync();
        await using (var db = host.OpenDatabase())
        {
            await db.Database.ExecuteSqlRawAsync(database == TestDatabase.Sqlite
                ? "CREATE TRIGGER refuse BEFORE INSERT ON \"Messages\" BEGIN SELECT RAISE(ABORT, 'disk full'); END"
                : "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''disk full''; END'; CREATE TRIGGER refuse BEFORE INSERT ON \"Messages\" EXECUTE FUNCTION refuse()");
        }

        var refused = await host.Rooms.PostAsync(ChatHost.Ada, room.Id, Guid.NewGuid(), "Hello", default);
        Assert.Equal(RoomErrorKind.Unavailable, refused.Error?.Kind);
        Assert.DoesNotContain("disk", refused.Error!.Message, StringComparison.Ordinal);
        await using (var db = host.OpenDatabase())
        {
            Assert.Empty(await db.Turns.ToListAsync());
            Assert.Equal(0, (await db.Rooms.SingleAsync(r => r.Id == room.Id)).LastSequence);
            await db.Database.ExecuteSqlRawAsync(database == TestDatabase.Sqlite ? "DROP TRIGGER refuse" : "DROP TRIGGER refuse ON \"Messages\"");
        }

        Assert.Equal(1, (await host.PostAsync(room, "Hello")).Sequence);
    }

    [Theory]
    [EveryDatabase]
    public async Task A_send_and_an_open_cost_the_same_commands_whatever_the_history(TestDatabase database)
    {
        var counter = new CommandCounter();
        await using var host = await ChatHost.StartAsync(database, b => b.Services.Intercept(counter));
        var small = await host.RoomAsync("Small");
        var large = await host.RoomAsync("Large");
        foreach (var room in new[] { small, large })
        {
            await host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default);
        }

        // Both have more than a page, behind which something may wait.
        await SeedAsync(host, small.Id, 100);
        await SeedAsync(host, large.Id, 5_000);
        var commands = new List<int>();
        foreach (var room in new[] { small, large })
        {
            var before = counter.Count;
            using var watch = await host.WatchAsync(room);
            await host.PostAsync(room, "Hello");
            commands.Add(counter.Count - before);
            Assert.True(watch.Now.Messages.Length <= 51);
        }

        Assert.Equal(commands[0], commands[1]);
        Assert.InRange(commands[0], 1, 13);
    }

    internal static async Task SeedAsync(ChatHost host, Guid roomId, int count)
    {
        await using var db = host.OpenDatabase();
        var now = DateTimeOffset.UnixEpoch;
        for (var i = 1; i <= count; i++)
        {
            db.Messages.Add(new MessageRow
            {
                Id = Guid.NewGuid(), RoomId = roomId, Sequence = i, AuthorKind = AuthorKind.Person, AuthorId = "x", AuthorName = "X",
                ClientId = Guid.NewGuid(), Parts = MessagePartsJson.Write([new TextPart("Hello")]), CreatedAt = now,
            });
        }

        (await db.Rooms.SingleAsync(r => r.Id == roomId)).LastSequence = count;
        await db.SaveChangesAsync();
    }

    private sealed class CommandCounter : Microsoft.EntityFrameworkCore.Diagnostics.DbCommandInterceptor
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public override System.Data.Common.DbCommand CommandInitialized(
            Microsoft.EntityFrameworkCore.Diagnostics.CommandEndEventData eventData, System.Data.Common.DbCommand result)
        {
            Interlocked.Increment(ref _count);
            return result;
        }
    }
}
