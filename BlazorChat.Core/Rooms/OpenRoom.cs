using System.Collections.Immutable;
using BlazorChat.Messages;

namespace BlazorChat.Rooms;

/// <summary>A room with its running responses so far. Data only: it can be sent to another process, which continues from it.</summary>
/// <param name="State">The room.</param>
/// <param name="Running">Its running responses.</param>
internal sealed record OpenRoomState(RoomState State, ImmutableArray<RunningResponse> Running);

/// <summary>
/// Follows an open room, for example to show it. Calls are made in order and inside the room's lock: they must be quick, wait for nothing
/// and not call the room.
/// </summary>
internal interface IRoomFollower
{
    /// <summary>The starting state; the following calls continue from it.</summary>
    void Begin(OpenRoomState room);

    /// <summary>An event was applied.</summary>
    /// <param name="state">The room after it.</param>
    void OnEvent(RoomState state);

    /// <summary>A delta of a running response was applied.</summary>
    void OnDelta(ResponseDelta delta);

    /// <summary>The room was closed; no calls follow.</summary>
    void End();
}

/// <summary>
/// A room that is open in this process: its state and its running responses. Events and deltas are applied under a short lock of its own.
/// Nothing here waits for a viewer, a model or the database, renders anything, or knows who is looking.
/// </summary>
internal sealed class OpenRoom
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, RunningResponseFold> _running = [];
    private ImmutableArray<IRoomFollower> _followers = [];
    private RoomState _state;
    private bool _isClosed;

    /// <summary>Opens a room.</summary>
    /// <param name="room">The state to start from.</param>
    public OpenRoom(OpenRoomState room)
    {
        _state = room.State;
        foreach (var response in room.Running)
        {
            _running[response.MessageId] = new RunningResponseFold(response);
        }
    }

    /// <summary>The current state, without the text of running responses.</summary>
    public RoomState State => Volatile.Read(ref _state);

    /// <summary>Applies a stored event. Followers are not told of an event without effect (repeated or late).</summary>
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

    /// <summary>Applies a delta of a running response. A delta of another response, or out of order, is ignored.</summary>
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

    /// <summary>Gives a follower the current state and then every change, without a gap.</summary>
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

    /// <summary>The current state with its running responses.</summary>
    public OpenRoomState Capture()
    {
        lock (_lock)
        {
            return CaptureLocked();
        }
    }

    /// <summary>Tells followers that the room was closed.</summary>
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
            case RoomEvent.MessageRemoved or RoomEvent.PersonForgotten or RoomEvent.RoomCleared or RoomEvent.RoomDeleted:
                foreach (var gone in _running.Keys.Where(id => next.Find(id) is null).ToList())
                {
                    _running.Remove(gone);
                }

                break;
        }
    }

    private static RunningResponseFold Begun(Message message) => new(new RunningResponse(message.Id, 0, message.Parts, [], null));
}
