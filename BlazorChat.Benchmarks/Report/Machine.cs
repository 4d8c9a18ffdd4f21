using System.Reflection;
using System.Runtime.InteropServices;

namespace BlazorChat.Benchmarks.Report;

/// <summary>What the figures were measured on: without it they mean nothing.</summary>
internal static class Machine
{
    private const string CpuInfo = "/proc/cpuinfo";
    private const string LoadAverage = "/proc/loadavg";

    /// <summary>One paragraph to stand above the tables.</summary>
    /// <param name="pinned">Whether server and client had a core each.</param>
    public static string Describe(bool pinned)
    {
        var cores = pinned
            ? "server and client pinned to one core each"
            : "server and client not pinned: they take each other's time";
        return $"{Environment.ProcessorCount} cores ({Processor()}), {RuntimeInformation.OSDescription}, "
            + $"{RuntimeInformation.FrameworkDescription}; {cores}; load before the start {Load()}; commit {Commit()}.";
    }

    // What else ran here: figures taken on a busy machine are not worth quoting.
    private static string Load() => File.Exists(LoadAverage) ? File.ReadAllText(LoadAverage).Split(' ')[0] : "unknown";

    private static string Processor()
    {
        const string Key = "model name";
        var line = File.Exists(CpuInfo)
            ? File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal))
            : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    // The SDK writes the commit behind the version's plus sign.
    private static string Commit()
    {
        var version = typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        var plus = version.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? "unknown" : version[(plus + 1)..][..Math.Min(10, version.Length - plus - 1)];
    }
}
