using BlazorChat.Turns.Tools;

namespace BlazorChat.Assistants.Mcp;

/// <summary>One configured MCP server, as people and turns see it.</summary>
internal sealed class McpServer
{
    private readonly Action _changed;
    private volatile McpServerState _state;
    private volatile IReadOnlyList<ChatTool> _tools = [];
    private volatile McpSession? _session;
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal McpServer(McpServerOptions options, Action changed)
    {
        Options = options;
        _changed = changed;
        _state = options.Enabled ? new McpServerState.Connecting() : new McpServerState.Disabled();
    }

    /// <summary>The server's name.</summary>
    public string Name => Options.Name!;

    /// <summary>Whether it is a program that this application starts, rather than an address.</summary>
    public bool IsProgram => Options.Command is not null;

    /// <summary>The current state.</summary>
    public McpServerState State => _state;

    /// <summary>The current tools; none while it is not connected.</summary>
    public IReadOnlyList<ChatTool> Tools => _tools;

    internal McpServerOptions Options { get; }

    /// <summary>The session for calls, or null while the server is not connected.</summary>
    internal McpSession? Session => _session;

    /// <summary>Waits for the session after one that its server has forgotten; null if the server cannot be reached.</summary>
    internal async Task<McpSession?> NextSessionAsync(McpSession forgotten, CancellationToken cancellationToken)
    {
        while (true)
        {
            var news = Volatile.Read(ref _news).Task;
            if (_session is { } session && session != forgotten)
            {
                return session;
            }

            if (_state is McpServerState.Failed)
            {
                return null;
            }

            await news.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    internal void Connected(McpSession session, McpServerState.Connected state, IReadOnlyList<ChatTool> tools)
    {
        _session = session;
        _tools = tools;
        _state = state;
        Tell();
    }

    internal void Away(McpServerState state)
    {
        _session = null;
        _tools = [];
        _state = state;
        Tell();
    }

    private void Tell()
    {
        Interlocked.Exchange(ref _news, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        _changed();
    }
}
