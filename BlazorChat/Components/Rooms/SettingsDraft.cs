using BlazorChat.Rooms;

namespace BlazorChat.Components.Rooms;

/// <summary>
/// A person's edits of a room's settings. Settings that the person has changed stay as edited; all others follow the room. So two
/// people who edit different settings do not overwrite each other. Tools are not included: each is switched by itself.
/// </summary>
internal sealed class SettingsDraft(RoomSettings settings)
{
    private RoomSettings _base = settings;

    /// <summary>The settings as the form shows them.</summary>
    public RoomSettings Mine { get; set; } = settings;

    /// <summary>Whether any setting differs from when it was last read or saved.</summary>
    public bool IsEdited => Merge(_base) != _base;

    /// <summary>Takes the room's current settings, except for the edited ones.</summary>
    /// <returns>Whether someone else changed an edited setting to another value.</returns>
    public bool Follow(RoomSettings theirs)
    {
        var isContested = Differ(s => s.Instructions) || Differ(s => s.AnswerMode) || Differ(s => s.Overlap) || Differ(s => s.QuietTime);
        Mine = Merge(theirs);
        _base = theirs;
        return isContested;

        bool Differ<T>(Func<RoomSettings, T> setting) =>
            !Same(setting(Mine), setting(_base)) && !Same(setting(theirs), setting(_base)) && !Same(setting(theirs), setting(Mine));
    }

    /// <summary>Takes the edits for saving. Later edits are not part of them.</summary>
    /// <returns>Only the edited settings.</returns>
    public RoomSettingsChange Take()
    {
        var (mine, before) = (Mine, _base);
        // What is typed from now on is a new edit.
        _base = Merge(before);
        return new RoomSettingsChange
        {
            Instructions = mine.Instructions == before.Instructions ? null : mine.Instructions,
            AnswerMode = mine.AnswerMode == before.AnswerMode ? null : mine.AnswerMode,
            Overlap = mine.Overlap == before.Overlap ? null : mine.Overlap,
            QuietTime = mine.QuietTime == before.QuietTime ? null : mine.QuietTime,
        };
    }

    /// <summary>Takes the edits back after saving failed: everything that differs from the room's settings is an edit again.</summary>
    public void Return(RoomSettings theirs) => _base = theirs;

    private RoomSettings Merge(RoomSettings theirs) => Merge(Mine, _base, theirs);

    private static RoomSettings Merge(RoomSettings mine, RoomSettings before, RoomSettings theirs)
    {
        return theirs with
        {
            Instructions = Choose(s => s.Instructions),
            AnswerMode = Choose(s => s.AnswerMode),
            Overlap = Choose(s => s.Overlap),
            QuietTime = Choose(s => s.QuietTime),
        };

        T Choose<T>(Func<RoomSettings, T> setting) => Same(setting(mine), setting(before)) ? setting(theirs) : setting(mine);
    }

    private static bool Same<T>(T a, T b) => EqualityComparer<T>.Default.Equals(a, b);
}
