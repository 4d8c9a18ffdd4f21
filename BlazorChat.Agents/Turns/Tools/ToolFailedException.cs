namespace BlazorChat.Turns.Tools;

/// <summary>A failure of a tool whose message is shown to the model and to people: a sentence without secrets.</summary>
public class ToolFailedException : Exception
{
    /// <inheritdoc />
    public ToolFailedException()
    {
    }

    /// <inheritdoc />
    public ToolFailedException(string message)
        : base(message)
    {
    }

    /// <inheritdoc />
    public ToolFailedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
