namespace BlazorChat.Turns.Tools;

/// <summary>Holds the call that a scope was created for; registered per scope.</summary>
internal sealed class ToolCallAccessor
{
    private ToolCallContext? _call;

    /// <summary>The call.</summary>
    /// <exception cref="InvalidOperationException">The scope does not belong to a call.</exception>
    public ToolCallContext Call
    {
        get => _call ?? throw new InvalidOperationException("ToolCallContext is available only while a tool runs.");
        set => _call = value;
    }
}
