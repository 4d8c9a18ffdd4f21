namespace BlazorChat.Messages;

/// <summary>How far a message has come and how it ended. State, never text: it is not part of what a model sees.</summary>
public abstract record MessageStatus
{
    private MessageStatus()
    {
    }

    /// <summary>True once nothing will be added to the message any more.</summary>
    public bool IsEnded => this is not (Streaming or Recovering or AwaitingPeople);

    /// <summary>Whether a new response may be asked for in place of this one.</summary>
    public bool CanRetry => this is Stopped or Failed or Interrupted or Cut;

    /// <summary>Whether the response may be continued where it ended.</summary>
    public bool CanContinue => this is Cut or Interrupted;

    /// <summary>Written to its end.</summary>
    public sealed record Complete : MessageStatus
    {
        /// <summary>The one instance.</summary>
        public static readonly Complete Instance = new();
    }

    /// <summary>An assistant is writing it.</summary>
    public sealed record Streaming : MessageStatus
    {
        /// <summary>The one instance.</summary>
        public static readonly Streaming Instance = new();
    }

    /// <summary>A person stopped it; what had come is kept.</summary>
    /// <param name="By">The name of who stopped it, as it was.</param>
    public sealed record Stopped(string By) : MessageStatus;

    /// <summary>It could not be finished; what had come is kept.</summary>
    /// <param name="Reason">A sentence for people, without secrets.</param>
    public sealed record Failed(string Reason) : MessageStatus;

    /// <summary>The server stopped in the middle; what had been journaled is kept.</summary>
    public sealed record Interrupted : MessageStatus
    {
        /// <summary>The one instance.</summary>
        public static readonly Interrupted Instance = new();
    }

    /// <summary>It reached a limit (of its length, of its steps) and could go on; what had come is kept.</summary>
    /// <param name="Reason">A sentence for people.</param>
    public sealed record Cut(string Reason) : MessageStatus;

    /// <summary>
    /// Some of its tool calls wait for a person's approval, or for the browser of the asker. Nothing waits in
    /// memory: the response goes on when all have a result.
    /// </summary>
    public sealed record AwaitingPeople : MessageStatus
    {
        /// <summary>The one instance.</summary>
        public static readonly AwaitingPeople Instance = new();
    }

    /// <summary>It was cut off and is about to be continued.</summary>
    public sealed record Recovering : MessageStatus
    {
        /// <summary>The one instance.</summary>
        public static readonly Recovering Instance = new();
    }
}
