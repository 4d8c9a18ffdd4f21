using System.Collections.Immutable;
using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Text;
using BlazorChat.Turns;

namespace BlazorChat.Rooms;

/// <summary>What people, and code on the server, do with messages.</summary>
public sealed partial class RoomService
{
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
            return await DecideAsync<Message>(person, RoomPermission.PostMessage, roomId, async () =>
                await store.FindPostedAsync(roomId, person.AsAuthor(), clientId, cancellationToken).ConfigureAwait(false) is { } known
                    ? known
                    : RoomErrors.TooFast, cancellationToken).ConfigureAwait(false);
        }

        return await ChangeRoomAsync<Message>(person, RoomPermission.PostMessage, roomId, async () =>
            await store.FindAsync(roomId, cancellationToken).ConfigureAwait(false) is { } room
                ? await PostAsync(
                    new NewMessage(
                        roomId, person!.AsAuthor(), clientId, text!, responseRules.Choose(room, text!),
                        TurnRequests.Bound((request ?? new TurnRequest(person!.AsAuthor())) with { RequestedBy = person!.AsAuthor() }), time.GetUtcNow()),
                    cancellationToken).ConfigureAwait(false)
                : RoomErrors.NoSuchRoom, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Posts a message of code on the server: a schedule, an event, a webhook. It stands in the room under the service's
    /// name and goes through the same queue as people's messages.
    /// </summary>
    /// <param name="service">Who posts: its id and name, of the kind <see cref="AuthorKind.Service"/>.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">Made by the caller for this one message: the same again is the same message.</param>
    /// <param name="text">1 to <see cref="RoomLimits.MessageLength"/> characters, not only white space.</param>
    /// <param name="asksForResponse">Whether assistants answer it as they would a person's, by the room's answer mode and mentions.</param>
    /// <param name="cancellationToken">Gives up before it is stored.</param>
    /// <param name="request">What turns know of the request; null for nothing but the service.</param>
    /// <returns>The message as stored.</returns>
    /// <exception cref="ArgumentException">The author is no service.</exception>
    public async Task<Result<Message>> PostFromServerAsync(
        Author service, Guid roomId, Guid messageId, string? text, bool asksForResponse, CancellationToken cancellationToken, TurnRequest? request = null)
    {
        if (service.Kind != AuthorKind.Service || service.Id.Length is 0 or > 64 || Names.CheckPersonName(service.Name).Error is not null)
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
                        roomId, service, messageId, text!, asksForResponse ? responseRules.Choose(room, text!) : [],
                        TurnRequests.Bound((request ?? new TurnRequest(service)) with { RequestedBy = service }), time.GetUtcNow()),
                    cancellationToken).ConfigureAwait(false)
                : RoomErrors.NoSuchRoom;
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(e, roomId);
            return RoomErrors.NotStored;
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
            return RoomErrors.TooFast;
        }

        return await ChangeMessageAsync<Message>(person, RoomPermission.EditMessage, roomId, messageId, async message =>
        {
            if (message.Author.Kind != AuthorKind.Person)
            {
                return new RoomError(RoomErrorKind.Forbidden, "Only people's messages can be edited.");
            }

            if (message.Text == text)
            {
                return message;
            }

            if (message.Versions >= RoomLimits.Versions)
            {
                return new RoomError(RoomErrorKind.Limit, $"This message was edited {RoomLimits.Versions - 1} times already, which is the most.");
            }

            if (await store.EditAsync(roomId, messageId, text!, time.GetUtcNow(), cancellationToken).ConfigureAwait(false) is not { } edited)
            {
                return RoomErrors.NoSuchMessage;
            }

            broadcaster.Publish(roomId, new RoomEvent.MessageChanged(edited));
            return edited;
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes a message with its versions for everybody, and from what models will be sent. A response that runs ends without a trace.</summary>
    /// <returns>The message's id.</returns>
    public Task<Result<Guid>> DeleteMessageAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        ChangeMessageAsync<Guid>(person, RoomPermission.DeleteMessage, roomId, messageId, async _ =>
        {
            if (await store.DeleteMessageAsync(roomId, messageId, cancellationToken).ConfigureAwait(false) is not { } removed)
            {
                return RoomErrors.NoSuchMessage;
            }

            broadcaster.Publish(roomId, new RoomEvent.MessageRemoved(messageId, person!.AsAuthor()));
            running.Discard(roomId, messageId);
            Tell(roomId, removed.Changed, removed.Withdrawn, removed.Queued);
            LogMessageDeleted(messageId, roomId);
            return messageId;
        }, cancellationToken);

    /// <summary>All versions of a message, oldest first; the last is how it stands.</summary>
    public Task<Result<ImmutableArray<Message>>> ReadVersionsAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        DecideAsync<ImmutableArray<Message>>(person, RoomPermission.ViewRoom, roomId, async () =>
        {
            if (await store.FindMessageAsync(roomId, messageId, cancellationToken).ConfigureAwait(false) is not { } message)
            {
                return RoomErrors.NoSuchMessage;
            }

            var earlier = await store.ReadVersionsAsync(roomId, messageId, cancellationToken).ConfigureAwait(false);
            return earlier.Select(v => v.Message).Append(message).ToImmutableArray();
        }, cancellationToken);

    /// <summary>What is kept beside a message of a room: the whole result of a tool, a file.</summary>
    public Task<Result<Blob>> ReadBlobAsync(Person? person, Guid roomId, Guid blobId, CancellationToken cancellationToken) =>
        DecideAsync<Blob>(person, RoomPermission.ViewRoom, roomId, async () =>
            await store.FindBlobAsync(roomId, blobId, cancellationToken).ConfigureAwait(false) is { } blob ? blob : RoomErrors.NoSuchMessage, cancellationToken);

    private async Task<Result<Message>> PostAsync(NewMessage message, CancellationToken cancellationToken)
    {
        var stored = await store.PostAsync(message, cancellationToken).ConfigureAwait(false);
        if (stored.Error is { } error)
        {
            return error;
        }

        var posted = stored.Value;
        if (posted.IsNew)
        {
            broadcaster.Publish(message.RoomId, new RoomEvent.MessagePosted(posted.Message));
            running.RejectAwaited(message.RoomId, message.Author);
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
            scheduler.Schedule(turn);
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
        Person? person, RoomPermission permission, Guid roomId, Guid messageId, Func<Message, Task<Result<T>>> command, CancellationToken cancellationToken)
    {
        try
        {
            using var gate = await gates.EnterAsync(roomId, cancellationToken).ConfigureAwait(false);
            if (await store.FindAsync(roomId, cancellationToken).ConfigureAwait(false) is not { } room)
            {
                return await authorizer.AuthorizeAsync(person, permission, roomId, cancellationToken).ConfigureAwait(false) ?? RoomErrors.NoSuchRoom;
            }

            var message = await store.FindMessageAsync(roomId, messageId, cancellationToken).ConfigureAwait(false);
            var whose = await WhoseAsync(message, cancellationToken).ConfigureAwait(false);
            var resource = new AuthorizedResource(roomId) { OwnerId = room.OwnerId, Whose = whose };
            if (await authorizer.AuthorizeAsync(person, permission, resource, cancellationToken).ConfigureAwait(false) is { } no)
            {
                LogRefused(permission, roomId);
                return message is null ? RoomErrors.NoSuchMessage : no;
            }

            return message is null ? RoomErrors.NoSuchMessage : await command(message).ConfigureAwait(false);
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(e, roomId);
            return RoomErrors.NotStored;
        }
    }

    private static RoomError? CheckText(Guid clientId, string? text)
    {
        if (clientId == Guid.Empty)
        {
            return new RoomError(RoomErrorKind.Invalid, "The message has no id.");
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            return new RoomError(RoomErrorKind.Invalid, "A message needs some text.");
        }

        if (text.Length > RoomLimits.MessageLength)
        {
            return new RoomError(RoomErrorKind.Invalid, $"A message can have at most {RoomLimits.MessageLength:N0} characters; this one has {text.Length:N0}.");
        }

        // Not every database can store a NUL, half a surrogate pair cannot be written as UTF-8, and no keyboard writes either.
        return text.Contains('\0') || Names.HasLoneSurrogate(text)
            ? new RoomError(RoomErrorKind.Invalid, "The message contains a character that cannot be stored.")
            : null;
    }
}
