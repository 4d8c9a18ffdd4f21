using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;

namespace BlazorChat.Commands;

/// <summary>
/// Answers an edited message again: regenerates its responses, or asks assistants as for a new message if it has none. Of a message that was
/// not answered by everyone it asked, only the assistants that have not answered are asked. Returns the number of responses asked for.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
/// <param name="QuestionId">The message.</param>
/// <param name="Request">Data from the asker's page; null for none.</param>
internal sealed record AnswerAgain(Guid RoomId, Person? By, Guid QuestionId, TurnRequest? Request) : RoomCommand<int>(RoomId, By)
{
    internal override RoomPermission? Permission => RoomPermission.RetryResponse;

    internal override Guid? SubjectId => QuestionId;

    internal override bool IsRated => true;

    internal override async Task<Result<int>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        if (context.Subject is not { Author.Kind: not AuthorKind.Assistant } question)
        {
            return RoomErrors.NoSuchMessage;
        }

        var request = context.BoundOf(Request);
        var responses = await context.Rooms.FindResponsesAsync(RoomId, QuestionId, cancellationToken).ConfigureAwait(false);
        var allowed = new List<Guid>();
        var answered = new HashSet<string>(StringComparer.Ordinal);
        RoomError? forbidden = null;
        foreach (var responseId in responses)
        {
            var response = await context.Rooms.FindMessageAsync(RoomId, responseId, cancellationToken).ConfigureAwait(false);
            answered.Add(response?.Author.Id ?? "");
            var owner = response?.Owner;
            if (question.Status is MessageStatus.Unanswered)
            {
                continue;
            }

            if (await context.AskAsync(RoomPermission.RetryResponse, owner, cancellationToken).ConfigureAwait(false) is { } no)
            {
                forbidden = no;
            }
            else
            {
                allowed.Add(responseId);
            }
        }

        if (allowed.Count == 0 && forbidden is not null)
        {
            return forbidden;
        }

        return await context.ChangeAsync<int>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room)
            {
                return RoomErrors.NoSuchRoom;
            }

            var queue = await change.ReadQueueAsync(room, token).ConfigureAwait(false);
            var errors = new List<RoomError?>();
            foreach (var responseId in allowed)
            {
                if (await change.FindMessageAsync(responseId, token).ConfigureAwait(false) is { IsRetried: false } response)
                {
                    errors.Add(Regenerate(context, queue, response, request));
                }
            }

            if (responses.Count == 0 || question.Status is MessageStatus.Unanswered)
            {
                errors.AddRange(context.ResponseRules.Choose(room, question.Text).Where(id => !answered.Contains(id))
                    .Select(assistantId => queue.Ask(QuestionId, assistantId, request, context.Now)));
            }

            if (queue.Queued.Count == 0 && errors.Find(e => e is not null) is { } error)
            {
                return error;
            }

            if (queue.Queued.Count > 0 && await change.FindMessageAsync(QuestionId, token).ConfigureAwait(false) is { Status: MessageStatus.Unanswered } unanswered)
            {
                change.SaveAndTell(unanswered with { Status = MessageStatus.Complete.Instance });
            }

            await change.SaveAsync(queue, context.Now, token).ConfigureAwait(false);
            return queue.Queued.Count;
        }, cancellationToken).ConfigureAwait(false);
    }

    private static RoomError? Regenerate(RoomCommandContext context, TurnQueue queue, Message response, TurnRequest request) =>
        !context.ResponseRules.CanAnswer(response.Author.Id)
            ? new RoomError(RoomErrorKind.Conflict, $"{response.Author.Name} is no longer available on this server.")
            : AskAgainCommand.RefuseVersion(response) ?? queue.Reopen(response, isRegeneration: true, request, context.Now);
}
