using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Turns;

/// <summary>Begins turns: whatever puts one into the queue says so here, once it is stored.</summary>
public interface ITurnScheduler
{
    /// <summary>A turn waits, or waits differently: it begins as soon as it may.</summary>
    void Schedule(Turn turn);
}

/// <summary>The turns that run in this process, for commands that concern them. Called within the room's gate, but for <see cref="Stop"/>.</summary>
public interface IRunningTurns
{
    /// <summary>Stops the responses of a room, or one of them. At once: it waits for no gate.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">One response, or null for all.</param>
    /// <param name="by">Who stops.</param>
    /// <returns>How many there are, those included that were ending already, and how many this call ended.</returns>
    (int Found, int Ended) Stop(Guid roomId, Guid? messageId, Author by);

    /// <summary>A message is gone, or all messages of a room: responses among them end without a trace, and those that go on are not to repeat them.</summary>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">The message, or null for all.</param>
    void Discard(Guid roomId, Guid? messageId);

    /// <summary>Changes a call of a response that runs here, and stores how far the response has come.</summary>
    /// <param name="response">The response as it is stored.</param>
    /// <param name="callId">The call.</param>
    /// <param name="change">Gives the changed call, the same one for nothing new, or refuses.</param>
    /// <returns>The response, or why not; null when it does not run here.</returns>
    Task<Result<Message>?> ChangeCallAsync(Message response, string callId, Func<ToolCallPart, Result<ToolCallPart>> change);

    /// <summary>Somebody wrote instead of answering what a response of theirs asks, while other calls of it still run.</summary>
    void RejectAwaited(Guid roomId, Author by);
}
