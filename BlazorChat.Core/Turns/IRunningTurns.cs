using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Turns;

/// <summary>Whose a running response is.</summary>
/// <param name="MessageId">The response.</param>
/// <param name="Owner">The asker; null if no one asked.</param>
/// <param name="RequestedBy">Who had this turn begin.</param>
internal sealed record RunningOwner(Guid MessageId, Author? Owner, Author RequestedBy);

/// <summary>Starts turns. Called whenever a turn was stored in the queue.</summary>
internal interface ITurnScheduler
{
    /// <summary>A turn waits, or changed while waiting. It starts as soon as possible.</summary>
    void Schedule(Turn turn);

    /// <summary>A turn was given up. It has no response, or one that people ended while it waited.</summary>
    /// <param name="withdrawn">The event.</param>
    /// <param name="response">The response as stored, or null.</param>
    void Withdraw(RoomEvent.TurnWithdrawn withdrawn, Message? response);
}

/// <summary>
/// The running turns of this process, for commands that concern them. Called inside the room's gate, except <see cref="Find"/> and
/// <see cref="Stop"/>.
/// </summary>
internal interface IRunningTurns
{
    /// <summary>The responses that run in a room, including those already ending.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">One response, or null for all.</param>
    IReadOnlyList<RunningOwner> Find(Guid roomId, Guid? messageId);

    /// <summary>Stops one or all responses of a room at once, without waiting for a gate.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">One response, or null for all.</param>
    /// <param name="by">The person who stops them.</param>
    /// <param name="why">A sentence for people, if they stop by something else that the person did; null if the person stopped them.</param>
    /// <returns>The number of responses found, including those already ending, and the number that this call ended.</returns>
    (int Found, int Ended) Stop(Guid roomId, Guid? messageId, Author by, string? why = null);

    /// <summary>
    /// One or all messages of a room were removed. Running responses among them are discarded, and the prompts of other running responses
    /// must not repeat them.
    /// </summary>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">The message, or null for all.</param>
    void Discard(Guid roomId, Guid? messageId);

    /// <summary>Changes a call of a response that is running here, and stores the response so far.</summary>
    /// <param name="response">The response as stored.</param>
    /// <param name="callId">The call.</param>
    /// <param name="change">Returns the changed call, the same one when nothing changes, or an error.</param>
    /// <returns>The response or an error; null when it is not running here.</returns>
    Task<Result<Message>?> ChangeCallAsync(Message response, string callId, Func<ToolCallPart, Result<ToolCallPart>> change);
}
