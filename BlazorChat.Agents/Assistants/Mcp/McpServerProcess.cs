using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace BlazorChat.Assistants.Mcp;

/// <summary>
/// A server that is a program: started with next to nothing of the application's environment, and ended with it. The
/// protocol's library could start it too, but bounds neither what it says nor what it complains of, and asks it to end
/// only by killing it after seconds.
/// </summary>
internal sealed class McpServerProcess : IAsyncDisposable
{
    /// <summary>Longest line of its error output that is logged, in characters; of a longer one only that it was there.</summary>
    public const int ErrorLineLength = 2_000;

    private const int ShortestSecret = 4;
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(2);

    // What programs need to run at all, and nothing that is a secret.
    private static readonly string[] Inherited = OperatingSystem.IsWindows()
        ? ["PATH", "HOME", "LANG", "TMPDIR", "SystemRoot", "TEMP", "USERPROFILE", "PATHEXT"]
        : ["PATH", "HOME", "LANG", "TMPDIR"];

    private readonly Process _process;
    private readonly McpServerOptions _options;
    private readonly ILogger _log;
    private readonly Task _errors;

    private McpServerProcess(Process process, McpServerOptions options, ILogger log)
    {
        _process = process;
        _options = options;
        _log = log;
        Exited = process.WaitForExitAsync();
        _errors = LogErrorsAsync();
    }

    /// <summary>Completes when it has ended, by itself or not.</summary>
    public Task Exited { get; }

    public int ExitCode => _process.ExitCode;

    /// <summary>What it is told.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>What it says.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <exception cref="Win32Exception">The program cannot be started.</exception>
    public static McpServerProcess Start(McpServerOptions options, ILogger log)
    {
        var start = new ProcessStartInfo(options.Command!, options.Arguments)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = options.WorkingDirectory ?? "",
        };
        start.Environment.Clear();
        foreach (var name in Inherited)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                start.Environment[name] = value;
            }
        }

        foreach (var (name, value) in options.Environment)
        {
            start.Environment[name] = value;
        }

        var process = new Process { StartInfo = start };
        try
        {
            process.Start();
            McpLog.Started(log, options.Name!, process.Id);
            return new McpServerProcess(process, options, log);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>Asks it to end, by ending its input, and kills it with its children when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended, or does not read what it was told last.
        }

        try
        {
            await Exited.WaitAsync(EndGrace).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await Exited.ConfigureAwait(false);
        }

        // A child of its own may still hold the other end.
        _process.StandardError.Close();
        await _errors.ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task LogErrorsAsync()
    {
        var buffer = new char[1_024];
        var line = new StringBuilder();
        var length = 0L;
        try
        {
            int read;
            while ((read = await _process.StandardError.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            {
                foreach (var character in buffer.AsMemory(0, read).ToArray())
                {
                    if (character == '\n')
                    {
                        LogLine(line, length);
                        length = 0;
                    }
                    else if (++length <= ErrorLineLength)
                    {
                        line.Append(character);
                    }
                }
            }

            LogLine(line, length);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Closed by DisposeAsync.
        }
    }

    private void LogLine(StringBuilder line, long length)
    {
        var text = line.ToString().TrimEnd();
        line.Clear();
        if (length > ErrorLineLength)
        {
            // Not its beginning: a secret that is cut in two would not be found in it.
            McpLog.LongErrorLine(_log, _options.Name!, length);
        }
        else if (text.Length > 0)
        {
            foreach (var secret in _options.Environment.Values.Where(value => value.Length >= ShortestSecret))
            {
                text = text.Replace(secret, "***", StringComparison.Ordinal);
            }

            McpLog.ErrorLine(_log, _options.Name!, text);
        }
    }
}
