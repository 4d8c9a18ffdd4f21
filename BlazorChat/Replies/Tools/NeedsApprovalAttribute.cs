namespace BlazorChat.Replies.Tools;

/// <summary>A method of a plugin that runs only after a person's yes.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsApprovalAttribute : Attribute;
