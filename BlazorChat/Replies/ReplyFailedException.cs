namespace BlazorChat.Replies;

/// <summary>A model's answer failed; what came before has been passed on. The message is a sentence for people.</summary>
public class ReplyFailedException : Exception
{
    /// <inheritdoc />
    public ReplyFailedException()
    {
    }

    /// <inheritdoc />
    public ReplyFailedException(string message)
        : base(message)
    {
    }

    /// <inheritdoc />
    public ReplyFailedException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether it failed because the provider fell silent: what came before is good, and asking on from there may help.</summary>
    public virtual bool IsStall => false;
}
