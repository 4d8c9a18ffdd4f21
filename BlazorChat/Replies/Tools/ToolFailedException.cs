namespace BlazorChat.Replies.Tools;

/// <summary>
/// A tool ran (or could not run) and its result is an error. The message is a sentence for the model and for people: whoever
/// runs the tool passes it on as it is, which is not done with other exceptions, whose messages may hold what nobody may see.
/// </summary>
public sealed class ToolFailedException : Exception
{
    /// <inheritdoc />
    public ToolFailedException()
        : this("The tool failed.")
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
