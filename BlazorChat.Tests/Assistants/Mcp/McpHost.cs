using System.Text;
using System.Text.Json;
using BlazorChat.Assistants.Mcp;
using BlazorChat.Messages;
using BlazorChat.Turns.Tools;
using BlazorChat.Tests.Support;
using BlazorChat.Turns;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Tests.Assistants.Mcp;

/// <summary>MCP servers as the application registers them, without the rest of it.</summary>
internal sealed class McpHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private bool _isDisposed;

    private McpHost(ServiceProvider services) => _services = services;

    public LogCapture Log { get; private init; } = null!;

    public FakeTimeProvider Clock { get; private init; } = null!;

    public McpServers Servers => _services.GetRequiredService<McpServers>();

    public McpServer Server => Servers.All[0];

    public IToolSource Source => _services.GetRequiredService<IToolSource>();

    /// <summary>The process of the server that was started last.</summary>
    public int ProcessId => Log.Lines.Where(line => line.Text.Contains("is running as process", StringComparison.Ordinal)).Select(line => int.Parse(line.Text.Split(' ')[^1])).Last();

    public static async Task<McpHost> StartAsync(params object[] servers)
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { Mcp = new { Servers = servers } })));
        var log = new LogCapture();
        var clock = new FakeTimeProvider();
        var services = new ServiceCollection()
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log))
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddJsonStream(json).Build())
            .AddSingleton<TimeProvider>(clock)
            .AddMcp()
            .BuildServiceProvider();
        var host = new McpHost(services) { Log = log, Clock = clock };
        foreach (var hosted in services.GetServices<IHostedService>())
        {
            await hosted.StartAsync(default);
        }

        return host;
    }

    /// <summary>The odd server in one of its modes.</summary>
    public static Task<McpHost> StartOddAsync(string mode, object? more = null) => StartAsync(With(Odd(mode), more));

    /// <summary>The settings of the odd server.</summary>
    public static object Odd(string mode) => new { Name = "odd", Command = "node", Arguments = new[] { OddScript, mode } };

    public static string OddScript => Path.Combine(AppContext.BaseDirectory, "Assistants", "Mcp", "odd-server.mjs");

    /// <summary>The script of npm's @modelcontextprotocol/server-everything (eng/mcp).</summary>
    public static Task<string> EverythingScriptAsync() =>
        NodePackage.FindScriptAsync("mcp", "@modelcontextprotocol", "server-everything", "dist", "index.js");

    /// <summary>That server, over its standard input and output.</summary>
    public static async Task<McpHost> StartEverythingAsync(object? more = null)
    {
        var host = await StartAsync(With(new { Name = "everything", Command = "node", Arguments = new[] { await EverythingScriptAsync(), "stdio" } }, more));
        await host.ConnectedAsync();
        return host;
    }

    /// <summary>Waits until the servers are as wanted.</summary>
    public async Task UntilAsync(Func<bool> wanted)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(object? sender, EventArgs e)
        {
            if (wanted())
            {
                seen.TrySetResult();
            }
        }

        Servers.Changed += Look;
        try
        {
            Look(null, EventArgs.Empty);
            await seen.Task.Soon();
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"It is {Server.State}.\n{string.Join('\n', Log.Lines.Select(line => line.Everything))}");
        }
        finally
        {
            Servers.Changed -= Look;
        }
    }

    public async Task<McpServerState.Connected> ConnectedAsync()
    {
        await UntilAsync(() => Server.State is McpServerState.Connected);
        return (McpServerState.Connected)Server.State;
    }

    public async Task<McpServerState.Failed> FailedAsync()
    {
        await UntilAsync(() => Server.State is McpServerState.Failed);
        return (McpServerState.Failed)Server.State;
    }

    public ChatTool Tool(string name) => Source.Tools.Single(tool => tool.Name == name);

    /// <summary>Calls a tool as a turn does.</summary>
    public Task<string> CallAsync(string tool, object? arguments = null, Action<string>? preliminary = null, CancellationToken cancellationToken = default) =>
        CallAsync(Tool(tool), arguments, preliminary, cancellationToken);

    public static async Task<string> CallAsync(ChatTool tool, object? arguments = null, Action<string>? preliminary = null, CancellationToken cancellationToken = default)
    {
        var json = JsonSerializer.Serialize(arguments ?? new { });
        var call = new ToolCallContext
        {
            RoomId = Guid.NewGuid(),
            MessageId = Guid.NewGuid(),
            CallId = "call-1",
            ToolName = tool.Name,
            Arguments = json,
            Assistant = new Author(AuthorKind.Assistant, "demo", "Demo"),
            Request = new TurnRequest(new Author(AuthorKind.Person, "ada", "Ada")),
            PreliminarySink = preliminary ?? (_ => { }),
        };
        await using var services = new ServiceCollection().AddSingleton(call).BuildServiceProvider();
        var values = JsonSerializer.Deserialize<Dictionary<string, object?>>(json)!;
        var result = await ((AIFunction)tool.Function).InvokeAsync(new AIFunctionArguments(values) { Services = services }, cancellationToken).AsTask().Soon();
        return Assert.IsType<string>(result);
    }

    public async Task<HealthReport> HealthAsync() => await _services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        foreach (var hosted in _services.GetServices<IHostedService>().Reverse())
        {
            await hosted.StopAsync(default).Soon();
        }

        await _services.DisposeAsync();
        Log.Dispose();
    }

    private static Dictionary<string, object?> With(object settings, object? more)
    {
        var all = JsonSerializer.SerializeToElement(settings).Deserialize<Dictionary<string, object?>>()!;
        foreach (var (name, value) in more is null ? [] : JsonSerializer.SerializeToElement(more).Deserialize<Dictionary<string, object?>>()!)
        {
            all[name] = value;
        }

        return all;
    }
}
