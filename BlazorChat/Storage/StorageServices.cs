using BlazorChat.Replies;
using BlazorChat.Rooms;
using BlazorChat.Storage.Sqlite;
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
        var file = Path.Combine(folder, "blazorchat.db");
        // A write waits this long for the database, less than the page waits for its answer: what is refused can be sent again.
        var connection = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 10 }.ConnectionString;

        builder.Services.AddDataProtection()
            .SetApplicationName("BlazorChat")
            .PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(folder, "keys")));
        builder.Services.AddDbContextFactory<ChatDbContext>(options => options.UseSqlite(connection).AddInterceptors(new SqlitePragmas()));
        builder.Services.AddSingleton<Database>();
        builder.Services.AddSingleton<IRoomStore, RoomStore>();
        builder.Services.AddSingleton<ITurnStore, TurnStore>();
        builder.Services.AddSingleton(_ => new DataFolderLock(folder));
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<SqliteWal>(services, connection));
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<SqliteStart>(services, folder, file));
        builder.Services.AddHostedService<DatabaseUpkeep>();
        return builder;
    }

    /// <summary>Makes sure that the database is this process's alone, and applies migrations.</summary>
    /// <exception cref="StartException">The data folder or the database in it cannot be used.</exception>
    public static async Task MigrateAsync(this IServiceProvider services, CancellationToken cancellationToken)
    {
        var contexts = services.GetRequiredService<IDbContextFactory<ChatDbContext>>();
        var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            await services.GetRequiredService<SqliteStart>().RunAsync(context, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The sentence for a start that ended because the database could not be used, or null when it ended otherwise.</summary>
    public static StartException? SentenceOf(this IServiceProvider services, Exception thrown) =>
        services.GetRequiredService<SqliteStart>().SentenceOf(thrown);

    private static string DataFolder(WebApplicationBuilder builder)
    {
        var options = new StorageOptions();
        builder.Configuration.Bind(options);
        if (string.IsNullOrWhiteSpace(options.DataFolder))
        {
            throw new StartException("The setting DataFolder must name a folder.");
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
            throw new StartException($"The folder that the setting DataFolder names, {folder}, cannot be made: {e.Message}", e);
        }

        return folder;
    }
}
