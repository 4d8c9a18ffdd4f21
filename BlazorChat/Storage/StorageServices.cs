using BlazorChat.Replies;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <summary>Registers the stores on SQLite and brings the database up to date at start.</summary>
internal static class StorageServices
{
    public static WebApplicationBuilder AddStorage(this WebApplicationBuilder builder)
    {
        var folder = DataFolder(builder);
        var connection = new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "blazorchat.db") }.ConnectionString;

        builder.Services.AddDataProtection()
            .SetApplicationName("BlazorChat")
            .PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(folder, "keys")));
        builder.Services.AddDbContextFactory<ChatDbContext>(options => options.UseSqlite(connection).AddInterceptors(new SqlitePragmas()));
        builder.Services.AddSingleton<Database>();
        builder.Services.AddSingleton<IRoomStore, RoomStore>();
        builder.Services.AddSingleton<ITurnStore, TurnStore>();
        builder.Services.AddHealthChecks().AddDbContextCheck<ChatDbContext>("database", tags: [HealthEndpoints.Ready]);
        return builder;
    }

    /// <summary>Applies migrations.</summary>
    public static async Task MigrateAsync(this IServiceProvider services, CancellationToken cancellationToken)
    {
        var contexts = services.GetRequiredService<IDbContextFactory<ChatDbContext>>();
        var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            await context.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static string DataFolder(WebApplicationBuilder builder)
    {
        var options = new StorageOptions();
        builder.Configuration.Bind(options);
        if (string.IsNullOrWhiteSpace(options.DataFolder))
        {
            throw new InvalidOperationException("The setting DataFolder must name a folder.");
        }

        var folder = Path.GetFullPath(options.DataFolder, builder.Environment.ContentRootPath);
        try
        {
            // What people wrote and the keys of their cookies: nobody else on the machine has to read them.
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"The folder that the setting DataFolder names, {folder}, cannot be made: {e.Message}", e);
        }

        return folder;
    }
}
