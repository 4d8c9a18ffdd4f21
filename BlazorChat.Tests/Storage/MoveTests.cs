using System.Text.Json;
using System.Xml.Linq;
using BlazorChat.Storage;
using BlazorChat.Storage.Moving;
using BlazorChat.Storage.Postgres;
using BlazorChat.Storage.Sqlite;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BlazorChat.Tests.Storage;

/// <summary>Everything goes from one database to the other and back, or nothing does; the source stays as it was.</summary>
[Trait(nameof(Kind), Kind.Storage)]
public sealed class MoveTests : IAsyncLifetime
{
    private TestData _sqlite = null!;
    private TestData _postgres = null!;

    public async Task InitializeAsync()
    {
        _sqlite = await TestData.CreateAsync(TestDatabase.Sqlite);
        _postgres = await TestData.CreateAsync(TestDatabase.PostgreSQL);
        StoredSchema.Restore(StoredSchema.All[^1], _sqlite.Folder);
        Directory.CreateDirectory(Path.Combine(_sqlite.Folder, "keys"));
        await File.WriteAllTextAsync(
            Path.Combine(_sqlite.Folder, "keys", "key-1.xml"), "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<key id=\"1\">\n  <descriptor>secret</descriptor>\n</key>");
    }

    public async Task DisposeAsync()
    {
        await _sqlite.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    [Fact]
    public void Every_table_is_taken()
    {
        using var sqlite = new SqliteDesignFactory().CreateDbContext([]);
        Assert.Equal(
            sqlite.Model.GetEntityTypes().Select(t => t.ClrType.Name).Order(StringComparer.Ordinal), RowCopy.Types.Select(t => t.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Everything_is_there_and_back_again_and_the_source_is_as_it_was()
    {
        // More than one batch, and something large.
        StoredSchema.Execute(_sqlite.Folder, """
            WITH RECURSIVE c(x) AS (SELECT 10 UNION ALL SELECT x + 1 FROM c WHERE x < 1500)
            INSERT INTO "Messages" ("Id", "RoomId", "Sequence", "AuthorKind", "AuthorId", "AuthorName", "Parts", "Status", "CreatedAt", "IsRetried", "Step", "Versions")
            SELECT printf('018F0000-0000-7000-8000-A%011d', x), '018F0000-0000-7000-8000-000000000002', x, 0, 'a', 'Ada', '{"v":1,"parts":[{"type":"text","text":"Hi ' || x || '"}]}', 0, 1795761735230 + x, 0, 0, 1 FROM c;
            INSERT INTO "Blobs" ("Id", "MessageId", "MediaType", "Content") SELECT '018F0000-0000-7000-8000-B00000000001', "Id", 'text/plain', randomblob(6000000) FROM "Messages" LIMIT 1;
            """);
        var before = Files();
        Assert.StartsWith("Moved 2 rooms, 1496 messages", await MoveAsync("PostgreSQL", _sqlite.Folder), StringComparison.Ordinal);
        Assert.Equal(before, Files());
        Assert.Equal(await RowsAsync(_sqlite), await RowsAsync(_postgres));

        var there = await RowsAsync(_postgres);
        var back = await TestData.CreateAsync(TestDatabase.Sqlite);
        await using var _ = back;
        await MoveAsync("sqlite", back.Folder);
        Assert.Equal(there, await RowsAsync(_postgres));
        Assert.Equal(there, await RowsAsync(back));
        Assert.Equal(
            JsonSerializer.Serialize(StoredSchema.Read(StoredSchema.FileOf(_sqlite.Folder)).OrderBy(t => t.Key, StringComparer.Ordinal)),
            JsonSerializer.Serialize(StoredSchema.Read(StoredSchema.FileOf(back.Folder)).OrderBy(t => t.Key, StringComparer.Ordinal)));
        Assert.True(XNode.DeepEquals(XElement.Load(Path.Combine(_sqlite.Folder, "keys", "key-1.xml")), XElement.Load(Path.Combine(back.Folder, "keys", "key-1.xml"))));

        await using var host = await ChatHost.StartAsync(_postgres);
        var messages = (await host.Live.ReadAsync(ChatHost.Ada, Guid.Parse("018f0000-0000-7000-8000-000000000002"), default)).Value;
        Assert.Equal("Küche 🍳", messages.Room.Name);
    }

    [Fact]
    public async Task Consumers_that_have_taken_everything_miss_nothing_of_what_comes_after_a_move()
    {
        StoredSchema.Execute(_sqlite.Folder, """DELETE FROM "Outbox"; UPDATE "OutboxPositions" SET "Position" = 5000""");
        await MoveAsync("PostgreSQL", _sqlite.Folder);
        await using var db = _postgres.Open();
        Assert.Equal(0, (await db.OutboxPositions.SingleAsync()).Position);
    }

    [Fact]
    public async Task A_NUL_that_an_early_version_stored_becomes_the_sign_for_what_cannot_be_shown()
    {
        StoredSchema.Execute(_sqlite.Folder, """UPDATE "Rooms" SET "Instructions" = 'a' || char(0) || 'b'; UPDATE "Messages" SET "AuthorName" = char(0) || 'Ada'""");
        await MoveAsync("PostgreSQL", _sqlite.Folder);
        await using var db = _postgres.Open();
        Assert.All(await db.Rooms.ToListAsync(), room => Assert.Equal("a\uFFFDb", room.Instructions));
        Assert.All(await db.Messages.ToListAsync(), message => Assert.Equal("\uFFFDAda", message.AuthorName));
    }

    [Fact]
    public async Task A_target_that_is_not_empty_and_a_source_that_is_in_use_are_refused()
    {
        var empty = await TestData.CreateAsync(TestDatabase.Sqlite);
        await using var _ = empty;
        await RefusedAsync("PostgreSQL", empty.Folder, "There is no database");
        await RefusedAsync("Sqlite", empty.Folder, "has no BlazorChat data");
        // Keys alone: people's cookies are signed with them.
        await using (var target = _postgres.Open())
        {
            await target.Database.MigrateAsync();
            await target.Database.ExecuteSqlRawAsync("""INSERT INTO "DataProtectionKeys" ("FriendlyName", "Xml") VALUES ('key-2', '<key id="2" />')""");
            await RefusedAsync("PostgreSQL", _sqlite.Folder, "Database:ConnectionString is not empty");
            Assert.Equal(1, await target.Database.ExecuteSqlRawAsync("DELETE FROM \"DataProtectionKeys\""));
        }

        await using (await ChatHost.StartAsync(_sqlite))
        {
            await RefusedAsync("PostgreSQL", _sqlite.Folder, "in use");
        }

        await MoveAsync("PostgreSQL", _sqlite.Folder);
        await RefusedAsync("PostgreSQL", _sqlite.Folder, "Database:ConnectionString is not empty");
        await RefusedAsync("Sqlite", _sqlite.Folder, "is not empty");
        // A log that has lost its database, or a key that is not the source's.
        var log = StoredSchema.FileOf(empty.Folder) + "-wal";
        await RefusedWithAsync(log);
        var keys = Directory.CreateDirectory(Path.Combine(empty.Folder, "keys"));
        await RefusedWithAsync(Path.Combine(keys.FullName, "key-2.xml"));
        keys.Delete();
        await using (await ChatHost.StartAsync(_postgres))
        {
            await RefusedAsync("Sqlite", empty.Folder, "in use");
        }

        async Task RefusedWithAsync(string file)
        {
            await File.WriteAllTextAsync(file, "<key id=\"2\" />");
            await RefusedAsync("Sqlite", empty.Folder, "is not empty");
            Assert.Equal(["lock", Path.GetFileName(file)], Directory.GetFiles(empty.Folder, "*", SearchOption.AllDirectories).Select(Path.GetFileName).OrderDescending(StringComparer.Ordinal));
            Assert.Equal("<key id=\"2\" />", await File.ReadAllTextAsync(file));
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_move_that_fails_at_its_end_leaves_nothing_and_can_be_made_again()
    {
        await using (var target = _postgres.Open())
        {
            await target.Database.MigrateAsync();
            await target.Database.ExecuteSqlRawAsync("ALTER TABLE \"Steps\" ADD CONSTRAINT refuse CHECK (\"Step\" < 0)");
        }

        await RefusedAsync("PostgreSQL", _sqlite.Folder, "Database:ConnectionString");
        await using (var target = _postgres.Open())
        {
            Assert.False(await target.Rooms.AnyAsync());
            await target.Database.ExecuteSqlRawAsync("ALTER TABLE \"Steps\" DROP CONSTRAINT refuse");
        }

        await MoveAsync("PostgreSQL", _sqlite.Folder);
        Assert.Equal(await RowsAsync(_sqlite), await RowsAsync(_postgres));

        // What a killed move leaves in a folder.
        var back = await TestData.CreateAsync(TestDatabase.Sqlite);
        await using var _ = back;
        await File.WriteAllTextAsync(StoredSchema.FileOf(back.Folder) + ".moving", "half");
        Directory.CreateDirectory(Path.Combine(back.Folder, "keys"));
        File.Copy(Path.Combine(_sqlite.Folder, "keys", "key-1.xml"), Path.Combine(back.Folder, "keys", "key-1.xml"));
        await MoveAsync("Sqlite", back.Folder);
        Assert.Equal(await RowsAsync(_postgres), await RowsAsync(back));
    }

    [Fact]
    public async Task A_source_that_fails_while_it_is_read_is_told_in_a_sentence_and_nothing_is_left_in_the_folder()
    {
        await MoveAsync("PostgreSQL", _sqlite.Folder);
        await using (var source = _postgres.Open())
        {
            await source.Database.ExecuteSqlRawAsync("ALTER TABLE \"Steps\" RENAME TO \"Away\"");
        }

        var back = await TestData.CreateAsync(TestDatabase.Sqlite);
        await using var _ = back;
        await RefusedAsync("Sqlite", back.Folder, "Database:ConnectionString");
        Assert.Equal(["lock"], Directory.GetFileSystemEntries(back.Folder).Select(Path.GetFileName));

        await using (var source = _postgres.Open())
        {
            await source.Database.ExecuteSqlRawAsync("ALTER TABLE \"Away\" RENAME TO \"Steps\"");
        }

        // What a move that was killed while it wrote a key leaves.
        Directory.CreateDirectory(Path.Combine(back.Folder, "keys"));
        await File.WriteAllTextAsync(Path.Combine(back.Folder, "keys", "key-1.xml.tmp"), "");
        await MoveAsync("Sqlite", back.Folder);
        Assert.Equal(await RowsAsync(_postgres), await RowsAsync(back));
        Assert.Equal("key-1.xml", Path.GetFileName(Assert.Single(Directory.GetFiles(Path.Combine(back.Folder, "keys")))));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_application_that_starts_after_the_moves_lock_was_lost_waits_for_its_end(bool isSource)
    {
        await MoveAsync("PostgreSQL", _sqlite.Folder);
        if (!isSource)
        {
            await using var target = _postgres.Open();
            await target.Database.ExecuteSqlRawAsync("DELETE FROM \"Outbox\"; DELETE FROM \"OutboxPositions\"; DELETE FROM \"Leavers\"; DELETE FROM \"OneTimeLinks\"; DELETE FROM \"Audit\"; DELETE FROM \"ExternalLogins\"; DELETE FROM \"GroupRoles\"; DELETE FROM \"Passkeys\"; DELETE FROM \"Sessions\"; DELETE FROM \"People\"; DELETE FROM \"Rooms\"; DELETE FROM \"DataProtectionKeys\"");
        }

        var builder = BlazorChatApp.CreateBuilder([]);
        await using var move = new PostgresMove(builder, builder.Build, _postgres.Settings["Database:ConnectionString"]);
        if (isSource)
        {
            await using var from = await move.OpenAsync(default);
            await CannotCountOnAsync();
        }
        else
        {
            await move.WriteAsync([], async _ =>
            {
                await CannotCountOnAsync();
                return new MoveCounts(0, 0, 0);
            }, default);
        }

        await CountOnAsync();

        async Task CannotCountOnAsync() => Assert.Equal(PostgresErrorCodes.LockNotAvailable, (await Assert.ThrowsAsync<PostgresException>(CountOnAsync)).SqlState);

        // As a start does.
        Task<object?> CountOnAsync() => _postgres.Server!.ExecuteAsync("""SET lock_timeout = 100; UPDATE "Ownership" SET "Epoch" = "Epoch" + 1""", _postgres.Name!);
    }

    [Theory]
    [InlineData]
    [InlineData("Oracle")]
    [InlineData("1")]
    public async Task Without_a_database_that_it_knows_the_command_says_how_it_is_used(params string[] arguments)
    {
        using var output = new StringWriter();
        Assert.Equal(2, await MoveCommand.RunAsync(arguments, output, default));
        Assert.StartsWith("Usage: dotnet BlazorChat.dll move", output.ToString(), StringComparison.Ordinal);
    }

    private async Task<string> MoveAsync(string target, string folder)
    {
        using var output = new StringWriter();
        Assert.Equal(0, await MoveCommand.RunAsync([target, $"--DataFolder={folder}", $"--Database:ConnectionString={_postgres.Settings["Database:ConnectionString"]}"], output, default));
        return output.ToString();
    }

    private async Task RefusedAsync(string target, string folder, string sentence)
    {
        var refused = await Assert.ThrowsAsync<StartException>(() => MoveAsync(target, folder));
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_postgres.Server!.Password, refused.Message, StringComparison.Ordinal);
    }

    private List<string> Files() =>
        [.. Directory.GetFiles(_sqlite.Folder, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "lock").Order(StringComparer.Ordinal)
            .Select(f => f + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f))))];

    /// <summary>Every row of every table as text, the keys too where they are rows.</summary>
    private static async Task<List<string>> RowsAsync(TestData data)
    {
        await using var db = data.Open();
        var rows = new List<string>();
        await AddAsync<RoomRow>();
        await AddAsync<MessageRow>();
        await AddAsync<TurnRow>();
        await AddAsync<JournalRow>();
        await AddAsync<MessageVersionRow>();
        await AddAsync<BlobRow>();
        await AddAsync<StepRow>();
        await AddAsync<RemovedMessageRow>();
        if (db is PostgresChatDbContext postgres)
        {
            Assert.All(await postgres.DataProtectionKeys.ToListAsync(), key => Assert.Equal(("key-1", true), (key.FriendlyName, key.Xml!.Contains("secret", StringComparison.Ordinal))));
        }

        return rows;

        async Task AddAsync<T>()
            where T : class => rows.AddRange((await db.Set<T>().AsNoTracking().ToListAsync()).Select(row => typeof(T).Name + JsonSerializer.Serialize(row)).Order(StringComparer.Ordinal));
    }
}
