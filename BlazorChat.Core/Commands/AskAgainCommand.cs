using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;

namespace BlazorChat.Commands;

/// <summary>Asks for a response once more, or for more of it. Gives the response as it is until that begins.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">Who asks.</param>
/// <param name="MessageId">The response.</param>
/// <param name="Request">What the turn knows of the asker's page; null for nothing but who it is.</param>
public abstract record AskAgainCommand(Guid RoomId, Person? By, Guid MessageId, TurnRequest? Request) : RoomCommand<Message>(RoomId, By)
{
    internal override RoomPermission? Permission => RoomPermission.RetryResponse;

    internal override Guid? SubjectId => MessageId;

    // It asks a model, as a message does.
    internal override bool IsRated => true;

    internal override async Task<Result<Message>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        if (context.Subject is not { Author.Kind: AuthorKind.Assistant } response)
        {
            return RoomErrors.NoSuchResponse;
        }

        if (!context.ResponseRules.CanAnswer(response.Author.Id))
        {
            return new RoomError(RoomErrorKind.Conflict, $"{response.Author.Name} does not answer on this server any more.");
        }

        var request = context.BoundOf(Request);
        return await context.ChangeAsync<Message>((change, token) => AskAsync(change, MessageId, request, context.Now, token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Queues the turn.</summary>
    private protected async Task<Result<Message>> AskAsync(IRoomChange change, Guid messageId, TurnRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await change.FindRoomAsync(cancellationToken).ConfigureAwait(false) is not { } room)
        {
            return RoomErrors.NoSuchRoom;
        }

        if (await change.FindMessageAsync(messageId, cancellationToken).ConfigureAwait(false) is not { Author.Kind: AuthorKind.Assistant } response)
        {
            return RoomErrors.NoSuchResponse;
        }

        if (response.IsRetried)
        {
            return new RoomError(RoomErrorKind.Conflict, "Somebody has retried this answer already.");
        }

        if (Refuse(response) is { } never)
        {
            return never;
        }

        var queue = await change.ReadQueueAsync(room, cancellationToken).ConfigureAwait(false);
        if (Queue(queue, response, request, now) is { } no)
        {
            return no;
        }

        response = Mark(response);
        change.SaveAndTell(response);
        await change.SaveAsync(queue, now, cancellationToken).ConfigureAwait(false);
        return response;
    }

    /// <summary>Why this cannot be asked of a response as it is, or null.</summary>
    private protected abstract RoomError? Refuse(Message response);

    /// <summary>Queues the turn, or says why not.</summary>
    private protected abstract RoomError? Queue(TurnQueue queue, Message response, TurnRequest request, DateTimeOffset now);

    /// <summary>The response while it waits.</summary>
    private protected virtual Message Mark(Message response) => response;

    /// <summary>Why a response cannot have another version, or null.</summary>
    internal static RoomError? RefuseVersion(Message response) =>
        !response.Status.IsEnded ? new RoomError(RoomErrorKind.Conflict, "This answer is being written already.")
        : response.Versions >= RoomLimits.Versions ? new RoomError(RoomErrorKind.Limit, $"This answer has {RoomLimits.Versions} versions already, which is the most.")
        : null;
}

/// <summary>Asks for a new response in place of one that failed, was stopped or was interrupted. The old one is kept, marked.</summary>
/// <inheritdoc cref="AskAgainCommand" />
public sealed record RetryResponse(Guid RoomId, Person? By, Guid MessageId, TurnRequest? Request) : AskAgainCommand(RoomId, By, MessageId, Request)
{
    private protected override RoomError? Refuse(Message response) => response.Status.CanRetry
        ? null
        : new RoomError(RoomErrorKind.Conflict, "Only an answer that failed, was stopped or was interrupted can be retried.");

    private protected override RoomError? Queue(TurnQueue queue, Message response, TurnRequest request, DateTimeOffset now) => queue.Retry(response, request, now);

    private protected override Message Mark(Message response) => response with { IsRetried = true };
}

/// <summary>Asks for another version of a response, in its place; what it says now is kept as an earlier version.</summary>
/// <inheritdoc cref="AskAgainCommand" />
public sealed record RegenerateResponse(Guid RoomId, Person? By, Guid MessageId, TurnRequest? Request) : AskAgainCommand(RoomId, By, MessageId, Request)
{
    private protected override RoomError? Refuse(Message response) => RefuseVersion(response);

    private protected override RoomError? Queue(TurnQueue queue, Message response, TurnRequest request, DateTimeOffset now) =>
        queue.Reopen(response, isRegeneration: true, request, now);
}

/// <summary>Lets a response go on that was cut off by a limit or an interruption.</summary>
/// <inheritdoc cref="AskAgainCommand" />
public sealed record ContinueResponse(Guid RoomId, Person? By, Guid MessageId, TurnRequest? Request) : AskAgainCommand(RoomId, By, MessageId, Request)
{
    private protected override RoomError? Refuse(Message response) =>
        !response.Status.IsEnded ? new RoomError(RoomErrorKind.Conflict, "This answer is being written already.")
        : response.Status.CanContinue ? null
        : new RoomError(RoomErrorKind.Conflict, "Only an answer that was cut off can be continued.");

    private protected override RoomError? Queue(TurnQueue queue, Message response, TurnRequest request, DateTimeOffset now) =>
        queue.Reopen(response, isRegeneration: false, request, now);
}
