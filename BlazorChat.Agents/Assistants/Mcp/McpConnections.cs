namespace BlazorChat.Assistants.Mcp;

/// <summary>Connects all servers in the background, and ends what it started when the application ends.</summary>
internal sealed class McpConnections(McpServers servers, TimeProvider time, ILogger<McpConnections> log) : IHostedService, IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // In parallel: starting programs takes time, and no server should wait for another.
        _running = Task.WhenAll(servers.All
            .Where(server => server.Options.Enabled)
            .Select(server => Task.Run(() => new McpConnection(server, time, log).RunAsync(_stopping.Token), CancellationToken.None)));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Also covers an application that is disposed without being stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }
}
