using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Storage;

/// <summary>The real process on folders that it cannot use, on a disk that fills up, and killed in the middle of an upgrade.</summary>
[Trait(nameof(Kind), Kind.Process)]
public sealed class StartProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("blazorchat-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_ends_with_one_line_and_no_stack_trace()
    {
        await File.WriteAllTextAsync(StoredSchema.FileOf(_folder), new string('x', 8192));
        await RefusedAsync(null, "damaged or is not a SQLite database");
        Assert.Equal(new string('x', 8192), await File.ReadAllTextAsync(StoredSchema.FileOf(_folder)));
    }

    [Fact]
    public async Task An_address_that_another_process_listens_on_is_named()
    {
        using var other = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await using var app = AppProcess.Launch(_folder, port);
        var error = await app.RefusedAsync();
        Assert.Contains($"127.0.0.1:{port}: address already in use", error, StringComparison.Ordinal);
        Assert.Contains("ASPNETCORE_URLS", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_read_only_and_a_disk_that_is_full_are_named()
    {
        await RefusedAsync("mount --bind \"$DataFolder\" \"$DataFolder\"; mount -o remount,bind,ro \"$DataFolder\"", "cannot be written");
        await RefusedAsync("mount -t tmpfs -o size=64k tmpfs \"$DataFolder\"", "is full");
        Assert.Empty(Directory.GetFiles(_folder, "blazorchat.db*"));
    }

    [Fact]
    public async Task What_a_killed_process_left_is_as_it_was_in_a_read_only_folder_and_on_a_full_disk()
    {
        await LeaveAsKilledAsync();
        var left = Files();
        await RefusedAsync("mount --bind \"$DataFolder\" \"$DataFolder\"; mount -o remount,bind,ro \"$DataFolder\"", "cannot be written");
        Assert.Equal(left, Files());

        var disk = Directory.CreateTempSubdirectory("blazorchat-").FullName;
        var sums = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            // The mount ends with the process: who looks at the disk is in it, too.
            await RefusedAsync(
                $"""
                mount -t tmpfs -o size=8m tmpfs "{disk}"; cp -a "$DataFolder/." "{disk}"; mount --bind "{disk}" "$DataFolder"
                cat /dev/zero > "$DataFolder/filler" 2>/dev/null || true
                code=0; "$@" || code=$?
                rm "$DataFolder/filler"; cd "$DataFolder"; find . -type f | sort | xargs sha256sum > "{sums}"; exit $code
                """, "is full");
            Assert.Equal(left, (await File.ReadAllLinesAsync(sums)).ToDictionary(l => l[66..], l => l[..64], StringComparer.Ordinal));
        }
        finally
        {
            File.Delete(sums);
            Directory.Delete(disk, recursive: true);
        }

        await using var again = await AppProcess.StartAsync(_folder);
        Assert.Equal(0, await again.StopAsync());
        Assert.False(File.Exists(StoredSchema.FileOf(_folder) + "-wal"));
    }

    [Fact]
    public async Task What_a_killed_process_left_is_moved_by_the_command_and_is_as_it_was()
    {
        await LeaveAsKilledAsync();
        await using var data = await TestData.CreateAsync(TestDatabase.PostgreSQL);
        var environment = data.Environment;
        environment["DataFolder"] = _folder;
        var left = Files();
        await using (var move = AppProcess.Launch(_folder, environment: environment, arguments: ["move", "PostgreSQL"]))
        {
            Assert.Equal(0, await move.EndAsync());
            Assert.StartsWith("Moved 1 rooms", move.Output, StringComparison.Ordinal);
            Assert.Empty(move.Errors);
        }

        Assert.Equal(left, Files());
        await using var there = await AppProcess.StartAsync(_folder, 0, environment);
        using var http = new HttpClient { BaseAddress = there.Address };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(1L, await data.Server!.ExecuteAsync("SELECT COUNT(*) FROM \"Rooms\"", data.Name!));
        Assert.Equal(0, await there.StopAsync());
    }

    [Fact]
    public async Task Without_room_for_the_copy_an_upgrade_does_not_begin()
    {
        StoredSchema.Restore(StoredSchema.All[0], _folder);
        StoredSchema.Execute(_folder, "UPDATE \"Messages\" SET \"StatusDetail\" = printf('%.*c', 500000, 'x')");
        var before = await File.ReadAllBytesAsync(StoredSchema.FileOf(_folder));
        var on = Directory.CreateTempSubdirectory("blazorchat-").FullName;
        try
        {
            // Room for the database and the least that must be free, not for a second one.
            await RefusedAsync(
                $"mount -t tmpfs -o size=5m tmpfs \"{on}\"; cp \"$DataFolder/blazorchat.db\" \"{on}\"; mount --bind \"{on}\" \"$DataFolder\"", "no space for the copy of the database");
            Assert.Equal(before, await File.ReadAllBytesAsync(StoredSchema.FileOf(_folder)));
        }
        finally
        {
            Directory.Delete(on, recursive: true);
        }
    }

    [Fact]
    public async Task While_the_disk_is_full_it_is_not_ready_and_afterwards_it_is_again()
    {
        await using var app = AppProcess.Launch(_folder, shell: "mount -t tmpfs -o size=4m tmpfs \"$DataFolder\"");
        await app.ListeningAsync();
        using var http = new HttpClient { BaseAddress = app.Address };
        await UntilAsync(HttpStatusCode.OK);
        // The mount is the process's alone.
        var filler = $"/proc/{app.ProcessId}/root{_folder}/filler";
        using (var full = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"cat /dev/zero > '{filler}'"]) { UseShellExecute = false, RedirectStandardError = true })!)
        {
            await full.WaitForExitAsync().Soon();
        }

        await UntilAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/live")).StatusCode);
        File.Delete(filler);
        await UntilAsync(HttpStatusCode.OK);

        async Task UntilAsync(HttpStatusCode wanted)
        {
            using var patience = new CancellationTokenSource(Guard.Patience);
            while ((await http.GetAsync("/health/ready", patience.Token)).StatusCode != wanted)
            {
                await Task.Delay(50, patience.Token);
            }
        }
    }

    [Fact]
    public async Task Killed_in_the_middle_of_an_upgrade_the_next_start_goes_on_and_keeps_the_first_copy()
    {
        StoredSchema.Restore(StoredSchema.All[0], _folder);
        // A migration is noted when it is done: that never ends here.
        StoredSchema.Execute(_folder, """
            CREATE TRIGGER endless BEFORE INSERT ON "__EFMigrationsHistory" BEGIN
            SELECT MAX(x) FROM (WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 100000000000) SELECT x FROM c); END
            """);
        var copy = Path.Combine(_folder, "copies", StoredSchema.All[0] + ".db");
        await using (var app = AppProcess.Launch(_folder))
        {
            using var patience = new CancellationTokenSource(Guard.Patience);
            while (!File.Exists(copy) || LockedRows() == 0)
            {
                await Task.Delay(20, patience.Token);
            }

            await app.KillAsync();
        }

        Assert.Equal(1, LockedRows());
        StoredSchema.Execute(_folder, "DROP TRIGGER endless");
        var first = await File.ReadAllBytesAsync(copy);
        await using (var app = await AppProcess.StartAsync(_folder))
        {
            Assert.Equal(0, await app.StopAsync());
        }

        Assert.Equal(first, await File.ReadAllBytesAsync(copy));
        Assert.Equal(5, StoredSchema.Read(StoredSchema.FileOf(_folder))["Messages"].Count);
    }

    [Fact]
    public async Task Killed_in_the_middle_of_a_migration_of_PostgreSQL_the_next_start_goes_on()
    {
        await using var data = await TestData.CreateAsync(TestDatabase.PostgreSQL);
        await data.Server!.ExecuteAsync(
            """
            CREATE FUNCTION slow() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(3); END $$;
            CREATE EVENT TRIGGER slow ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION slow();
            """,
            data.Name!);
        await using (var app = AppProcess.Launch(data.Folder, environment: data.Environment))
        {
            using var patience = new CancellationTokenSource(Guard.Patience);
            while (await data.Server.ExecuteAsync($"SELECT COUNT(*) FROM pg_stat_activity WHERE datname = '{data.Name}' AND wait_event = 'PgSleep'") is not > 0L)
            {
                await Task.Delay(50, patience.Token);
            }

            await app.KillAsync();
        }

        await data.Server.ExecuteAsync("DROP EVENT TRIGGER slow", data.Name!);
        await using var again = await AppProcess.StartAsync(data.Folder, 0, data.Environment);
        Assert.Equal(0, await again.StopAsync());
    }

    [Fact]
    public async Task The_command_for_moving_says_what_is_wrong_in_one_line()
    {
        await using var app = AppProcess.Launch(_folder, arguments: ["move", "PostgreSQL"]);
        Assert.Equal("The setting Database:ConnectionString must say where the PostgreSQL database is.", await app.RefusedAsync());
    }

    [Theory]
    [EveryDatabase]
    public async Task A_database_that_another_process_has_and_a_newer_one_are_told_in_one_line(TestDatabase database)
    {
        await using var data = await TestData.CreateMigratedAsync(database);
        await using (var host = await ChatHost.StartAsync(data))
        {
            await RefusedAsync("in use by another BlazorChat process");
            await using var db = host.OpenDatabase();
            await db.Database.ExecuteSqlRawAsync("""INSERT INTO "__EFMigrationsHistory" VALUES ('99990101000000_Later', '99.0.0')""");
        }

        await RefusedAsync("newer version of BlazorChat");

        async Task RefusedAsync(string sentence)
        {
            await using var app = AppProcess.Launch(data.Folder, environment: data.Environment);
            Assert.Contains(sentence, await app.RefusedAsync(), StringComparison.Ordinal);
        }
    }

    private async Task RefusedAsync(string? shell, string sentence)
    {
        await using var app = AppProcess.Launch(_folder, shell: shell);
        var line = await app.RefusedAsync();
        Assert.Contains(sentence, line, StringComparison.Ordinal);
        Assert.Contains("DataFolder", line, StringComparison.Ordinal);
        Assert.Contains(_folder, line, StringComparison.Ordinal);
    }

    // A database with its log, and keys.
    private async Task LeaveAsKilledAsync()
    {
        await using (var app = await AppProcess.StartAsync(_folder))
        {
            using var http = new HttpClient { BaseAddress = app.Address };
            Assert.Contains("__RequestVerificationToken", await http.GetStringAsync("/join"), StringComparison.Ordinal);
            await app.KillAsync();
        }

        Assert.Contains("./blazorchat.db-wal", Files().Keys);
        Assert.Contains(Files().Keys, name => name.StartsWith("./keys/", StringComparison.Ordinal));
    }

    private Dictionary<string, string> Files() =>
        Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).ToDictionary(
            f => "./" + Path.GetRelativePath(_folder, f), f => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(f))), StringComparer.Ordinal);

    private int LockedRows()
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={StoredSchema.FileOf(_folder)};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM \"__EFMigrationsLock\"";
        return Convert.ToInt32(command.ExecuteScalar());
    }
}
