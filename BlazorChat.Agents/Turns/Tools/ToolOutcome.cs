namespace BlazorChat.Turns.Tools;

/// <summary>How a call of a tool ended.</summary>
/// <param name="Result">What the model is told: the result, or a sentence about what went wrong. Can be stored as it is.</param>
/// <param name="IsError">Whether it went wrong.</param>
internal sealed record ToolOutcome(string Result, bool IsError)
{
    public static ToolOutcome Failed(string sentence) => new(sentence, IsError: true);
}
