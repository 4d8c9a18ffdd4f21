using BlazorChat.Access;
using BlazorChat.Turns;
using BlazorChat.Outbox;
using BlazorChat.Rooms;
using BlazorChat.Storage.Postgres;
using BlazorChat.Storage.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <summary>Registers the stores with the database from the settings, and upgrades it at start.</summary>
internal static class StorageServices
{
    /// <summary>The application name that data-protection keys are bound to, with either database.</summary>
    public const string ApplicationName = "BlazorChat";

    /// <summary>The name of PostgreSQL's metrics and traces; SQLite has none.</summary>
    public const string TelemetryName = "Npgsql";

    /// <exception cref="InvalidOperationException">A setting is wrong, or the data folder cannot be created; the message names the
    /// setting.</exception>
    public static IHostApplicationBuilder AddStorage(this IHostApplicationBuilder builder)
    {
        var options = DatabaseOptions.Read(builder.Configuration);
        // Each in a class of its own, so that nothing of PostgreSQL is loaded when it is not used.
        if (options.Provider == DatabaseKind.PostgreSQL)
        {
            PostgresServices.Add(builder, options.ConnectionString!);
        }
        else
        {
            SqliteServices.Add(builder);
        }

        builder.Services.AddScoped(services => services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContext());
        builder.Services.AddSingleton<Database>();
        builder.Services.AddSingleton<Removal>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Removal>());
        builder.Services.AddSingleton<IRoomStore, RoomStore>();
        builder.Services.AddSingleton<ITurnStore, TurnStore>();
        builder.Services.AddSingleton<IOutbox, OutboxStore>();
        builder.Services.AddSingleton<PeopleStore>();
        builder.Services.AddSingleton<IAuditLog, AuditStore>();
        return builder;
    }

    /// <summary>Takes the database for this process alone and applies migrations.</summary>
    /// <exception cref="InvalidOperationException">The database is in use or cannot be used; the message names the setting.</exception>
    public static Task MigrateAsync(this IServiceProvider services, CancellationToken cancellationToken) =>
        services.GetRequiredService<IDatabaseProvider>().StartAsync(cancellationToken);
}
