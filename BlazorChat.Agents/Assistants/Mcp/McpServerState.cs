namespace BlazorChat.Assistants.Mcp;

/// <summary>How it stands with one MCP server.</summary>
internal abstract record McpServerState
{
    private McpServerState()
    {
    }

    /// <summary>Switched off in the configuration.</summary>
    public sealed record Disabled : McpServerState;

    /// <summary>Being started or reached.</summary>
    public sealed record Connecting : McpServerState;

    /// <summary>There, and its tools can be called.</summary>
    /// <param name="Since">Since when.</param>
    /// <param name="Tools">How many of its tools are offered.</param>
    /// <param name="Notice">What of its list was left out or cut and why, a sentence or more, or null.</param>
    public sealed record Connected(DateTimeOffset Since, int Tools, string? Notice) : McpServerState;

    /// <summary>Away; it is tried again by itself.</summary>
    /// <param name="Message">What happened, for people: no secrets.</param>
    /// <param name="NextTry">When it is tried again.</param>
    public sealed record Failed(string Message, DateTimeOffset NextTry) : McpServerState;
}
