using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <summary>At a clean shutdown SQLite looks at what it learned of its indexes, which takes a moment and keeps queries fast.</summary>
internal sealed class DatabaseUpkeep(Database database) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(db => db.Database.ExecuteSqlRawAsync("PRAGMA optimize", cancellationToken), cancellationToken);
}
