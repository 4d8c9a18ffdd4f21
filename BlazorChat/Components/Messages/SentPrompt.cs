namespace BlazorChat.Components.Messages;

/// <summary>Which prompt a person wants to see. A class, not a record: whoever asks again gets it read again.</summary>
/// <param name="messageId">The id of the response.</param>
/// <param name="version">The version that the reader looks at.</param>
public sealed class SentPrompt(Guid messageId, int version)
{
    /// <summary>The id of the response.</summary>
    public Guid MessageId => messageId;

    /// <summary>The version that the reader looks at.</summary>
    public int Version => version;
}
