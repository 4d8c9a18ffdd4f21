using BlazorChat.Access;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;

namespace BlazorChat.Components.Rooms;

/// <summary>What of a room changed. Each part of the page watches only what it shows.</summary>
[Flags]
public enum RoomAspects
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The name or a setting.</summary>
    Settings = 1,

    /// <summary>The list of messages: one came, ended, changed or went. Not the text of running responses.</summary>
    Messages = 2,

    /// <summary>Which answers run and which wait.</summary>
    Activity = 4,

    /// <summary>The room was cleared or deleted.</summary>
    Removal = 8,

    /// <summary>What all responses of the room took together.</summary>
    Totals = 16,
}

/// <summary>
/// The one eye that an open room page has on its room. It follows the room, compares what it reads with what it read
/// before, and tells just the parts of the page concerned, on the circuit's dispatcher: a token of a running response
/// reaches the one component that shows it and renders nothing else.
/// </summary>
public sealed class RoomView : IDisposable
{
    private readonly LiveRooms _rooms;
    private readonly Func<Func<Task>, Task> _invoke;
    private readonly Func<Exception, Task> _fail;
    private readonly List<Watcher> _watchers = [];
    private readonly HashSet<Guid> _reading = [];
    private readonly Dictionary<(RoomPermission Permission, AuthorKind? Kind, string? Id), bool> _offers = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationToken _closed;
    private RoomSubscription? _subscription;
    private RoomFrame? _frame;
    private bool _disposed;

    /// <summary>A view that shows nothing yet; see <see cref="OpenAsync"/>.</summary>
    /// <param name="rooms">Where rooms are read and followed.</param>
    /// <param name="person">Who looks.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="invoke">Runs work on the circuit's dispatcher.</param>
    /// <param name="fail">Ends the circuit with a failure: it concerns nobody else.</param>
    public RoomView(LiveRooms rooms, Person? person, Guid roomId, Func<Func<Task>, Task> invoke, Func<Exception, Task> fail)
    {
        _rooms = rooms;
        _invoke = invoke;
        _fail = fail;
        Person = person;
        RoomId = roomId;
        _closed = _closing.Token;
    }

    /// <summary>Who looks.</summary>
    public Person? Person { get; }

    /// <summary>What turns that are asked for from this page know of who asks; null for nothing but who it is.</summary>
    public TurnRequest? Request { get; init; }

    /// <summary>The room's id.</summary>
    public Guid RoomId { get; }

    /// <summary>The room as it was last read.</summary>
    /// <exception cref="InvalidOperationException">It was not opened.</exception>
    public RoomFrame Frame => _frame ?? throw new InvalidOperationException("The view is not open.");

    /// <summary>Whether there is something to show.</summary>
    public bool IsOpen => _frame is not null;

    /// <summary>The messages on the page.</summary>
    public MessageWindow Window { get; } = new();

    /// <summary>Whether older messages are being read.</summary>
    public bool IsLoadingOlder { get; private set; }

    /// <summary>Reads the room and, for an interactive page, follows it: first registered, then read, so that nothing falls between.</summary>
    /// <param name="follow">False for the first HTML, which is made once.</param>
    /// <returns>Why it cannot be shown, or null.</returns>
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

    /// <summary>Whether to offer the reader something that needs a permission, for what is somebody's.</summary>
    public bool May(RoomPermission permission, Author? owner)
    {
        // A list asks the same for each of its messages.
        if (!_offers.TryGetValue((permission, owner?.Kind, owner?.Id), out var may))
        {
            _offers[(permission, owner?.Kind, owner?.Id)] = may = _rooms.Offers(Person, permission, Frame.Room, owner);
        }

        return may;
    }

    /// <summary>Asks to be told of changes, on the dispatcher, until the result is disposed.</summary>
    public IDisposable Watch(RoomAspects aspects, Action changed) => Add(new Watcher(this) { Aspects = aspects, Changed = changed });

    /// <summary>Asks to be shown each new frame of a running response, on the dispatcher, until the result is disposed.</summary>
    /// <param name="live">The response's text.</param>
    /// <param name="shown">The frame that the caller already shows.</param>
    /// <param name="show">Shows another.</param>
    public IDisposable WatchLive(ResponseProjection live, ResponseFrame shown, Action<ResponseFrame> show) =>
        Add(new Watcher(this) { Live = live, ShownFrame = shown.Number, Show = show });

    /// <summary>Reads a page of older messages, if there are any and none is being read.</summary>
    /// <returns>Why they could not be read, or null.</returns>
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

    /// <summary>Takes a message's newer state from a command's answer or the store.</summary>
    public void Take(MessageFrame message)
    {
        if (Window.Replace(message))
        {
            Tell(RoomAspects.Messages);
        }
    }

    /// <summary>Reads one message again whose copy here has fallen behind.</summary>
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
            // Nobody looks any more.
        }
        finally
        {
            _reading.Remove(messageId);
        }
    }

    /// <summary>Stops following; safe to call more than once.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
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
            Take(_subscription.Read());
        }

        return null;
    }

    // On a thread of the notifier: nothing but the way to the dispatcher. RefreshAsync handles its failures.
    private void OnNotice() => _ = _invoke(RefreshAsync);

    private async Task RefreshAsync()
    {
        try
        {
            if (!_disposed && _subscription is { } subscription)
            {
                var next = subscription.Read();
                // The usual notice is a token: the room is the same, and nothing of it is looked at again.
                var isSame = ReferenceEquals(next, _frame);
                if (!isSame)
                {
                    Tell(Take(next));
                }

                ShowFrames();
                if (!isSame)
                {
                    await Task.WhenAll(Window.Outdated.Select(ReadAgainAsync));
                }
            }
        }
#pragma warning disable CA1031 // Whatever it is, it is this circuit's failure and must neither be lost nor reach the notifier.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await _fail(e);
        }
    }

    private RoomAspects Take(RoomFrame next)
    {
        var last = _frame;
        _frame = next;
        _offers.Clear();
        var changed = Window.Merge(next) ? RoomAspects.Messages : RoomAspects.None;
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

        // A copy: whoever is told may stop watching.
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
