namespace BlazorChat.Turns.Tools;

/// <summary>
/// On a method with <c>[KernelFunction]</c>: each call of it waits for a person's yes, through restarts. For other rules, and for
/// functions that are no methods, register a <see cref="ToolRule"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsApprovalAttribute : Attribute;
