using System.Data.Common;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace BlazorChat.Storage.Postgres;

/// <summary>Registers PostgreSQL: everything in one database of a server, the keys that sign cookies too.</summary>
internal static class PostgresServices
{
    /// <exception cref="StartException">The connection string cannot be used; the message names the setting.</exception>
    public static void Add(IHostApplicationBuilder builder, string connectionString)
    {
        var settings = Read(connectionString);
        builder.Services.AddDataProtection()
            .SetApplicationName(StorageServices.ApplicationName)
            .PersistKeysToDbContext<PostgresChatDbContext>();
        // Without a logger and with a name of its own: Npgsql would tell logs and figures what the database is called.
        builder.Services.AddSingleton(_ => new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = "blazorchat" }.Build());
        builder.Services.AddDbContextFactory<PostgresChatDbContext>((services, options) => Configure(options, services.GetRequiredService<NpgsqlDataSource>()));
        builder.Services.AddSingleton<IDbContextFactory<ChatDbContext>, ChatDbContextFactory<PostgresChatDbContext>>();
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<PostgresLock>(services, LockSettings(settings)));
        builder.Services.AddSingleton<IDatabaseProvider, PostgresDatabase>();
        builder.Services.AddHealthChecks().AddCheck<PostgresLockHealthCheck>("database-lock", tags: [HealthTags.Ready]);
    }

    internal static void Configure(DbContextOptionsBuilder options, NpgsqlDataSource source) => options
        // Its own strategy would say what failed in another exception.
        .UseNpgsql(source, npgsql => npgsql.ExecutionStrategy(dependencies => new NonRetryingExecutionStrategy(dependencies)))
        // These name the database; the stores tell of what fails. Changes that have no migration are a test's to find, as with SQLite.
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
#pragma warning disable MA0054 // Without the failure itself: its text has what is wrong, and that may be the password.
            throw new StartException("The setting Database:ConnectionString is no connection string of PostgreSQL, such as Host=…;Database=…;Username=…;Password=….");
#pragma warning restore MA0054
        }

        if (string.IsNullOrEmpty(settings.Host) || string.IsNullOrEmpty(settings.Database))
        {
            throw new StartException("The setting Database:ConnectionString must name a Host and a Database.");
        }

        var keys = given.Keys.Cast<string>().Select(key => key.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant()).ToHashSet(StringComparer.Ordinal);
        if (!keys.Contains("COMMANDTIMEOUT"))
        {
            // A write waits this long for the database, less than the page waits for its response: what is refused can be sent again.
            settings.CommandTimeout = 10;
        }

        if (!keys.Contains("TIMEOUT"))
        {
            settings.Timeout = 5;
        }

        settings.ApplicationName ??= StorageServices.ApplicationName;
        // Contents are in no error's text.
        settings.IncludeErrorDetail = false;
        settings.PersistSecurityInfo = false;
        settings.Multiplexing = false;
        return settings;
    }

    private static string LockSettings(NpgsqlConnectionStringBuilder settings) => new NpgsqlConnectionStringBuilder(settings.ConnectionString)
    {
        // Closed is closed: a connection that went back into a pool would keep the lock.
        Pooling = false,
        CommandTimeout = 5,
        CancellationTimeout = 1_000,
        ApplicationName = $"{settings.ApplicationName} lock",
    }.ConnectionString;
}
