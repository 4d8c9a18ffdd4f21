using System.Collections.Immutable;

namespace BlazorChat.Rooms;

/// <summary>What is to become of a room's settings: what is null stays as it is, so that two people who change different settings do not overwrite each other.</summary>
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

    /// <summary>Names of tools that assistants may call from now on.</summary>
    public ImmutableArray<string> EnabledTools { get; init; } = [];

    /// <summary>Names of tools that assistants may not call from now on.</summary>
    public ImmutableArray<string> DisabledTools { get; init; } = [];

    /// <summary>The settings after it.</summary>
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
