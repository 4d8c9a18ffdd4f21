using System.Xml;
using System.Xml.Linq;
using BlazorChat.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage.Moving;

/// <summary>A data folder as one end of a move: its database and its key files.</summary>
internal sealed class SqliteMove(string folder) : IMoveSource, IMoveTarget, IDisposable
{
    private readonly DataFolderLock _lock = new(folder);
    private readonly string _file = SqliteServices.DatabaseFile(folder);
    private readonly string _keys = Path.Combine(folder, SqliteServices.KeysFolder);
    private SqliteInspection? _source;

    public async Task<ChatDbContext> OpenAsync(CancellationToken cancellationToken)
    {
        _lock.Take();
        string[] known;
        var any = new SqliteDesignFactory().CreateDbContext([]);
        await using (any.ConfigureAwait(false))
        {
            known = [.. any.Database.GetMigrations()];
        }

        _source = SqliteInspection.Open(folder, _file, known)
            ?? throw new StartException($"There is no database in the folder {folder} (setting DataFolder).");
        if (_source.Applied.Count != known.Length)
        {
            throw new StartException($"The database in the folder {folder} (setting DataFolder) is from an earlier version of BlazorChat. Please start this version on it once.");
        }

        return new SqliteChatDbContext(new DbContextOptionsBuilder<SqliteChatDbContext>().UseSqlite(_source.Connection).Options);
    }

    public Task<IReadOnlyList<ProtectionKey>> ReadKeysAsync(CancellationToken cancellationToken) => Task.FromResult(ReadKeys());

    public async Task<MoveCounts> WriteAsync(IReadOnlyList<ProtectionKey> keys, Func<ChatDbContext, Task<MoveCounts>> copy, CancellationToken cancellationToken)
    {
        _lock.Take();
        if (File.Exists(_file) || File.Exists(_file + "-wal") || ReadKeys().Any(has => !keys.Any(key => XNode.DeepEquals(key.Xml, has.Xml))))
        {
            throw new StartException($"The folder {folder} (setting DataFolder) is not empty: it has a database or keys. Nothing was changed.");
        }

        DataFolderCheck.Run(folder);
        // Until it is complete, under a name that no start looks for.
        var unfinished = _file + ".moving";
        var written = new List<string>();
        try
        {
            RemoveUnfinished();
            SqliteServices.CreatePrivately(unfinished);
            var counts = await FillAsync(unfinished, copy, cancellationToken).ConfigureAwait(false);
            WriteKeys(keys, written);
            using (var stream = new FileStream(unfinished, FileMode.Open, FileAccess.ReadWrite))
            {
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, _file);
            written.Clear();
            return counts;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataFolderCheck.ErrorFor(folder, e);
        }
        finally
        {
            try
            {
                RemoveUnfinished();
                written.ForEach(File.Delete);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The error that made the move fail has been reported; the next move tries to delete it again.
            }
        }

        void RemoveUnfinished()
        {
            foreach (var left in Directory.GetFiles(folder, Path.GetFileName(unfinished) + "*"))
            {
                File.Delete(left);
            }
        }
    }

    public void Dispose()
    {
        _source?.Dispose();
        _lock.Dispose();
    }

    private static async Task<MoveCounts> FillAsync(string file, Func<ChatDbContext, Task<MoveCounts>> copy, CancellationToken cancellationToken)
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ConnectionString;
        var database = new SqliteChatDbContext(new DbContextOptionsBuilder<SqliteChatDbContext>().UseSqlite(connection).Options);
        await using (database.ConfigureAwait(false))
        {
            await database.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
            var transaction = await database.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var counts = await copy(database).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                return counts;
            }
        }
    }

    private IReadOnlyList<ProtectionKey> ReadKeys()
    {
        try
        {
            return Directory.Exists(_keys)
                ? [.. Directory.GetFiles(_keys, "*.xml").Order(StringComparer.Ordinal).Select(f => new ProtectionKey(Path.GetFileNameWithoutExtension(f), XElement.Load(f)))]
                : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or XmlException)
        {
            throw new StartException($"A key in the folder {_keys} (inside the folder of the setting DataFolder) cannot be read: {e.Message.TrimEnd('.')}.", e);
        }
    }

    /// <param name="keys">All keys.</param>
    /// <param name="written">Receives the files that did not exist before.</param>
    private void WriteKeys(IReadOnlyList<ProtectionKey> keys, List<string> written)
    {
        SqliteServices.CreateFolderPrivately(_keys);
        var before = ReadKeys();
        foreach (var key in keys.Where(key => !before.Any(has => XNode.DeepEquals(key.Xml, has.Xml))))
        {
            // Names as ASP.NET Core gives them. Any other name is replaced, since it might point to a file elsewhere.
            var name = key.Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && key.Name.Length is > 0 and <= 100 ? key.Name : $"key-{Guid.NewGuid()}";
            var file = Path.Combine(_keys, name + ".xml");
            // Written completely before it gets its name: a truncated key would keep the next move and every start from reading any key.
            var whole = file + ".tmp";
            written.AddRange([file, whole]);
            File.Delete(whole);
            SqliteServices.CreatePrivately(whole);
            key.Xml.Save(whole);
            File.Move(whole, file, overwrite: true);
        }
    }
}
