using System.Globalization;
using System.Net;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Tests.Storage.Postgres;

/// <summary>A wrong setting ends the start with its name, and no log tells who connects to what.</summary>
[Trait(nameof(Kind), Kind.Process)]
public sealed class PostgresStartTests
{
    [Theory]
    [InlineData("Database:Provider", "--Database:Provider=MySql")]
    [InlineData("Database:Provider", "--Database:Provider=1")]
    [InlineData("Database:Provider", "--Database:ConnectionString=Host=h;Database=d")]
    [InlineData("Database:Conection", "--Database:Conection=x")]
    [InlineData("Database:ConnectionString", "--Database:Provider=PostgreSQL")]
    [InlineData("Database:ConnectionString", "--Database:Provider=postgresql", "--Database:ConnectionString=zebra")]
    [InlineData("Database:ConnectionString", "--Database:Provider=PostgreSQL", "--Database:ConnectionString=Host=zebra;Zebra=x")]
    [InlineData("Database:ConnectionString", "--Database:Provider=PostgreSQL", "--Database:ConnectionString=Host=zebra;Password=zebra")]
    [InlineData("Database:ConnectionString", "--Database:Provider=PostgreSQL", "--Database:ConnectionString=Host=zebra;Database=zebra;Port=zebra")]
    public async Task A_wrong_setting_is_named_and_its_value_is_not(string name, params string[] settings)
    {
        var refused = await Assert.ThrowsAsync<StartException>(() => ChatHost.StartAsync(null, settings));
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("zebra", refused.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("password", "the user or password")]
    [InlineData("user", "the user or password")]
    [InlineData("database", "does not exist")]
    [InlineData("port", "cannot be reached")]
    [InlineData("owner", "has no permission")]
    public async Task A_server_that_refuses_ends_the_start_with_one_sentence_and_no_name(string wrong, string sentence)
    {
        await using var data = await TestData.CreateAsync(TestDatabase.PostgreSQL);
        var server = data.Server!;
        var connection = data.Settings["Database:ConnectionString"];
        switch (wrong)
        {
            case "password":
                connection = connection.Replace(server.Password, "zebra-wrong", StringComparison.Ordinal);
                break;
            case "user":
                connection = connection.Replace(PostgresServer.User, "zebra_nobody", StringComparison.Ordinal);
                break;
            case "database":
                connection = connection.Replace(data.Name!, "zebra_nowhere", StringComparison.Ordinal);
                break;
            case "port":
                connection = System.Text.RegularExpressions.Regex.Replace(connection, "Port=[0-9]+", $"Port={AppProcess.FreePort()}", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
                break;
            case "owner":
                await server.ExecuteAsync($"ALTER DATABASE {data.Name} OWNER TO postgres");
                break;
        }

        using var log = new LogCapture();
        var refused = await Assert.ThrowsAsync<StartException>(() => ChatHost.StartAsync(
            data, builder => builder.Logging.AddFilter<LogCapture>(_ => true).AddProvider(log), [$"--Database:ConnectionString={connection}"]));
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
        Assert.Contains("Database:ConnectionString", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("zebra", refused.ToString(), StringComparison.Ordinal);
        AssertTellsNoName(log);
        // What people see of the log says nothing of where in the code it was.
        Assert.DoesNotContain(log.Lines, line => line.Level >= LogLevel.Warning && line.Everything.Contains("   at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_database_that_refuses_what_a_start_writes_ends_it_with_one_sentence()
    {
        await using var data = await TestData.CreateAsync(TestDatabase.PostgreSQL);
        await using (await ChatHost.StartAsync(data))
        {
        }

        await data.Server!.ExecuteAsync("""
            DELETE FROM "Rooms";
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no space for zebra' USING ERRCODE = '53100'; END $$;
            CREATE TRIGGER full_disk BEFORE INSERT ON "Rooms" FOR EACH ROW EXECUTE FUNCTION refuse();
            """, data.Name!);
        var refused = await Assert.ThrowsAsync<StartException>(() => ChatHost.StartAsync(data));
        Assert.Contains("Database:ConnectionString", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("zebra", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_database_ends_the_start_and_is_left_as_it_is()
    {
        await using var data = await TestData.CreateAsync(TestDatabase.PostgreSQL);
        await using (await ChatHost.StartAsync(data))
        {
        }

        await data.Server!.ExecuteAsync("""INSERT INTO "__EFMigrationsHistory" VALUES ('99990101000000_Later', '99.0.0')""", data.Name!);
        var refused = await Assert.ThrowsAsync<StartException>(() => ChatHost.StartAsync(data));
        Assert.Contains("newer version", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1L, await data.Server.ExecuteAsync("""SELECT "Epoch" FROM "Ownership" """, data.Name!));
    }

    [Fact]
    public async Task A_first_start_logs_no_error()
    {
        using var log = new LogCapture();
        await using var data = await TestData.CreateAsync(TestDatabase.PostgreSQL);
        await using (await ChatHost.StartAsync(data, builder => builder.Logging.AddFilter<LogCapture>(_ => true).AddProvider(log)))
        {
        }

        Assert.DoesNotContain(log.Lines, line => line.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task No_log_at_any_level_tells_who_connects_to_what()
    {
        using var log = new LogCapture();
        await using var data = await TestData.CreateAsync(TestDatabase.PostgreSQL);
        await using (var host = await ChatHost.StartAsync(data, builder => builder.Logging.AddFilter<LogCapture>(_ => true).AddProvider(log)))
        {
            var room = await host.RoomAsync();
            await host.PostAsync(room, "Hello");
            (await host.Model.NextAsync()).Finish("Hi");
            using var watch = await host.WatchAsync(room);
            await watch.EndedAsync();
            // Nobody may connect in between: a database that is in use cannot be renamed.
            await data.Server!.ExecuteAsync($"ALTER DATABASE {data.Name} ALLOW_CONNECTIONS false");
            await data.Server.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{data.Name}'");
            await data.Server.ExecuteAsync($"ALTER DATABASE {data.Name} RENAME TO {data.Name}_away");
            var refused = await host.Rooms.PostAsync(ChatHost.Ada, room.Id, Guid.NewGuid(), "Now", default);
            Assert.Equal(RoomErrorKind.Unavailable, refused.Error?.Kind);
            await Assert.ThrowsAsync<StorageUnavailableException>(async () => await ReadUntilRefusedAsync(host, room.Id));
            await data.Server.ExecuteAsync($"ALTER DATABASE {data.Name}_away RENAME TO {data.Name}");
            await data.Server.ExecuteAsync($"ALTER DATABASE {data.Name} ALLOW_CONNECTIONS true");
        }

        Assert.Contains(log.Lines, line => line.Level == LogLevel.Debug && line.Category.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.Ordinal));
        AssertTellsNoName(log);
    }

    [Fact]
    public async Task An_empty_server_takes_at_most_175_MB_and_loads_nothing_of_PostgreSQL_and_no_tokenizer()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        await using var data = await TestData.CreateAsync(TestDatabase.Sqlite);
        // As people run it: the tests' own process has a larger budget between collections, which it would inherit.
        await using var app = await AppProcess.StartAsync(data.Folder, 0, new Dictionary<string, string>(StringComparer.Ordinal) { ["DOTNET_GCgen0size"] = "0" });
        using (var http = new HttpClient { BaseAddress = app.Address })
        {
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/ready")).StatusCode);
        }

        var memory = (await File.ReadAllLinesAsync($"/proc/{app.ProcessId}/status")).Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        Assert.InRange(int.Parse(memory.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture), 50 * 1024, 175 * 1024);
        var loaded = await File.ReadAllTextAsync($"/proc/{app.ProcessId}/maps");
        Assert.Contains("Microsoft.EntityFrameworkCore.Sqlite", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("Npgsql", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("Microsoft.ML.Tokenizers", loaded, StringComparison.Ordinal);
    }

    // The first one may still find a connection that was open.
    private static async Task ReadUntilRefusedAsync(ChatHost host, Guid roomId)
    {
        for (var i = 0; i < 10; i++)
        {
            await host.App.Services.GetRequiredService<IRoomStore>().FindAsync(roomId, default);
        }
    }

    private static void AssertTellsNoName(LogCapture log)
    {
        Assert.All(log.Lines, line => Assert.DoesNotContain("zebra", line.Everything, StringComparison.Ordinal));
    }
}
