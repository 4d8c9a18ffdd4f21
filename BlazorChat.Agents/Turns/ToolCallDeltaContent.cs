using Microsoft.Extensions.AI;

namespace BlazorChat.Turns;

/// <summary>
/// A piece of a tool call that the model is still writing, for people to see. The whole call comes later as a
/// <see cref="FunctionCallContent"/> with the same id, and only that one counts.
/// </summary>
/// <param name="callId">The call's id.</param>
/// <param name="name">The tool's name.</param>
/// <param name="arguments">What came of the arguments since the piece before; may be empty.</param>
public sealed class ToolCallDeltaContent(string callId, string name, string arguments) : AIContent
{
    /// <summary>The call's id.</summary>
    public string CallId { get; } = callId;

    /// <summary>The tool's name.</summary>
    public string Name { get; } = name;

    /// <summary>What came of the arguments since the piece before.</summary>
    public string Arguments { get; } = arguments;
}
