using System.Collections.Immutable;

namespace BlazorChat.Rooms;

/// <summary>Older messages of a room, ready to show.</summary>
/// <param name="Messages">In order of sequence.</param>
/// <param name="HasOlder">Whether there are more before the first of them.</param>
public sealed record OlderMessages(ImmutableArray<RoomMessage> Messages, bool HasOlder);

/// <summary>
/// What people do with rooms. Each command asks the authoriser, checks its input, stores, and only then tells: when it
/// returns a value, that is on disk.
/// </summary>
public sealed partial class RoomService(
    IRoomAuthorizer authorizer,
    IRoomStore store,
    RoomBroadcaster broadcaster,
    RoomDirectory directory,
    RoomGates gates,
    IResponseRules responseRules,
    PostingRate rate,
    TimeProvider time,
    ILogger<RoomService> logger)
{
    /// <summary>Follows the list of rooms.</summary>
    /// <param name="person">Who asks.</param>
    /// <param name="changed">Called when the list changed, on a thread of the pump; must not block.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Result<RoomListSubscription>> SubscribeRoomsAsync(Person? person, Action changed, CancellationToken cancellationToken) =>
        await authorizer.AuthorizeAsync(person, RoomPermission.ListRooms, null, cancellationToken).ConfigureAwait(false) is { } no
            ? no
            : directory.Subscribe(changed);

    /// <summary>The list of rooms now, newest activity first, for somebody who does not follow it (yet).</summary>
    public async Task<Result<ImmutableArray<RoomSummary>>> ListRoomsAsync(Person? person, CancellationToken cancellationToken) =>
        await authorizer.AuthorizeAsync(person, RoomPermission.ListRooms, null, cancellationToken).ConfigureAwait(false) is { } no
            ? no
            : directory.Rooms;

    /// <summary>Follows a room. Read the state after subscribing: see <see cref="RoomSubscription.Read"/>.</summary>
    /// <param name="person">Who asks.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="changed">Called when something changed, on a thread of the pump; must not block.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Result<RoomSubscription>> SubscribeAsync(Person? person, Guid roomId, Action changed, CancellationToken cancellationToken) =>
        DecideAsync<RoomSubscription>(person, RoomPermission.ViewRoom, roomId, async () =>
            await broadcaster.OpenAsync(roomId, cancellationToken).ConfigureAwait(false) is { } lease
                ? new RoomSubscription(lease, changed)
                : RoomErrors.NoSuchRoom, cancellationToken);

    /// <summary>The room as it stands, for somebody who does not follow it (yet): the first HTML.</summary>
    public Task<Result<RoomState>> ReadAsync(Person? person, Guid roomId, CancellationToken cancellationToken) =>
        DecideAsync<RoomState>(person, RoomPermission.ViewRoom, roomId, async () =>
        {
            using var lease = await broadcaster.OpenAsync(roomId, cancellationToken).ConfigureAwait(false);
            return lease is null ? RoomErrors.NoSuchRoom : lease.Room.Current();
        }, cancellationToken);

    /// <summary>The messages before a sequence, at most <see cref="RoomLimits.WindowSize"/>.</summary>
    public Task<Result<OlderMessages>> ReadOlderAsync(Person? person, Guid roomId, long before, CancellationToken cancellationToken) =>
        DecideAsync<OlderMessages>(person, RoomPermission.ViewRoom, roomId, async () =>
        {
            var page = await store.ReadPageAsync(roomId, before, RoomLimits.WindowSize, cancellationToken).ConfigureAwait(false);
            return new OlderMessages([.. page.Messages.Select(m => new RoomMessage(m))], page.HasOlder);
        }, cancellationToken);

    /// <summary>One message of a room as it is stored, for a viewer whose own copy has fallen behind.</summary>
    public Task<Result<RoomMessage>> ReadMessageAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        DecideAsync<RoomMessage>(person, RoomPermission.ViewRoom, roomId, async () =>
            await store.FindMessageAsync(roomId, messageId, cancellationToken).ConfigureAwait(false) is { } message
                ? new RoomMessage(message)
                : RoomErrors.NoSuchMessage, cancellationToken);

    /// <summary>Makes a room.</summary>
    public async Task<Result<Room>> CreateAsync(Person? person, string? name, CancellationToken cancellationToken)
    {
        var checkedName = Names.CheckRoomName(name);
        return checkedName.Error is { } bad ? bad : await CreateNamedAsync(person, checkedName.Value, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes a room that is called <see cref="Names.UnnamedRoom"/> until somebody names it, or its first exchange has a title.</summary>
    public Task<Result<Room>> CreateUnnamedAsync(Person? person, CancellationToken cancellationToken) => CreateNamedAsync(person, null, cancellationToken);

    private Task<Result<Room>> CreateNamedAsync(Person? person, string? name, CancellationToken cancellationToken) =>
        DecideAsync<Room>(person, RoomPermission.CreateRoom, null, async () =>
        {
            if (!rate.TryTake(person!.Id))
            {
                return RoomErrors.TooFast;
            }

            var now = time.GetUtcNow();
            var room = new Room
            {
                Id = Guid.CreateVersion7(now),
                Name = name ?? Names.UnnamedRoom,
                IsNamed = name is not null,
                CreatedAt = now,
                LastActivityAt = now,
                OwnerId = person.AsAuthor().Id,
            };
            var created = await store.CreateAsync(room, cancellationToken).ConfigureAwait(false);
            if (created.Error is null)
            {
                directory.Add(created.Value);
                LogCreated(room.Id);
            }

            return created;
        }, cancellationToken);

    /// <summary>Changes a room's name, instructions and answer mode. Null leaves one as it is.</summary>
    public Task<Result<Room>> ChangeAsync(
        Person? person, Guid roomId, string? name, string? instructions, AnswerMode? answerMode, CancellationToken cancellationToken) =>
        ChangeAsync(person, roomId, name, s => s with { Instructions = instructions ?? s.Instructions, AnswerMode = answerMode ?? s.AnswerMode }, cancellationToken);

    /// <summary>Changes a room's name and settings.</summary>
    /// <param name="person">Who changes them.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="name">The new name, or null to leave it.</param>
    /// <param name="change">Makes the new settings from those that are stored.</param>
    /// <param name="cancellationToken">Gives up before it is stored.</param>
    /// <returns>The room as stored.</returns>
    public async Task<Result<Room>> ChangeAsync(
        Person? person, Guid roomId, string? name, Func<RoomSettings, RoomSettings> change, CancellationToken cancellationToken)
    {
        var checkedName = name is null ? default : Names.CheckRoomName(name);
        if (checkedName.Error is { } bad)
        {
            return bad;
        }

        return await ChangeRoomAsync<Room>(person, RoomPermission.ChangeRoom, roomId, async () =>
        {
            if (await store.FindAsync(roomId, cancellationToken).ConfigureAwait(false) is not { } room)
            {
                return RoomErrors.NoSuchRoom;
            }

            var settings = change(room.Settings);
            if (RoomSettingsRules.Check(settings) is { } wrong)
            {
                return wrong;
            }

            var changed = await store.UpdateAsync(roomId, name is null ? null : checkedName.Value, settings, cancellationToken).ConfigureAwait(false);
            if (changed.Error is null)
            {
                broadcaster.Publish(roomId, new RoomEvent.RoomChanged(changed.Value));
            }

            return changed;
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes all messages of a room; answers that run end without a trace.</summary>
    /// <returns>The sequence up to which messages were removed.</returns>
    public Task<Result<long>> ClearAsync(Person? person, Guid roomId, CancellationToken cancellationToken) =>
        ChangeRoomAsync<long>(person, RoomPermission.ClearRoom, roomId, async () =>
        {
            if (await store.ClearAsync(roomId, cancellationToken).ConfigureAwait(false) is not { } through)
            {
                return RoomErrors.NoSuchRoom;
            }

            broadcaster.Publish(roomId, new RoomEvent.RoomCleared(through, person!.AsAuthor()));
            LogCleared(roomId);
            return through;
        }, cancellationToken);

    /// <summary>Removes a room with everything in it; whoever has it open is told.</summary>
    /// <returns>The room's id.</returns>
    public Task<Result<Guid>> DeleteAsync(Person? person, Guid roomId, CancellationToken cancellationToken) =>
        ChangeRoomAsync<Guid>(person, RoomPermission.DeleteRoom, roomId, async () =>
        {
            if (!await store.DeleteAsync(roomId, cancellationToken).ConfigureAwait(false))
            {
                return RoomErrors.NoSuchRoom;
            }

            broadcaster.Publish(roomId, new RoomEvent.RoomDeleted(person!.AsAuthor()));
            LogDeleted(roomId);
            return roomId;
        }, cancellationToken);

    private async Task<Result<T>> DecideAsync<T>(
        Person? person, RoomPermission permission, Guid? roomId, Func<Task<Result<T>>> command, CancellationToken cancellationToken)
    {
        if (await authorizer.AuthorizeAsync(person, permission, roomId is { } id ? new AuthorizedResource(id) : null, cancellationToken).ConfigureAwait(false) is { } no)
        {
            LogRefused(permission, roomId);
            return no;
        }

        try
        {
            return await command().ConfigureAwait(false);
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(e, roomId);
            return RoomErrors.NotStored;
        }
    }

    private Task<Result<T>> ChangeRoomAsync<T>(
        Person? person, RoomPermission permission, Guid roomId, Func<Task<Result<T>>> command, CancellationToken cancellationToken) =>
        DecideAsync<T>(person, permission, roomId, async () =>
        {
            using var gate = await gates.EnterAsync(roomId, cancellationToken).ConfigureAwait(false);
            return await command().ConfigureAwait(false);
        }, cancellationToken);

    [LoggerMessage(LogLevel.Information, "Room {RoomId} was created.")]
    private partial void LogCreated(Guid roomId);

    [LoggerMessage(LogLevel.Information, "Room {RoomId} was cleared.")]
    private partial void LogCleared(Guid roomId);

    [LoggerMessage(LogLevel.Information, "Message {MessageId} was deleted from room {RoomId}.")]
    private partial void LogMessageDeleted(Guid messageId, Guid roomId);

    [LoggerMessage(LogLevel.Information, "Room {RoomId} was deleted.")]
    private partial void LogDeleted(Guid roomId);

    [LoggerMessage(LogLevel.Warning, "{Permission} in room {RoomId} was refused.")]
    private partial void LogRefused(RoomPermission permission, Guid? roomId);

    [LoggerMessage(LogLevel.Error, "Storage failed for room {RoomId}.")]
    private partial void LogStorageFailed(Exception exception, Guid? roomId);
}
