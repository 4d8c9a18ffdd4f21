using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;
using BlazorChat.Turns;

namespace BlazorChat.Commands;

/// <summary>Asks for a response again, or for more of it. Returns the response as it is until the new turn begins.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
/// <param name="MessageId">The response.</param>
/// <param name="Request">Data from the asker's page; null for none.</param>
internal abstract record AskAgainCommand(Guid RoomId, Person? By, Guid MessageId, TurnRequest? Request) : RoomCommand<Message>(RoomId, By)
{
    private static readonly RoomError HiddenQuestion = new(
        RoomErrorKind.Forbidden, "This answers a message from before you came, so only somebody who can see that message can have it answered again.");

    internal override RoomPermission? Permission => RoomPermission.RetryResponse;

    internal override Guid? SubjectId => MessageId;

    // It asks a model, just as a message does.
    internal override bool IsRated => true;

    internal override async Task<Result<Message>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        if (context.Subject is not { Author.Kind: AuthorKind.Assistant } response)
        {
            return RoomErrors.NoSuchResponse;
        }

        if (!context.ResponseRules.CanAnswer(response.Author.Id))
        {
            return new RoomError(RoomErrorKind.Conflict, $"{response.Author.Name} is no longer available on this server.");
        }

        var request = context.BoundOf(Request);
        if (response.QuestionId is { } questionId
            && await context.Rooms.FindMessageAsync(RoomId, questionId, cancellationToken).ConfigureAwait(false) is { } question && !context.IsSeen(question))
        {
            return HiddenQuestion;
        }

        return await context.ChangeAsync<Message>((change, token) => AskAsync(change, MessageId, request, context.Now, token), cancellationToken).ConfigureAwait(false);
    }

    private async Task<Result<Message>> AskAsync(IRoomChange change, Guid messageId, TurnRequest request, DateTimeOffset now, CancellationToken cancellationToken)
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
            // Earlier versions appended another answer.
            return new RoomError(RoomErrorKind.Conflict, "This answer has already been retried.");
        }

        if (Refuse(response) is { } never)
        {
            return never;
        }

        var queue = await change.ReadQueueAsync(room, cancellationToken).ConfigureAwait(false);
        if (queue.Turns.FirstOrDefault(t => t.MessageId == messageId && t.Status == TurnStatus.Suspended) is { } suspended)
        {
            // Whoever asks again waits no longer for the people whom the response asked.
            response = TurnTransitions.Stop(response, request.RequestedBy, $"Not run: {Names.Quoted(request.RequestedBy.Name)} did not wait for it.", now);
            queue.End(suspended, request.RequestedBy);
        }

        if (Queue(queue, response, request, now) is { } no)
        {
            return no;
        }

        change.SaveAndTell(response);
        await change.SaveAsync(queue, now, cancellationToken).ConfigureAwait(false);
        return response;
    }

    /// <summary>The reason why the command does not apply to the response as it is, or null.</summary>
    private protected abstract RoomError? Refuse(Message response);

    /// <summary>Queues the turn, or returns the reason for a refusal.</summary>
    private protected abstract RoomError? Queue(TurnQueue queue, Message response, TurnRequest request, DateTimeOffset now);

    /// <summary>The reason why a response cannot have another version, or null.</summary>
    internal static RoomError? RefuseVersion(Message response) =>
        !CanEnd(response) ? new RoomError(RoomErrorKind.Conflict, "This answer is already being written.")
        : response.Versions >= RoomLimits.Versions ? new RoomError(RoomErrorKind.Limit, $"This answer has {RoomLimits.Versions} versions, which is the maximum.")
        : null;

    /// <summary>Whether a response has ended, or waits for people and can be ended by asking again.</summary>
    private protected static bool CanEnd(Message response) => response.Status is { IsEnded: true } or MessageStatus.AwaitingPeople;
}

/// <summary>Asks for another version of a response, however it ended. The current text is kept as an earlier version.</summary>
/// <inheritdoc cref="AskAgainCommand" />
internal sealed record RegenerateResponse(Guid RoomId, Person? By, Guid MessageId, TurnRequest? Request) : AskAgainCommand(RoomId, By, MessageId, Request)
{
    private protected override RoomError? Refuse(Message response) => RefuseVersion(response);

    private protected override RoomError? Queue(TurnQueue queue, Message response, TurnRequest request, DateTimeOffset now) =>
        queue.Reopen(response, isRegeneration: true, request, now);
}

/// <summary>
/// Continues a response that was cut off, failed or was stopped, from what it has; or one that waits for people, without their answers.
/// Tools that have run do not run again.
/// </summary>
/// <inheritdoc cref="AskAgainCommand" />
internal sealed record ContinueResponse(Guid RoomId, Person? By, Guid MessageId, TurnRequest? Request) : AskAgainCommand(RoomId, By, MessageId, Request)
{
    private protected override RoomError? Refuse(Message response) =>
        !CanEnd(response) ? new RoomError(RoomErrorKind.Conflict, "This answer is already being written.")
        : response.Status.CanContinue || response.Status is MessageStatus.AwaitingPeople ? null
        : new RoomError(RoomErrorKind.Conflict, "Only an answer that was cut off can be continued.");

    private protected override RoomError? Queue(TurnQueue queue, Message response, TurnRequest request, DateTimeOffset now) =>
        queue.Reopen(response, isRegeneration: false, request, now);
}
