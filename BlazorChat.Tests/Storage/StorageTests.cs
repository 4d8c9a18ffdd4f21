using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Storage.Postgres;
using BlazorChat.Storage.Sqlite;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Storage;

public sealed class StorageTests
{
    [Theory]
    [EveryDatabase]
    public void The_migrations_are_up_to_date_with_the_model(TestDatabase database)
    {
        using ChatDbContext context = database == TestDatabase.Sqlite ? new SqliteDesignFactory().CreateDbContext([]) : new PostgresDesignFactory().CreateDbContext([]);
        Assert.False(context.Database.HasPendingModelChanges());
    }

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
        await store.CreateAsync(room, default);
        Assert.Equal(time, (await store.FindAsync(room.Id, default))!.CreatedAt);
    }

    [Fact]
    public async Task A_locked_database_is_a_refusal_and_nothing_is_half_stored()
    {
        await using var host = await ChatHost.StartAsync();
        var room = await host.RoomAsync();
        await using (var db = host.OpenDatabase())
        {
            await db.Database.ExecuteSqlRawAsync("CREATE TRIGGER refuse BEFORE INSERT ON \"Messages\" BEGIN SELECT RAISE(ABORT, 'disk full'); END");
        }

        var refused = await host.Rooms.PostAsync(ChatHost.Ada, room.Id, Guid.NewGuid(), "Hello", default);
        Assert.Equal(RefusalKind.Unavailable, refused.Refusal?.Kind);
        Assert.DoesNotContain("disk", refused.Refusal!.Sentence, StringComparison.Ordinal);
        await using (var db = host.OpenDatabase())
        {
            Assert.Empty(await db.Turns.ToListAsync());
            Assert.Equal(0, (await db.Rooms.SingleAsync(r => r.Id == room.Id)).LastSequence);
            await db.Database.ExecuteSqlRawAsync("DROP TRIGGER refuse");
        }

        Assert.Equal(1, (await host.PostAsync(room, "Hello")).Sequence);
    }

    [Fact]
    public async Task A_send_and_an_open_cost_the_same_commands_whatever_the_history()
    {
        var counter = new CommandCounter();
        await using var host = await ChatHost.StartAsync(
            b => b.Services.ConfigureDbContext<SqliteChatDbContext>(o => o.AddInterceptors(counter)));
        var small = await host.RoomAsync("Small");
        var large = await host.RoomAsync("Large");
        foreach (var room in new[] { small, large })
        {
            await host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default);
        }

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
        Assert.InRange(commands[0], 1, 12);
    }

    [Fact]
    public async Task A_page_of_messages_is_read_through_the_index_without_sorting()
    {
        await using var host = await ChatHost.StartAsync();
        await using var db = host.OpenDatabase();
        var plan = await db.Database.SqlQueryRaw<PlanRow>(
            """EXPLAIN QUERY PLAN SELECT * FROM "Messages" AS m WHERE m."RoomId" = 'x' AND m."Sequence" < 9 ORDER BY m."Sequence" DESC LIMIT 51""").ToListAsync();
        var step = Assert.Single(plan).Detail;
        Assert.Contains("IX_Messages_RoomId_Sequence", step, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_reads_through_the_index_without_sorting()
    {
        var sql = new LastCommand();
        await using var host = await ChatHost.StartAsync(b => b.Services.ConfigureDbContext<SqliteChatDbContext>(o => o.AddInterceptors(sql)));
        var room = await host.RoomAsync();
        await host.App.Services.GetRequiredService<IRoomStore>().SearchAsync(room.Id, "x", 1, default);
        await using var db = host.OpenDatabase();
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"EXPLAIN QUERY PLAN {sql.Text}";
        foreach (var (name, value) in sql.Parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        var steps = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            steps.Add(reader.GetString(3));
        }

        Assert.Contains(steps, step => step.Contains("IX_Messages_RoomId_Sequence", StringComparison.Ordinal));
        Assert.DoesNotContain(steps, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
    }

    private static async Task SeedAsync(ChatHost host, Guid roomId, int count)
    {
        await using var db = host.OpenDatabase();
        var now = DateTimeOffset.UnixEpoch;
        for (var i = 1; i <= count; i++)
        {
            db.Messages.Add(new MessageRow
            {
                Id = Guid.NewGuid(), RoomId = roomId, Sequence = i, AuthorKind = AuthorKind.Person, AuthorId = "x", AuthorName = "X",
                ClientId = Guid.NewGuid(), Parts = MessagePartsJson.WriteText("Hello"), CreatedAt = now,
            });
        }

        (await db.Rooms.SingleAsync(r => r.Id == roomId)).LastSequence = count;
        await db.SaveChangesAsync();
    }

    private sealed record PlanRow(string Detail);

    private sealed class LastCommand : Microsoft.EntityFrameworkCore.Diagnostics.DbCommandInterceptor
    {
        public string Text { get; private set; } = "";

        public IReadOnlyList<(string Name, object? Value)> Parameters { get; private set; } = [];

        public override ValueTask<Microsoft.EntityFrameworkCore.Diagnostics.InterceptionResult<System.Data.Common.DbDataReader>> ReaderExecutingAsync(
            System.Data.Common.DbCommand command,
            Microsoft.EntityFrameworkCore.Diagnostics.CommandEventData eventData,
            Microsoft.EntityFrameworkCore.Diagnostics.InterceptionResult<System.Data.Common.DbDataReader> result,
            CancellationToken cancellationToken = default)
        {
            if (command.CommandText.Contains("LIKE", StringComparison.Ordinal))
            {
                Text = command.CommandText;
                Parameters = [.. command.Parameters.Cast<System.Data.Common.DbParameter>().Select(p => (p.ParameterName, p.Value))];
            }

            return base.ReaderExecutingAsync(command, eventData, result, cancellationToken);
        }
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
