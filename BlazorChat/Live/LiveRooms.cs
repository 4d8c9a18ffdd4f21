using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Access;
using BlazorChat.Rooms;

namespace BlazorChat.Live;

/// <summary>A page of older messages of a room, ready to show.</summary>
/// <param name="Messages">The messages, in order of sequence.</param>
/// <param name="HasOlder">Whether the room has messages before the first of these.</param>
public sealed record OlderMessages(ImmutableArray<MessageFrame> Messages, bool HasOlder);

/// <summary>
/// Gives pages their rooms: rendered once in this process and followed live. <see cref="RoomService"/> decides who may see what.
/// </summary>
public sealed class LiveRooms
{
    private readonly RoomService _rooms;
    private readonly RoomProjections _projections;
    private readonly RoomListProjection _list;

    internal LiveRooms(RoomService rooms, RoomProjections projections, RoomListProjection list)
    {
        _rooms = rooms;
        _projections = projections;
        _list = list;
    }

    /// <inheritdoc cref="RoomService.Offers" />
    public bool Offers(Person? person, RoomPermission permission, Room room, Author? owner) => _rooms.Offers(person, permission, room, owner);

    /// <inheritdoc cref="RoomService.Refusal" />
    internal RoomError? Refusal(Person? person, RoomPermission permission, Room room, Author? owner, Author? requestedBy) =>
        _rooms.Refusal(person, permission, room, owner, requestedBy);

    /// <inheritdoc cref="RoomService.CheckViewAsync" />
    internal ValueTask<RoomError?> CheckViewAsync(Person? person, Guid roomId, CancellationToken cancellationToken) => _rooms.CheckViewAsync(person, roomId, cancellationToken);

    /// <inheritdoc cref="RoomService.AccessOf" />
    internal RoomAccess? AccessOf(Guid roomId) => _rooms.AccessOf(roomId);

    /// <inheritdoc cref="RoomService.StandingOf" />
    internal Standing StandingOf(Person? person) => _rooms.StandingOf(person);

    /// <summary>Follows the list of rooms.</summary>
    /// <param name="person">The viewer.</param>
    /// <param name="changed">Called after the list has changed, on a thread of the notifier. Must not block.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<Result<RoomListSubscription>> SubscribeListAsync(Person? person, Action changed, CancellationToken cancellationToken) =>
        (await _rooms.ListRoomsAsync(person, cancellationToken).ConfigureAwait(false)).Error is { } error ? error : _list.Subscribe(person, changed);

    /// <summary>Follows a room. Read the frame after subscribing: see <see cref="RoomSubscription.Read"/>.</summary>
    /// <param name="person">The viewer.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="changed">Called after something has changed, on a thread of the notifier. Must not block.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<Result<RoomSubscription>> SubscribeAsync(Person? person, Guid roomId, Action changed, CancellationToken cancellationToken) =>
        (await _rooms.OpenAsync(person, roomId, cancellationToken).ConfigureAwait(false)).Select(lease => new RoomSubscription(lease, _projections, () => _rooms.SeesFrom(person, roomId), changed));

    /// <summary>Reads the room without following it, for the first HTML.</summary>
    public async Task<Result<RoomFrame>> ReadAsync(Person? person, Guid roomId, CancellationToken cancellationToken)
    {
        var opened = await _rooms.OpenAsync(person, roomId, cancellationToken).ConfigureAwait(false);
        if (opened.Error is { } error)
        {
            return error;
        }

        using var lease = opened.Value;
        return _projections.Of(lease.Room).Current().From(_rooms.SeesFrom(person, roomId));
    }

    /// <summary>Reads the messages before a sequence, at most <see cref="RoomLimits.WindowSize"/>.</summary>
    public async Task<Result<OlderMessages>> ReadOlderAsync(Person? person, Guid roomId, long before, CancellationToken cancellationToken) =>
        (await _rooms.ReadOlderAsync(person, roomId, before, cancellationToken).ConfigureAwait(false))
            .Select(page => new OlderMessages([.. page.Messages.Select(m => new MessageFrame(m))], page.HasOlder));

    /// <summary>Reads one stored message of a room, for a viewer whose copy is out of date.</summary>
    public async Task<Result<MessageFrame>> ReadMessageAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        (await _rooms.ReadMessageAsync(person, roomId, messageId, cancellationToken).ConfigureAwait(false)).Select(message => new MessageFrame(message));

    /// <summary>Reads all versions of a message, oldest first; the last is the current one.</summary>
    public async Task<Result<ImmutableArray<MessageFrame>>> ReadVersionsAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        (await _rooms.ReadVersionsAsync(person, roomId, messageId, cancellationToken).ConfigureAwait(false))
            .Select(versions => versions.Select(m => new MessageFrame(m)).ToImmutableArray());
}
