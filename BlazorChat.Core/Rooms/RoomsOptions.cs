using System.ComponentModel.DataAnnotations;
using BlazorChat.Access;

namespace BlazorChat.Rooms;

/// <summary>Settings of rooms, section <c>Rooms</c>.</summary>
internal sealed class RoomsOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Rooms";

    /// <summary>Name of the room that exists from the first start.</summary>
    [Required]
    [StringLength(RoomLimits.RoomNameLength, MinimumLength = 1)]
    public string LobbyName { get; set; } = "Lobby";

    /// <summary>Who can see a new room besides whoever makes it, until its owner decides.</summary>
    [EnumDataType(typeof(RoomVisibility))]
    public RoomVisibility NewRooms { get; set; }

    /// <summary>How long a deleted room, or cleared messages, can be brought back by the room's owners; zero removes them at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan KeepRemovedFor { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Messages that one person may post per minute on average; retries and new rooms count, too.</summary>
    [Range(1, 100_000)]
    public int MessagesPerMinute { get; set; } = 60;

    /// <summary>Messages that one person may post in a burst before the average applies.</summary>
    [Range(1, 100_000)]
    public int MessageBurst { get; set; } = 20;

    /// <summary>Rooms that one person can have made and still own.</summary>
    [Range(1, RoomLimits.Rooms)]
    public int MaxPerPerson { get; set; } = 50;

    /// <summary>
    /// Most messages kept in one room; beyond it, the oldest are removed with everything that belongs to them. At least as many as a page
    /// shows.
    /// </summary>
    [Range(2 * RoomLimits.WindowSize, 10_000_000)]
    public int MaxStoredMessages { get; set; } = 100_000;
}
