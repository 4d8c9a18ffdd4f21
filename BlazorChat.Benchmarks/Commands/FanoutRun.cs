using System.Diagnostics;
using BlazorChat.Benchmarks.Circuits;
using BlazorChat.Benchmarks.Report;
using BlazorChat.Benchmarks.Server;
using BlazorChat.Benchmarks.Stub;

namespace BlazorChat.Benchmarks.Commands;

/// <summary>What one response cost with all its viewers. Bytes are the WebSocket's TCP payload to one viewer.</summary>
/// <param name="FirstBytes">Bytes per token from token 10 to token 110.</param>
/// <param name="LastBytes">Bytes per token of the last 100 tokens.</param>
/// <param name="WholeBytes">Bytes per token from before the question was posted until all has come to rest.</param>
/// <param name="CpuSeconds">The server's processor time per 1,000 viewer-tokens.</param>
/// <param name="Allocated">Managed bytes that the server allocated per viewer-token.</param>
/// <param name="Latency50">From the model's sending a token to the batch's arrival with a viewer, in ms: the median.</param>
/// <param name="Latency99">The same, the 99th percentile.</param>
/// <param name="WorkingSet">The server's memory in RAM as the model ended, in bytes.</param>
/// <param name="Lost">Circuits that ended by themselves.</param>
/// <param name="Missed">Marked tokens that some viewer never received, summed over the viewers: 0, or something is broken.</param>
/// <param name="WrongTexts">Viewers, of the few that keep what they show, whose text is not exactly the response: 0 as well.</param>
internal sealed record FanoutRun(
    double FirstBytes,
    double LastBytes,
    double WholeBytes,
    double CpuSeconds,
    double Allocated,
    double Latency50,
    double Latency99,
    double WorkingSet,
    int Lost,
    int Missed,
    int WrongTexts)
{
    private const int MarksPerWindow = 10;
    private const int TokensPerWindow = MarksPerWindow * ResponseText.TokensPerMark;

    /// <summary>Posts a question and lets the fleet watch its response.</summary>
    public static async Task<FanoutRun> MeasureAsync(
        Workbench bench, RoomPage room, CircuitFleet fleet, int tokens, int tokensPerSecond, CancellationToken cancellationToken)
    {
        var response = bench.Model.Plan(tokens, tokensPerSecond);
        foreach (var viewer in fleet.Viewers)
        {
            viewer.Log.Expect(response.Text.Response);
        }

        await fleet.WaitForQuietAsync(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), cancellationToken);
        var bytesBefore = fleet.Viewers.Sum(viewer => viewer.Wire.Received);
        var before = await bench.App.SampleAsync(collect: false, cancellationToken);

        await bench.App.PostMessageAsync(room, "Tell me something.", cancellationToken);
        var limit = TimeSpan.FromSeconds(((double)tokens / tokensPerSecond) + 60);
        await response.Sent.WaitAsync(limit, cancellationToken);
        var streaming = await bench.App.SampleAsync(collect: false, cancellationToken);
        await fleet.WaitForMarksAsync(response.Text.Marks, TimeSpan.FromSeconds(30), cancellationToken);
        await fleet.WaitForQuietAsync(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), cancellationToken);

        var after = await bench.App.SampleAsync(collect: false, cancellationToken);
        var bytesAfter = fleet.Viewers.Sum(viewer => viewer.Wire.Received);
        var viewerTokens = (double)fleet.Viewers.Count * tokens;
        var latencies = fleet.Viewers.SelectMany(viewer => Latencies(viewer.Log, response)).ToList();
        return new FanoutRun(
            BytesPerToken(fleet, 0),
            BytesPerToken(fleet, response.Text.Marks - 1 - MarksPerWindow),
            (bytesAfter - bytesBefore) / viewerTokens,
            (after.CpuSeconds - before.CpuSeconds) / viewerTokens * 1000,
            (after.AllocatedBytes - before.AllocatedBytes) / viewerTokens,
            Percentile.Of(latencies, 0.5),
            Percentile.Of(latencies, 0.99),
            streaming.WorkingSetBytes,
            fleet.Lost,
            fleet.Viewers.Sum(viewer => response.Text.Marks - viewer.Log.Seen),
            CountWrongTexts(fleet, response.Text));
    }

    /// <summary>The middle of several runs, figure by figure; losses are summed.</summary>
    public static FanoutRun Median(IReadOnlyList<FanoutRun> runs) => new(
        Percentile.Median(runs.Select(run => run.FirstBytes)),
        Percentile.Median(runs.Select(run => run.LastBytes)),
        Percentile.Median(runs.Select(run => run.WholeBytes)),
        Percentile.Median(runs.Select(run => run.CpuSeconds)),
        Percentile.Median(runs.Select(run => run.Allocated)),
        Percentile.Median(runs.Select(run => run.Latency50)),
        Percentile.Median(runs.Select(run => run.Latency99)),
        Percentile.Median(runs.Select(run => run.WorkingSet)),
        runs.Sum(run => run.Lost),
        runs.Sum(run => run.Missed),
        runs.Sum(run => run.WrongTexts));

    // Whole windows between two marks, so that the first frame with its new message and the last with its end state
    // are not blamed on a hundred tokens; both are in the bytes of the whole.
    private static double BytesPerToken(CircuitFleet fleet, int firstMark)
    {
        var bytes = fleet.Viewers
            .Select(viewer => viewer.Log.BytesBetween(firstMark, firstMark + MarksPerWindow))
            .OfType<long>()
            .ToList();
        return bytes.Count == 0 ? double.NaN : bytes.Average() / TokensPerWindow;
    }

    private static int CountWrongTexts(CircuitFleet fleet, ResponseText response)
    {
        var errors = fleet.Viewers
            .Where(viewer => viewer.Failure is null)
            .Select(viewer => viewer.Dom is null ? null : ResponseAudit.FindError(response, viewer.Dom.Text()))
            .OfType<string>()
            .ToList();
        errors.ForEach(Console.Error.WriteLine);
        return errors.Count;
    }

    private static IEnumerable<double> Latencies(ViewerLog log, PlannedResponse response)
    {
        for (var mark = 0; mark < response.Text.Marks; mark++)
        {
            if (log.SeenAt(mark) is { } seenAt)
            {
                yield return Stopwatch.GetElapsedTime(response.SentAt(mark), seenAt).TotalMilliseconds;
            }
        }
    }
}
