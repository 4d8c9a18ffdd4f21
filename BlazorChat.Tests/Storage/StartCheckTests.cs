using System.Security.Cryptography;
using BlazorChat.Storage;
using BlazorChat.Storage.Sqlite;
using BlazorChat.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace BlazorChat.Tests.Storage;

/// <summary>What a start finds wrong it says in a sentence that names the setting and the folder, and every file stays as it was.</summary>
[Trait(nameof(Kind), Kind.Storage)]
public sealed class StartCheckTests : IDisposable
{
    // Responses that wait for a model have no time to end.
    private static readonly string[] Quick = ["--Turns:ShutdownGrace=00:00:00"];

    private readonly string _root = Directory.CreateTempSubdirectory("blazorchat-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task A_backup_of_the_same_run_does_not_get_the_log_of_the_killed_process()
    {
        var killed = await BackupBesideLaterLogAsync();
        await AssertRefusedAsync(killed, "blazorchat.db-wal does not belong");

        // As the sentence says.
        File.Delete(StoredSchema.FileOf(killed) + "-wal");
        await using var again = await ChatHost.StartAsync(killed, Quick);
        Assert.Equal(6, await CountAsync(again));
    }

    [Fact]
    public async Task A_database_that_is_a_link_is_looked_at_where_it_is()
    {
        var killed = await BackupBesideLaterLogAsync();
        var folder = Folder("link");
        File.CreateSymbolicLink(StoredSchema.FileOf(folder), StoredSchema.FileOf(killed));
        var before = Files(killed);
        await AssertRefusedAsync(folder, "blazorchat.db-wal does not belong");
        Assert.Equal(before, Files(killed));

        // Without it, the log stays beside the file that the link leads to, and is brought in as ever.
        File.Delete(StoredSchema.FileOf(killed) + "-wal");
        await using (var host = await ChatHost.StartAsync(folder, Quick))
        {
            Assert.Equal(6, await CountAsync(host));
            await WriteAsync(host, 3);
            Assert.True(File.Exists(StoredSchema.FileOf(killed) + "-wal"));
            Assert.False(File.Exists(StoredSchema.FileOf(folder) + "-wal"));
        }
    }

    [Theory]
    [InlineData("BACKUP")]
    [InlineData("VACUUM")]
    [InlineData("FILE")]
    public async Task A_backup_of_an_earlier_run_does_not_get_the_log_of_the_killed_process(string kind)
    {
        var backup = Path.Combine(_root, "backup.db");
        var folder = Folder("runs");
        await using (var first = await ChatHost.StartAsync(folder, Quick))
        {
            await WriteAsync(first, 5);
        }

        if (kind == "FILE")
        {
            File.Copy(StoredSchema.FileOf(folder), backup);
        }
        else
        {
            Backup(folder, backup, kind == "VACUUM");
        }

        await using (var second = await ChatHost.StartAsync(folder, Quick))
        {
            await WriteAsync(second, 5);
        }

        var killed = Folder("killed");
        await using (var third = await ChatHost.StartAsync(folder, Quick))
        {
            await WriteAsync(third, 5);
            CopyFiles(folder, killed);
        }

        // It is the log of this file.
        CopyFiles(killed, Folder("own"));
        await using (var own = await ChatHost.StartAsync(Folder("own"), Quick))
        {
            Assert.Equal(15, await CountAsync(own));
        }

        File.Copy(backup, StoredSchema.FileOf(killed), overwrite: true);
        await AssertRefusedAsync(killed, "blazorchat.db-wal does not belong");
    }

    [Fact]
    public async Task The_log_of_another_folder_and_a_log_without_its_database_are_refused()
    {
        var one = await KilledAsync("one", (host, _) => WriteAsync(host, 3));
        var other = await KilledAsync("other", (host, _) => WriteAsync(host, 3));
        File.Copy(StoredSchema.FileOf(other) + "-wal", StoredSchema.FileOf(one) + "-wal", overwrite: true);
        await AssertRefusedAsync(one, "blazorchat.db-wal does not belong");
        File.Delete(StoredSchema.FileOf(other));
        await AssertRefusedAsync(other, "blazorchat.db-wal does not belong");
    }

    [Fact]
    public void Each_log_belongs_to_its_file_at_any_moment_and_to_none_from_before_the_log()
    {
        var folder = Folder("log");
        var connectionString = $"Data Source={StoredSchema.FileOf(folder)};Pooling=False";
        using var wal = new SqliteWal(connectionString, NullLogger<SqliteWal>.Instance);
        wal.Open();
        StoredSchema.Execute(folder, "CREATE TABLE \"T\" (\"A\" BLOB)");
        using var connection = new SqliteConnection(connectionString + ";Default Timeout=10");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_autocheckpoint=0; INSERT INTO \"T\" VALUES (randomblob(100000));";
        var moments = new List<(SqliteHeader Header, string File, WalFile Log)>();
        for (var i = 0; i < 120; i++)
        {
            command.ExecuteNonQuery();
            Look(i % 10 == 0);
            var length = new FileInfo(StoredSchema.FileOf(folder) + "-wal").Length;
            wal.AfterWrite();
            Look(new FileInfo(StoredSchema.FileOf(folder) + "-wal").Length < length);
        }

        // The log began anew several times: how often depends on the pages that SQLite's own tables take.
        Assert.InRange(moments.DistinctBy(m => m.File).Count(), 3, 6);
        Assert.All(moments, m => Assert.True(WalOwnership.Belongs(m.Header, m.Log)));
        for (var i = 0; i < moments.Count; i++)
        {
            var old = moments[i];
            Assert.All(moments.Skip(i).Where(m => m.File != old.File), later => Assert.False(WalOwnership.Belongs(old.Header, later.Log)));
        }

        void Look(bool now)
        {
            if (now)
            {
                var file = File.ReadAllBytes(StoredSchema.FileOf(folder));
                moments.Add((SqliteHeader.Read(file)!, Convert.ToHexString(SHA256.HashData(file)), WalFile.Read(StoredSchema.FileOf(folder) + "-wal")!));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_newer_database_is_left_alone(bool inLog)
    {
        const string Newer = "INSERT INTO \"__EFMigrationsHistory\" VALUES ('20991231000000_FromTheFuture', '99.0.0')";
        var folder = await KilledAsync("newer", (host, of) =>
        {
            if (inLog)
            {
                using var db = host.OpenDatabase();
                Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.ExecuteSqlRaw(db.Database, Newer);
            }

            return Task.CompletedTask;
        });
        if (!inLog)
        {
            StoredSchema.Execute(folder, Newer);
        }

        Assert.Equal(inLog, File.Exists(StoredSchema.FileOf(folder) + "-wal"));
        await AssertRefusedAsync(folder, "20991231000000_FromTheFuture");
    }

    [Theory]
    [InlineData("page", "damaged")]
    [InlineData("end", "its end is missing")]
    [InlineData("header", "damaged or is not a SQLite database")]
    [InlineData("other", "belongs to another application")]
    public async Task A_damaged_database_and_one_of_something_else_are_left_alone(string damage, string sentence)
    {
        var folder = Folder("damaged");
        await using (var host = await ChatHost.StartAsync(folder, Quick))
        {
            await WriteAsync(host, 3);
        }

        var file = StoredSchema.FileOf(folder);
        Assert.False(File.Exists(file + "-wal"));
        if (damage == "other")
        {
            File.Delete(file);
            StoredSchema.Execute(folder, "CREATE TABLE \"Other\" (\"A\" TEXT)");
        }
        else
        {
            using var stream = new FileStream(file, FileMode.Open);
            stream.Position = damage == "page" ? 3 * 4096 : 0;
            if (damage == "end")
            {
                stream.SetLength(stream.Length - 4096);
            }
            else
            {
                stream.Write(RandomNumberGenerator.GetBytes(2_000));
            }
        }

        await AssertRefusedAsync(folder, sentence);
    }

    [Fact]
    public async Task An_index_of_the_log_that_belongs_to_another_file_is_made_again()
    {
        var killed = await KilledAsync("index", (host, _) => WriteAsync(host, 4));
        Assert.True(File.Exists(StoredSchema.FileOf(killed) + "-wal"));
        await File.WriteAllBytesAsync(StoredSchema.FileOf(killed) + "-shm", RandomNumberGenerator.GetBytes(32_768));
        await using var host = await ChatHost.StartAsync(killed, Quick);
        Assert.Equal(4, await CountAsync(host));
    }

    [Fact]
    public async Task A_folder_or_a_database_that_another_has_is_left_alone()
    {
        var folder = Folder("held");
        await using (await ChatHost.StartAsync(folder, Quick))
        {
            var before = Files(folder);
            Assert.Contains(StoredSchema.FileOf(folder), before.Keys);
            var refused = await Assert.ThrowsAsync<StartException>(() => ChatHost.StartAsync(folder, Quick));
            Assert.Contains($"{folder} (setting DataFolder) is in use by another BlazorChat process", refused.Message, StringComparison.Ordinal);
            Assert.Equal(before, Files(folder));
        }

        using var connection = new SqliteConnection($"Data Source={StoredSchema.FileOf(folder)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_autocheckpoint=0; BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        var left = Files(folder);
        var held = await Assert.ThrowsAsync<StartException>(() => ChatHost.StartAsync(folder, Quick));
        Assert.Contains($"{folder} (setting DataFolder) is in use by another process", held.Message, StringComparison.Ordinal);
        Assert.Equal(left, Files(folder));
    }

    private static async Task AssertRefusedAsync(string folder, string sentence)
    {
        var before = Files(folder);
        var refused = await Assert.ThrowsAsync<StartException>(() => ChatHost.StartAsync(folder, Quick));
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
        Assert.Contains("DataFolder", refused.Message, StringComparison.Ordinal);
        Assert.Contains(folder, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Equal(before, Files(folder));
    }

    /// <summary>Every file but the lock, which nobody may read while somebody has it.</summary>
    private static Dictionary<string, string> Files(string folder) =>
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "lock").ToDictionary(f => f, f => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f))), StringComparer.Ordinal);

    private static async Task WriteAsync(ChatHost host, int messages)
    {
        var room = await host.RoomAsync($"Room {Guid.NewGuid():n}");
        for (var i = 0; i < messages; i++)
        {
            await host.PostAsync(room, new string('x', 3_000));
        }
    }

    private static async Task<int> CountAsync(ChatHost host)
    {
        await using var db = host.OpenDatabase();
        return db.Messages.Count(m => m.AuthorKind == BlazorChat.Messages.AuthorKind.Person);
    }

    private static void Backup(string folder, string to, bool vacuum = false)
    {
        using var from = new SqliteConnection($"Data Source={StoredSchema.FileOf(folder)};Pooling=False");
        from.Open();
        using var command = from.CreateCommand();
        command.CommandText = vacuum ? $"VACUUM INTO '{to}'" : "SELECT 1";
        command.ExecuteNonQuery();
        if (!vacuum)
        {
            using var target = new SqliteConnection($"Data Source={to};Pooling=False");
            from.BackupDatabase(target);
        }
    }

    private static void CopyFiles(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "blazorchat.db*"))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    /// <summary>A folder with a backup of six messages, and the log of the process that was killed twelve messages later.</summary>
    private async Task<string> BackupBesideLaterLogAsync()
    {
        var killed = await KilledAsync("killed", async (host, folder) =>
        {
            await WriteAsync(host, 6);
            Backup(folder, Path.Combine(_root, "backup.db"));
            await WriteAsync(host, 12);
        });
        File.Copy(Path.Combine(_root, "backup.db"), StoredSchema.FileOf(killed), overwrite: true);
        return killed;
    }

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(_root, name)).FullName;

    /// <summary>A folder as a process that was killed leaves it.</summary>
    private async Task<string> KilledAsync(string name, Func<ChatHost, string, Task> use)
    {
        var (folder, killed) = (Folder(name + "-running"), Folder(name));
        await using var host = await ChatHost.StartAsync(folder, Quick);
        await use(host, folder);
        CopyFiles(folder, killed);
        return killed;
    }
}
