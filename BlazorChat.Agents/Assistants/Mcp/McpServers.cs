using BlazorChat.Turns.Tools;
using Microsoft.Extensions.Options;

namespace BlazorChat.Assistants.Mcp;

/// <summary>All configured MCP servers, and their tools now.</summary>
internal sealed class McpServers : IToolSource
{
    private readonly Lock _lock = new();
    private volatile IReadOnlyList<ChatTool> _tools = [];

    /// <summary>Takes the servers from the configuration; none is connected yet.</summary>
    public McpServers(IOptions<McpOptions> options) =>
        All = [.. options.Value.Servers.Select(server => new McpServer(server, Collect))];

    /// <summary>State or tools of a server changed. Raised on any thread; a handler must be quick and must not throw.</summary>
    public event EventHandler? Changed;

    /// <summary>The servers, in the order of the configuration.</summary>
    public IReadOnlyList<McpServer> All { get; }

    /// <summary>The tools of all servers that are connected.</summary>
    public IReadOnlyList<ChatTool> Tools => _tools;

    private void Collect()
    {
        lock (_lock)
        {
            _tools = [.. All.SelectMany(server => server.Tools)];
        }

        Changed?.Invoke(this, EventArgs.Empty);
    }
}
