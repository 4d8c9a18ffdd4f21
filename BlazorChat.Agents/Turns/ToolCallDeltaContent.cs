using Microsoft.Extensions.AI;

namespace BlazorChat.Turns;

/// <summary>
/// A piece of a tool call that the model is still writing, for people to see. The complete call follows as a
/// <see cref="FunctionCallContent"/> with the same id, and only that one counts.
/// </summary>
/// <param name="callId">The call's id.</param>
/// <param name="name">The tool's name.</param>
/// <param name="arguments">The arguments since the previous piece; may be empty.</param>
public sealed class ToolCallDeltaContent(string callId, string name, string arguments) : AIContent
{
    /// <summary>The call's id.</summary>
    public string CallId { get; } = callId;

    /// <summary>The tool's name.</summary>
    public string Name { get; } = name;

    /// <summary>The arguments since the previous piece.</summary>
    public string Arguments { get; } = arguments;
}
