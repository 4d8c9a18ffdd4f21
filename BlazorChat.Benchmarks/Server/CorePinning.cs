using System.Diagnostics;

namespace BlazorChat.Benchmarks.Server;

/// <summary>
/// Gives server and client a core each, by taskset, so that neither takes the other's time. The runtime's own
/// processor affinity would reach only the threads that exist already.
/// </summary>
internal static class CorePinning
{
    /// <summary>The tool of util-linux.</summary>
    public const string Tool = "taskset";

    /// <summary>The server's core.</summary>
    public const int ServerCore = 0;

    /// <summary>The core of the clients and of the model's stub.</summary>
    public const int ClientCore = 1;

    /// <summary>Pins this process, all its threads and those to come.</summary>
    /// <returns>False where there is no second core or no such tool.</returns>
    public static async Task<bool> TryPinClientAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || Environment.ProcessorCount < 2)
        {
            return false;
        }

        try
        {
            var start = new ProcessStartInfo(Tool, ["-a", "-c", "-p", $"{ClientCore}", $"{Environment.ProcessId}"])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
            };
            using var process = Process.Start(start);
            if (process is null)
            {
                return false;
            }

            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
