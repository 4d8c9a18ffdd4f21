using BlazorChat.Rooms;

namespace BlazorChat.Components.Rooms;

/// <summary>
/// A room's settings as somebody edits them: what they changed is theirs, everything else follows the room, so that two
/// people who edit different settings do not overwrite each other. Tools are not part of it: each is switched by itself.
/// </summary>
internal sealed class SettingsDraft(RoomSettings settings)
{
    private RoomSettings _base = settings;

    /// <summary>The settings as the form shows them.</summary>
    public RoomSettings Mine { get; set; } = settings;

    /// <summary>Whether anything is not as it was read or saved last.</summary>
    public bool IsEdited => Merge(_base) != _base;

    /// <summary>Takes the room's settings over where nothing was edited.</summary>
    /// <returns>Whether somebody changed to something else what is being edited here.</returns>
    public bool Follow(RoomSettings theirs)
    {
        var isContested = Differ(s => s.Instructions) || Differ(s => s.AnswerMode) || Differ(s => s.Overlap) || Differ(s => s.QuietTime);
        Mine = Merge(theirs);
        _base = theirs;
        return isContested;

        bool Differ<T>(Func<RoomSettings, T> setting) =>
            !Same(setting(Mine), setting(_base)) && !Same(setting(theirs), setting(_base)) && !Same(setting(theirs), setting(Mine));
    }

    /// <summary>What is to be saved, as it is now.</summary>
    /// <returns>What was edited, and nothing else.</returns>
    public RoomSettingsChange Take()
    {
        var (mine, before) = (Mine, _base);
        // What is typed from here on is an edit of its own.
        _base = Merge(before);
        return new RoomSettingsChange
        {
            Instructions = mine.Instructions == before.Instructions ? null : mine.Instructions,
            AnswerMode = mine.AnswerMode == before.AnswerMode ? null : mine.AnswerMode,
            Overlap = mine.Overlap == before.Overlap ? null : mine.Overlap,
            QuietTime = mine.QuietTime == before.QuietTime ? null : mine.QuietTime,
        };
    }

    /// <summary>It was not saved: everything that differs from what the room has is an edit again.</summary>
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
