using BlazorChat.Messages;

namespace BlazorChat.Access;

/// <summary>
/// A tool that runs in a room without anybody being asked each time. It covers the tool as its owner saw it and no other: one whose title,
/// description, arguments or effects change is asked about again.
/// </summary>
/// <param name="Name">The tool's name.</param>
/// <param name="Tool">What the tool was.</param>
/// <param name="By">The owner who allowed it. It counts only while they manage the room.</param>
/// <param name="At">When they did.</param>
public sealed record StandingApproval(string Name, ToolFingerprint Tool, Author By, DateTimeOffset At);
