using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;

namespace BlazorChat.Commands;

/// <summary>
/// Answers a message once more, after it was edited: its responses are regenerated; when it has none, assistants are asked as for a
/// new message. Gives how many responses were asked for.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">Who asks.</param>
/// <param name="QuestionId">The message.</param>
/// <param name="Request">What turns know of the asker's page; null for nothing but who it is.</param>
public sealed record AnswerAgain(Guid RoomId, Person? By, Guid QuestionId, TurnRequest? Request) : RoomCommand<int>(RoomId, By)
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
        var asked = 0;
        RoomError? error = null;
        var responses = await context.Rooms.FindResponsesAsync(RoomId, QuestionId, cancellationToken).ConfigureAwait(false);
        foreach (var responseId in responses)
        {
            Take(await RegenerateAsync(context, responseId, request, cancellationToken).ConfigureAwait(false));
        }

        foreach (var assistantId in responses.Count > 0 ? [] : context.ResponseRules.Choose(context.Room, question.Text))
        {
            Take(await AskAsync(context, assistantId, request, cancellationToken).ConfigureAwait(false));
        }

        return asked == 0 && error is not null ? error : asked;

        void Take(RoomError? no)
        {
            error ??= no;
            asked += no is null ? 1 : 0;
        }
    }

    private async Task<RoomError?> RegenerateAsync(RoomCommandContext context, Guid responseId, TurnRequest request, CancellationToken cancellationToken)
    {
        if (await context.Rooms.FindMessageAsync(RoomId, responseId, cancellationToken).ConfigureAwait(false) is { } response
            && !context.ResponseRules.CanAnswer(response.Author.Id))
        {
            return new RoomError(RoomErrorKind.Conflict, $"{response.Author.Name} does not answer on this server any more.");
        }

        var reopened = await context.Turns.ReopenAsync(RoomId, responseId, isRegeneration: true, request, context.Now, cancellationToken).ConfigureAwait(false);
        if (reopened.Error is { } error)
        {
            return error;
        }

        context.TellChanged([reopened.Value.Message]);
        context.TellQueued(reopened.Value.Queued is { } turn ? [turn] : []);
        return null;
    }

    private async Task<RoomError?> AskAsync(RoomCommandContext context, string assistantId, TurnRequest request, CancellationToken cancellationToken)
    {
        var turn = await context.Turns.AskAsync(RoomId, QuestionId, assistantId, request, context.Now, cancellationToken).ConfigureAwait(false);
        if (turn.Error is { } error)
        {
            return error;
        }

        context.TellQueued([turn.Value]);
        return null;
    }
}
