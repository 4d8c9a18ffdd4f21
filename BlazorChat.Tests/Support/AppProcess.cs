using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text.RegularExpressions;

namespace BlazorChat.Tests.Support;

/// <summary>The real application in a process of its own, as people run it; it can be killed.</summary>
public sealed partial class AppProcess : IAsyncDisposable
{
    private static readonly string AppPath = typeof(AppProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "AppPath").Value!;

    // Anywhere, so that two runs on one machine do not ask for the same.
    private static int _lastPort = Random.Shared.Next();

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TaskCompletionSource _printed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AppProcess(Process process) => _process = process;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Whether it has not ended.</summary>
    public bool IsRunning => !_process.HasExited;

    /// <summary>Its number in the system.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Everything it has printed.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>What it has printed to its standard error, line by line.</summary>
    public IReadOnlyList<string> Errors => [.. _errors];

    /// <summary>Waits until it ends by itself.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync()
    {
        // Nobody waits for its address.
        _ = _listening.Task.ContinueWith(t => t.Exception, TaskScheduler.Default);
        await _process.WaitForExitAsync().WaitAsync(Guard.Patience * 2);
        return _process.ExitCode;
    }

    /// <summary>Waits until it ends because it cannot start: for that it has one line, and no reader of its output finds where in the code it was.</summary>
    /// <returns>The line.</returns>
    public async Task<string> RefusedAsync()
    {
        Assert.Equal(1, await EndAsync());
        Assert.DoesNotContain(_output, line => line.StartsWith("   at ", StringComparison.Ordinal) || line.Contains("Exception", StringComparison.Ordinal));
        return Assert.Single(Errors);
    }

    /// <summary>Waits until it listens.</summary>
    public async Task ListeningAsync() => Address = await _listening.Task.WaitAsync(Guard.Patience * 2);

    /// <summary>A port for an application that has to come back at the same address: free a moment ago, and asked for by nobody else.</summary>
    /// <remarks>
    /// It lies below those that a system gives to connections and to port 0 (from 32768 on Linux, 49152 elsewhere): one of those
    /// may belong to another test's connection by the time that the application listens, or while it is away.
    /// </remarks>
    public static int FreePort()
    {
        const int First = 15_000;
        const int Count = 15_000;
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _lastPort) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException failure) when (failure.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // The next one.
            }
        }
    }

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="dataFolder">Its data folder.</param>
    /// <param name="port">Port, or 0 for any.</param>
    /// <param name="environment">Further environment variables.</param>
    public static async Task<AppProcess> StartAsync(string dataFolder, int port = 0, IReadOnlyDictionary<string, string>? environment = null)
    {
        var app = Launch(dataFolder, port, environment);
        await app.ListeningAsync();
        return app;
    }

    /// <summary>Starts it and does not wait.</summary>
    /// <param name="dataFolder">Its data folder.</param>
    /// <param name="port">Port, or 0 for any.</param>
    /// <param name="environment">Further environment variables.</param>
    /// <param name="arguments">Its command line.</param>
    /// <param name="shell">What to do before it in a shell of its own (the folder is <c>$DataFolder</c>), in a name space of its own for mounts; null for nothing.</param>
    public static AppProcess Launch(
        string dataFolder, int port = 0, IReadOnlyDictionary<string, string>? environment = null, string[]? arguments = null, string? shell = null)
    {
        string[] command = ["dotnet", AppPath, .. arguments ?? []];
        command = shell is null ? command : ["unshare", "--map-root-user", "--mount", "/bin/sh", "-e", "-c", shell + "; exec \"$@\"", "sh", .. command];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetDirectoryName(AppPath)!,
        };
        foreach (var name in MachineKeys.Among(start.Environment.Keys))
        {
            start.Environment.Remove(name);
        }

        // A process that lives for seconds gains nothing from the compiler's second look at its methods, which would be most of
        // its work; what it does is the same.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TC_CallCountingDelayMs"] = "60000";
        start.Environment["DataFolder"] = dataFolder;
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
        start.Environment["Rooms__MessagesPerMinute"] = "60000";
        start.Environment["Rooms__MessageBurst"] = "1000";
        // Two people meet in a room without inviting each other first.
        start.Environment["Rooms__NewRooms"] = "OpenToGuests";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        var app = new AppProcess(new Process { StartInfo = start, EnableRaisingEvents = true });
        app._process.OutputDataReceived += (_, line) => app.Read(line.Data);
        app._process.ErrorDataReceived += (_, line) =>
        {
            app.Read(line.Data);
            if (line.Data is { } error)
            {
                app._errors.Enqueue(error);
            }
        };
        app._process.Exited += (_, _) => app._listening.TrySetException(new InvalidOperationException("The application ended:\n" + app.Output));
        app._process.Start();
        app._process.BeginOutputReadLine();
        app._process.BeginErrorReadLine();
        return app;
    }

    /// <summary>Waits until it has printed something.</summary>
    /// <param name="text">What.</param>
    /// <param name="times">How often.</param>
    public async Task PrintedAsync(string text, int times = 1)
    {
        while (true)
        {
            var next = Volatile.Read(ref _printed).Task;
            if (Output.Split(text).Length > times)
            {
                return;
            }

            await next.Soon();
        }
    }

    /// <summary>Kills it as a power cut would: nothing of it runs any more when this returns.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().Soon();
    }

    /// <summary>Asks it to stop, as a service manager does.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString()]);
        await _process.WaitForExitAsync().Soon();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        _output.Enqueue(line);
        Interlocked.Exchange(ref _printed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        if (Listening().Match(line) is { Success: true } match)
        {
            _listening.TrySetResult(new Uri(match.Groups["url"].Value));
        }
    }

    [GeneratedRegex(@"Now listening on: (?<url>http://\S+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Listening();
}
