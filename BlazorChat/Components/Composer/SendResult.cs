namespace BlazorChat.Components.Composer;

/// <summary>What became of a message that the browser sent.</summary>
/// <param name="ElementId">The id of its element in the conversation, when it was stored.</param>
/// <param name="Problem">Why it was not, in a sentence.</param>
public sealed record SendResult(string? ElementId, string? Problem);
