namespace BlazorChat.Turns.Tools;

/// <summary>
/// On a method with <c>[KernelFunction]</c>: each call waits for a person's approval, through restarts. For other rules, and for functions
/// that are not methods, register a <see cref="ToolRule"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsApprovalAttribute : Attribute;
