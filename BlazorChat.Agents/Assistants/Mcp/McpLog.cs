namespace BlazorChat.Assistants.Mcp;

/// <summary>Log messages about MCP servers: no addresses, headers or environment, and no contents of calls.</summary>
internal static partial class McpLog
{
    [LoggerMessage(LogLevel.Information, "MCP server {Server} is connected and offers {Tools} tools")]
    public static partial void Connected(ILogger logger, string server, int tools);

    [LoggerMessage(LogLevel.Information, "MCP server {Server} now offers {Tools} tools")]
    public static partial void ToolsChanged(ILogger logger, string server, int tools);

    [LoggerMessage(LogLevel.Warning, "MCP server {Server}: {Notice}")]
    public static partial void Notice(ILogger logger, string server, string notice);

    [LoggerMessage(LogLevel.Warning, "MCP server {Server} is not connected; retrying in {Delay}: {Sentence}")]
    public static partial void Failed(ILogger logger, string server, TimeSpan delay, string sentence);

    [LoggerMessage(LogLevel.Debug, "MCP server {Server} is running as process {ProcessId}")]
    public static partial void Started(ILogger logger, string server, int processId);

    [LoggerMessage(LogLevel.Debug, "MCP server {Server} says: {Line}")]
    public static partial void ErrorLine(ILogger logger, string server, string line);

    [LoggerMessage(LogLevel.Debug, "MCP server {Server} says a line of {Length} characters, which is too long to log")]
    public static partial void LongErrorLine(ILogger logger, string server, long length);

    [LoggerMessage(LogLevel.Debug, "A call of {Tool} has no result: {Reason}")]
    public static partial void CallFailed(ILogger logger, string tool, string reason);
}
