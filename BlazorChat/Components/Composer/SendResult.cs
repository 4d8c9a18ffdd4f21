namespace BlazorChat.Components.Composer;

/// <summary>The result of sending a message, or a setting of another room, from the browser.</summary>
/// <param name="ElementId">The id of the message's element in the conversation, if it was stored; otherwise null.</param>
/// <param name="Problem">The reason why it was not stored, in a sentence; otherwise null.</param>
/// <param name="Again">Whether this passes by itself: the browser keeps the message and sends it again after a pause.</param>
/// <param name="Removed">Whether it was stored by an earlier attempt and has been deleted since: the browser forgets it.</param>
public sealed record SendResult(string? ElementId, string? Problem, bool Again = false, bool Removed = false);
