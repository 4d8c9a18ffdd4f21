namespace BlazorChat.Turns.Tools;

/// <summary>A model did not return valid data, even after it was told the error. The message is a sentence for people.</summary>
public class StructuredOutputException : Exception
{
    /// <inheritdoc />
    public StructuredOutputException()
    {
    }

    /// <inheritdoc />
    public StructuredOutputException(string message)
        : base(message)
    {
    }

    /// <inheritdoc />
    public StructuredOutputException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
