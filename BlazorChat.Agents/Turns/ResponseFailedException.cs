namespace BlazorChat.Turns;

/// <summary>A model's answer failed; what came before has been passed on. The message is a sentence for people.</summary>
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

    /// <summary>Whether it failed because the provider fell silent: what came before is good, and asking on from there may help.</summary>
    public virtual bool IsStall => false;
}
