using BlazorChat.Rooms;

namespace BlazorChat.Components.Rooms;

/// <summary>What is said beside a setting, and the value that a button beside it puts back.</summary>
/// <param name="Text">The key of the words.</param>
/// <param name="Button">The key of the button's name, or null for none.</param>
/// <param name="Value">The value that the button gives the setting.</param>
internal sealed record SettingNote(string Text, string? Button, string Value);

/// <summary>
/// One setting of a room as a person edits it. It follows the room until it is edited, and from then on is the person's until it is saved.
/// If someone else changes it meanwhile, nothing is saved until the person has chosen between the two.
/// </summary>
internal sealed class SettingEdit
{
    // The room's value when the edit began; null if the edit began with a value that the room no longer had.
    private string? _base;

    // The value before everything that was typed since the field got the focus.
    private string _before;
    private bool _isTyping;
    private bool _isUndo;
    private string? _sending;

    // Looked at when the value is here: the room may change in between.
    private string[]? _begunWith;

    public SettingEdit(RoomSetting setting, RoomSettings room)
    {
        Setting = setting;
        Room = Text = _base = _before = setting.Read(room);
    }

    /// <summary>The setting.</summary>
    public RoomSetting Setting { get; }

    /// <summary>What the field shows.</summary>
    public string Text { get; private set; }

    /// <summary>The room's value.</summary>
    public string Room { get; private set; }

    /// <summary>Why it could not be saved, or null.</summary>
    public RoomError? Problem { get; private set; }

    /// <summary>What became of the last change, or null for nothing.</summary>
    public SettingNote? Note { get; private set; }

    /// <summary>Whether it has to be saved.</summary>
    public bool IsEdited => Value != _base;

    /// <summary>Whether someone else has changed what the person is editing.</summary>
    public bool IsContested => IsEdited && Room != _base && Room != Value && Room != _sending;

    private string Value => Setting.Normalize(Text);

    /// <summary>The browser says which value an edit begins with.</summary>
    /// <param name="stamps">The stamp of that value and of what the person typed after it, which may have been saved since; separated by spaces.</param>
    public void Begin(string? stamps) => _begunWith = stamps?.Split(' ');

    /// <summary>Takes what the person typed or chose.</summary>
    public void Edit(string text)
    {
        if (!_isTyping)
        {
            _isTyping = true;
            _before = Room;
        }

        if (_begunWith is { } stamps && !IsEdited && _sending is null && !stamps.Contains(RoomSetting.StampOf(Room), StringComparer.Ordinal))
        {
            _base = null;
        }

        _begunWith = null;
        Text = text;
        Problem = null;
        Note = null;
        _isUndo = false;
        _base ??= Value == Room ? Room : null;
    }

    /// <summary>What is typed from now on is undone by itself.</summary>
    public void End() => _isTyping = false;

    /// <summary>Puts back the value that the note offers.</summary>
    public void PutBack()
    {
        if (Note is { Button: not null } note)
        {
            var isUndo = note.Button == Undo;
            Edit(note.Value);
            End();
            _isUndo = isUndo;
        }
    }

    /// <summary>Resolves a conflict: the person's text is to be saved.</summary>
    public void KeepMine()
    {
        _base = _before = Room;
        _isTyping = false;
    }

    /// <summary>Resolves a conflict: the room's value stays. The other one can still be put back.</summary>
    public void TakeTheirs()
    {
        var mine = Text;
        Drop();
        Note = new SettingNote("Setting_NotSaved", RestoreMine, mine);
    }

    /// <summary>Forgets the edit.</summary>
    public void Drop()
    {
        Text = _base = Room;
        Problem = null;
        Note = null;
        _isTyping = false;
    }

    /// <summary>Takes the room's value.</summary>
    public void Follow(string value)
    {
        if (value == Room)
        {
            return;
        }

        var wasEdited = IsEdited;
        Room = value;
        if (value == _sending)
        {
            _base = value;
        }
        else if (!wasEdited)
        {
            // Whoever has just changed it is told, and can have theirs back.
            Note = Note is null ? null : new SettingNote("Setting_Changed", RestoreMine, Text);
            Text = _base = value;
            _isTyping = false;
        }
        else if (Value == value)
        {
            _base = value;
        }
    }

    /// <summary>Begins to save.</summary>
    /// <returns>What to save now, or null for nothing.</returns>
    public RoomSettingsChange? Take(RoomSettings room)
    {
        if (_sending is not null || !IsEdited || IsContested || _base is null)
        {
            return null;
        }

        var change = Setting.Save(Text, _base, room);
        Problem = change is null ? Setting.Invalid : null;
        _sending = change is null ? null : Value;
        return change;
    }

    /// <summary>It is saved, unless someone has typed on meanwhile.</summary>
    /// <param name="isNewest">Whether the room's value here is not newer than what was saved.</param>
    public void Saved(bool isNewest)
    {
        var (sent, theirs) = (_sending!, Room);
        _sending = null;
        _base = Room = sent;
        Problem = null;
        Note = Value != sent ? null
            : _isUndo ? new SettingNote("Setting_Undone", "Setting_Redo", _before)
            : new SettingNote("Setting_Saved", _before == sent ? null : Undo, _before);
        if (!isNewest)
        {
            Follow(theirs);
        }
    }

    /// <summary>It could not be saved; the text stays.</summary>
    public void Refused(RoomError error)
    {
        _sending = null;
        // In a conflict, the room's new value arrives by itself.
        Problem = error.Kind is RoomErrorKind.Conflict ? null : error;
    }

    private const string Undo = "Common_Undo";
    private const string RestoreMine = "Setting_RestoreMine";
}
