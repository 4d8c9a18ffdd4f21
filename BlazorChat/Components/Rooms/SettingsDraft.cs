using BlazorChat.Rooms;

namespace BlazorChat.Components.Rooms;

/// <summary>
/// A person's edits of a room's settings. Settings that the person has changed stay as edited; all others follow the room. So two
/// people who edit different settings do not overwrite each other. Tools are not included: each is switched by itself.
/// </summary>
internal sealed class SettingsDraft(RoomSettings settings)
{
    // Every setting that the form shows, once.
    private static readonly Setting[] All =
    [
        new Setting<string>(s => s.Instructions, (s, value) => s with { Instructions = value }, (c, value) => c with { Instructions = value }),
        new Setting<AnswerMode>(s => s.AnswerMode, (s, value) => s with { AnswerMode = value }, (c, value) => c with { AnswerMode = value }),
        new Setting<OverlapPolicy>(s => s.Overlap, (s, value) => s with { Overlap = value }, (c, value) => c with { Overlap = value }),
        new Setting<TimeSpan>(s => s.QuietTime, (s, value) => s with { QuietTime = value }, (c, value) => c with { QuietTime = value }),
    ];

    private RoomSettings _base = settings;

    /// <summary>The settings as the form shows them.</summary>
    public RoomSettings Mine { get; set; } = settings;

    /// <summary>Whether any setting differs from when it was last read or saved.</summary>
    public bool IsEdited => Merge(_base) != _base;

    /// <summary>Takes the room's current settings, except for the edited ones.</summary>
    /// <returns>Whether someone else changed an edited setting to another value.</returns>
    public bool Follow(RoomSettings theirs)
    {
        var isContested = Array.Exists(All, s => !s.IsSame(Mine, _base) && !s.IsSame(theirs, _base) && !s.IsSame(theirs, Mine));
        Mine = Merge(theirs);
        _base = theirs;
        return isContested;
    }

    /// <summary>Takes the edits for saving. Later edits are not part of them.</summary>
    /// <returns>Only the edited settings.</returns>
    public RoomSettingsChange Take()
    {
        var (mine, before) = (Mine, _base);
        // What is typed from now on is a new edit.
        _base = Merge(before);
        return All.Where(s => !s.IsSame(mine, before)).Aggregate(new RoomSettingsChange(), (change, s) => s.Change(change, mine));
    }

    /// <summary>Takes the edits back after saving failed: everything that differs from the room's settings is an edit again.</summary>
    public void Return(RoomSettings theirs) => _base = theirs;

    private RoomSettings Merge(RoomSettings theirs) =>
        All.Where(s => !s.IsSame(Mine, _base)).Aggregate(theirs, (merged, s) => s.Copy(Mine, merged));

    private abstract record Setting
    {
        public abstract bool IsSame(RoomSettings a, RoomSettings b);

        public abstract RoomSettings Copy(RoomSettings from, RoomSettings to);

        public abstract RoomSettingsChange Change(RoomSettingsChange change, RoomSettings to);
    }

    private sealed record Setting<T>(
        Func<RoomSettings, T> Get, Func<RoomSettings, T, RoomSettings> Set, Func<RoomSettingsChange, T, RoomSettingsChange> SetChange) : Setting
    {
        public override bool IsSame(RoomSettings a, RoomSettings b) => EqualityComparer<T>.Default.Equals(Get(a), Get(b));

        public override RoomSettings Copy(RoomSettings from, RoomSettings to) => Set(to, Get(from));

        public override RoomSettingsChange Change(RoomSettingsChange change, RoomSettings to) => SetChange(change, Get(to));
    }
}
