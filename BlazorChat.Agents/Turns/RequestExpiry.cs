using BlazorChat.Rooms;
using Microsoft.Extensions.Options;

namespace BlazorChat.Turns;

/// <summary>
/// Expires requests to people that nobody answered in time. A response whose last request expired resumes, and its model is told. It looks
/// at what is stored, so requests that expired while the server was down expire after the start.
/// </summary>
internal sealed partial class RequestExpiry(
    ITurnStore turns,
    IRoomStore rooms,
    RoomGates gates,
    RoomBroadcaster broadcaster,
    ITurnScheduler scheduler,
    IOptions<TurnsOptions> options,
    TimeProvider time,
    ILogger<RequestExpiry> logger) : BackgroundService
{
    private static readonly TimeSpan MostBetween = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var after = options.Value.RequestsExpireAfter;
        try
        {
            while (true)
            {
                await ExpireAsync(time.GetUtcNow(), stoppingToken).ConfigureAwait(false);
                await Task.Delay(after / 10 < MostBetween ? after / 10 : MostBetween, time, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What expires meanwhile expires after the next start.
        }
    }

    /// <summary>Expires everything that is due.</summary>
    internal async Task ExpireAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            var expired = await turns.ReadExpiredAsync(now, cancellationToken).ConfigureAwait(false);
            foreach (var roomId in expired.Select(t => t.RoomId).Distinct())
            {
                await ExpireAsync(roomId, now, cancellationToken).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // Any exception that left this service would end the server.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            LogFailed(e);
        }
    }

    private async Task ExpireAsync(Guid roomId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        using var gate = await gates.EnterAsync(roomId, cancellationToken).ConfigureAwait(false);
        var changed = await rooms.ChangeAsync<int>(roomId, (change, token) => ExpireAsync(change, now, token), cancellationToken).ConfigureAwait(false);
        foreach (var roomEvent in changed.Events)
        {
            broadcaster.Publish(roomId, roomEvent);
        }

        foreach (var queued in changed.Events.OfType<RoomEvent.TurnQueued>())
        {
            scheduler.Schedule(queued.Turn);
        }

        LogExpired(changed.Value.Value, roomId);
    }

    private async Task<Result<int>> ExpireAsync(IRoomChange change, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var changed = 0;
        if (await change.FindRoomAsync(cancellationToken).ConfigureAwait(false) is null)
        {
            return changed;
        }

        foreach (var suspended in (await change.ReadTurnsAsync(cancellationToken).ConfigureAwait(false)).Where(t => t.Status == TurnStatus.Suspended))
        {
            if (await change.FindMessageAsync(suspended.MessageId!.Value, cancellationToken).ConfigureAwait(false) is not { } response
                || TurnTransitions.Expire(suspended, response, options.Value.RequestsExpireAfter, now) is not ({ } turn, { } expired) || turn == suspended)
            {
                continue;
            }

            changed++;
            change.SaveAndTell(expired);
            change.Save(turn);
            if (turn.Status == TurnStatus.Ready)
            {
                change.Tell(new RoomEvent.TurnQueued(turn));
            }
        }

        return changed;
    }

    [LoggerMessage(LogLevel.Information, "Requests of {Count} waiting responses in room {RoomId} were looked at: those that nobody answered in time have expired.")]
    private partial void LogExpired(int count, Guid roomId);

    [LoggerMessage(LogLevel.Error, "Could not look for expired requests; retrying.")]
    private partial void LogFailed(Exception exception);
}
