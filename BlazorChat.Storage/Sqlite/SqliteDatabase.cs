using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteDatabase(IDbContextFactory<SqliteChatDbContext> contexts, SqliteStart start, SqliteWal wal) : IDatabaseProvider
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            await start.RunAsync(context, cancellationToken).ConfigureAwait(false);
        }
    }

    // The operating system never takes the file lock away from a running process.
    public Task<long> EnsureOwnedAsync(ChatDbContext transaction, CancellationToken cancellationToken) => Task.FromResult(0L);

    // Within one process, no response of the database is lost.
    public Task<bool> IsStoredAsync(long transaction) => Task.FromResult(false);

    public Exception Tellable(Exception failure) => failure;

    public void AfterWrite() => wal.AfterWrite();

    public Task ProbeAsync(bool isFailing, CancellationToken cancellationToken)
    {
        wal.Probe(isFailing ? 16 : 1);
        wal.AfterWrite();
        return Task.CompletedTask;
    }

    public StartException? ErrorFor(Exception thrown) => start.ErrorFor(thrown);
}
