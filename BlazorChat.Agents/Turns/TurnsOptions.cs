using System.ComponentModel.DataAnnotations;

namespace BlazorChat.Turns;

/// <summary>Settings of turns, section <c>Turns</c>.</summary>
internal sealed class TurnsOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Turns";

    /// <summary>How often the text of running responses is journaled, and so how much of it a crash can cost.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan JournalInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long running responses may continue after the server was asked to stop. Then they are marked as interrupted.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>The most turns that run at the same time, over all rooms; others wait in the queue.</summary>
    [Range(1, 10_000)]
    public int MaxRunningTurns { get; set; } = 64;

    /// <summary>
    /// How long a response waits for a person's approval or for the asker's browser. Then the request expires, and the response goes on
    /// without it.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan RequestsExpireAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Whether the first assistant that answers in a room without a name is asked for one, with one short request.</summary>
    public bool TitleRooms { get; set; } = true;
}
