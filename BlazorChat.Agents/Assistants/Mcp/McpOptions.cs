namespace BlazorChat.Assistants.Mcp;

/// <summary>
/// The configuration section <c>Mcp</c>: servers of the Model Context Protocol whose tools assistants may call.
/// <code>
/// "Mcp": {
///   "Servers": [
///     { "Name": "files", "Command": "npx", "Arguments": ["-y", "@modelcontextprotocol/server-filesystem", "/srv/docs"] },
///     { "Name": "tracker", "Url": "https://tracker.example/mcp", "Headers": { "Authorization": "Bearer …" } }
///   ]
/// }
/// </code>
/// </summary>
internal sealed class McpOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "Mcp";

    /// <summary>The servers, at most <see cref="McpOptionsValidator.MaxServers"/>.</summary>
    public IList<McpServerOptions> Servers { get; } = [];
}
