using BlazorChat.Access;
using BlazorChat.Components.Messages;
using BlazorChat.Languages;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;

namespace BlazorChat.Components.Rooms;

/// <summary>Aspects of a room that can change. Each part of the page watches only the ones it shows.</summary>
[Flags]
public enum RoomAspects
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The name or a setting.</summary>
    Settings = 1,

    /// <summary>The list of messages: one was added, ended, changed or removed. Not the text of running responses.</summary>
    Messages = 2,

    /// <summary>The running responses and the queue.</summary>
    Activity = 4,

    /// <summary>The room was cleared or deleted, or the viewer may not see it any more.</summary>
    Removal = 8,

    /// <summary>The tokens and cost of all responses of the room.</summary>
    Totals = 16,

    /// <summary>Who can see the room, what its members may do, or what the viewer is on the server.</summary>
    People = 32,
}

/// <summary>
/// An open page's view of its room. It follows the room, compares each frame with the previous one, and tells only the parts of the
/// page that show the difference, on the circuit's dispatcher. A token of a running response renders only the component that shows it.
/// </summary>
public sealed class RoomView : IDisposable
{
    private readonly LiveRooms _rooms;
    private readonly Func<Func<Task>, Task> _invoke;
    private readonly Func<Exception, Task> _fail;
    private readonly List<Watcher> _watchers = [];
    private readonly HashSet<Guid> _reading = [];
    private readonly Dictionary<(RoomPermission Permission, AuthorKind? Kind, string? Id, string? RequestedBy), RoomError?> _refusals = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationToken _closed;
    private RoomSubscription? _subscription;
    private SettingsEditor? _settings;
    private RoomFrame? _frame;
    private RoomAccess? _access;
    private Standing _standing;
    private bool _isHidden;
    private bool _disposed;

    /// <summary>Creates a view that shows nothing yet; see <see cref="OpenAsync"/>.</summary>
    /// <param name="rooms">Reads and follows rooms.</param>
    /// <param name="person">The viewer.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="invoke">Runs work on the circuit's dispatcher.</param>
    /// <param name="fail">Ends only this circuit, with a failure.</param>
    public RoomView(LiveRooms rooms, Person? person, Guid roomId, Func<Func<Task>, Task> invoke, Func<Exception, Task> fail)
    {
        _rooms = rooms;
        _invoke = invoke;
        _fail = fail;
        Person = person;
        RoomId = roomId;
        _closed = _closing.Token;
    }

    /// <summary>The viewer.</summary>
    public Person? Person { get; }

    /// <summary>What the page says, in the viewer's language.</summary>
    public Words Words { get; init; } = Words.English;

    /// <summary>The request data of turns that this page starts; null if they need only the asker.</summary>
    public TurnRequest? Request { get; init; }

    /// <summary>Runs work that renders several parts of the page. Without it, each of them is a render batch of its own.</summary>
    public Action<Action>? Together { get; init; }

    /// <summary>Shows what was sent to the model for a response, where the page has a place for it.</summary>
    public Func<SentPrompt, Task>? ShowPrompt { get; init; }

    /// <summary>The room's id.</summary>
    public Guid RoomId { get; }

    /// <summary>The frame that was last read.</summary>
    /// <exception cref="InvalidOperationException">The view is not open.</exception>
    public RoomFrame Frame => _frame ?? throw new InvalidOperationException("The view is not open.");

    /// <summary>Whether there is a frame to show.</summary>
    public bool IsOpen => _frame is not null;

    /// <summary>Why the viewer may not see the room any more; null while they may.</summary>
    public RoomError? Lost { get; private set; }

    /// <summary>Whether the room was deleted while it was shown, and has been brought back: open it again.</summary>
    public bool IsBack => _frame is { DeletedBy: not null } && _rooms.AccessOf(RoomId) is not null;

    /// <summary>Whether anybody owns the room.</summary>
    public bool HasOwner => _access is { HasOwner: true };

    /// <summary>Who may be in the room: another object after each change. Null if the room is gone.</summary>
    internal RoomAccess? Access => _access;

    /// <summary>
    /// What the viewer is offered depends on it: another object after each change of that. For components that only compare it with the one with
    /// which they were rendered.
    /// </summary>
    public object? Rights { get; private set; }

    /// <summary>The messages on the page.</summary>
    public MessageWindow Window { get; } = new();

    /// <summary>Whether older messages are being read.</summary>
    public bool IsLoadingOlder { get; private set; }

    /// <summary>Reads the room and, for an interactive page, follows it. It subscribes before it reads, so that no change is missed.</summary>
    /// <param name="follow">Whether to follow the room; false for the first HTML.</param>
    /// <returns>The error if the room cannot be shown, or null.</returns>
    public async Task<RoomError?> OpenAsync(bool follow)
    {
        try
        {
            return await (follow ? FollowAsync() : ReadAsync());
        }
        catch (OperationCanceledException) when (_disposed)
        {
            return null;
        }
    }

    /// <summary>Whether to offer the viewer an operation on something that belongs to <paramref name="owner"/>.</summary>
    public bool May(RoomPermission permission, Author? owner) => Refusal(permission, owner) is null;

    /// <summary>Why an operation is not offered to the viewer, in a sentence that says whose it is; null if it is offered.</summary>
    /// <param name="permission">The permission that it needs.</param>
    /// <param name="owner">The person whom the message or turn belongs to; null for none.</param>
    /// <param name="requestedBy">See <see cref="AuthorizedResource.RequestedBy"/>.</param>
    public string? WhyNot(RoomPermission permission, Author? owner, Author? requestedBy = null) => Words.Of(Refusal(permission, owner, requestedBy));

    /// <summary>The refusal of an operation that is not offered to the viewer; null if it is offered.</summary>
    /// <param name="permission">The permission that it needs.</param>
    /// <param name="owner">The person whom the message or turn belongs to; null for none.</param>
    /// <param name="requestedBy">See <see cref="AuthorizedResource.RequestedBy"/>.</param>
    public RoomError? Refusal(RoomPermission permission, Author? owner, Author? requestedBy = null)
    {
        // A list asks the same for each of its messages.
        var key = (permission, owner?.Kind, owner?.Id, requestedBy?.Id);
        if (!_refusals.TryGetValue(key, out var refusal))
        {
            _refusals[key] = refusal = _rooms.Refusal(Person, permission, Frame.Room, owner, requestedBy);
        }

        return refusal;
    }

    /// <summary>Why the viewer is not offered to stop a response, in a sentence; null if they are.</summary>
    public string? WhyNotStop(Message response) => WhyNot(RoomPermission.StopResponse, response.Owner, response.Metadata?.RequestedBy);

    /// <summary>Why the viewer is not offered to take a turn out of the queue, in a sentence; null if they are.</summary>
    public string? WhyNotStop(Turn turn) =>
        WhyNot(RoomPermission.StopResponse, ((turn.MessageId ?? turn.QuestionId) is { } id ? Frame.Find(id)?.Message.Owner : null) ?? turn.RequestedBy, turn.RequestedBy);

    /// <summary>Calls <paramref name="changed"/> after changes, on the dispatcher, until the result is disposed.</summary>
    public IDisposable Watch(RoomAspects aspects, Action changed) => Add(new Watcher(this) { Aspects = aspects, Changed = changed });

    /// <summary>Passes each new frame of a running response to the caller, on the dispatcher, until the result is disposed.</summary>
    /// <param name="live">The response.</param>
    /// <param name="shown">The frame that the caller already shows.</param>
    /// <param name="show">Shows a newer frame.</param>
    public IDisposable WatchLive(ResponseProjection live, ResponseFrame shown, Action<ResponseFrame> show) =>
        Add(new Watcher(this) { Live = live, ShownFrame = shown.Number, Show = show });

    /// <summary>Reads a page of older messages, unless there are none or a page is already being read.</summary>
    /// <returns>The error if they could not be read, or null.</returns>
    public async Task<RoomError?> LoadOlderAsync()
    {
        if (IsLoadingOlder || !Window.HasOlder || Window.Messages.IsEmpty)
        {
            return null;
        }

        IsLoadingOlder = true;
        try
        {
            var before = Window.Messages[0].Message.Sequence;
            var page = await _rooms.ReadOlderAsync(Person, RoomId, before, _closed);
            if (page.Error is null && Window.Prepend(page.Value, before))
            {
                Tell(RoomAspects.Messages);
            }

            return page.Error;
        }
        catch (OperationCanceledException) when (_disposed)
        {
            return null;
        }
        finally
        {
            IsLoadingOlder = false;
        }
    }

    /// <summary>
    /// Sets whether the page is hidden. A hidden page is told of new and ended messages, but the text of running responses waits until it
    /// is on screen again, and is then shown at once.
    /// </summary>
    public void Hide(bool isHidden)
    {
        if (_isHidden != isHidden && !_disposed)
        {
            _isHidden = isHidden;
            _subscription?.Hide(isHidden);
            ShowFrames();
        }
    }

    /// <summary>Takes a message's newer state from a command's result or the store.</summary>
    public void Take(MessageFrame message)
    {
        if (Window.Replace(message))
        {
            Tell(RoomAspects.Messages);
        }
    }

    /// <summary>Reads a message again whose copy here is out of date.</summary>
    public async Task ReadAgainAsync(Guid messageId)
    {
        if (!_reading.Add(messageId))
        {
            return;
        }

        try
        {
            var message = await _rooms.ReadMessageAsync(Person, RoomId, messageId, _closed);
            if (message.Error is null)
            {
                Take(message.Value);
            }
        }
        catch (OperationCanceledException) when (_disposed)
        {
            // The view was closed meanwhile.
        }
        finally
        {
            _reading.Remove(messageId);
        }
    }

    /// <summary>The person's edits of the room's settings, which survive the settings panel.</summary>
    internal SettingsEditor SettingsWith(RoomService rooms, TimeProvider time) => _settings ??= new SettingsEditor(this, rooms, time);

    /// <summary>Saves what is not saved of the settings.</summary>
    /// <returns>Whether everything is saved.</returns>
    public async Task<bool> SaveSettingsAsync()
    {
        await (_settings?.FlushAsync() ?? Task.CompletedTask);
        return _settings is not { HasUnsaved: true };
    }

    /// <summary>The settings of any room.</summary>
    internal async Task<Result<RoomSettings>> ReadSettingsAsync(Guid roomId) =>
        (await _rooms.ReadAsync(Person, roomId, CancellationToken.None)).Select(frame => frame.Room.Settings);

    /// <summary>Runs work on the circuit's dispatcher. A failure ends only this circuit.</summary>
    internal void Run(Func<Task> work) => _ = _invoke(async () =>
    {
        try
        {
            await work();
        }
#pragma warning disable CA1031 // Any failure belongs to this circuit.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await _fail(e);
        }
    });

    /// <summary>Stops following. Safe to call more than once.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _settings?.Dispose();
            _closing.Cancel();
            _closing.Dispose();
            _subscription?.Dispose();
            _watchers.Clear();
        }
    }

    private async Task<RoomError?> ReadAsync()
    {
        var read = await _rooms.ReadAsync(Person, RoomId, _closed);
        if (read.Error is null)
        {
            Take(read.Value);
        }

        return read.Error;
    }

    private async Task<RoomError?> FollowAsync()
    {
        var subscribed = await _rooms.SubscribeAsync(Person, RoomId, OnNotice, _closed);
        if (subscribed.Error is { } error)
        {
            return error;
        }

        _subscription = subscribed.Value;
        if (_disposed)
        {
            _subscription.Dispose();
        }
        else
        {
            _subscription.Hide(_isHidden);
            Take(_subscription.Read());
        }

        return null;
    }

    // Runs on a thread of the notifier, so it only passes the notice on to the dispatcher. RefreshAsync handles its own failures.
    private void OnNotice() => _ = _invoke(RefreshAsync);

    private async Task RefreshAsync()
    {
        try
        {
            if (!_disposed && _subscription is { } subscription)
            {
                var next = subscription.Read();
                // Asked with every notice, tokens included, so that a right that is taken away is gone with the next one at the latest.
                if (next.DeletedBy is null && await _rooms.CheckViewAsync(Person, RoomId, _closed) is { } lost)
                {
                    Lose(lost);
                    return;
                }

                if (IsBack)
                {
                    Tell(RoomAspects.Removal);
                    return;
                }

                // Most notices are for tokens: the frame is the same, and nothing in it is compared again. What the viewer is on the server is no
                // part of the room, and changes without an event of it.
                var isSame = ReferenceEquals(next, _frame) && _rooms.StandingOf(Person) == _standing;
                if (isSame)
                {
                    ShowFrames();
                }
                else
                {
                    RunTogether(() =>
                    {
                        Tell(Take(next));
                        ShowFrames();
                    });
                    await Task.WhenAll(Window.Outdated.Select(ReadAgainAsync));
                }
            }
        }
#pragma warning disable CA1031 // Any failure belongs to this circuit. It must not get lost and must not reach the notifier.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await _fail(e);
        }
    }

    private void Lose(RoomError reason)
    {
        if (!_disposed && Lost is null)
        {
            Lost = reason;
            _subscription?.Dispose();
            _subscription = null;
            Tell(RoomAspects.Removal);
        }
    }

    private void RunTogether(Action work)
    {
        if (Together is { } together)
        {
            together(work);
        }
        else
        {
            work();
        }
    }

    private RoomAspects Take(RoomFrame next)
    {
        var last = _frame;
        _frame = next;
        _refusals.Clear();
        var changed = Window.Merge(next) ? RoomAspects.Messages : RoomAspects.None;
        var (access, standing) = (_rooms.AccessOf(RoomId), _rooms.StandingOf(Person));
        var hasOtherRights = !ReferenceEquals(access, _access) || standing != _standing;
        if (hasOtherRights)
        {
            (_access, _standing, Rights) = (access, standing, new object());
        }

        if (last is null)
        {
            return changed;
        }

        if (last.Room.Name != next.Room.Name || last.Room.Settings != next.Room.Settings)
        {
            changed |= RoomAspects.Settings;
        }

        if (last.Queue != next.Queue || !last.Running.Select(m => m.Message.Id).SequenceEqual(next.Running.Select(m => m.Message.Id)))
        {
            changed |= RoomAspects.Activity;
        }

        if (last.DeletedBy != next.DeletedBy || last.Room.ClearedThrough != next.Room.ClearedThrough)
        {
            changed |= RoomAspects.Removal;
        }

        if (last.Room.Visibility != next.Room.Visibility || last.Room.HidesHistory != next.Room.HidesHistory || hasOtherRights)
        {
            changed |= RoomAspects.People;
        }

        if (last.Room.Tokens != next.Room.Tokens || last.Room.Cost != next.Room.Cost)
        {
            changed |= RoomAspects.Totals;
        }

        return changed;
    }

    private void Tell(RoomAspects changed)
    {
        if (changed == RoomAspects.None)
        {
            return;
        }

        // A copy, because a watcher may stop watching when it is called.
        foreach (var watcher in _watchers.ToArray())
        {
            if ((watcher.Aspects & changed) != RoomAspects.None && !watcher.IsGone)
            {
                watcher.Changed?.Invoke();
            }
        }
    }

    private void ShowFrames()
    {
        if (_isHidden)
        {
            return;
        }

        for (var i = _watchers.Count - 1; i >= 0; i--)
        {
            var watcher = _watchers[i];
            if (watcher.Live?.Frame is { } frame && frame.Number != watcher.ShownFrame)
            {
                watcher.ShownFrame = frame.Number;
                watcher.Show!(frame);
            }
        }
    }

    private Watcher Add(Watcher watcher)
    {
        _watchers.Add(watcher);
        return watcher;
    }

    private sealed class Watcher(RoomView view) : IDisposable
    {
        public RoomAspects Aspects { get; init; }

        public Action? Changed { get; init; }

        public ResponseProjection? Live { get; init; }

        public long ShownFrame { get; set; }

        public Action<ResponseFrame>? Show { get; init; }

        public bool IsGone { get; private set; }

        public void Dispose()
        {
            IsGone = true;
            view._watchers.Remove(this);
        }
    }
}
