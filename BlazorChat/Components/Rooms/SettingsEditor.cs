using BlazorChat.Rooms;

namespace BlazorChat.Components.Rooms;

/// <summary>
/// Saves a room's settings as a person changes them: choices at once, text after a pause and when the field is left. Unsaved edits are
/// saved when the panel closes and when the page leaves the room. It belongs to the page's view of the room, not to the panel, so that an
/// edit and its undo survive the panel. Used on the circuit's dispatcher.
/// </summary>
internal sealed class SettingsEditor(RoomView view, RoomService rooms, TimeProvider time) : IDisposable
{
    /// <summary>How long nothing is typed before the text is saved.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>When saving is tried again after a refusal that passes by itself.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, SettingEdit> _edits = new(StringComparer.Ordinal);
    private readonly Dictionary<SettingEdit, ITimer> _timers = [];

    // The number of the newest event that the values here contain: frames come later than the results of commands.
    private long _through;
    private bool _disposed;

    /// <summary>An edit has changed.</summary>
    public event EventHandler? Changed;

    /// <summary>Whether something is not saved.</summary>
    public bool HasUnsaved => _edits.Values.Any(e => e.IsEdited);

    /// <summary>The edit of a setting.</summary>
    public SettingEdit this[RoomSetting setting]
    {
        get
        {
            if (!_edits.TryGetValue(setting.Name, out var edit))
            {
                _edits.Add(setting.Name, edit = new SettingEdit(setting, view.Frame.Room.Settings));
            }

            return edit;
        }
    }

    /// <summary>Takes the room's settings, except for those that are being edited.</summary>
    public void Follow() => Follow(view.Frame.Room);

    /// <summary>Takes typed text, which is saved after a pause.</summary>
    public void Type(SettingEdit edit, string text)
    {
        edit.Edit(text);
        SaveIn(edit, _disposed ? TimeSpan.Zero : Pause);
    }

    /// <summary>Takes a choice, which is saved at once.</summary>
    public Task ChooseAsync(SettingEdit edit, string value)
    {
        edit.Edit(value);
        return LeaveAsync(edit);
    }

    /// <summary>The field is left: what was typed is saved at once.</summary>
    public Task LeaveAsync(SettingEdit edit)
    {
        edit.End();
        return SaveAsync(edit);
    }

    /// <summary>Saves everything that can be saved.</summary>
    public Task FlushAsync() => Task.WhenAll(_edits.Values.Where(e => e.IsEdited).ToList().Select(SaveAsync));

    /// <summary>Saves what is not saved yet. What is typed afterwards, because its event was on its way, is saved as well.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            // The browser keeps what is not saved until it is.
            _ = FlushAsync();
            foreach (var timer in _timers.Values)
            {
                timer.Dispose();
            }

            _timers.Clear();
        }
    }

    private async Task SaveAsync(SettingEdit edit)
    {
        StopTimer(edit);
        // What was left while this was being saved is saved afterwards; what is still being typed waits for its pause.
        while (!_timers.ContainsKey(edit) && edit.Take(view.Frame.Room.Settings) is { } change)
        {
            Changed?.Invoke(this, EventArgs.Empty);
            var saved = await rooms.ChangeAsync(view.Person, view.RoomId, null, change, CancellationToken.None);
            if (saved.Error is { } error)
            {
                edit.Refused(error);
                if (error.Kind is RoomErrorKind.Limit or RoomErrorKind.Unavailable)
                {
                    SaveIn(edit, RetryAfter);
                }

                break;
            }

            // The room as it was before the event of this change got its number.
            var number = saved.Value.LastEvent + 1;
            edit.Saved(isNewest: number >= _through);
            Follow(saved.Value with { LastEvent = number });
        }

        Changed?.Invoke(this, EventArgs.Empty);
    }

    private void Follow(Room room)
    {
        if (room.LastEvent < _through)
        {
            return;
        }

        _through = room.LastEvent;
        foreach (var edit in _edits.Values)
        {
            edit.Follow(edit.Setting.Read(room.Settings));
        }
    }

    private void SaveIn(SettingEdit edit, TimeSpan pause)
    {
        StopTimer(edit);
        if (pause == TimeSpan.Zero)
        {
            view.Run(() => SaveAsync(edit));
        }
        else if (!_disposed)
        {
            _timers[edit] = time.CreateTimer(_ => view.Run(() => SaveAsync(edit)), null, pause, Timeout.InfiniteTimeSpan);
        }
    }

    private void StopTimer(SettingEdit edit)
    {
        if (_timers.Remove(edit, out var timer))
        {
            timer.Dispose();
        }
    }
}
