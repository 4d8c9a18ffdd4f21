using System.Data.Common;
using BlazorChat.Storage;
using BlazorChat.Storage.Sqlite;
using BlazorChat.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace BlazorChat.Tests.Storage;

/// <summary>A database of each schema so far goes on with this version, however often its upgrade is cut off, and was copied before.</summary>
[Trait(nameof(Kind), Kind.Storage)]
public sealed class UpgradeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("blazorchat-").FullName;

    public static TheoryData<string> Schemas => [.. StoredSchema.All];

    public static TheoryData<string> EarlierSchemas => [.. StoredSchema.All.SkipLast(1)];

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_response_that_somebody_else_asked_for_again_is_its_askers_after_the_upgrade()
    {
        var folder = Directory.CreateTempSubdirectory("blazorchat-").FullName;
        try
        {
            StoredSchema.Restore("20261121125800_QueuePlaces", folder);
            StoredSchema.Execute(folder, """
                UPDATE "Messages" SET "QuestionId" = (SELECT q."Id" FROM "Messages" AS q WHERE q."AuthorKind" = 0 AND q."RoomId" = "Messages"."RoomId" LIMIT 1),
                    "AskedByKind" = 0, "AskedById" = 'else', "AskedByName" = 'Somebody else' WHERE "AuthorKind" = 1
                """);
            await StoredSchema.StartAsync(folder);
            var messages = StoredSchema.Read(StoredSchema.FileOf(folder))["Messages"];
            var responses = messages.Where(m => m["AuthorKind"] == "1" && messages.Any(q => q["Id"] == m["QuestionId"])).ToList();
            Assert.NotEmpty(responses);
            Assert.All(responses, response => Assert.Equal(messages.Single(q => q["Id"] == response["QuestionId"])["AuthorId"], response["AskedById"]));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void There_is_a_stored_database_of_each_schema()
    {
        using var context = new SqliteDesignFactory().CreateDbContext([]);
        Assert.Equal(context.Database.GetMigrations(), StoredSchema.All);
    }

    [Theory]
    [MemberData(nameof(Schemas))]
    public async Task What_each_schema_stored_is_kept_and_the_application_goes_on_with_it(string schema)
    {
        StoredSchema.Restore(schema, _folder);
        var before = StoredSchema.Read(StoredSchema.FileOf(_folder));
        await StoredSchema.StartAsync(_folder);
        AssertKept(before, _folder);
        Assert.Equal(schema == StoredSchema.All[^1] ? [] : [schema + ".db"], Copies());

        await using var host = await ChatHost.StartAsync(_folder);
        var room = (await host.Live.ReadAsync(ChatHost.Ada, Guid.Parse("018f0000-0000-7000-8000-000000000002"), default)).Value.Room;
        using var watch = await host.WatchAsync(room);
        var state = await watch.UntilAsync(s => !s.Running.Any());
        Assert.Equal(["Hello, **everyone** 👋", "Hi Ada", "And now?", "I am", "Half a sentence"], state.Messages.Select(m => m.Message.Text));
    }

    [Theory]
    [MemberData(nameof(EarlierSchemas))]
    public async Task The_copy_has_all_that_there_was_before_what_stood_in_the_log_too(string schema)
    {
        StoredSchema.Restore(schema, _folder);
        using (var killed = new SqliteConnection($"Data Source={StoredSchema.FileOf(_folder)};Pooling=False"))
        {
            killed.Open();
            using var command = killed.CreateCommand();
            command.CommandText = "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; UPDATE \"Rooms\" SET \"Instructions\" = 'In the log';";
            command.ExecuteNonQuery();
            CopyFiles(_folder, Path.Combine(_folder, "killed"));
        }

        var folder = Path.Combine(_folder, "killed");
        Assert.NotEqual(0, new FileInfo(StoredSchema.FileOf(folder) + "-wal").Length);
        await StoredSchema.StartAsync(folder);
        var copy = StoredSchema.Read(Path.Combine(folder, "copies", schema + ".db"));
        Assert.All(copy["Rooms"], room => Assert.Equal("In the log", room["Instructions"]));
        Assert.Equal(5, copy["Messages"].Count);
    }

    [Theory]
    [MemberData(nameof(EarlierSchemas))]
    public async Task Killed_after_any_statement_of_a_migration_the_next_start_goes_on_and_the_first_copy_stays(string schema)
    {
        StoredSchema.Restore(schema, _folder);
        var before = StoredSchema.Read(StoredSchema.FileOf(_folder));
        var killing = new Killing(_folder);
        await StoredSchema.StartAsync(_folder, killing);
        // The lock of the migrations is among what is left; waiting for it would never end.
        Assert.InRange(killing.Folders.Count, 1, 1000);
        foreach (var folder in killing.Folders)
        {
            var copy = await File.ReadAllBytesAsync(Path.Combine(folder, "copies", schema + ".db"));
            await StoredSchema.StartAsync(folder).Soon();
            AssertKept(before, folder);
            Assert.Equal(copy, await File.ReadAllBytesAsync(Path.Combine(folder, "copies", schema + ".db")));
            // Killed between two migrations, the next start leaves a schema in between, and copies that as well.
            Assert.All(Directory.GetFiles(Path.Combine(folder, "copies")), file => Assert.Contains(Path.GetFileNameWithoutExtension(file), StoredSchema.All));
        }
    }

    [Fact]
    public async Task An_upgrade_that_fails_says_so_in_a_sentence_and_fails_again_without_replacing_the_copy()
    {
        StoredSchema.Restore(StoredSchema.All[0], _folder);
        StoredSchema.Execute(_folder, "CREATE TABLE \"Blobs\" (\"In the way\" TEXT)");
        var failed = await Assert.ThrowsAsync<StartException>(() => StoredSchema.StartAsync(_folder));
        Assert.Contains(_folder, failed.Message, StringComparison.Ordinal);
        Assert.Contains("DataFolder", failed.Message, StringComparison.Ordinal);
        Assert.Contains(Path.Combine("copies", StoredSchema.All[0] + ".db"), failed.Message, StringComparison.Ordinal);
        var copy = await File.ReadAllBytesAsync(Path.Combine(_folder, "copies", StoredSchema.All[0] + ".db"));
        StoredSchema.Execute(_folder, "UPDATE \"Rooms\" SET \"Instructions\" = 'Later'");
        await Assert.ThrowsAsync<StartException>(() => StoredSchema.StartAsync(_folder));
        Assert.Equal(copy, await File.ReadAllBytesAsync(Path.Combine(_folder, "copies", StoredSchema.All[0] + ".db")));
    }

    [Fact]
    public async Task Half_a_copy_is_made_again_and_the_copies_of_the_last_three_schemas_are_kept()
    {
        StoredSchema.Restore(StoredSchema.All[1], _folder);
        Directory.CreateDirectory(Path.Combine(_folder, "copies"));
        foreach (var earlier in new[] { "20250101000000_A.db", "20250201000000_B.db", "20250301000000_C.db", StoredSchema.All[1] + ".db.unfinished" })
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, "copies", earlier), "half");
        }

        await StoredSchema.StartAsync(_folder);
        Assert.Equal(["20250201000000_B.db", "20250301000000_C.db", StoredSchema.All[1] + ".db"], Copies());
        Assert.Equal(5, StoredSchema.Read(Path.Combine(_folder, "copies", StoredSchema.All[1] + ".db"))["Messages"].Count);
    }

    // The column of a room's owner, before rooms had members.
    private const string Moved = "OwnerId";

    private string[] Copies() => Directory.Exists(Path.Combine(_folder, "copies"))
        ? [.. Directory.GetFiles(Path.Combine(_folder, "copies")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Every value of every row that there was is there now.</summary>
    private static void AssertKept(IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string>>> before, string folder)
    {
        var after = StoredSchema.Read(StoredSchema.FileOf(folder));
        foreach (var (table, rows) in before)
        {
            Assert.Equal(rows.Count, after[table].Count);
            Assert.All(rows.Zip(after[table]), pair => Assert.All(pair.First.Where(c => c.Key != Moved), column => Assert.Equal(column.Value, pair.Second[column.Key])));
        }

        // Whoever owned a room is its member with the role of an owner now, and everybody goes on to see what they saw.
        var owners = before["Rooms"].Where(r => r.GetValueOrDefault(Moved) is { Length: > 0 }).Select(r => (r["Id"], r[Moved]));
        Assert.Superset(owners.ToHashSet(), after["Members"].Where(m => m["Role"] == "2").Select(m => (m["RoomId"], m["PersonId"])).ToHashSet());
        Assert.All(after["Rooms"], room => Assert.Equal("2", room["Visibility"]));
    }

    private static void CopyFiles(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from, "blazorchat.db*"))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    /// <summary>
    /// Keeps what a kill after each statement would leave on the disk: up to the first statement of the second migration. The statements
    /// of that one are killed from the schema before it; from here as well in the soak run.
    /// </summary>
    private sealed class Killing(string folder) : DbCommandInterceptor
    {
        private bool _isDone;

        private bool _isSecondMigration;

        public List<string> Folders { get; } = [];

        public override ValueTask<int> NonQueryExecutedAsync(DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
        {
            if (_isDone)
            {
                return ValueTask.FromResult(result);
            }

            _isDone = _isSecondMigration && !Soak.IsWhole;
            _isSecondMigration |= command.CommandText.Contains("INSERT INTO \"__EFMigrationsHistory\"", StringComparison.Ordinal);
            var copy = Path.Combine(folder, $"killed-{Folders.Count}");
            CopyFiles(folder, copy);
            Directory.CreateDirectory(Path.Combine(copy, "copies"));
            foreach (var file in Directory.GetFiles(Path.Combine(folder, "copies")))
            {
                File.Copy(file, Path.Combine(copy, "copies", Path.GetFileName(file)));
            }

            Folders.Add(copy);
            return ValueTask.FromResult(result);
        }
    }
}
