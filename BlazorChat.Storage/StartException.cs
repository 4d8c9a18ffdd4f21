namespace BlazorChat.Storage;

/// <summary>
/// The application does not start: its message is one sentence or two for whoever operates it, names the folder or the setting,
/// and needs no stack trace.
/// </summary>
public sealed class StartException : InvalidOperationException
{
    /// <summary>Without a sentence; only here because exceptions have it.</summary>
    public StartException()
    {
    }

    /// <summary>With the sentence for the operator.</summary>
    /// <param name="message">The sentence.</param>
    public StartException(string message)
        : base(message)
    {
    }

    /// <summary>With the sentence for the operator, and what led to it.</summary>
    /// <param name="message">The sentence.</param>
    /// <param name="innerException">What led to it.</param>
    public StartException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
