using System.Globalization;
using BlazorChat.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;

namespace BlazorChat.Tests.Storage;

/// <summary>Databases of every schema so far, as they were stored, and what a start does to one.</summary>
internal static class StoredSchema
{
    /// <summary>The last migration of each.</summary>
    public static IReadOnlyList<string> All { get; } = ["20261121110818_Initial", "20261121123032_TurnEngine", "20261121125800_QueuePlaces", "20261128103925_Outbox", "20261128171118_Leavers", "20261128185515_RemovedMessages", "20261128220702_Members", "20261128232207_People", "20261128233257_RoomInvites", "20261129012230_Removals", "20261129020130_SignIns", "20261129020901_TurnRights", "20261129081636_AccountOrigins", "20261129111338_InvitesMakeAccounts", "20261129115130_RoomAccent"];

    public static string FileOf(string folder) => Path.Combine(folder, "blazorchat.db");

    /// <summary>Makes the database of a schema in a folder.</summary>
    public static void Restore(string schema, string folder)
    {
        using var stream = typeof(StoredSchema).Assembly.GetManifestResourceStream(schema)!;
        using var reader = new StreamReader(stream);
        Execute(folder, reader.ReadToEnd());
    }

    public static void Execute(string folder, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={FileOf(folder)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Does what a start does before it uses the database.</summary>
    public static async Task StartAsync(string folder, params IInterceptor[] interceptors)
    {
        var connection = $"Data Source={FileOf(folder)};Pooling=False";
        using var folderLock = new DataFolderLock(folder);
        using var wal = new SqliteWal(connection, NullLogger<SqliteWal>.Instance);
        await using var context = new SqliteChatDbContext(
            new DbContextOptionsBuilder<SqliteChatDbContext>().UseSqlite(connection).AddInterceptors([new SqlitePragmas(), .. interceptors]).Options);
        await new SqliteStart(folder, FileOf(folder), folderLock, wal, NullLogger<SqliteStart>.Instance).RunAsync(context, default);
    }

    /// <summary>Every row of every table, each as its columns' names and values, in an order that layouts do not change.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string>>> Read(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        var tables = new Dictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string>>>(StringComparer.Ordinal);
        foreach (var table in Rows(connection, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_\\_EF%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'"))
        {
            tables[table["name"]] = [.. Rows(connection, $"SELECT * FROM \"{table["name"]}\" ORDER BY 1, 2")];
        }

        return tables;
    }

    private static List<IReadOnlyDictionary<string, string>> Rows(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<IReadOnlyDictionary<string, string>>();
        while (reader.Read())
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(
                reader.GetName, i => reader.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture) ?? "", StringComparer.Ordinal));
        }

        return rows;
    }
}
