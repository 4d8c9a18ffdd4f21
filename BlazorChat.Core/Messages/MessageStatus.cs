namespace BlazorChat.Messages;

/// <summary>A message's state, and how it ended. Never part of the text, so a model does not see it.</summary>
public abstract record MessageStatus
{
    private MessageStatus()
    {
    }

    /// <summary>True once nothing more will be added to the message.</summary>
    public bool IsEnded => this is not (Streaming or Recovering or AwaitingPeople);

    /// <summary>Whether the response ended before it was finished, so that it can be continued from there.</summary>
    public bool CanContinue => this is Stopped or Failed or Interrupted or Cut;

    /// <summary>The message is finished.</summary>
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

    /// <summary>A person stopped it; the text so far is kept.</summary>
    /// <param name="By">The person's name at that time.</param>
    public sealed record Stopped(string By) : MessageStatus;

    /// <summary>It could not be finished; the text so far is kept.</summary>
    /// <param name="Reason">A sentence for people, without secrets.</param>
    public sealed record Failed(string Reason) : MessageStatus;

    /// <summary>The server stopped in the middle; the journaled text is kept.</summary>
    public sealed record Interrupted : MessageStatus
    {
        /// <summary>The one instance.</summary>
        public static readonly Interrupted Instance = new();
    }

    /// <summary>A message of a person or a service that asked for an answer and gets none: its place in the queue was given up, or it got none.</summary>
    /// <param name="Reason">A sentence for people.</param>
    public sealed record Unanswered(string Reason) : MessageStatus;

    /// <summary>It reached a limit (its length, its steps) and can be continued; the text so far is kept.</summary>
    /// <param name="Reason">A sentence for people.</param>
    public sealed record Cut(string Reason) : MessageStatus;

    /// <summary>
    /// Some of its tool calls wait for a person's approval, or for the asker's browser. Nothing waits in memory: the response resumes when
    /// every call has a result.
    /// </summary>
    public sealed record AwaitingPeople : MessageStatus
    {
        /// <summary>The one instance.</summary>
        public static readonly AwaitingPeople Instance = new();
    }

    /// <summary>It was cut off and is about to resume.</summary>
    public sealed record Recovering : MessageStatus
    {
        /// <summary>The one instance.</summary>
        public static readonly Recovering Instance = new();
    }
}
