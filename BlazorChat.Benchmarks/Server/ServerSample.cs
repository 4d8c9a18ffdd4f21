namespace BlazorChat.Benchmarks.Server;

/// <summary>What the server has used up to one moment.</summary>
/// <param name="CpuSeconds">Processor time of the process, user and system.</param>
/// <param name="AllocatedBytes">Managed bytes allocated since its start.</param>
/// <param name="HeapBytes">Managed bytes in use: after a full collection if one was asked for.</param>
/// <param name="WorkingSetBytes">Its memory in RAM.</param>
internal sealed record ServerSample(double CpuSeconds, long AllocatedBytes, long HeapBytes, long WorkingSetBytes)
{
    /// <summary>Samples this process.</summary>
    /// <param name="collect">Whether to collect all garbage first, and give free memory back to the system.</param>
    public static ServerSample Take(bool collect)
    {
        if (collect)
        {
            // Twice, because what finalizers let go of is garbage only in the next collection.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }

        return new ServerSample(
            Environment.CpuUsage.TotalTime.TotalSeconds,
            GC.GetTotalAllocatedBytes(precise: true),
            GC.GetTotalMemory(forceFullCollection: false),
            Environment.WorkingSet);
    }
}
