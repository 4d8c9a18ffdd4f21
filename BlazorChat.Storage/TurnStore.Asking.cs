using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <summary>How people ask for answers again, and for more of them.</summary>
internal sealed partial class TurnStore
{
    public Task<Result<ChangedResponse>> RetryAsync(Guid roomId, Guid messageId, TurnRequest request, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync<Result<ChangedResponse>>(async db =>
        {
            var found = await FindResponseAsync(db, roomId, messageId, cancellationToken).ConfigureAwait(false);
            if (found.Error is { } error)
            {
                return error;
            }

            var message = found.Value;
            if (!message.ToMessage().Status.CanRetry)
            {
                return new RoomError(RoomErrorKind.Conflict, "Only an answer that failed, was stopped or was interrupted can be retried.");
            }

            if (await db.Turns.AnyAsync(t => t.MessageId == messageId, cancellationToken).ConfigureAwait(false))
            {
                return new RoomError(RoomErrorKind.Conflict, "This answer is being written already.");
            }

            if (await TurnQueue.RefuseMoreAsync(db, roomId, 1, cancellationToken).ConfigureAwait(false) is { } full)
            {
                return full;
            }

            message.IsRetried = true;
            var turn = RowChanges.NewTurn(roomId, message.AuthorId, request, now);
            turn.QuestionId = message.QuestionId;
            turn.Before = message.Sequence;
            db.Turns.Add(turn);
            return new ChangedResponse(message.ToMessage(), turn.ToTurn());
        }, cancellationToken);

    public Task<Result<ChangedResponse>> ReopenAsync(
        Guid roomId, Guid messageId, bool isRegeneration, TurnRequest request, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync<Result<ChangedResponse>>(async db =>
        {
            var found = await FindResponseAsync(db, roomId, messageId, cancellationToken).ConfigureAwait(false);
            if (found.Error is { } error)
            {
                return error;
            }

            var message = found.Value;
            var status = message.ToMessage().Status;
            if (!status.IsEnded || await db.Turns.AnyAsync(t => t.MessageId == messageId, cancellationToken).ConfigureAwait(false))
            {
                return new RoomError(RoomErrorKind.Conflict, "This answer is being written already.");
            }

            if (!isRegeneration && !status.CanContinue)
            {
                return new RoomError(RoomErrorKind.Conflict, "Only an answer that was cut off can be continued.");
            }

            if (isRegeneration && message.Versions >= RoomLimits.Versions)
            {
                return new RoomError(RoomErrorKind.Limit, $"This answer has {RoomLimits.Versions} versions already, which is the most.");
            }

            if (await TurnQueue.RefuseMoreAsync(db, roomId, 1, cancellationToken).ConfigureAwait(false) is { } full)
            {
                return full;
            }

            var turn = RowChanges.NewTurn(roomId, message.AuthorId, request, now);
            turn.State = StoredTurnState.Ready;
            turn.MessageId = messageId;
            turn.QuestionId = message.QuestionId;
            turn.IsRegeneration = isRegeneration;
            turn.FirstStep = isRegeneration ? 0 : Math.Max(message.Step, PartList.NextStep(MessagePartsJson.Read(message.Parts)));
            db.Turns.Add(turn);
            return new ChangedResponse(message.ToMessage(), turn.ToTurn());
        }, cancellationToken);

    public Task<Result<Turn>> AskAsync(Guid roomId, Guid questionId, string assistantId, TurnRequest request, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync<Result<Turn>>(async db =>
        {
            if (!await db.Messages.AnyAsync(m => m.Id == questionId && m.RoomId == roomId, cancellationToken).ConfigureAwait(false))
            {
                return RoomErrors.NoSuchMessage;
            }

            var waiting = await db.Turns.Where(t => t.RoomId == roomId && t.AssistantId == assistantId && t.State == StoredTurnState.Waiting)
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            if (waiting.Exists(t => t.QuestionId == questionId || t.EarlierQuestionIds.Contains(questionId)))
            {
                return new RoomError(RoomErrorKind.Conflict, "This message waits for its answer already.");
            }

            if (await TurnQueue.RefuseMoreAsync(db, roomId, 1, cancellationToken).ConfigureAwait(false) is { } full)
            {
                return full;
            }

            var turn = RowChanges.NewTurn(roomId, assistantId, request, now);
            turn.QuestionId = questionId;
            db.Turns.Add(turn);
            return turn.ToTurn();
        }, cancellationToken);

    private static async Task<Result<MessageRow>> FindResponseAsync(ChatDbContext db, Guid roomId, Guid messageId, CancellationToken cancellationToken)
    {
        var message = await db.Messages.FirstOrDefaultAsync(m => m.Id == messageId && m.RoomId == roomId, cancellationToken).ConfigureAwait(false);
        return message switch
        {
            not { AuthorKind: AuthorKind.Assistant } => RoomErrors.NoSuchResponse,
            { IsRetried: true } => new RoomError(RoomErrorKind.Conflict, "Somebody has retried this answer already."),
            _ => message,
        };
    }
}
