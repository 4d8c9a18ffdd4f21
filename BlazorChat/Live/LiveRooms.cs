using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Access;
using BlazorChat.Rooms;

namespace BlazorChat.Live;

/// <summary>Older messages of a room, ready to show.</summary>
/// <param name="Messages">In order of sequence.</param>
/// <param name="HasOlder">Whether there are more before the first of them.</param>
public sealed record OlderMessages(ImmutableArray<MessageFrame> Messages, bool HasOlder);

/// <summary>What pages see of rooms: rendered once in this process, followed live. Who may see what, <see cref="RoomService"/> says.</summary>
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

    /// <summary>Follows the list of rooms.</summary>
    /// <param name="person">Who looks.</param>
    /// <param name="changed">Called when the list changed, on a thread of the notifier; must not block.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Result<RoomListSubscription>> SubscribeListAsync(Person? person, Action changed, CancellationToken cancellationToken) =>
        (await _rooms.ListRoomsAsync(person, cancellationToken).ConfigureAwait(false)).Error is { } error ? error : _list.Subscribe(changed);

    /// <summary>Follows a room. Read the frame after subscribing: see <see cref="RoomSubscription.Read"/>.</summary>
    /// <param name="person">Who looks.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="changed">Called when something changed, on a thread of the notifier; must not block.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Result<RoomSubscription>> SubscribeAsync(Person? person, Guid roomId, Action changed, CancellationToken cancellationToken) =>
        (await _rooms.OpenAsync(person, roomId, cancellationToken).ConfigureAwait(false)).Select(lease => new RoomSubscription(lease, _projections, changed));

    /// <summary>The room as it stands, for somebody who does not follow it (yet): the first HTML.</summary>
    public async Task<Result<RoomFrame>> ReadAsync(Person? person, Guid roomId, CancellationToken cancellationToken)
    {
        var opened = await _rooms.OpenAsync(person, roomId, cancellationToken).ConfigureAwait(false);
        if (opened.Error is { } error)
        {
            return error;
        }

        using var lease = opened.Value;
        return _projections.Of(lease.Room).Current();
    }

    /// <summary>The messages before a sequence, at most <see cref="RoomLimits.WindowSize"/>.</summary>
    public async Task<Result<OlderMessages>> ReadOlderAsync(Person? person, Guid roomId, long before, CancellationToken cancellationToken) =>
        (await _rooms.ReadOlderAsync(person, roomId, before, cancellationToken).ConfigureAwait(false))
            .Select(page => new OlderMessages([.. page.Messages.Select(m => new MessageFrame(m))], page.HasOlder));

    /// <summary>One message of a room as it is stored, for a viewer whose own copy has fallen behind.</summary>
    public async Task<Result<MessageFrame>> ReadMessageAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        (await _rooms.ReadMessageAsync(person, roomId, messageId, cancellationToken).ConfigureAwait(false)).Select(message => new MessageFrame(message));

    /// <summary>All versions of a message, oldest first; the last is how it stands.</summary>
    public async Task<Result<ImmutableArray<MessageFrame>>> ReadVersionsAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        (await _rooms.ReadVersionsAsync(person, roomId, messageId, cancellationToken).ConfigureAwait(false))
            .Select(versions => versions.Select(m => new MessageFrame(m)).ToImmutableArray());
}
