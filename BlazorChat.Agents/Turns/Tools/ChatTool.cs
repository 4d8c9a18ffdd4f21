using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Tools;

/// <summary>Where a tool runs.</summary>
public enum ToolSite
{
    /// <summary>In this process.</summary>
    Server,

    /// <summary>In one browser tab of the asker, and in no one else's.</summary>
    Browser,
}

/// <summary>
/// Decides whether a call needs a person's approval before it runs. Called once per call, with the exact arguments
/// (<see cref="ToolCallContext.Arguments"/>). If it throws, the call needs approval.
/// </summary>
/// <param name="call">The call.</param>
/// <param name="cancellationToken">Canceled when the turn is stopped.</param>
public delegate ValueTask<bool> ToolApprovalRule(ToolCallContext call, CancellationToken cancellationToken);

/// <summary>What a tool does, as pages say it of a call.</summary>
/// <param name="Doing">While it runs: <c>Sending a postcard</c>.</param>
/// <param name="Done">After it has run: <c>Sent a postcard</c>.</param>
public sealed record ToolVerb(string Doing, string Done);

/// <summary>
/// A tool that assistants can call. Register it as a singleton of this type, or register any <see cref="AIFunction"/> as a singleton of
/// that type. An <see cref="ApprovalRequiredAIFunction"/> always needs approval.
/// </summary>
/// <param name="function">
/// Name, description and schema and, for a server tool, the code: then it is an <see cref="AIFunction"/>. Names have 1 to 64 letters,
/// digits, hyphens and underscores.
/// </param>
public sealed class ChatTool(AIFunctionDeclaration function)
{
    /// <summary>The tool's declaration, and its code.</summary>
    public AIFunctionDeclaration Function { get; } = function;

    /// <summary>The name, which calls and settings use.</summary>
    public string Name => Function.Name;

    /// <summary>
    /// What the tool does, for people: an order with a capital letter and without a full stop (<c>Send a postcard</c>), which pages also put
    /// into a sentence (“Demo wants to send a postcard”). Null for its name. Models never see it. An approval covers the title too: if it
    /// changes, people are asked again.
    /// </summary>
    public string? Title { get; init; }

    /// <summary>What pages say of a call while it runs and afterwards; null for the title or the name.</summary>
    public ToolVerb? Verb { get; init; }

    /// <summary>The name that the tool's source has for it, if that is not <see cref="Name"/>; otherwise null.</summary>
    internal string? OwnName { get; init; }

    /// <summary>Where the tool runs.</summary>
    public ToolSite Site { get; init; }

    /// <summary>Decides whether a call needs a person's approval; null for never.</summary>
    public ToolApprovalRule? NeedsApproval { get; init; } = function is AIFunction code && code.GetService<ApprovalRequiredAIFunction>() is not null ? Always : null;

    /// <summary>The time limit of one call; null for the assistant's setting.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The tool's source, as shown to people: <c>built-in</c>, the name of an MCP server, <c>assistant</c> …</summary>
    public string Source { get; init; } = OwnSource;

    /// <summary>The source of tools that name none.</summary>
    internal const string OwnSource = "app";

    /// <summary>Whether it only pretends to act, as a demonstration. Real models are offered it only if their settings name it.</summary>
    public bool IsDemo { get; init; }

    /// <summary>
    /// What the tool's source says about its effects, in any form. If it changes while a call waits for approval, people are asked again.
    /// </summary>
    public string Annotations { get; init; } = "";

    /// <summary>A rule that always requires approval.</summary>
    public static ToolApprovalRule Always { get; } = static (_, _) => ValueTask.FromResult(true);
}

/// <summary>Tools that come and go while the application runs (those of an MCP server). Register it as a singleton.</summary>
public interface IToolSource
{
    /// <summary>The current tools. Read for each step, so it must be cheap.</summary>
    IReadOnlyList<ChatTool> Tools { get; }
}
