using System.Diagnostics;

namespace BlazorChat.Benchmarks.Circuits;

/// <summary>Many viewers of one room, kept alive by pings.</summary>
internal sealed class CircuitFleet : IAsyncDisposable
{
    /// <summary>So many viewers, the first ones, keep what they show.</summary>
    public const int Readers = 2;

    private const int Parallel = 16;
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(14);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _ending = new();
    private readonly CircuitClient[] _viewers;
    private Task _pinging = Task.CompletedTask;

    private CircuitFleet(CircuitClient[] viewers) => _viewers = viewers;

    /// <summary>The viewers.</summary>
    public IReadOnlyList<CircuitClient> Viewers => _viewers;

    /// <summary>How many circuits ended before they were closed from here.</summary>
    public int Lost => _viewers.Count(viewer => viewer.Failure is not null);

    /// <summary>Why, each reason once, with how often.</summary>
    public IEnumerable<string> Failures =>
        _viewers.Where(viewer => viewer.Failure is not null)
            .GroupBy(viewer => viewer.Failure, StringComparer.Ordinal)
            .Select(group => $"{group.Count()} × {group.Key}");

    /// <summary>Lets viewers join and open a page, a few at a time.</summary>
    /// <param name="server">The server's root address.</param>
    /// <param name="path">The page's path.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="compress">Whether they offer WebSocket compression.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">One of them could not connect.</exception>
    public static async Task<CircuitFleet> ConnectAsync(
        Uri server, string path, int count, bool compress, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var viewers = Enumerable.Range(0, count)
            .Select(index => new CircuitClient(server, compress) { Dom = index < Readers ? new LogicalDom() : null });
        var fleet = new CircuitFleet([.. viewers]);
        try
        {
            fleet._pinging = fleet.PingAsync(fleet._ending.Token);
            var options = new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = cancellationToken };
            await System.Threading.Tasks.Parallel.ForAsync(0, count, options, async (index, token) =>
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
                limit.CancelAfter(ConnectLimit);
                var viewer = fleet._viewers[index];
                await viewer.JoinAsync(limit.Token);
                await viewer.StartAsync(await viewer.LoadAsync(path, limit.Token), limit.Token);
            });
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns when no viewer has received a batch for a while: what connecting set off has come to rest.</summary>
    /// <param name="quiet">How long nothing may come.</param>
    /// <param name="limit">Returns after this in any case.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it became quiet.</returns>
    public async Task<bool> WaitForQuietAsync(TimeSpan quiet, TimeSpan limit, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var quietSince = started;
        var batches = -1L;
        while (Stopwatch.GetElapsedTime(started) < limit)
        {
            var now = _viewers.Sum(viewer => viewer.Batches);
            if (now != batches)
            {
                batches = now;
                quietSince = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(quietSince) >= quiet)
            {
                return true;
            }

            await Task.Delay(50, cancellationToken);
        }

        return false;
    }

    /// <summary>Returns when every viewer that still lives has seen that many marks, or when the limit is over.</summary>
    public async Task WaitForMarksAsync(int marks, TimeSpan limit, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < limit
            && Array.Exists(_viewers, viewer => viewer.Failure is null && viewer.Log.Seen < marks))
        {
            await Task.Delay(50, cancellationToken);
        }
    }

    /// <summary>Closes all tabs.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _pinging;
        await System.Threading.Tasks.Parallel.ForEachAsync(_viewers, async (viewer, _) => await viewer.DisposeAsync());
        _ending.Dispose();
    }

    private async Task PingAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(PingInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                foreach (var viewer in _viewers)
                {
                    try
                    {
                        await viewer.PingAsync(cancellationToken);
                    }
                    catch (Exception error) when (error is System.Net.WebSockets.WebSocketException or ObjectDisposedException)
                    {
                        // That circuit's own loop reports its end.
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The fleet is being closed.
        }
    }
}
