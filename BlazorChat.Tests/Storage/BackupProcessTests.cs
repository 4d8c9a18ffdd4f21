using System.Net;
using System.Security.Cryptography;
using BlazorChat.Storage.Backup;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Storage;

/// <summary>The commands backup and restore as people run them, beside a server or without one.</summary>
[Trait(nameof(Kind), Kind.Process)]
public sealed class BackupProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("blazorchat-").FullName;
    private readonly string _elsewhere = Directory.CreateTempSubdirectory("backup-").FullName;

    private string Archive => Path.Combine(_elsewhere, "chat.backup");

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(_elsewhere, recursive: true);
    }

    [Fact]
    public async Task A_running_server_is_backed_up_and_goes_on_and_its_killed_folder_is_restored()
    {
        StoredSchema.Restore(StoredSchema.All[^1], _folder);
        SortedDictionary<string, string> keys;
        await using (var server = await AppProcess.StartAsync(_folder))
        {
            using var http = new HttpClient { BaseAddress = server.Address };
            // Makes the keys.
            Assert.Contains("__RequestVerificationToken", await http.GetStringAsync("/join"), StringComparison.Ordinal);
            keys = Files("keys");
            Assert.StartsWith("Backed up 2 files", await RunAsync("backup"), StringComparison.Ordinal);
            Assert.Contains(Archive, await RefusedAsync("backup"), StringComparison.Ordinal);

            Assert.Contains("in use by another BlazorChat process", await RefusedAsync("restore"), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/ready")).StatusCode);
            Assert.DoesNotContain("fail:", server.Output, StringComparison.Ordinal);
            await server.KillAsync();
        }

        // What the killed process left, and what happened after the backup.
        Assert.True(File.Exists(StoredSchema.FileOf(_folder) + "-wal"));
        File.Delete(Directory.GetFiles(Path.Combine(_folder, "keys")).First());
        var said = await RunAsync("restore");
        Assert.Matches("^Restored 2 files .*, the database among them, from .*chat.backup. What was there before is in .*before-restore-", said);
        Assert.Equal(keys, Files("keys"));
        Assert.False(File.Exists(StoredSchema.FileOf(_folder) + "-wal") || File.Exists(StoredSchema.FileOf(_folder) + "-shm"));
        Assert.Equal(5, StoredSchema.Read(StoredSchema.FileOf(_folder))["Messages"].Count);
        await ReadyAsync(_folder);

        // On another machine.
        var other = Path.Combine(_elsewhere, "new", "data");
        Assert.DoesNotContain("before", await RunAsync("restore", other), StringComparison.Ordinal);
        Assert.Equal(keys, Files("keys", other));
        await ReadyAsync(other);
    }

    [Fact]
    public async Task What_cannot_be_restored_is_refused_in_one_line_and_changes_nothing()
    {
        StoredSchema.Restore(StoredSchema.All[^1], _folder);
        await RunAsync("backup");
        var whole = await File.ReadAllBytesAsync(Archive);
        var before = Files();
        await RefusedBytesAsync(whole[..(whole.Length / 2)], "is damaged or is not a backup");
        await RefusedBytesAsync([], "is damaged or is not a backup");
        await RefusedBytesAsync(await File.ReadAllBytesAsync(StoredSchema.FileOf(_folder)), "is damaged or is not a backup");
        var changed = (byte[])whole.Clone();
        changed[whole.Length / 3] ^= 0x40;
        await RefusedBytesAsync(changed, "is damaged or is not a backup");
        File.Delete(Archive);
        Assert.Contains("There is no file", await RefusedAsync("restore"), StringComparison.Ordinal);
        Directory.CreateDirectory(Archive);
        Assert.Contains("There is no file", await RefusedAsync("restore"), StringComparison.Ordinal);
        Assert.Contains(Archive, await RefusedAsync("backup"), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Archive));
        Assert.Equal(before, Files());

        async Task RefusedBytesAsync(byte[] bytes, string why)
        {
            await File.WriteAllBytesAsync(Archive, bytes);
            var line = await RefusedAsync("restore");
            Assert.Contains(why, line, StringComparison.Ordinal);
            Assert.Contains("Nothing was changed", line, StringComparison.Ordinal);
            Assert.Equal(before, Files());
        }
    }

    [Fact]
    public async Task A_folder_that_has_nothing_a_full_disk_and_a_place_that_cannot_be_written_are_named()
    {
        Assert.Contains("There is no database in the folder", await RefusedAsync("backup"), StringComparison.Ordinal);
        StoredSchema.Restore(StoredSchema.All[^1], _folder);
        await using (var read = Launch("backup", _folder, "mount --bind \"$DataFolder/../" + Path.GetFileName(_elsewhere) + "\" \"" + _elsewhere + "\"; mount -o remount,bind,ro \"" + _elsewhere + "\""))
        {
            Assert.Contains($"could not be written to {Archive}", await read.RefusedAsync(), StringComparison.Ordinal);
        }

        // What cannot be compressed.
        await File.WriteAllBytesAsync(Path.Combine(_folder, "picture.bin"), RandomNumberGenerator.GetBytes(200_000));
        await using (var full = Launch("backup", _folder, "mount -t tmpfs -o size=64k tmpfs \"" + _elsewhere + "\""))
        {
            Assert.Contains("could not be written to", await full.RefusedAsync(), StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFileSystemEntries(_elsewhere));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(_folder), path => path.Contains("temporary", StringComparison.Ordinal));
        await RunAsync("backup");
        var before = Files();
        await using (var full = Launch("restore", _folder, "mount -t tmpfs -o size=128k tmpfs \"$DataFolder\""))
        {
            Assert.Contains("is full", await full.RefusedAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(before, Files());
    }

    [Theory]
    [InlineData("backup")]
    [InlineData("restore")]
    public async Task Without_a_file_it_says_how_it_is_used(string command)
    {
        await using var app = AppProcess.Launch(_folder, arguments: [command]);
        Assert.Equal(2, await app.EndAsync());
        Assert.StartsWith("Usage: dotnet BlazorChat.dll backup FILE", app.Output, StringComparison.Ordinal);
        Assert.Empty(app.Errors);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task A_setting_that_is_wrong_is_named()
    {
        await using var app = AppProcess.Launch(_folder, arguments: ["backup", Archive, "--Database:Provider=Oracle"]);
        Assert.Contains("Database:Provider", await app.RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_at_any_moment_of_a_restore_the_old_or_the_restored_data_start_and_never_none()
    {
        StoredSchema.Restore(StoredSchema.All[^1], _folder);
        // So much that unpacking takes a while.
        await File.WriteAllBytesAsync(Path.Combine(_folder, "picture.bin"), RandomNumberGenerator.GetBytes(40_000_000));
        await RunAsync("backup");
        var random = new Random(42);
        for (var kill = 0; kill < Soak.Times(4, 40); kill++)
        {
            await using (var restore = Launch("restore", _folder))
            {
                using var patience = new CancellationTokenSource(Guard.Patience);
                while (Directory.GetDirectories(_folder, "backup-temporary-*").Length == 0)
                {
                    await Task.Delay(1, patience.Token);
                }

                await Task.Delay(random.Next(300), patience.Token);
                await restore.KillAsync();
            }

            var isMarked = File.Exists(Path.Combine(_folder, FolderBackup.Marker));
            if (isMarked)
            {
                await using var start = AppProcess.Launch(_folder);
                Assert.Contains("run the command restore again", await start.RefusedAsync(), StringComparison.Ordinal);
                await RunAsync("restore");
            }

            Assert.Equal(5, StoredSchema.Read(StoredSchema.FileOf(_folder))["Messages"].Count);
            // What kills left is in nobody's way.
            foreach (var left in Directory.GetDirectories(_folder, "backup-temporary-*").Concat(Directory.GetDirectories(_folder, "before-restore-*")))
            {
                Directory.Delete(left, recursive: true);
            }
        }

        await RunAsync("restore");
        await ReadyAsync(_folder);
    }

    [Fact]
    public async Task With_PostgreSQL_what_lies_outside_of_the_database_is_backed_up_beside_a_running_server_and_restored()
    {
        await using var data = await TestData.CreateMigratedAsync(TestDatabase.PostgreSQL);
        var picture = Path.Combine(data.Folder, "pictures", "one.bin");
        Directory.CreateDirectory(Path.GetDirectoryName(picture)!);
        await File.WriteAllTextAsync(picture, "a picture");
        await using (var server = await AppProcess.StartAsync(data.Folder, 0, data.Environment))
        {
            var said = await RunAsync("backup", data.Folder, data.Environment);
            Assert.StartsWith("Backed up 1 files", said, StringComparison.Ordinal);
            Assert.Contains("pg_dump --format=custom", said, StringComparison.Ordinal);
            AssertPrivate(said);
            var refused = await RefusedAsync("restore", data.Folder, data.Environment);
            Assert.Contains("in use by another BlazorChat process", refused, StringComparison.Ordinal);
            AssertPrivate(refused);
            using var http = new HttpClient { BaseAddress = server.Address };
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/ready")).StatusCode);
            Assert.Equal(0, await server.StopAsync());
        }

        await File.WriteAllTextAsync(picture, "another");
        var restored = await RunAsync("restore", data.Folder, data.Environment);
        Assert.Matches("^Restored 1 files .* What was there before is in .*before-restore-", restored);
        Assert.Contains("pg_restore --exit-on-error", restored, StringComparison.Ordinal);
        AssertPrivate(restored);
        Assert.Equal("a picture", await File.ReadAllTextAsync(picture));

        // Each archive is for its own kind of database.
        Assert.Contains("it was made with PostgreSQL", await RefusedAsync("restore"), StringComparison.Ordinal);
        StoredSchema.Restore(StoredSchema.All[^1], _folder);
        File.Delete(Archive);
        await RunAsync("backup");
        Assert.Contains("has a SQLite database", await RefusedAsync("restore", data.Folder, data.Environment), StringComparison.Ordinal);
        Assert.Equal("a picture", await File.ReadAllTextAsync(picture));
        await using var again = await AppProcess.StartAsync(data.Folder, 0, data.Environment);
        Assert.Equal(0, await again.StopAsync());

        void AssertPrivate(string text)
        {
            Assert.DoesNotContain(data.Server!.Password, text, StringComparison.Ordinal);
            Assert.DoesNotContain(data.Name!, text, StringComparison.Ordinal);
        }
    }

    private static async Task ReadyAsync(string folder)
    {
        await using var app = await AppProcess.StartAsync(folder);
        using var http = new HttpClient { BaseAddress = app.Address };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(0, await app.StopAsync());
    }

    private AppProcess Launch(string command, string folder, string? shell = null, Dictionary<string, string>? environment = null) =>
        AppProcess.Launch(folder, environment: environment, arguments: [command, Archive], shell: shell);

    /// <summary>Runs a command that succeeds.</summary>
    /// <returns>What it printed.</returns>
    private async Task<string> RunAsync(string command, string? folder = null, Dictionary<string, string>? environment = null)
    {
        await using var app = Launch(command, folder ?? _folder, environment: environment);
        var code = await app.EndAsync();
        Assert.True(code == 0, app.Output);
        Assert.Empty(app.Errors);
        return app.Output;
    }

    /// <summary>Runs a command that is refused, in one line and without a stack trace.</summary>
    /// <returns>The line.</returns>
    private async Task<string> RefusedAsync(string command, string? folder = null, Dictionary<string, string>? environment = null)
    {
        await using var app = Launch(command, folder ?? _folder, environment: environment);
        return await app.RefusedAsync();
    }

    private SortedDictionary<string, string> Files(string under = "", string? folder = null) => new(
        Directory.GetFiles(Path.Combine(folder ?? _folder, under), "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) is not "lock")
            .ToDictionary(f => Path.GetRelativePath(folder ?? _folder, f), f => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f)))),
        StringComparer.Ordinal);
}
