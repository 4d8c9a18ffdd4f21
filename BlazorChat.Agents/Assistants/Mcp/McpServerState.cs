namespace BlazorChat.Assistants.Mcp;

/// <summary>The state of one MCP server.</summary>
internal abstract record McpServerState
{
    private McpServerState()
    {
    }

    /// <summary>Switched off in the configuration.</summary>
    public sealed record Disabled : McpServerState;

    /// <summary>Starting or connecting.</summary>
    public sealed record Connecting : McpServerState;

    /// <summary>Connected; its tools can be called.</summary>
    /// <param name="Since">When it connected.</param>
    /// <param name="Tools">The number of tools that are offered.</param>
    /// <param name="Notice">What was left out of its list or cut, and why, in one or more sentences; or null.</param>
    public sealed record Connected(DateTimeOffset Since, int Tools, string? Notice) : McpServerState;

    /// <summary>Not connected; BlazorChat retries automatically.</summary>
    /// <param name="Message">The reason, for people: no secrets.</param>
    /// <param name="NextTry">When the next attempt starts.</param>
    public sealed record Failed(string Message, DateTimeOffset NextTry) : McpServerState;
}
