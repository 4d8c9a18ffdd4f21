using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns.Hooks;

namespace BlazorChat.Turns;

/// <summary>The first work of a start: continues responses that a crash cut off, or gives them an outcome, so that nothing streams forever.</summary>
internal sealed partial class Recovery(IRoomStore rooms, ITurnStore turns, IAssistants assistants, TurnObservers observers, TimeProvider time, ILogger<Recovery> logger)
{
    // For turns of an assistant that is no longer configured.
    private static readonly RecoveryPolicy MarkOnly = new(RecoveryMode.Mark, 0, TimeSpan.Zero);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var (continued, marked) = (0, 0);
        foreach (var turn in await turns.ReadRunningAsync(cancellationToken).ConfigureAwait(false))
        {
            var policy = assistants.Find(turn.AssistantId) is { } assistant ? TurnRunner.PolicyOf(assistant) : MarkOnly;
            var recovered = await rooms.ChangeAsync<Message?>(turn.RoomId, (change, token) => RecoverAsync(change, turn.Id, policy, token), cancellationToken).ConfigureAwait(false);
            if (recovered.Value.Value is { } response)
            {
                marked++;
                observers.Tell(new TurnOutcome(turn, turn.Request, response, default, null, TimeSpan.Zero));
            }
            else
            {
                continued++;
            }
        }

        if (continued + marked > 0)
        {
            LogRecovered(continued + marked, continued, marked);
        }
    }

    // No one has the room open yet, and the worker reads waiting turns when it starts: no one needs to be told of those.
    /// <returns>The response if it was given up.</returns>
    private async Task<Result<Message?>> RecoverAsync(IRoomChange change, Guid turnId, RecoveryPolicy policy, CancellationToken cancellationToken)
    {
        var turn = (await change.ReadTurnsAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(t => t.Id == turnId);
        if (turn?.MessageId is not { } messageId || await change.FindMessageAsync(messageId, cancellationToken).ConfigureAwait(false) is not { } response)
        {
            return (Message?)null;
        }

        var pieces = await change.ReadJournalAsync(messageId, response.Step, cancellationToken).ConfigureAwait(false);
        var (next, recovered) = TurnTransitions.Recover(turn, response, pieces, policy, time.GetUtcNow());
        change.SaveAndTell(recovered);
        await change.RemoveJournalAsync(messageId, cancellationToken).ConfigureAwait(false);
        if (next is null)
        {
            change.Remove(turn);
            return recovered;
        }

        change.Save(next);
        change.Tell(new RoomEvent.TurnQueued(next));
        return (Message?)null;
    }

    [LoggerMessage(LogLevel.Warning, "{Count} responses were cut off when the server last stopped: {Continued} will continue, {Marked} are marked as interrupted.")]
    private partial void LogRecovered(int count, int continued, int marked);
}
