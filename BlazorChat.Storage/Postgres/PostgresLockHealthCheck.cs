using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BlazorChat.Storage.Postgres;

/// <summary>Unhealthy while writes are blocked because the database may belong to another process.</summary>
internal sealed class PostgresLockHealthCheck(PostgresLock processLock) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(processLock.IsHeld ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The connection that holds the database's lock is lost, or the responses that were running then have not ended."));
}
