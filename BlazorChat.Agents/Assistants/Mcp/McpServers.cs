using BlazorChat.Turns.Tools;
using Microsoft.Extensions.Options;

namespace BlazorChat.Assistants.Mcp;

/// <summary>All configured MCP servers and their current tools.</summary>
internal sealed class McpServers : IToolSource
{
    private readonly Lock _lock = new();
    private volatile IReadOnlyList<ChatTool> _tools = [];

    /// <summary>Reads the servers from the configuration; none is connected yet.</summary>
    public McpServers(IOptions<McpOptions> options) =>
        All = [.. options.Value.Servers.Select(server => new McpServer(server, Collect))];

    /// <summary>Raised when the state or tools of a server changed, on any thread. A handler must be quick and must not throw.</summary>
    public event EventHandler? Changed;

    /// <summary>The servers, in the order of the configuration.</summary>
    public IReadOnlyList<McpServer> All { get; }

    /// <summary>The tools of all connected servers.</summary>
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
