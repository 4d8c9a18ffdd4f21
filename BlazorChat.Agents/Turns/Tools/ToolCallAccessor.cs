namespace BlazorChat.Turns.Tools;

/// <summary>The call that a scope was made for; registered per scope.</summary>
internal sealed class ToolCallAccessor
{
    private ToolCallContext? _call;

    /// <summary>The call.</summary>
    /// <exception cref="InvalidOperationException">The scope is not that of a call.</exception>
    public ToolCallContext Call
    {
        get => _call ?? throw new InvalidOperationException("There is a ToolCallContext only while a tool runs.");
        set => _call = value;
    }
}
