namespace BlazorChat.Storage;

/// <summary>
/// Stops the start. The message is one or two sentences for the operator; it names the folder or the setting and needs no stack trace.
/// </summary>
public sealed class StartException : InvalidOperationException
{
    /// <summary>Without a message; only here because exceptions have this constructor.</summary>
    public StartException()
    {
    }

    /// <summary>With a message for the operator.</summary>
    /// <param name="message">The message.</param>
    public StartException(string message)
        : base(message)
    {
    }

    /// <summary>With a message for the operator and the cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public StartException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
