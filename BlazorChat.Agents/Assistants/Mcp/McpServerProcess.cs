using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace BlazorChat.Assistants.Mcp;

/// <summary>
/// A server that is a program, started with a minimal environment and ended with the application. The protocol's library could start it
/// too, but it bounds neither the standard output nor the error output, and ends the program only by killing it after seconds.
/// </summary>
internal sealed class McpServerProcess : IAsyncDisposable
{
    /// <summary>The most characters of a line of error output that is logged; of a longer one, only its length is logged.</summary>
    public const int ErrorLineLength = 2_000;

    private const int ShortestSecret = 4;
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(2);

    // Only what programs need to run at all, and no secrets.
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

    /// <summary>Completes when the program has ended, for whatever reason.</summary>
    public Task Exited { get; }

    public int ExitCode => _process.ExitCode;

    /// <summary>The program's standard input.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>The program's standard output.</summary>
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

    /// <summary>Asks the program to end by closing its input. If it does not end, kills it and its children.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program has ended, or does not read its last input.
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

        // A child of the program may still hold the other end.
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
            // Not even its beginning: a secret that is cut in two would not be recognized.
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
