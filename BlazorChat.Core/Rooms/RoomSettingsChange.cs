using System.Collections.Immutable;
using BlazorChat.Access;

namespace BlazorChat.Rooms;

/// <summary>
/// Changes to a room's settings. A null value keeps the setting, so that two people who change different settings do not overwrite each
/// other.
/// </summary>
public sealed record RoomSettingsChange
{
    /// <summary>See <see cref="RoomSettings.Instructions"/>.</summary>
    public string? Instructions { get; init; }

    /// <summary>See <see cref="RoomSettings.AnswerMode"/>.</summary>
    public AnswerMode? AnswerMode { get; init; }

    /// <summary>See <see cref="RoomSettings.Overlap"/>.</summary>
    public OverlapPolicy? Overlap { get; init; }

    /// <summary>See <see cref="RoomSettings.QuietTime"/>.</summary>
    public TimeSpan? QuietTime { get; init; }

    /// <summary>See <see cref="TurnRights.Ask"/>. Like the other rights, only owners change it.</summary>
    public TurnPeople? Ask { get; init; }

    /// <summary>See <see cref="TurnRights.Stop"/>.</summary>
    public TurnPeople? Stop { get; init; }

    /// <summary>See <see cref="TurnRights.Regenerate"/>.</summary>
    public TurnPeople? Regenerate { get; init; }

    /// <summary>See <see cref="TurnRights.Approve"/>.</summary>
    public TurnPeople? Approve { get; init; }

    /// <summary>See <see cref="RoomSettings.Accent"/>; empty for the server's.</summary>
    public string? Accent { get; init; }

    /// <summary>Names of the tools to allow.</summary>
    public ImmutableArray<string> EnabledTools { get; init; } = [];

    /// <summary>Names of the tools to forbid.</summary>
    public ImmutableArray<string> DisabledTools { get; init; } = [];

    /// <summary>
    /// The settings as the person saw them; null changes them whatever they are by now. If someone else has given one of the settings that
    /// this changes another value since, nothing is changed, so that no one overwrites what they have not seen. Tools are switched one by
    /// one, so that two people can only want the same.
    /// </summary>
    public RoomSettings? Seen { get; init; }

    /// <summary>Whether it changes what only owners change.</summary>
    internal bool IsForOwners => (Ask ?? Stop ?? Regenerate ?? Approve) is not null || Accent is not null;

    /// <summary>Whether someone else has changed a setting that this changes since the person saw it.</summary>
    internal bool IsOutdated(RoomSettings settings) =>
        Seen is { } seen
        && (IsOutdated(Instructions, seen.Instructions, settings.Instructions)
            || IsOutdated(AnswerMode, seen.AnswerMode, settings.AnswerMode)
            || IsOutdated(Overlap, seen.Overlap, settings.Overlap)
            || IsOutdated(QuietTime, seen.QuietTime, settings.QuietTime)
            || IsOutdated(Accent, seen.Accent, settings.Accent)
            || IsOutdated(Ask, seen.Rights.Ask, settings.Rights.Ask)
            || IsOutdated(Stop, seen.Rights.Stop, settings.Rights.Stop)
            || IsOutdated(Regenerate, seen.Rights.Regenerate, settings.Rights.Regenerate)
            || IsOutdated(Approve, seen.Rights.Approve, settings.Rights.Approve));

    /// <summary>The changed settings.</summary>
    public RoomSettings Apply(RoomSettings settings) => settings with
    {
        Instructions = Instructions ?? settings.Instructions,
        AnswerMode = AnswerMode ?? settings.AnswerMode,
        Overlap = Overlap ?? settings.Overlap,
        QuietTime = QuietTime ?? settings.QuietTime,
        Accent = Accent ?? settings.Accent,
        Rights = settings.Rights with
        {
            Ask = Ask ?? settings.Rights.Ask,
            Stop = Stop ?? settings.Rights.Stop,
            Regenerate = Regenerate ?? settings.Rights.Regenerate,
            Approve = Approve ?? settings.Rights.Approve,
        },
        DisabledTools = EnabledTools.IsEmpty && DisabledTools.IsEmpty
            ? settings.DisabledTools
            : [.. settings.DisabledTools.Except(EnabledTools, StringComparer.Ordinal).Union(DisabledTools, StringComparer.Ordinal).Order(StringComparer.Ordinal)],
    };

    private static bool IsOutdated(string? wanted, string seen, string now) => wanted is not null && now != seen && now != wanted;

    private static bool IsOutdated<T>(T? wanted, T seen, T now)
        where T : struct => wanted is { } value && !EqualityComparer<T>.Default.Equals(now, seen) && !EqualityComparer<T>.Default.Equals(now, value);
}
