using System.Collections.Immutable;

namespace BlazorChat.Rooms;

/// <summary>Older messages of a room, ready to show.</summary>
/// <param name="Messages">In order of sequence.</param>
/// <param name="HasOlder">Whether there are more before the first of them.</param>
public sealed record OlderMessages(ImmutableArray<RoomMessage> Messages, bool HasOlder);

/// <summary>
/// What people do with rooms. Each command asks the policy, checks its input, stores, and only then tells: when it
/// returns a value, that is on disk.
/// </summary>
public sealed partial class RoomService(
    IRoomPolicy policy,
    IRoomStore store,
    RoomBroadcaster broadcaster,
    RoomDirectory directory,
    RoomGates gates,
    IAnswerRules answerRules,
    PostingRate rate,
    TimeProvider time,
    ILogger<RoomService> logger)
{
    /// <summary>Follows the list of rooms.</summary>
    /// <param name="person">Who asks.</param>
    /// <param name="changed">Called when the list changed, on a thread of the pump; must not block.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Result<RoomListSubscription>> SubscribeRoomsAsync(Person? person, Action changed, CancellationToken cancellationToken) =>
        await policy.DecideAsync(person, RoomAction.ListRooms, null, cancellationToken).ConfigureAwait(false) is { } no
            ? no
            : directory.Subscribe(changed);

    /// <summary>The list of rooms now, newest activity first, for somebody who does not follow it (yet).</summary>
    public async Task<Result<ImmutableArray<RoomSummary>>> ListRoomsAsync(Person? person, CancellationToken cancellationToken) =>
        await policy.DecideAsync(person, RoomAction.ListRooms, null, cancellationToken).ConfigureAwait(false) is { } no
            ? no
            : directory.Rooms;

    /// <summary>Follows a room. Read the state after subscribing: see <see cref="RoomSubscription.Read"/>.</summary>
    /// <param name="person">Who asks.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="changed">Called when something changed, on a thread of the pump; must not block.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Result<RoomSubscription>> SubscribeAsync(Person? person, Guid roomId, Action changed, CancellationToken cancellationToken) =>
        DecideAsync<RoomSubscription>(person, RoomAction.ViewRoom, roomId, async () =>
            await broadcaster.OpenAsync(roomId, cancellationToken).ConfigureAwait(false) is { } lease
                ? new RoomSubscription(lease, changed)
                : Refusals.NoSuchRoom, cancellationToken);

    /// <summary>The room as it stands, for somebody who does not follow it (yet): the first HTML.</summary>
    public Task<Result<RoomSnapshot>> ReadAsync(Person? person, Guid roomId, CancellationToken cancellationToken) =>
        DecideAsync<RoomSnapshot>(person, RoomAction.ViewRoom, roomId, async () =>
        {
            using var lease = await broadcaster.OpenAsync(roomId, cancellationToken).ConfigureAwait(false);
            return lease is null ? Refusals.NoSuchRoom : lease.Room.Current();
        }, cancellationToken);

    /// <summary>The messages before a sequence, at most <see cref="RoomLimits.WindowSize"/>.</summary>
    public Task<Result<OlderMessages>> ReadOlderAsync(Person? person, Guid roomId, long before, CancellationToken cancellationToken) =>
        DecideAsync<OlderMessages>(person, RoomAction.ViewRoom, roomId, async () =>
        {
            var page = await store.ReadPageAsync(roomId, before, RoomLimits.WindowSize, cancellationToken).ConfigureAwait(false);
            return new OlderMessages([.. page.Messages.Select(m => new RoomMessage(m))], page.HasOlder);
        }, cancellationToken);

    /// <summary>One message of a room as it is stored, for a viewer whose own copy has fallen behind.</summary>
    public Task<Result<RoomMessage>> ReadMessageAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        DecideAsync<RoomMessage>(person, RoomAction.ViewRoom, roomId, async () =>
            await store.FindMessageAsync(roomId, messageId, cancellationToken).ConfigureAwait(false) is { } message
                ? new RoomMessage(message)
                : Refusals.NoSuchMessage, cancellationToken);

    /// <summary>Makes a room.</summary>
    public async Task<Result<Room>> CreateAsync(Person? person, string? name, CancellationToken cancellationToken)
    {
        var checkedName = Names.CheckRoomName(name);
        if (checkedName.Refusal is { } bad)
        {
            return bad;
        }

        return await DecideAsync<Room>(person, RoomAction.CreateRoom, null, async () =>
        {
            if (!rate.TryTake(person!.Id))
            {
                return Refusals.TooFast;
            }

            var now = time.GetUtcNow();
            var room = new Room { Id = Guid.CreateVersion7(now), Name = checkedName.Value, CreatedAt = now, LastActivityAt = now, OwnerId = person.AsAuthor().Id };
            var created = await store.CreateAsync(room, cancellationToken).ConfigureAwait(false);
            if (created.Refusal is null)
            {
                directory.Add(created.Value);
                LogCreated(room.Id);
            }

            return created;
        }, cancellationToken).ConfigureAwait(false);
    }

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
        if (checkedName.Refusal is { } bad)
        {
            return bad;
        }

        return await ChangeRoomAsync<Room>(person, RoomAction.ChangeRoom, roomId, async () =>
        {
            if (await store.FindAsync(roomId, cancellationToken).ConfigureAwait(false) is not { } room)
            {
                return Refusals.NoSuchRoom;
            }

            var settings = change(room.Settings);
            if (RoomSettingsRules.Check(settings) is { } wrong)
            {
                return wrong;
            }

            var changed = await store.UpdateAsync(roomId, name is null ? room.Name : checkedName.Value, settings, cancellationToken).ConfigureAwait(false);
            if (changed.Refusal is null)
            {
                broadcaster.Publish(roomId, new RoomEvent.RoomChanged(changed.Value));
            }

            return changed;
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes all messages of a room; answers that run end without a trace.</summary>
    /// <returns>The sequence up to which messages were removed.</returns>
    public Task<Result<long>> ClearAsync(Person? person, Guid roomId, CancellationToken cancellationToken) =>
        ChangeRoomAsync<long>(person, RoomAction.ClearRoom, roomId, async () =>
        {
            if (await store.ClearAsync(roomId, cancellationToken).ConfigureAwait(false) is not { } through)
            {
                return Refusals.NoSuchRoom;
            }

            broadcaster.Publish(roomId, new RoomEvent.RoomCleared(through, person!.AsAuthor()));
            LogCleared(roomId);
            return through;
        }, cancellationToken);

    /// <summary>Removes a room with everything in it; whoever has it open is told.</summary>
    /// <returns>The room's id.</returns>
    public Task<Result<Guid>> DeleteAsync(Person? person, Guid roomId, CancellationToken cancellationToken) =>
        ChangeRoomAsync<Guid>(person, RoomAction.DeleteRoom, roomId, async () =>
        {
            if (!await store.DeleteAsync(roomId, cancellationToken).ConfigureAwait(false))
            {
                return Refusals.NoSuchRoom;
            }

            broadcaster.Publish(roomId, new RoomEvent.RoomDeleted(person!.AsAuthor()));
            LogDeleted(roomId);
            return roomId;
        }, cancellationToken);

    /// <summary>Posts a message. Safe to repeat with the same client id: it is one message.</summary>
    /// <param name="person">The author.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="clientId">Made by the sender for this one message.</param>
    /// <param name="text">1 to <see cref="RoomLimits.MessageLength"/> characters, not only white space.</param>
    /// <param name="cancellationToken">Gives up before it is stored.</param>
    /// <param name="request">What turns that it asks for know of the asker's page; null for nothing but who it is.</param>
    /// <returns>The message as stored.</returns>
    public async Task<Result<Message>> PostAsync(
        Person? person, Guid roomId, Guid clientId, string? text, CancellationToken cancellationToken, TurnRequest? request = null)
    {
        if (CheckText(clientId, text) is { } bad)
        {
            return bad;
        }

        // Before the gate: what waits there is bounded by it.
        if (person is not null && !rate.TryTake(person.Id))
        {
            // A message that is stored already is not refused because its sender did not hear of it.
            return await DecideAsync<Message>(person, RoomAction.PostMessage, roomId, async () =>
                await store.FindPostedAsync(roomId, person.AsAuthor(), clientId, cancellationToken).ConfigureAwait(false) is { } known
                    ? known
                    : Refusals.TooFast, cancellationToken).ConfigureAwait(false);
        }

        return await ChangeRoomAsync<Message>(person, RoomAction.PostMessage, roomId, async () =>
            await store.FindAsync(roomId, cancellationToken).ConfigureAwait(false) is { } room
                ? await PostAsync(
                    new NewMessage(
                        roomId, person!.AsAuthor(), clientId, text!, answerRules.Choose(room, text!),
                        TurnRequests.Bound((request ?? new TurnRequest(person!.AsAuthor())) with { RequestedBy = person!.AsAuthor() }), time.GetUtcNow()),
                    cancellationToken).ConfigureAwait(false)
                : Refusals.NoSuchRoom, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Posts a message of code on the server: a schedule, an event, a webhook. It stands in the room under the service's
    /// name and goes through the same queue as people's messages.
    /// </summary>
    /// <param name="service">Who posts: its id and name, of the kind <see cref="AuthorKind.Service"/>.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">Made by the caller for this one message: the same again is the same message.</param>
    /// <param name="text">1 to <see cref="RoomLimits.MessageLength"/> characters, not only white space.</param>
    /// <param name="asksForAnswer">Whether assistants answer it as they would a person's, by the room's answer mode and mentions.</param>
    /// <param name="cancellationToken">Gives up before it is stored.</param>
    /// <param name="request">What turns know of the request; null for nothing but the service.</param>
    /// <returns>The message as stored.</returns>
    /// <exception cref="ArgumentException">The author is no service.</exception>
    public async Task<Result<Message>> PostFromServerAsync(
        Author service, Guid roomId, Guid messageId, string? text, bool asksForAnswer, CancellationToken cancellationToken, TurnRequest? request = null)
    {
        if (service.Kind != AuthorKind.Service || service.Id.Length is 0 or > 64 || Names.CheckPersonName(service.Name).Refusal is not null)
        {
            throw new ArgumentException("A service has an id of 1 to 64 characters and a name as people have.", nameof(service));
        }

        if (CheckText(messageId, text) is { } bad)
        {
            return bad;
        }

        try
        {
            using var gate = await gates.EnterAsync(roomId, cancellationToken).ConfigureAwait(false);
            return await store.FindAsync(roomId, cancellationToken).ConfigureAwait(false) is { } room
                ? await PostAsync(
                    new NewMessage(
                        roomId, service, messageId, text!, asksForAnswer ? answerRules.Choose(room, text!) : [],
                        TurnRequests.Bound((request ?? new TurnRequest(service)) with { RequestedBy = service }), time.GetUtcNow()),
                    cancellationToken).ConfigureAwait(false)
                : Refusals.NoSuchRoom;
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(e, roomId);
            return Refusals.NotStored;
        }
    }

    /// <summary>Changes one's own message; what it said is kept as an earlier version.</summary>
    /// <returns>The message as stored.</returns>
    public async Task<Result<Message>> EditAsync(Person? person, Guid roomId, Guid messageId, string? text, CancellationToken cancellationToken)
    {
        if (CheckText(messageId, text) is { } bad)
        {
            return bad;
        }

        // It stores as much as a message does.
        if (person is not null && !rate.TryTake(person.Id))
        {
            return Refusals.TooFast;
        }

        return await ChangeMessageAsync<Message>(person, RoomAction.EditMessage, roomId, messageId, async message =>
        {
            if (message.Author.Kind != AuthorKind.Person)
            {
                return new Refusal(RefusalKind.Forbidden, "Only people's messages can be edited.");
            }

            if (message.Text == text)
            {
                return message;
            }

            if (message.Versions >= RoomLimits.Versions)
            {
                return new Refusal(RefusalKind.Limit, $"This message was edited {RoomLimits.Versions - 1} times already, which is the most.");
            }

            if (await store.EditAsync(roomId, messageId, text!, time.GetUtcNow(), cancellationToken).ConfigureAwait(false) is not { } edited)
            {
                return Refusals.NoSuchMessage;
            }

            broadcaster.Publish(roomId, new RoomEvent.MessageChanged(edited));
            return edited;
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes a message with its versions for everybody, and from what models will be sent. An answer that runs ends without a trace.</summary>
    /// <returns>The message's id.</returns>
    public Task<Result<Guid>> DeleteMessageAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        ChangeMessageAsync<Guid>(person, RoomAction.DeleteMessage, roomId, messageId, async _ =>
        {
            if (await store.DeleteMessageAsync(roomId, messageId, cancellationToken).ConfigureAwait(false) is not { } removed)
            {
                return Refusals.NoSuchMessage;
            }

            broadcaster.Publish(roomId, new RoomEvent.MessageRemoved(messageId, person!.AsAuthor()));
            Tell(roomId, removed.Changed, removed.Withdrawn, removed.Queued);
            LogMessageDeleted(messageId, roomId);
            return messageId;
        }, cancellationToken);

    /// <summary>All versions of a message, oldest first; the last is how it stands.</summary>
    public Task<Result<ImmutableArray<RoomMessage>>> ReadVersionsAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        DecideAsync<ImmutableArray<RoomMessage>>(person, RoomAction.ViewRoom, roomId, async () =>
        {
            if (await store.FindMessageAsync(roomId, messageId, cancellationToken).ConfigureAwait(false) is not { } message)
            {
                return Refusals.NoSuchMessage;
            }

            var earlier = await store.ReadVersionsAsync(roomId, messageId, cancellationToken).ConfigureAwait(false);
            return earlier.Select(v => new RoomMessage(v.Message)).Append(new RoomMessage(message)).ToImmutableArray();
        }, cancellationToken);

    /// <summary>What is kept beside a message of a room: the whole result of a tool, a file.</summary>
    public Task<Result<Blob>> ReadBlobAsync(Person? person, Guid roomId, Guid blobId, CancellationToken cancellationToken) =>
        DecideAsync<Blob>(person, RoomAction.ViewRoom, roomId, async () =>
            await store.FindBlobAsync(roomId, blobId, cancellationToken).ConfigureAwait(false) is { } blob ? blob : Refusals.NoSuchMessage, cancellationToken);

    private async Task<Result<Message>> PostAsync(NewMessage message, CancellationToken cancellationToken)
    {
        var stored = await store.PostAsync(message, cancellationToken).ConfigureAwait(false);
        if (stored.Refusal is { } refusal)
        {
            return refusal;
        }

        var posted = stored.Value;
        if (posted.IsNew)
        {
            broadcaster.Publish(message.RoomId, new RoomEvent.MessagePosted(posted.Message));
            Tell(message.RoomId, posted.Changed, posted.Withdrawn, posted.Queued);
            if (posted.Dropped > 0)
            {
                broadcaster.Publish(message.RoomId, new RoomEvent.OldestDropped(posted.Dropped, posted.DroppedThrough));
            }
        }

        return posted.Message;
    }

    private void Tell(Guid roomId, IEnumerable<Message> changed, IEnumerable<Guid> withdrawn, IEnumerable<Turn> queued)
    {
        foreach (var message in changed)
        {
            broadcaster.Publish(roomId, new RoomEvent.MessageChanged(message));
        }

        foreach (var turnId in withdrawn)
        {
            broadcaster.Publish(roomId, new RoomEvent.TurnWithdrawn(turnId));
        }

        foreach (var turn in queued)
        {
            broadcaster.Publish(roomId, new RoomEvent.TurnQueued(turn));
        }
    }

    // An answer is whose question it answers: who asked for another version of it, or for more, has not made it theirs.
    private async Task<Author?> WhoseAsync(Message? message, CancellationToken cancellationToken) => message switch
    {
        { Author.Kind: AuthorKind.Assistant, QuestionId: { } questionId } =>
            (await store.FindMessageAsync(message.RoomId, questionId, cancellationToken).ConfigureAwait(false))?.Author ?? message.AskedBy,
        { Author.Kind: AuthorKind.Assistant } => message.AskedBy,
        _ => message?.Author,
    };

    private async Task<Result<T>> ChangeMessageAsync<T>(
        Person? person, RoomAction action, Guid roomId, Guid messageId, Func<Message, Task<Result<T>>> command, CancellationToken cancellationToken)
    {
        try
        {
            using var gate = await gates.EnterAsync(roomId, cancellationToken).ConfigureAwait(false);
            if (await store.FindAsync(roomId, cancellationToken).ConfigureAwait(false) is not { } room)
            {
                return await policy.DecideAsync(person, action, roomId, cancellationToken).ConfigureAwait(false) ?? Refusals.NoSuchRoom;
            }

            var message = await store.FindMessageAsync(roomId, messageId, cancellationToken).ConfigureAwait(false);
            var whose = await WhoseAsync(message, cancellationToken).ConfigureAwait(false);
            var subject = new PolicySubject(roomId) { OwnerId = room.OwnerId, Whose = whose };
            if (await policy.DecideAsync(person, action, subject, cancellationToken).ConfigureAwait(false) is { } no)
            {
                LogRefused(action, roomId);
                return message is null ? Refusals.NoSuchMessage : no;
            }

            return message is null ? Refusals.NoSuchMessage : await command(message).ConfigureAwait(false);
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(e, roomId);
            return Refusals.NotStored;
        }
    }

    private static Refusal? CheckText(Guid clientId, string? text)
    {
        if (clientId == Guid.Empty)
        {
            return new Refusal(RefusalKind.Invalid, "The message has no id.");
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            return new Refusal(RefusalKind.Invalid, "A message needs some text.");
        }

        if (text.Length > RoomLimits.MessageLength)
        {
            return new Refusal(RefusalKind.Invalid, $"A message can have at most {RoomLimits.MessageLength:N0} characters; this one has {text.Length:N0}.");
        }

        // Not every database can store a NUL, half a surrogate pair cannot be written as UTF-8, and no keyboard writes either.
        return text.Contains('\0') || Names.HasLoneSurrogate(text)
            ? new Refusal(RefusalKind.Invalid, "The message contains a character that cannot be stored.")
            : null;
    }

    private async Task<Result<T>> DecideAsync<T>(
        Person? person, RoomAction action, Guid? roomId, Func<Task<Result<T>>> command, CancellationToken cancellationToken)
    {
        if (await policy.DecideAsync(person, action, roomId is { } id ? new PolicySubject(id) : null, cancellationToken).ConfigureAwait(false) is { } no)
        {
            LogRefused(action, roomId);
            return no;
        }

        try
        {
            return await command().ConfigureAwait(false);
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(e, roomId);
            return Refusals.NotStored;
        }
    }

    private Task<Result<T>> ChangeRoomAsync<T>(
        Person? person, RoomAction action, Guid roomId, Func<Task<Result<T>>> command, CancellationToken cancellationToken) =>
        DecideAsync<T>(person, action, roomId, async () =>
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

    [LoggerMessage(LogLevel.Warning, "{Action} in room {RoomId} was refused by the policy.")]
    private partial void LogRefused(RoomAction action, Guid? roomId);

    [LoggerMessage(LogLevel.Error, "Storage failed for room {RoomId}.")]
    private partial void LogStorageFailed(Exception exception, Guid? roomId);
}
