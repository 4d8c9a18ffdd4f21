using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage.Sqlite;

/// <inheritdoc />
internal sealed class SqliteDatabase(IDbContextFactory<SqliteChatDbContext> contexts, DataFolderLock folderLock) : IDatabaseProvider
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        folderLock.Take();
        var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using (context.ConfigureAwait(false))
        {
            await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellationToken).ConfigureAwait(false);
            await context.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // The operating system takes a file's lock from nobody who runs.
    public Task EnsureOwnedAsync(ChatDbContext transaction, CancellationToken cancellationToken) => Task.CompletedTask;

    public Exception Tellable(Exception failure) => failure;
}
