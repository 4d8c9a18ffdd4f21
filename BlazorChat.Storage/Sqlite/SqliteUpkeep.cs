using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage.Sqlite;

/// <summary>Lets SQLite update its index statistics at a clean shutdown, which takes a moment and keeps queries fast.</summary>
internal sealed partial class SqliteUpkeep(Database database, ILogger<SqliteUpkeep> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await database.ReadAsync(db => db.Database.ExecuteSqlRawAsync("PRAGMA optimize", cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StorageUnavailableException or OperationCanceledException)
        {
            // Not worth failing the shutdown: open connections may have used up its time.
            LogFailed(e);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database's index statistics could not be updated.")]
    private partial void LogFailed(Exception exception);
}
