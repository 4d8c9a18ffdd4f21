using Microsoft.AspNetCore.DataProtection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace BlazorChat.Storage.Sqlite;

/// <summary>Registers SQLite: a file in the data folder, beside the keys that sign cookies.</summary>
internal static class SqliteServices
{
    /// <summary>The database's name in the data folder.</summary>
    public const string FileName = "blazorchat.db";

    /// <summary>The name of the folder of keys in the data folder.</summary>
    public const string KeysFolder = "keys";

    public static void Add(IHostApplicationBuilder builder)
    {
        var folder = DataFolder(builder);
        var file = DatabaseFile(folder);
        // A write waits this long for the database, less than the page waits for its response: what is refused can be sent again.
        var connection = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 10 }.ConnectionString;

        builder.Services.AddDataProtection()
            .SetApplicationName(StorageServices.ApplicationName)
            .PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(folder, KeysFolder)));
        builder.Services.AddDbContextFactory<SqliteChatDbContext>(options => options
            .UseSqlite(connection)
            .AddInterceptors(new SqlitePragmas())
            // A test looks for changes that have no migration: here the whole model would be made from the classes for it.
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning)));
        builder.Services.AddSingleton<IDbContextFactory<ChatDbContext>, ChatDbContextFactory<SqliteChatDbContext>>();
        builder.Services.AddSingleton(_ => new DataFolderLock(folder));
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<SqliteWal>(services, connection));
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<SqliteStart>(services, folder, file));
        builder.Services.AddSingleton<IDatabaseProvider, SqliteDatabase>();
        builder.Services.AddHostedService<SqliteUpkeep>();
    }

    /// <summary>Makes an empty file for its owner alone; SQLite would make one that everybody can read. Its journals take over the mode.</summary>
    public static void CreatePrivately(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var _ = new FileStream(file, options);
    }

    /// <summary>Makes a folder for its owner alone: what people wrote and the keys of their cookies are nobody else's to read.</summary>
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

    /// <summary>The database of a data folder: where a link leads to, since SQLite keeps the log beside that file.</summary>
    public static string DatabaseFile(string folder)
    {
        var file = Path.Combine(folder, FileName);
        return new FileInfo(file).LinkTarget is null ? file : File.ResolveLinkTarget(file, returnFinalTarget: true)!.FullName;
    }

    /// <summary>The data folder, made when it is missing.</summary>
    /// <exception cref="StartException">The setting names none, or it cannot be made.</exception>
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
            throw new StartException($"The folder that the setting DataFolder names, {folder}, cannot be made: {e.Message}", e);
        }

        return folder;
    }
}
