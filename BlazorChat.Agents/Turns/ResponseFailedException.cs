namespace BlazorChat.Turns;

/// <summary>A model's response failed. Everything before the failure has been passed on. The message is a sentence for people.</summary>
public class ResponseFailedException : Exception
{
    /// <inheritdoc />
    public ResponseFailedException()
    {
    }

    /// <inheritdoc />
    public ResponseFailedException(string message)
        : base(message)
    {
    }

    /// <inheritdoc />
    public ResponseFailedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether the provider fell silent. Then everything received is good, and continuing from there may help.</summary>
    public virtual bool IsStall => false;

    /// <summary>Whether the connection dropped. Then everything received is good, and the response goes on from there by itself.</summary>
    public virtual bool IsDropped => false;
}
