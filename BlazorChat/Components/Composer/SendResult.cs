namespace BlazorChat.Components.Composer;

/// <summary>The result of sending a message from the browser.</summary>
/// <param name="ElementId">The id of the message's element in the conversation, if it was stored; otherwise null.</param>
/// <param name="Problem">The reason why it was not stored, in a sentence; otherwise null.</param>
public sealed record SendResult(string? ElementId, string? Problem);
