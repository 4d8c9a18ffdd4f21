using System.Collections.Immutable;
using BlazorChat.Messages;

namespace BlazorChat.Rooms;

/// <summary>A room as it stands, with what has come of its running responses: data alone, which can be sent elsewhere and gone on with.</summary>
/// <param name="State">The room.</param>
/// <param name="Running">Its running responses.</param>
public sealed record OpenRoomState(RoomState State, ImmutableArray<RunningResponse> Running);

/// <summary>
/// Whatever follows an open room, for example to show it. It is called within the room's lock, in order: it must be quick, wait for
/// nothing and not call the room.
/// </summary>
public interface IRoomFollower
{
    /// <summary>Where the room stands; the next call goes on from there.</summary>
    void Begin(OpenRoomState room);

    /// <summary>An event was applied.</summary>
    /// <param name="state">The room after it.</param>
    void OnEvent(RoomState state);

    /// <summary>More came of a running response.</summary>
    void OnDelta(ResponseDelta delta);

    /// <summary>The room is open no more; nothing follows.</summary>
    void End();
}

/// <summary>
/// A room that is open in this process: its state, and what has come of its running responses. Events and deltas are applied under a
/// short lock of its own; nothing here waits for a viewer, a model or the database, renders anything or knows who looks.
/// </summary>
public sealed class OpenRoom
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, RunningResponseFold> _running = [];
    private ImmutableArray<IRoomFollower> _followers = [];
    private RoomState _state;
    private bool _isClosed;

    /// <summary>Opens a room.</summary>
    /// <param name="room">Where it stands.</param>
    public OpenRoom(OpenRoomState room)
    {
        _state = room.State;
        foreach (var response in room.Running)
        {
            _running[response.MessageId] = new RunningResponseFold(response);
        }
    }

    /// <summary>The room as it stands, without what has come of its running responses.</summary>
    public RoomState State => Volatile.Read(ref _state);

    /// <summary>Applies what was stored. An event that changes nothing (it came twice, or too late) is not told.</summary>
    public void Apply(RoomEvent roomEvent)
    {
        lock (_lock)
        {
            var next = _state.Apply(roomEvent);
            if (ReferenceEquals(next, _state))
            {
                return;
            }

            Volatile.Write(ref _state, next);
            FollowRunning(roomEvent, next);
            foreach (var follower in _followers)
            {
                follower.OnEvent(next);
            }
        }
    }

    /// <summary>Applies what came of a running response. A delta of a response that does not run here, or that is not its next, is left out.</summary>
    public void Apply(ResponseDelta delta)
    {
        lock (_lock)
        {
            if (!_running.TryGetValue(delta.MessageId, out var response) || !response.Apply(delta))
            {
                return;
            }

            foreach (var follower in _followers)
            {
                follower.OnDelta(delta);
            }
        }
    }

    /// <summary>Gives a follower the room as it stands and everything that happens from then on, without a gap.</summary>
    public void Follow(IRoomFollower follower)
    {
        lock (_lock)
        {
            follower.Begin(CaptureLocked());
            if (_isClosed)
            {
                follower.End();
            }
            else
            {
                _followers = _followers.Add(follower);
            }
        }
    }

    /// <summary>Everything of the room as it stands.</summary>
    public OpenRoomState Capture()
    {
        lock (_lock)
        {
            return CaptureLocked();
        }
    }

    /// <summary>Tells followers that nothing follows any more.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            foreach (var follower in _followers)
            {
                follower.End();
            }

            _followers = [];
        }
    }

    private OpenRoomState CaptureLocked() => new(_state, [.. _running.OrderBy(r => r.Key).Select(r => r.Value.Capture())]);

    private void FollowRunning(RoomEvent roomEvent, RoomState next)
    {
        switch (roomEvent)
        {
            case RoomEvent.ResponseStarted { Message: var message }:
                _running[message.Id] = Begun(message);
                break;
            case RoomEvent.ResponseResumed { Message: var message }:
                _running[message.Id] = Begun(message);
                break;
            case RoomEvent.ResponseEnded { Message.Id: var id }:
                _running.Remove(id);
                break;
            case RoomEvent.MessageRemoved or RoomEvent.RoomCleared or RoomEvent.RoomDeleted:
                foreach (var gone in _running.Keys.Where(id => next.Find(id) is null).ToList())
                {
                    _running.Remove(gone);
                }

                break;
        }
    }

    private static RunningResponseFold Begun(Message message) => new(new RunningResponse(message.Id, 0, message.Parts, [], null));
}
