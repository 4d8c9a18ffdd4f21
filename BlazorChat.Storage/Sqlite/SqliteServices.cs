using Microsoft.AspNetCore.DataProtection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace BlazorChat.Storage.Sqlite;

/// <summary>Registers SQLite: a file in the data folder, beside the keys that sign cookies.</summary>
internal static class SqliteServices
{
    /// <summary>The database's file name in the data folder.</summary>
    public const string FileName = "blazorchat.db";

    /// <summary>The name of the key folder in the data folder.</summary>
    public const string KeysFolder = "keys";

    public static void Add(IHostApplicationBuilder builder)
    {
        var folder = DataFolder(builder);
        var file = DatabaseFile(folder);
        // A write waits for the database for less time than the page waits for its response, so that a refused message can be sent again.
        var connection = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 10 }.ConnectionString;

        builder.Services.AddDataProtection()
            .SetApplicationName(StorageServices.ApplicationName)
            .PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(folder, KeysFolder)));
        builder.Services.AddDbContextFactory<SqliteChatDbContext>(options => options
            .UseSqlite(connection)
            .AddInterceptors(new SqlitePragmas())
            // A test finds model changes without a migration. Checking here would build the whole model at each start.
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning)));
        builder.Services.AddSingleton<IDbContextFactory<ChatDbContext>, ChatDbContextFactory<SqliteChatDbContext>>();
        builder.Services.AddSingleton(_ => new DataFolderLock(folder));
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<SqliteWal>(services, connection));
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<SqliteStart>(services, folder, file));
        builder.Services.AddSingleton<IDatabaseProvider, SqliteDatabase>();
        builder.Services.AddHostedService<SqliteUpkeep>();
    }

    /// <summary>
    /// Makes an empty file that only its owner can access; SQLite would make one that everyone can read. Its journals inherit the mode.
    /// </summary>
    public static void CreatePrivately(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var _ = new FileStream(file, options);
    }

    /// <summary>Makes a folder that only its owner can access, since messages and cookie keys are private.</summary>
    public static void CreateFolderPrivately(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>The database file of a data folder, with links resolved, because SQLite keeps the log beside the link's target.</summary>
    public static string DatabaseFile(string folder)
    {
        var file = Path.Combine(folder, FileName);
        return new FileInfo(file).LinkTarget is null ? file : File.ResolveLinkTarget(file, returnFinalTarget: true)!.FullName;
    }

    /// <summary>The data folder; created if it does not exist.</summary>
    /// <exception cref="StartException">The setting is empty, or the folder cannot be created.</exception>
    public static string DataFolder(IHostApplicationBuilder builder)
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
            CreateFolderPrivately(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The folder {folder} (setting DataFolder) cannot be created: {e.Message}", e);
        }

        return folder;
    }
}
