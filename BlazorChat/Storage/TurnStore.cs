using BlazorChat.Replies;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <inheritdoc cref="ITurnStore" />
internal sealed class TurnStore(Database database) : ITurnStore
{
    public Task<IReadOnlyList<Turn>> ReadWaitingAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Turn>>(async db =>
            (await db.Turns.AsNoTracking().Where(t => t.State == StoredTurnState.Waiting)
                .OrderBy(t => t.RequestedAt).ThenBy(t => t.Id).ToListAsync(cancellationToken).ConfigureAwait(false)).ConvertAll(t => t.ToTurn()), cancellationToken);

    public Task<ClaimedTurn?> ClaimAsync(Guid roomId, Author assistant, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync<ClaimedTurn?>(async db =>
        {
            var turn = await db.Turns.FirstOrDefaultAsync(
                t => t.RoomId == roomId && t.AssistantId == assistant.Id && t.State == StoredTurnState.Waiting, cancellationToken).ConfigureAwait(false);
            if (turn is null)
            {
                return null;
            }

            var room = await db.Rooms.FirstAsync(r => r.Id == roomId, cancellationToken).ConfigureAwait(false);
            var reply = room.Append(assistant, now);
            db.Messages.Add(reply);
            turn.State = StoredTurnState.Running;
            turn.MessageId = reply.Id;
            return new ClaimedTurn(turn.ToTurn(), reply.ToMessage(), turn.Before ?? reply.Sequence);
        }, cancellationToken);

    public Task<Message?> EndAsync(
        Guid roomId, Guid messageId, string text, MessageStatus status, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(async db =>
        {
            var message = await db.Messages.FirstOrDefaultAsync(
                m => m.Id == messageId && m.RoomId == roomId && m.Status == StoredStatus.Streaming, cancellationToken).ConfigureAwait(false);
            if (message is null)
            {
                return null;
            }

            End(message, text, status, now);
            var room = await db.Rooms.FirstAsync(r => r.Id == roomId, cancellationToken).ConfigureAwait(false);
            room.LastActivityAt = now;
            await db.Journal.Where(p => p.MessageId == messageId).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
            await db.Turns.Where(t => t.MessageId == messageId).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
            return message.ToMessage();
        }, cancellationToken);

    public Task<IReadOnlyList<Turn>> WithdrawAsync(Guid roomId, string? assistantId, CancellationToken cancellationToken) =>
        database.WriteAsync<IReadOnlyList<Turn>>(async db =>
        {
            var waiting = await db.Turns
                .Where(t => t.RoomId == roomId && t.State == StoredTurnState.Waiting && (assistantId == null || t.AssistantId == assistantId))
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            db.Turns.RemoveRange(waiting);
            return waiting.ConvertAll(t => t.ToTurn());
        }, cancellationToken);

    public Task<Result<RetriedReply>> RetryAsync(Guid roomId, Guid messageId, Author by, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync<Result<RetriedReply>>(async db =>
        {
            var message = await db.Messages.FirstOrDefaultAsync(m => m.Id == messageId && m.RoomId == roomId, cancellationToken).ConfigureAwait(false);
            if (message is null || message.AuthorKind != AuthorKind.Assistant)
            {
                return Refusals.NoSuchAnswer;
            }

            if (!message.ToMessage().Status.CanRetry)
            {
                return new Refusal(RefusalKind.Conflict, "Only an answer that failed, was stopped or was interrupted can be retried.");
            }

            if (message.IsRetried)
            {
                return new Refusal(RefusalKind.Conflict, "Somebody has retried this answer already.");
            }

            message.IsRetried = true;
            var turn = await db.QueueAsync(roomId, message.AuthorId, by, message.Sequence, now, cancellationToken).ConfigureAwait(false);
            return new RetriedReply(message.ToMessage(), turn);
        }, cancellationToken);

    public Task AppendJournalAsync(IReadOnlyCollection<JournalPiece> pieces, CancellationToken cancellationToken) =>
        database.WriteAsync(async db =>
        {
            foreach (var piece in pieces)
            {
                // In one statement, so that a piece that comes after its answer has ended or gone can bring nothing back.
                await db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO "Journal" ("MessageId", "Ordinal", "Text")
                    SELECT {piece.MessageId}, {piece.Ordinal}, {piece.Text}
                    WHERE EXISTS (SELECT 1 FROM "Messages" WHERE "Id" = {piece.MessageId} AND "Status" = {(int)StoredStatus.Streaming})
                    """, cancellationToken).ConfigureAwait(false);
            }

            return true;
        }, cancellationToken);

    public Task<int> RecoverAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(async db =>
        {
            var turns = await db.Turns.Where(t => t.State == StoredTurnState.Running).ToListAsync(cancellationToken).ConfigureAwait(false);
            foreach (var turn in turns)
            {
                var pieces = await db.Journal.Where(p => p.MessageId == turn.MessageId)
                    .OrderBy(p => p.Ordinal).Select(p => p.Text).ToListAsync(cancellationToken).ConfigureAwait(false);
                var message = await db.Messages.FirstAsync(m => m.Id == turn.MessageId, cancellationToken).ConfigureAwait(false);
                End(message, string.Concat(pieces), MessageStatus.Interrupted.Instance, now);
                await db.Journal.Where(p => p.MessageId == turn.MessageId).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
                db.Turns.Remove(turn);
            }

            return turns.Count;
        }, cancellationToken);

    private static void End(MessageRow message, string text, MessageStatus status, DateTimeOffset now)
    {
        message.Parts = MessagePartsJson.WriteText(text);
        message.SetStatus(status);
        message.EndedAt = now;
    }
}
