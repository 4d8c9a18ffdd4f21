using BlazorChat.Messages;

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

    /// <summary>Somebody wrote instead of answering what a response of theirs asks, while other calls of it still run.</summary>
    void RejectAwaited(Guid roomId, Author by);
}
