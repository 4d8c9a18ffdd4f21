using BlazorChat.Rooms;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BlazorChat.Storage;

/// <summary>
/// Whether messages can be stored: with a full or read-only disk, reads still work and writes fail. Each check is one small write, at most
/// one per second however often it is requested.
/// </summary>
internal sealed class WriteHealthCheck(Database database, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    /// <summary>How long another write may take.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(2);

    private readonly Lock _changing = new();
    private Task<HealthCheckResult>? _last;
    private long _began;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        lock (_changing)
        {
            if (_last is null || (_last.IsCompleted && time.GetElapsedTime(_began) > MaxAge))
            {
                _began = time.GetTimestamp();
                // Concurrent requests share this check, so no single request's cancellation ends it.
                _last = Task.Run(LookAsync, CancellationToken.None);
            }

            return _last.WaitAsync(cancellationToken);
        }
    }

    private async Task<HealthCheckResult> LookAsync()
    {
        try
        {
            await database.ProbeAsync(MaxWait, CancellationToken.None).ConfigureAwait(false);
            return HealthCheckResult.Healthy();
        }
        catch (StorageUnavailableException e)
        {
            return HealthCheckResult.Unhealthy("Writes fail.", e);
        }
    }
}
