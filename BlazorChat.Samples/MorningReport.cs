using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Samples;

/// <summary>A schedule: posts a message once a day in each room named <see cref="RoomName"/>.</summary>
/// <param name="rooms">Lists the rooms and posts the messages.</param>
/// <param name="time">The clock.</param>
public sealed class MorningReport(RoomService rooms, TimeProvider time) : BackgroundService
{
    /// <summary>The name of the rooms that get the report.</summary>
    public const string RoomName = "Morning";

    private static readonly Author Calendar = new(AuthorKind.Service, "calendar", "Calendar");

    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            foreach (var room in rooms.Rooms.Select(r => r.Room).Where(r => r.Name == RoomName))
            {
                await rooms.PostFromServerAsync(
                    Calendar, room.Id, Guid.NewGuid(), "Good morning. What is there to do today?", asksForResponse: true, stoppingToken).ConfigureAwait(false);
            }
        }
    }
}
