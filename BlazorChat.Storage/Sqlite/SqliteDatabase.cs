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

    // The operating system takes a file's lock from nobody who runs.
    public Task<long> EnsureOwnedAsync(ChatDbContext transaction, CancellationToken cancellationToken) => Task.FromResult(0L);

    // No response is lost within one process.
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
