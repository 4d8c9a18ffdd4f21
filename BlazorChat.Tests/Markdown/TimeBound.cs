using System.Diagnostics;
using System.Globalization;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Markdown;

/// <summary>
/// The bound for hostile text: 100 ms. Slow text is slow in every run; the best of several after a first one keeps a
/// busy machine from looking like it, and what hangs is not waited for.
/// </summary>
internal static class TimeBound
{
    private const int Runs = 20;

    // Nanoseconds that a thread has run, then the time that it waited for a processor (Linux, Documentation/scheduler/sched-stats.rst).
    private const string OfThisThread = "/proc/thread-self/schedstat";

    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(100);

    private static readonly bool IsKept = File.Exists(OfThisThread) && Read("/proc/self/schedstat") > 0;

    /// <summary>
    /// A time to measure from: how long this thread has run, where the system tells, so that other tests beside this one do not count; else a
    /// clock's.
    /// </summary>
    public static TimeSpan Now => IsKept ? new TimeSpan(Read(OfThisThread) / TimeSpan.NanosecondsPerTick) : Stopwatch.GetElapsedTime(0);

    public static async Task Within100MillisecondsAsync(Action action)
    {
        var best = await Task.Run(() => Best(action)).Soon();
        Assert.True(best < Bound, $"Took {best.TotalMilliseconds:0} ms.");
    }

    private static TimeSpan Best(Action action)
    {
        // Once for the compiler.
        action();
        var best = TimeSpan.MaxValue;
        for (var run = 0; run < Runs && best >= Bound; run++)
        {
            var began = Now;
            action();
            var took = Now - began;
            best = took < best ? took : best;
        }

        return best;
    }

    private static long Read(string path) => long.Parse(File.ReadAllText(path).Split(' ')[0], CultureInfo.InvariantCulture);
}
