namespace BlazorChat.Benchmarks.Report;

/// <summary>Percentiles by nearest rank: always a value that was measured, never one between two.</summary>
internal static class Percentile
{
    /// <summary>The value below or at which that share of the values lies.</summary>
    /// <param name="values">In any order.</param>
    /// <param name="share">0 to 1.</param>
    /// <returns>NaN when there are no values.</returns>
    public static double Of(IEnumerable<double> values, double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }

    /// <summary>The middle value, or the lower of the two.</summary>
    public static double Median(IEnumerable<double> values) => Of(values, 0.5);
}
