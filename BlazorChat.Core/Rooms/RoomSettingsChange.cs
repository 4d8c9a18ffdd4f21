using System.Collections.Immutable;

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

    /// <summary>Names of the tools to allow.</summary>
    public ImmutableArray<string> EnabledTools { get; init; } = [];

    /// <summary>Names of the tools to forbid.</summary>
    public ImmutableArray<string> DisabledTools { get; init; } = [];

    /// <summary>The changed settings.</summary>
    public RoomSettings Apply(RoomSettings settings) => settings with
    {
        Instructions = Instructions ?? settings.Instructions,
        AnswerMode = AnswerMode ?? settings.AnswerMode,
        Overlap = Overlap ?? settings.Overlap,
        QuietTime = QuietTime ?? settings.QuietTime,
        DisabledTools = EnabledTools.IsEmpty && DisabledTools.IsEmpty
            ? settings.DisabledTools
            : [.. settings.DisabledTools.Except(EnabledTools, StringComparer.Ordinal).Union(DisabledTools, StringComparer.Ordinal).Order(StringComparer.Ordinal)],
    };
}
