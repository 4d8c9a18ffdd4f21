using System.IO.Compression;
using System.Text.Json;
using BlazorChat.Storage;
using BlazorChat.Storage.Backup;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Storage;

/// <summary>A backup has everything, also of a running server; a restore brings all of it back or changes nothing.</summary>
[Trait(nameof(Kind), Kind.Storage)]
public sealed class BackupTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("blazorchat-").FullName;
    private readonly string _elsewhere = Directory.CreateTempSubdirectory("backup-").FullName;

    private string? _archive;

    private string Archive => _archive ?? Path.Combine(_elsewhere, "chat.backup");

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(_elsewhere, recursive: true);
    }

    [Fact]
    public async Task Of_a_running_server_it_has_what_was_acknowledged_and_brings_it_back_into_an_empty_folder()
    {
        await using (var host = await ChatHost.StartAsync(_folder))
        {
            var room = await host.RoomAsync();
            var writing = Task.Run(async () =>
            {
                for (var i = 0; i < 40; i++)
                {
                    await host.PostAsync(room, $"Message {i}");
                }
            });
            await host.PostAsync(room, "Acknowledged before");
            await RunAsync("backup");
            await writing;
            await RefusedAsync("restore", "in use by another BlazorChat process");
        }

        var keys = Keys(_folder);
        Assert.NotEmpty(keys);
        var other = Directory.CreateDirectory(Path.Combine(_elsewhere, "other")).FullName;
        Assert.DoesNotContain("What was there", await RunAsync("restore", other), StringComparison.Ordinal);
        Assert.Equal(keys, Keys(other));
        await using var restored = await ChatHost.StartAsync(other);
        await using var db = restored.OpenDatabase();
        Assert.Equal(1, await db.Messages.CountAsync(m => m.Parts.Contains("Acknowledged before")));
    }

    [Fact]
    public async Task What_was_there_is_moved_aside_with_its_log_and_nothing_of_it_is_left_beside_the_database()
    {
        await using (var host = await ChatHost.StartAsync(_folder))
        {
            await host.PostAsync(await host.RoomAsync("Kept"), "Hello");
        }

        await RunAsync("backup");
        File.WriteAllText(Path.Combine(_folder, "blazorchat.db"), "damaged");
        File.WriteAllText(Path.Combine(_folder, "blazorchat.db-wal"), "old log");
        File.WriteAllText(Path.Combine(_folder, "blazorchat.db-shm"), "old index");
        File.WriteAllText(Path.Combine(_folder, "keys", "key-of-before.xml"), "<key/>");
        Assert.Contains("What was there before is in ", await RunAsync("restore"), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "blazorchat.db-wal")) || File.Exists(Path.Combine(_folder, "blazorchat.db-shm")));
        Assert.False(File.Exists(Path.Combine(_folder, "keys", "key-of-before.xml")));
        var aside = Assert.Single(Directory.GetDirectories(_folder, "before-restore-*"));
        Assert.Equal("damaged", File.ReadAllText(Path.Combine(aside, "blazorchat.db")));
        Assert.Equal("old log", File.ReadAllText(Path.Combine(aside, "blazorchat.db-wal")));
        Assert.True(File.Exists(Path.Combine(aside, "keys", "key-of-before.xml")));

        // Twice within a second, and into a folder that is whole.
        await RunAsync("restore");
        Assert.Equal(2, Directory.GetDirectories(_folder, "before-restore-*").Length);
        Assert.Empty(Directory.GetFileSystemEntries(_folder, "backup-temporary-*"));
        await using var again = await ChatHost.StartAsync(_folder);
        await using var db = again.OpenDatabase();
        Assert.True(await db.Rooms.AnyAsync(r => r.Name == "Kept"));
    }

    [Fact]
    public async Task An_archive_that_lost_a_bit_or_its_end_or_is_something_else_changes_nothing()
    {
        await using (var host = await ChatHost.StartAsync(_folder))
        {
            await host.PostAsync(await host.RoomAsync(), "Hello");
        }

        await RunAsync("backup");
        var before = Files();
        var whole = await File.ReadAllBytesAsync(Archive);
        for (var at = 0; at < 60; at++)
        {
            var broken = (byte[])whole.Clone();
            broken[(long)at * whole.Length / 60] ^= 0x10;
            await File.WriteAllBytesAsync(Archive, broken);
            await UnchangedAsync();
        }

        for (var at = 0; at < 20; at++)
        {
            await File.WriteAllBytesAsync(Archive, whole[..(int)((long)at * whole.Length / 20)]);
            await UnchangedAsync();
        }

        // A change in a place that nothing reads may leave it whole. Nothing else may be restored.
        async Task UnchangedAsync()
        {
            try
            {
                await RunAsync("restore");
                foreach (var aside in Directory.GetDirectories(_folder, "before-restore-*"))
                {
                    Directory.Delete(aside, recursive: true);
                }
            }
            catch (StartException e)
            {
                Assert.Contains("Nothing was changed", e.Message, StringComparison.Ordinal);
            }

            Assert.Equal(before.Keys, Files().Keys);
            Assert.Equal(before["keys"], Files()["keys"]);
        }
    }

    [Fact]
    public async Task A_newer_archive_and_one_whose_paths_lead_out_of_the_folder_are_refused()
    {
        await using (var host = await ChatHost.StartAsync(_folder))
        {
            await host.RoomAsync();
        }

        await RunAsync("backup");
        await ChangeManifestAsync(m => m with { Migrations = [.. m.Migrations, "20991231000000_FromTheFuture"] });
        await RefusedAsync("restore", "from a newer version");
        await ChangeManifestAsync(m => m with { Format = 2, Migrations = m.Migrations.SkipLast(1).ToList() });
        await RefusedAsync("restore", "from a newer version");
        foreach (var path in new[] { "../escaped", "/escaped", "keys/../../escaped", "..\\escaped", "" })
        {
            await ChangeManifestAsync(m => m with { Format = 1, Entries = [new BackupEntry(path, 0, ""), .. m.Entries.Where(e => e.Path is "blazorchat.db")] });
            await RefusedAsync("restore", "damaged or is not a backup");
        }

        Assert.False(File.Exists(Path.Combine(_folder, "..", "escaped")));
    }

    [Fact]
    public async Task A_start_in_the_middle_of_a_restore_does_not_begin_with_an_empty_database()
    {
        await using (var host = await ChatHost.StartAsync(_folder))
        {
            await host.RoomAsync("Kept");
        }

        await RunAsync("backup");
        // As a kill leaves it.
        File.WriteAllText(Path.Combine(_folder, FolderBackup.Marker), "");
        File.Delete(Path.Combine(_folder, "blazorchat.db"));
        Assert.Contains("run the command restore again", (await Assert.ThrowsAsync<StartException>(() => ChatHost.StartAsync(_folder))).Message, StringComparison.Ordinal);
        await RunAsync("restore");
        await using var again = await ChatHost.StartAsync(_folder);
        await using var db = again.OpenDatabase();
        Assert.True(await db.Rooms.AnyAsync(r => r.Name == "Kept"));
    }

    [Fact]
    public async Task An_archive_that_exists_is_not_written_over_and_a_folder_without_a_database_is_named()
    {
        await RefusedAsync("backup", "There is no database in the folder");
        await using (var host = await ChatHost.StartAsync(_folder))
        {
            await host.RoomAsync();
        }

        await File.WriteAllTextAsync(Archive, "mine");
        await RefusedAsync("backup", "exists already");
        Assert.Equal("mine", await File.ReadAllTextAsync(Archive));
        await RefusedAsync("restore", "is not a backup");
        File.Delete(Archive);
        await RefusedAsync("restore", "There is no file");
    }

    [Theory]
    [InlineData("blazorchat.db-wal")]
    [InlineData("blazorchat.db-journal")]
    [InlineData("restore-unfinished")]
    [InlineData("keys/chat.backup")]
    [InlineData("copies/chat.backup")]
    [InlineData("backup-temporary-1")]
    [InlineData(".chat.backup")]
    public async Task An_archive_is_not_written_where_it_would_be_taken_for_something_else(string place)
    {
        await using (var host = await ChatHost.StartAsync(_folder))
        {
            await host.RoomAsync();
        }

        _archive = Path.Combine(_folder, place);
        await RefusedAsync("backup", "belongs to BlazorChat");
        Assert.False(File.Exists(_archive));
        _archive = _elsewhere;
        await RefusedAsync("backup", "is a folder");
    }

    [Fact]
    public async Task Archives_in_the_data_folder_are_not_in_later_ones_and_stay_at_a_restore()
    {
        await using (var host = await ChatHost.StartAsync(_folder))
        {
            await host.RoomAsync("Kept");
        }

        foreach (var place in new[] { "monday.backup", "tuesday.backup", "backups/wednesday.backup" })
        {
            _archive = Path.Combine(_folder, place);
            Assert.Contains("2 files", await RunAsync("backup"), StringComparison.Ordinal);
        }

        _archive = Path.Combine(_folder, "monday.backup");
        await RunAsync("restore");
        Assert.True(File.Exists(_archive) && File.Exists(Path.Combine(_folder, "tuesday.backup")) && File.Exists(Path.Combine(_folder, "backups", "wednesday.backup")));
        await using var again = await ChatHost.StartAsync(_folder);
        await using var db = again.OpenDatabase();
        Assert.True(await db.Rooms.AnyAsync(r => r.Name == "Kept"));
    }

    [Fact]
    public async Task Whatever_else_is_in_the_folder_a_backup_can_be_made_and_restored()
    {
        await using (var host = await ChatHost.StartAsync(_folder))
        {
            await host.RoomAsync("Kept");
        }

        File.WriteAllText(Path.Combine(_folder, "empty.txt"), "");
        Directory.CreateDirectory(Path.Combine(_folder, "more", "deep"));
        File.WriteAllText(Path.Combine(_folder, "more", "deep", "file.txt"), "deep");
        if (!OperatingSystem.IsWindows())
        {
            File.WriteAllText(Path.Combine(_folder, "notes 10:30.txt"), "noted");
            Directory.CreateSymbolicLink(Path.Combine(_folder, "more", "circle"), _folder);
            File.CreateSymbolicLink(Path.Combine(_folder, "more", "link.txt"), Path.Combine(_folder, "more", "deep", "file.txt"));
            using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
            socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(_folder, "chat.sock")));
            using var pipe = System.Diagnostics.Process.Start("mkfifo", Path.Combine(_folder, "pipe"));
            await pipe.WaitForExitAsync();
            await RunAsync("backup");
        }
        else
        {
            await RunAsync("backup");
        }

        var other = Directory.CreateDirectory(Path.Combine(_elsewhere, "other")).FullName;
        await RunAsync("restore", other);
        Assert.Equal("deep", File.ReadAllText(Path.Combine(other, "more", "deep", "file.txt")));
        Assert.True(File.Exists(Path.Combine(other, "empty.txt")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal("noted", File.ReadAllText(Path.Combine(other, "notes 10:30.txt")));
            Assert.Equal("deep", File.ReadAllText(Path.Combine(other, "more", "link.txt")));
            Assert.False(Directory.Exists(Path.Combine(other, "more", "circle")) || File.Exists(Path.Combine(other, "chat.sock")) || File.Exists(Path.Combine(other, "pipe")));
            File.WriteAllText(Path.Combine(_folder, "back\\slash"), "");
            File.Delete(Archive);
            await RefusedAsync("backup", "back\\slash has a name that cannot be in a backup");
        }
    }

    [Theory]
    [InlineData("lock")]
    [InlineData("restore-unfinished")]
    [InlineData("blazorchat.db-wal")]
    [InlineData("blazorchat.db-shm")]
    [InlineData("copies/x.db")]
    [InlineData("backups/x")]
    [InlineData("before-restore-20260101-000000/x")]
    [InlineData(".x")]
    public async Task An_archive_with_files_that_no_backup_takes_changes_nothing(string path)
    {
        await using (var host = await ChatHost.StartAsync(_folder))
        {
            await host.RoomAsync();
        }

        await RunAsync("backup");
        await using (var zip = await ZipFile.OpenAsync(Archive, ZipArchiveMode.Update))
        {
            zip.CreateEntry(path);
        }

        await ChangeManifestAsync(m => m with { Entries = [.. m.Entries, new BackupEntry(path, 0, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData([])))] });
        var before = Files();
        await RefusedAsync("restore", "damaged or is not a backup");
        Assert.Equal(before, Files());
    }

    [Fact]
    public async Task An_archive_whose_list_is_not_a_list_of_files_is_damaged()
    {
        await using (var host = await ChatHost.StartAsync(_folder))
        {
            await host.RoomAsync();
        }

        await RunAsync("backup");
        foreach (var odd in new BackupEntry?[] { null, new BackupEntry(null!, 0, ""), new BackupEntry("x", 0, null!) })
        {
            await ChangeManifestAsync(m => m with { Entries = [.. m.Entries.Where(e => e is { Path: "blazorchat.db" }), odd!] });
            await RefusedAsync("restore", "damaged or is not a backup");
        }
    }

    [Fact]
    public async Task What_a_killed_backup_left_is_removed_by_the_next_one()
    {
        await using (var host = await ChatHost.StartAsync(_folder))
        {
            await host.RoomAsync();
        }

        var left = Directory.CreateDirectory(Path.Combine(_folder, "backup-temporary-1")).FullName;
        File.WriteAllText(Path.Combine(left, "blazorchat.db"), "a copy");
        var running = Directory.CreateDirectory(Path.Combine(_folder, "backup-temporary-2")).FullName;
        await using (new FileStream(running + ".lock", FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
        {
            await RunAsync("backup");
            Assert.False(Directory.Exists(left));
            Assert.True(Directory.Exists(running));
        }

        File.Delete(Archive);
        await RunAsync("backup");
        Assert.Empty(Directory.GetFileSystemEntries(_folder, "backup-temporary-*"));
    }

    [Fact]
    public async Task With_PostgreSQL_it_takes_the_files_beside_the_database_and_says_how_to_take_the_database()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "picture.bin"), "a picture");
        var postgres = new[] { "--Database:Provider=PostgreSQL", "--Database:ConnectionString=Host=db.example;Database=chat;Password=secret" };
        var said = await RunAsync("backup", _folder, postgres);
        Assert.Contains("pg_dump", said, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", said, StringComparison.Ordinal);
        File.Delete(Path.Combine(_folder, "picture.bin"));
        Assert.Contains("pg_restore", await RunAsync("restore", _folder, postgres), StringComparison.Ordinal);
        Assert.Equal("a picture", await File.ReadAllTextAsync(Path.Combine(_folder, "picture.bin")));
        await RefusedAsync("restore", "it was made with PostgreSQL");
    }

    private Task<string> RunAsync(string command) => RunAsync(command, _folder);

    private async Task<string> RunAsync(string command, string folder, params string[] settings)
    {
        var output = new StringWriter();
        Assert.Equal(0, await BackupCommand.RunAsync(command, [Archive, $"--DataFolder={folder}", .. settings], output, default));
        return output.ToString();
    }

    private async Task RefusedAsync(string command, string why) =>
        Assert.Contains(why, (await Assert.ThrowsAsync<StartException>(() => RunAsync(command))).Message, StringComparison.Ordinal);

    private async Task ChangeManifestAsync(Func<BackupManifest, BackupManifest> change)
    {
        await using var zip = await ZipFile.OpenAsync(Archive, ZipArchiveMode.Update);
        var entry = zip.GetEntry("backup.json")!;
        await using var stream = await entry.OpenAsync();
        var manifest = change((await JsonSerializer.DeserializeAsync<BackupManifest>(stream))!);
        stream.SetLength(0);
        await JsonSerializer.SerializeAsync(stream, manifest);
    }

    private SortedDictionary<string, string> Files() => new(
        Directory.GetFileSystemEntries(_folder).Where(f => Path.GetFileName(f) is not "lock").ToDictionary(
            f => Path.GetFileName(f), f => Directory.Exists(f) ? string.Join('|', Keys(_folder)) : ""),
        StringComparer.Ordinal);

    private static List<string> Keys(string folder) =>
        [.. Directory.GetFiles(Path.Combine(folder, "keys")).Order(StringComparer.Ordinal).Select(f => Path.GetFileName(f) + File.ReadAllText(f))];
}
