using BlazorChat.Rooms;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BlazorChat.Storage;

/// <summary>
/// Whether what people write can be stored: a disk that is full or read-only answers every question and takes nothing. Each
/// look is one small write, at most one in a second however often somebody asks.
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
                // Whoever else asks meanwhile gets the same response: nobody's connection ends it for them.
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
