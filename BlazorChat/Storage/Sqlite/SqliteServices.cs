using Microsoft.AspNetCore.DataProtection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage.Sqlite;

/// <summary>Registers SQLite: a file in the data folder, beside the keys that sign cookies.</summary>
internal static class SqliteServices
{
    public static void Add(WebApplicationBuilder builder)
    {
        var folder = DataFolder(builder);
        var file = Path.Combine(folder, "blazorchat.db");
        // A write waits this long for the database, less than the page waits for its answer: what is refused can be sent again.
        var connection = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 10 }.ConnectionString;

        builder.Services.AddDataProtection()
            .SetApplicationName(StorageServices.ApplicationName)
            .PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(folder, "keys")));
        builder.Services.AddDbContextFactory<SqliteChatDbContext>(options => options.UseSqlite(connection).AddInterceptors(new SqlitePragmas()));
        builder.Services.AddSingleton<IDbContextFactory<ChatDbContext>, ChatDbContextFactory<SqliteChatDbContext>>();
        builder.Services.AddSingleton(_ => new DataFolderLock(folder));
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<SqliteWal>(services, connection));
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<SqliteStart>(services, folder, file));
        builder.Services.AddSingleton<IDatabaseProvider, SqliteDatabase>();
        builder.Services.AddHostedService<SqliteUpkeep>();
    }

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
