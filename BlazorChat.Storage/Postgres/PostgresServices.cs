using System.Data.Common;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace BlazorChat.Storage.Postgres;

/// <summary>Registers PostgreSQL: one database on a server for everything, including the keys that sign cookies.</summary>
internal static class PostgresServices
{
    /// <exception cref="StartException">The connection string cannot be used; the message names the setting.</exception>
    public static void Add(IHostApplicationBuilder builder, string connectionString)
    {
        var settings = Read(connectionString);
        builder.Services.AddDataProtection()
            .SetApplicationName(StorageServices.ApplicationName)
            .PersistKeysToDbContext<PostgresChatDbContext>();
        // Without a logger and with a fixed name, because Npgsql would put the database's name into logs and metrics.
        builder.Services.AddSingleton(_ => new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = "blazorchat" }.Build());
        builder.Services.AddDbContextFactory<PostgresChatDbContext>((services, options) => Configure(options, services.GetRequiredService<NpgsqlDataSource>()));
        builder.Services.AddSingleton<IDbContextFactory<ChatDbContext>, ChatDbContextFactory<PostgresChatDbContext>>();
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<PostgresLock>(services, LockSettings(settings)));
        builder.Services.AddSingleton<IDatabaseProvider, PostgresDatabase>();
        builder.Services.AddHealthChecks().AddCheck<PostgresLockHealthCheck>("database-lock", tags: [HealthTags.Ready]);
    }

    /// <summary>Keeps servers off the database for a command, until the result is disposed. A database that cannot be reached is used by none.</summary>
    /// <exception cref="StartException">A server uses the database, or the connection string cannot be used.</exception>
    public static Task<IAsyncDisposable> TakeAsync(string connectionString, CancellationToken cancellationToken) =>
        PostgresLock.TakeForCommandAsync(LockSettings(Read(connectionString)), cancellationToken);

    internal static void Configure(DbContextOptionsBuilder options, NpgsqlDataSource source) => options
        // The default strategy would wrap the failure in another exception.
        .UseNpgsql(source, npgsql => npgsql.ExecutionStrategy(dependencies => new NonRetryingExecutionStrategy(dependencies)))
        // These warnings name the database; the stores report failures. A test finds model changes without a migration, as with SQLite.
        .ConfigureWarnings(warnings => warnings.Ignore(
            RelationalEventId.PendingModelChangesWarning,
            RelationalEventId.ConnectionOpening, RelationalEventId.ConnectionOpened, RelationalEventId.ConnectionClosing,
            RelationalEventId.ConnectionClosed, RelationalEventId.ConnectionDisposing, RelationalEventId.ConnectionDisposed, RelationalEventId.ConnectionError,
            RelationalEventId.DataReaderClosing, RelationalEventId.DataReaderDisposing, RelationalEventId.MigrateUsingConnection,
            CoreEventId.QueryIterationFailed, CoreEventId.SaveChangesFailed));

    private static NpgsqlConnectionStringBuilder Read(string connectionString)
    {
        NpgsqlConnectionStringBuilder settings;
        DbConnectionStringBuilder given;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(connectionString);
            given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
#pragma warning disable MA0054 // Without the exception: its text quotes the invalid part, which may be the password.
            throw new StartException("The setting Database:ConnectionString is not a valid PostgreSQL connection string, such as Host=…;Database=…;Username=…;Password=….");
#pragma warning restore MA0054
        }

        if (string.IsNullOrEmpty(settings.Host) || string.IsNullOrEmpty(settings.Database))
        {
            throw new StartException("The setting Database:ConnectionString must name a Host and a Database.");
        }

        var keys = given.Keys.Cast<string>().Select(key => key.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant()).ToHashSet(StringComparer.Ordinal);
        if (!keys.Contains("COMMANDTIMEOUT"))
        {
            // A write waits for the database for less time than the page waits for its response, so that a refused message can be sent
            // again.
            settings.CommandTimeout = 10;
        }

        if (!keys.Contains("TIMEOUT"))
        {
            settings.Timeout = 5;
        }

        settings.ApplicationName ??= StorageServices.ApplicationName;
        // Keeps contents out of error texts.
        settings.IncludeErrorDetail = false;
        settings.PersistSecurityInfo = false;
        settings.Multiplexing = false;
        return settings;
    }

    private static string LockSettings(NpgsqlConnectionStringBuilder settings) => new NpgsqlConnectionStringBuilder(settings.ConnectionString)
    {
        // Closing must really close: a pooled connection would keep the lock.
        Pooling = false,
        CommandTimeout = 5,
        CancellationTimeout = 1_000,
        ApplicationName = $"{settings.ApplicationName} lock",
    }.ConnectionString;
}
