using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Tools;

/// <summary>Where a tool runs.</summary>
public enum ToolSite
{
    /// <summary>In this process.</summary>
    Server,

    /// <summary>In one tab of the browser of the asker, and nobody else's.</summary>
    Browser,
}

/// <summary>
/// Whether a call needs a person's yes before it runs. Asked once per call with its exact arguments
/// (<see cref="ToolCallContext.Arguments"/>); one that throws counts as yes, it does.
/// </summary>
/// <param name="call">The call.</param>
/// <param name="cancellationToken">The turn was stopped.</param>
public delegate ValueTask<bool> ToolApprovalRule(ToolCallContext call, CancellationToken cancellationToken);

/// <summary>
/// A tool that assistants can call. Register it as a singleton of this type, or any plain <see cref="AIFunction"/> as a
/// singleton of that type; an <see cref="ApprovalRequiredAIFunction"/> always needs approval.
/// </summary>
/// <param name="function">
/// Name, description and schema and, for a tool of the server, the code: then it is an <see cref="AIFunction"/>. Names have 1 to
/// 64 letters, digits, hyphens and underscores.
/// </param>
public sealed class ChatTool(AIFunctionDeclaration function)
{
    /// <summary>What the model is told of it, and its code.</summary>
    public AIFunctionDeclaration Function { get; } = function;

    /// <summary>Its name, by which it is called and allowed.</summary>
    public string Name => Function.Name;

    /// <summary>Where it runs.</summary>
    public ToolSite Site { get; init; }

    /// <summary>Whether a call needs a person's yes; null for never.</summary>
    public ToolApprovalRule? NeedsApproval { get; init; } = function is AIFunction code && code.GetService<ApprovalRequiredAIFunction>() is not null ? Always : null;

    /// <summary>How long one call may take; null for the assistant's setting.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Where it comes from, for people: <c>built-in</c>, the name of an MCP server, <c>assistant</c> …</summary>
    public string Source { get; init; } = "app";

    /// <summary>Whether it only pretends to do something, to show what a room does: it is not offered to real models unless they are told to.</summary>
    public bool IsDemo { get; init; }

    /// <summary>A rule that always wants a yes.</summary>
    public static ToolApprovalRule Always { get; } = static (_, _) => ValueTask.FromResult(true);
}

/// <summary>Tools that come and go while the application runs (those of an MCP server). Register it as a singleton.</summary>
public interface IToolSource
{
    /// <summary>The tools now. Read for each step: must be cheap.</summary>
    IReadOnlyList<ChatTool> Tools { get; }
}
