using System.Collections.Immutable;
using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Text;
using BlazorChat.Turns;

namespace BlazorChat.Rooms;

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
    ITurnScheduler scheduler,
    IRunningTurns running,
    PostingRate rate,
    TimeProvider time,
    ILogger<RoomService> logger)
{
    /// <summary>The list of rooms now, newest activity first.</summary>
    public async Task<Result<ImmutableArray<RoomSummary>>> ListRoomsAsync(Person? person, CancellationToken cancellationToken) =>
        await authorizer.AuthorizeAsync(person, RoomPermission.ListRooms, null, cancellationToken).ConfigureAwait(false) is { } no
            ? no
            : directory.Rooms;

    /// <summary>Opens a room for somebody: it stays in memory until the lease is disposed.</summary>
    public Task<Result<RoomLease>> OpenAsync(Person? person, Guid roomId, CancellationToken cancellationToken) =>
        DecideAsync<RoomLease>(person, RoomPermission.ViewRoom, roomId, async () =>
            await broadcaster.OpenAsync(roomId, cancellationToken).ConfigureAwait(false) is { } lease ? lease : RoomErrors.NoSuchRoom, cancellationToken);

    /// <summary>The messages before a sequence, at most <see cref="RoomLimits.WindowSize"/>.</summary>
    public Task<Result<MessagePage>> ReadOlderAsync(Person? person, Guid roomId, long before, CancellationToken cancellationToken) =>
        DecideAsync<MessagePage>(person, RoomPermission.ViewRoom, roomId, async () =>
            await store.ReadPageAsync(roomId, before, RoomLimits.WindowSize, cancellationToken).ConfigureAwait(false), cancellationToken);

    /// <summary>One message of a room as it is stored.</summary>
    public Task<Result<Message>> ReadMessageAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        DecideAsync<Message>(person, RoomPermission.ViewRoom, roomId, async () =>
            await store.FindMessageAsync(roomId, messageId, cancellationToken).ConfigureAwait(false) is { } message ? message : RoomErrors.NoSuchMessage, cancellationToken);

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
            running.Discard(roomId, null);
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
            running.Discard(roomId, null);
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
