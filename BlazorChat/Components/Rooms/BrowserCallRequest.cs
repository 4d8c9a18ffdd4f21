namespace BlazorChat.Components.Rooms;

/// <summary>A tool call for a browser to run.</summary>
/// <param name="Tool">The tool's name.</param>
/// <param name="Title">What the tool does, for people.</param>
/// <param name="Assistant">The name of the assistant that called it.</param>
/// <param name="Arguments">The arguments as the model wrote them: untrusted JSON.</param>
public sealed record BrowserCallRequest(string Tool, string Title, string Assistant, string Arguments);
