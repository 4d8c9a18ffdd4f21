using System.Diagnostics;
using Npgsql;

namespace BlazorChat.Tests.Support;

/// <summary>
/// A PostgreSQL server for all tests of this process: Debian's programs on a free loopback port, in a folder that goes away
/// with it. Started by the first test that needs it, and ended with this process, however that ends.
/// </summary>
public sealed class PostgresServer
{
    // Its standard input is this process's to hold: when that closes, the server ends and its folder goes. Whoever ends all
    // processes of a test run does not end it half-way.
    private const string Script = """
        trap '' HUP INT TERM
        read -r password
        printf '%s\n' "$password" | "$1/initdb" -D "$2" -U postgres -A scram-sha-256 --pwfile=/dev/stdin --no-sync \
          --encoding=UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US || exit 1
        "$1/postgres" -D "$2" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 -c shared_buffers=64MB \
          -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=128MB -c autovacuum=off &
        server=$!
        cat > /dev/null
        kill -QUIT "$server"
        wait "$server"
        rm -rf "$2"
        """;

    private static readonly Lazy<Task<PostgresServer>> Shared = new(StartAsync);

    private readonly Process _process;
    private readonly string _bin;
    private readonly string _password;
    private readonly int _port;
    private int _databases;

    private PostgresServer(Process process, string bin, string password, int port)
    {
        (_process, _bin, _password, _port) = (process, bin, password, port);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Stop();
    }

    /// <summary>The application's user, which no log may have, as the password and the names of databases.</summary>
    public const string User = "zebra_user";

    /// <summary>Everybody's.</summary>
    public string Password => _password;

    /// <summary>The server, started when it is not.</summary>
    public static Task<PostgresServer> SharedAsync() => Shared.Value;

    /// <summary>How the application connects to a database of it: as a user who owns the database and nothing else.</summary>
    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={_port};Database={database};Username={User};Password={_password};Include Error Detail=true";

    /// <summary>How an administrator connects to a database of it.</summary>
    public string AdministratorsConnectionString(string database) => $"Host=127.0.0.1;Port={_port};Database={database};Username=postgres;Password={_password}";

    /// <summary>A new database.</summary>
    /// <param name="template">The database that it is a copy of, to which nobody is connected; an empty one by default.</param>
    /// <returns>Its name.</returns>
    public async Task<string> CreateDatabaseAsync(string template = "template0")
    {
        var name = $"zebra_database_{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {template} OWNER {User}");
        return name;
    }

    /// <summary>Removes a database, whoever is connected to it.</summary>
    public Task DropDatabaseAsync(string name) => ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");

    /// <summary>A new database with what another has at this moment, whoever writes to it.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> CopyDatabaseAsync(string name)
    {
        var copy = await CreateDatabaseAsync();
        var start = new ProcessStartInfo("/bin/sh", ["-c", "\"$1/pg_dump\" -d \"$2\" | \"$1/psql\" -q -v ON_ERROR_STOP=1 -d \"$3\"", "sh", _bin, name, copy])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PGHOST"] = "127.0.0.1", ["PGPORT"] = $"{_port}", ["PGUSER"] = "postgres", ["PGPASSWORD"] = _password },
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().Soon();
        Assert.True(process.ExitCode == 0, await output + await error);
        return copy;
    }

    /// <summary>Runs a statement as an administrator.</summary>
    public async Task<object?> ExecuteAsync(string sql, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection(AdministratorsConnectionString(database) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static async Task<PostgresServer> StartAsync()
    {
        var bin = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Where(d => File.Exists(Path.Combine(d, "bin", "initdb"))).MaxBy(d => int.Parse(Path.GetFileName(d)))
            : null;
        Assert.True(bin is not null, "These tests need Debian's postgresql, which eng/test.sh installs.");
        var folder = Path.Combine(TemporaryFolder(), $"blazorchat-postgres-{Guid.NewGuid():N}");
        var port = AppProcess.FreePort();
        string[] command = ["/bin/sh", "-c", Script, "sh", Path.Combine(bin, "bin"), folder, $"{port}"];
        // It refuses to run as root.
        command = Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--", .. command] : command;
        var process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        })!;
        var said = new System.Collections.Concurrent.ConcurrentQueue<string?>();
        process.OutputDataReceived += (_, line) => said.Enqueue(line.Data);
        process.ErrorDataReceived += (_, line) => said.Enqueue(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new PostgresServer(process, Path.Combine(bin, "bin"), $"zebra-{Guid.NewGuid():N}", port);
        await process.StandardInput.WriteLineAsync(server._password);
        await process.StandardInput.FlushAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            Assert.False(process.HasExited, string.Join('\n', said));
            try
            {
                await server.ExecuteAsync($"CREATE ROLE {User} LOGIN PASSWORD '{server._password}'");
                return server;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(50, patience.Token);
            }
        }
    }

    // In memory where there is room: a database is some three hundred files, and each test that needs one makes one.
    private static string TemporaryFolder()
    {
        const string Memory = "/dev/shm";
        const long Enough = 1L << 30;
        return Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace >= Enough ? Memory : Path.GetTempPath();
    }

    private void Stop()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(10_000);
    }
}
