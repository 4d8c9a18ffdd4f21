namespace BlazorChat.Turns.Tools;

/// <summary>The outcome of a tool call.</summary>
/// <param name="Result">The text for the model: the result, or a sentence about the error. Can be stored as it is.</param>
/// <param name="IsError">Whether the call failed.</param>
internal sealed record ToolOutcome(string Result, bool IsError)
{
    public static ToolOutcome Failed(string sentence) => new(sentence, IsError: true);
}
