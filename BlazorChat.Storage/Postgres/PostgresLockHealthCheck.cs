using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BlazorChat.Storage.Postgres;

/// <summary>Unhealthy while nothing can be written because the database may belong to another process.</summary>
internal sealed class PostgresLockHealthCheck(PostgresLock processLock) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(processLock.IsHeld ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The connection that holds the database's lock is lost, or what ran then has not ended."));
}
