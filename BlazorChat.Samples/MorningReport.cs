using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Samples;

/// <summary>A schedule: once a day it posts a message in each room whose name is <see cref="RoomName"/>.</summary>
/// <param name="rooms">Knows the rooms, and posts.</param>
/// <param name="time">The clock.</param>
public sealed class MorningReport(RoomService rooms, TimeProvider time) : BackgroundService
{
    /// <summary>Rooms of this name get the report.</summary>
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
