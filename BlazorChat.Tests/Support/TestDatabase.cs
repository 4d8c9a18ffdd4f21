using System.Reflection;
using BlazorChat.Storage;
using BlazorChat.Storage.Postgres;
using BlazorChat.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit.Sdk;

namespace BlazorChat.Tests.Support;

/// <summary>The databases that the application keeps everything in.</summary>
public enum TestDatabase
{
    Sqlite,
    PostgreSQL,
}

/// <summary>A test for each database, which comes as the last argument (after those that are given, for each row of a theory).</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class EveryDatabaseAttribute(params object[] arguments) : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        Enum.GetValues<TestDatabase>().Select(database => (object[])[.. arguments, database]);
}

/// <summary>A database of a test's own: a folder, or a database of the shared server. It goes away with this.</summary>
public sealed class TestData : IAsyncDisposable
{
    private static readonly Lazy<Task<byte[]>> MigratedFile = new(MigrateFileAsync);
    private static readonly Lazy<Task<string>> MigratedDatabase = new(MigrateDatabaseAsync);

    private TestData(TestDatabase kind, string folder, string? name, PostgresServer? server) => (Kind, Folder, Name, Server) = (kind, folder, name, server);

    public TestDatabase Kind { get; }

    /// <summary>The data folder; empty on PostgreSQL.</summary>
    public string Folder { get; }

    /// <summary>What the database is called on the server.</summary>
    public string? Name { get; }

    public PostgresServer? Server { get; }

    /// <summary>The settings that make an application use it.</summary>
    public IReadOnlyDictionary<string, string> Settings => Kind == TestDatabase.Sqlite
        ? new Dictionary<string, string>(StringComparer.Ordinal) { ["DataFolder"] = Folder }
        : new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["DataFolder"] = Folder,
            ["Database:Provider"] = "PostgreSQL",
            ["Database:ConnectionString"] = Server!.ConnectionString(Name!),
        };

    /// <summary>The same as environment variables.</summary>
    public Dictionary<string, string> Environment => Settings.ToDictionary(s => s.Key.Replace(":", "__", StringComparison.Ordinal), s => s.Value, StringComparer.Ordinal);

    public static async Task<TestData> CreateAsync(TestDatabase kind)
    {
        var folder = Directory.CreateTempSubdirectory("blazorchat-").FullName;
        if (kind == TestDatabase.Sqlite)
        {
            return new TestData(kind, folder, null, null);
        }

        var server = await PostgresServer.SharedAsync();
        return new TestData(kind, folder, await server.CreateDatabaseAsync(), server);
    }

    /// <summary>One with today's schema and nothing in it: a copy, since most tests are not about migrations.</summary>
    public static async Task<TestData> CreateMigratedAsync(TestDatabase kind)
    {
        var folder = Directory.CreateTempSubdirectory("blazorchat-").FullName;
        if (kind == TestDatabase.Sqlite)
        {
            var file = Path.Combine(folder, SqliteServices.FileName);
            var migrated = await MigratedFile.Value;
            SqliteServices.CreatePrivately(file);
            await File.WriteAllBytesAsync(file, migrated);
            return new TestData(kind, folder, null, null);
        }

        var server = await PostgresServer.SharedAsync();
        return new TestData(kind, folder, await server.CreateDatabaseAsync(await MigratedDatabase.Value), server);
    }

    /// <summary>A copy as a power cut at this moment would leave it.</summary>
    public async Task<TestData> CopyAsync()
    {
        var folder = Directory.CreateTempSubdirectory("blazorchat-").FullName;
        if (Kind == TestDatabase.PostgreSQL)
        {
            return new TestData(Kind, folder, await Server!.CopyDatabaseAsync(Name!), Server);
        }

        foreach (var file in Directory.GetFiles(Folder, "blazorchat.db*"))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return new TestData(Kind, folder, null, null);
    }

    /// <summary>A context on it, without an application.</summary>
    internal ChatDbContext Open() => Kind == TestDatabase.Sqlite
        ? new SqliteChatDbContext(new DbContextOptionsBuilder<SqliteChatDbContext>().UseSqlite($"Data Source={Path.Combine(Folder, "blazorchat.db")};Pooling=False").Options)
        : Open(Server!, Name!);

    private static async Task<byte[]> MigrateFileAsync()
    {
        await using var data = await CreateAsync(TestDatabase.Sqlite);
        await using (var db = data.Open())
        {
            await db.Database.MigrateAsync();
        }

        // The last connection to go has brought the log in.
        return await File.ReadAllBytesAsync(Path.Combine(data.Folder, SqliteServices.FileName));
    }

    private static async Task<string> MigrateDatabaseAsync()
    {
        var server = await PostgresServer.SharedAsync();
        var name = await server.CreateDatabaseAsync();
        await using var db = Open(server, name);
        await db.Database.MigrateAsync();
        return name;
    }

    private static PostgresChatDbContext Open(PostgresServer server, string name) =>
        new(new DbContextOptionsBuilder<PostgresChatDbContext>().UseNpgsql(server.ConnectionString(name) + ";Pooling=false").Options);

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
        {
            NpgsqlConnection.ClearAllPools();
            await Server.DropDatabaseAsync(Name!);
        }
        else
        {
            SqliteConnection.ClearAllPools();
        }

        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>What tests do to whichever database an application uses.</summary>
public static class TestDatabaseServices
{
    /// <summary>Adds an interceptor to the contexts of every database.</summary>
    public static void Intercept(this IServiceCollection services, IInterceptor interceptor)
    {
        services.ConfigureDbContext<SqliteChatDbContext>(options => options.AddInterceptors(interceptor));
        services.ConfigureDbContext<PostgresChatDbContext>(options => options.AddInterceptors(interceptor));
    }
}
