namespace BlazorChat.Turns.Tools;

/// <summary>A tool failed in a way that is worth telling: the message is a sentence for the model and for people, without secrets.</summary>
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
