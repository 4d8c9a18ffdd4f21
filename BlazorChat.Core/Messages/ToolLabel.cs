namespace BlazorChat.Messages;

/// <summary>
/// What people are told about a call's tool instead of the name that models use. Stored with the call, so that a page says later what it said
/// when somebody decided. Never sent to a model.
/// </summary>
/// <param name="Title">What the tool does (<c>Send a postcard</c>), or null if it has no title.</param>
public sealed record ToolLabel(string? Title)
{
    /// <summary>What a running call does (<c>Sending a postcard</c>), or null.</summary>
    public string? Doing { get; init; }

    /// <summary>What a call has done (<c>Sent a postcard</c>), or null.</summary>
    public string? Done { get; init; }

    /// <summary>Where the tool comes from if it is not the application's own, for example the name of an MCP server; otherwise null.</summary>
    public string? Source { get; init; }

    /// <summary>The name that its source has for it (an MCP server's own), or null.</summary>
    public string? OwnName { get; init; }

    /// <summary>The number of characters.</summary>
    internal int Length => (Title?.Length ?? 0) + (Doing?.Length ?? 0) + (Done?.Length ?? 0) + (Source?.Length ?? 0) + (OwnName?.Length ?? 0);
}
