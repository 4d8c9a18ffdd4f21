namespace BlazorChat.Turns.Tools;

/// <summary>A model did not give what it was asked for, even when it was told what is wrong. The message is a sentence for people.</summary>
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
