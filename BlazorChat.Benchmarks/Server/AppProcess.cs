using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;

namespace BlazorChat.Benchmarks.Server;

/// <summary>
/// The app as a process of its own, on a free loopback port and a fresh data folder, with the probe inside it. Both the
/// process and the folder are gone when this is disposed of.
/// </summary>
internal sealed class AppProcess : IAsyncDisposable
{
    private const int KeptLines = 40;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly DirectoryInfo _data;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromMinutes(5) };

    private AppProcess(Process process, DirectoryInfo data)
    {
        _process = process;
        _data = data;
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException("The app ended before it listened."));
    }

    /// <summary>Where the app listens.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>The app's assembly: the one that was built together with the benchmarks.</summary>
    public static string DefaultAssembly => Path.Combine(AppContext.BaseDirectory, "BlazorChat.dll");

    /// <summary>Starts the app and waits until it listens.</summary>
    /// <param name="assembly">The path of the app's assembly, with its runtimeconfig.json beside it.</param>
    /// <param name="model">The endpoint of the model's server.</param>
    /// <param name="pinned">Whether it gets <see cref="CorePinning.ServerCore"/> to itself.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">It did not start; its last output is in the message.</exception>
    public static async Task<AppProcess> StartAsync(string assembly, Uri model, bool pinned, CancellationToken cancellationToken)
    {
        var data = Directory.CreateTempSubdirectory("blazorchat-benchmark-");
        var app = new AppProcess(new Process { StartInfo = StartInfo(assembly, model, data, pinned) }, data);
        try
        {
            app._process.Start();
            app._process.BeginOutputReadLine();
            app._process.BeginErrorReadLine();
            app.Address = await app._address.Task.WaitAsync(StartLimit, cancellationToken);
            return app;
        }
        catch (Exception error) when (error is InvalidOperationException or TimeoutException)
        {
            var output = string.Join(Environment.NewLine, app._output);
            await app.DisposeAsync();
            throw new InvalidOperationException($"The app did not start: {error.Message}{Environment.NewLine}{output}", error);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Samples the server.</summary>
    /// <param name="collect">Whether to collect all garbage first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ServerSample> SampleAsync(bool collect, CancellationToken cancellationToken) =>
        await _client.GetFromJsonAsync<ServerSample>(ProbeUri($"sample?collect={(collect ? "true" : "false")}"), cancellationToken)
            ?? throw new FormatException("The probe gave no sample.");

    /// <summary>Makes a room.</summary>
    /// <param name="history">How many earlier messages it has.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The path of its page.</returns>
    public async Task<RoomPage> CreateRoomAsync(int history, CancellationToken cancellationToken)
    {
        using var response = await _client.PostAsync(ProbeUri($"rooms?history={history}"), null, cancellationToken);
        response.EnsureSuccessStatusCode();
        return new RoomPage(await response.Content.ReadFromJsonAsync<Guid>(cancellationToken));
    }

    /// <summary>Posts a message by some person.</summary>
    public async Task PostMessageAsync(RoomPage room, string text, CancellationToken cancellationToken)
    {
        using var content = new StringContent(text, Encoding.UTF8, "text/plain");
        using var response = await _client.PostAsync(ProbeUri($"messages?room={room.Id}"), content, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Lets the app stop by itself, and kills it when it does not; then removes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(StopLimit);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        catch (InvalidOperationException)
        {
            // It was never started.
        }

        _process.Dispose();
        _data.Delete(recursive: true);
    }

    private static ProcessStartInfo StartInfo(string assembly, Uri model, DirectoryInfo data, bool pinned)
    {
        var info = new ProcessStartInfo
        {
            FileName = pinned ? CorePinning.Tool : "dotnet",
            WorkingDirectory = Path.GetDirectoryName(assembly),
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments = pinned
            ? ["-c", CorePinning.ServerCore.ToString(CultureInfo.InvariantCulture), "dotnet", assembly]
            : [assembly];
        foreach (var argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        info.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        info.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        info.Environment["ASPNETCORE_HOSTINGSTARTUPASSEMBLIES"] = typeof(Probe).Assembly.GetName().Name;
        info.Environment["DOTNET_STARTUP_HOOKS"] = typeof(Probe).Assembly.Location;
        info.Environment["DataFolder"] = data.FullName;
        info.Environment["OPENAI_API_KEY"] = "stub";
        info.Environment["OPENAI_BASE_URL"] = model.ToString();
        info.Environment["OPENAI_MODEL"] = "stub";
        return info;
    }

    private Uri ProbeUri(string request) => new(Address, $"{ProbeEndpoints.Path}/{request}");

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        _output.Enqueue(line);
        while (_output.Count > KeptLines)
        {
            _output.TryDequeue(out _);
        }

        if (line.StartsWith(ProbeLifetime.AddressPrefix, StringComparison.Ordinal)
            && Uri.TryCreate(line[ProbeLifetime.AddressPrefix.Length..], UriKind.Absolute, out var address))
        {
            _address.TrySetResult(address);
        }
    }
}
