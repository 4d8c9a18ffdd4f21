using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Text;
using BlazorChat.Turns;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <inheritdoc cref="ITurnStore" />
internal sealed partial class TurnStore(Database database) : ITurnStore
{
    public Task<IReadOnlyList<Turn>> ReadWaitingAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Turn>>(async db =>
            (await db.Turns.AsNoTracking().Where(t => t.State == StoredTurnState.Waiting || t.State == StoredTurnState.Ready)
                .OrderBy(t => t.RequestedAt).ThenBy(t => t.Id).ToListAsync(cancellationToken).ConfigureAwait(false)).ConvertAll(t => t.ToTurn()), cancellationToken);

    public Task<Turn?> FindWaitingAsync(Guid roomId, Guid turnId, CancellationToken cancellationToken) =>
        database.ReadAsync(async db =>
            (await db.Turns.AsNoTracking().FirstOrDefaultAsync(
                t => t.Id == turnId && t.RoomId == roomId && (t.State == StoredTurnState.Waiting || t.State == StoredTurnState.Ready), cancellationToken).ConfigureAwait(false))?.ToTurn(),
            cancellationToken);

    public Task<ClaimedTurn?> ClaimAsync(Guid roomId, Author assistant, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync<ClaimedTurn?>(async db =>
        {
            // As in Turn.ByPlace. The higher state first: what can go on goes before what begins.
            var next = await db.Turns
                .Where(t => t.RoomId == roomId && t.AssistantId == assistant.Id
                    && (t.State == StoredTurnState.Ready || (t.State == StoredTurnState.Waiting && (t.NotBefore == null || t.NotBefore <= now))))
                .OrderByDescending(t => t.State).ThenBy(t => t.NotBefore ?? t.RequestedAt).ThenBy(t => t.Id)
                .Take(1)
                .LeftJoin(db.Messages, t => t.QuestionId, m => (Guid?)m.Id, (turn, question) => new { Turn = turn, Question = question })
                .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
            if (next is null)
            {
                return null;
            }

            var turn = next.Turn;
            turn.State = StoredTurnState.Running;
            turn.BeganAt ??= now;
            var isContinuation = turn.MessageId is not null;
            var response = turn.MessageId is null
                ? await BeginAsync(db, turn, next.Question?.Author, assistant, now, cancellationToken).ConfigureAwait(false)
                : await ContinueAsync(db, turn, cancellationToken).ConfigureAwait(false);
            return new ClaimedTurn(turn.ToTurn(), response.ToMessage(), turn.Before ?? response.Sequence, TurnRequestJson.Read(turn.RequestedBy, turn.Request))
            {
                IsContinuation = isContinuation,
                Step = response.Step,
                IsAnother = turn.Before is not null || response.Versions > 1,
                FirstStep = turn.FirstStep,
                BeganAt = turn.BeganAt.Value,
                Recoveries = turn.Recoveries,
                RecoveredProgress = turn.RecoveredProgress,
            };
        }, cancellationToken);

    public Task<bool> SaveAsync(Guid roomId, Guid messageId, ImmutableArray<MessagePart> parts, int step, CancellationToken cancellationToken) =>
        database.WriteAsync(async db =>
        {
            var message = await FindStreamingAsync(db, roomId, messageId, cancellationToken).ConfigureAwait(false);
            if (message is null)
            {
                return false;
            }

            message.Parts = MessagePartsJson.Write(parts);
            if (message.Step != step)
            {
                message.Step = step;
                await db.Journal.Where(p => p.MessageId == messageId && p.Step < step).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
            }

            return true;
        }, cancellationToken);

    public Task<ChangedResponse?> EndAsync(EndedTurn ended, CancellationToken cancellationToken) =>
        database.WriteAsync(async db =>
        {
            var message = await FindStreamingAsync(db, ended.RoomId, ended.MessageId, cancellationToken).ConfigureAwait(false);
            if (message is null)
            {
                return null;
            }

            var turn = await db.Turns.FirstAsync(t => t.MessageId == ended.MessageId && t.State == StoredTurnState.Running, cancellationToken).ConfigureAwait(false);
            var room = await db.Rooms.FirstAsync(r => r.Id == ended.RoomId, cancellationToken).ConfigureAwait(false);
            message.Parts = MessagePartsJson.Write(ended.Parts);
            message.Step = ended.Step;
            message.Metadata = ResponseMetadataJson.Write(ended.Metadata);
            message.SetStatus(ended.Status);
            room.LastActivityAt = ended.Now;
            room.Add(ended.Tokens, ended.Cost);
            await db.Journal.Where(p => p.MessageId == ended.MessageId).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
            switch (ended.Status)
            {
                case MessageStatus.AwaitingPeople:
                    // All may have answered while the rest of the calls ran.
                    turn.State = ended.Parts.OfType<ToolCallPart>().Any(c => c.IsAwaited) ? StoredTurnState.Suspended : StoredTurnState.Ready;
                    break;
                case MessageStatus.Recovering:
                    TakeUpAgain(turn, ended.Parts);
                    break;
                default:
                    message.EndedAt = ended.Now;
                    db.Turns.Remove(turn);
                    break;
            }

            return new ChangedResponse(message.ToMessage(), turn.State == StoredTurnState.Ready ? turn.ToTurn() : null);
        }, cancellationToken);

    public Task<Result<ChangedResponse>> ChangeCallAsync(
        Guid roomId, Guid messageId, string callId, Func<ToolCallPart, Result<ToolCallPart>> change, CancellationToken cancellationToken) =>
        database.WriteAsync<Result<ChangedResponse>>(async db =>
        {
            var message = await db.Messages.FirstOrDefaultAsync(m => m.Id == messageId && m.RoomId == roomId, cancellationToken).ConfigureAwait(false);
            var parts = message is null ? [] : MessagePartsJson.Read(message.Parts);
            if (message is null || parts.OfType<ToolCallPart>().FirstOrDefault(c => c.CallId == callId) is not { } call)
            {
                return RoomErrors.NoSuchCall;
            }

            var changed = change(call);
            if (changed.Error is { } error)
            {
                return error;
            }

            if (changed.Value == call)
            {
                return new ChangedResponse(message.ToMessage(), null);
            }

            var turn = await db.Turns.FirstOrDefaultAsync(t => t.MessageId == messageId && t.State == StoredTurnState.Suspended, cancellationToken).ConfigureAwait(false);
            if (turn is null)
            {
                return RoomErrors.NoSuchCall;
            }

            parts = CallChanges.Set(parts, changed.Value);
            message.Parts = MessagePartsJson.Write(parts);
            if (parts.OfType<ToolCallPart>().Any(c => c.IsAwaited))
            {
                return new ChangedResponse(message.ToMessage(), null);
            }

            turn.State = StoredTurnState.Ready;
            return new ChangedResponse(message.ToMessage(), turn.ToTurn());
        }, cancellationToken);

    public Task<(IReadOnlyList<Turn> Withdrawn, IReadOnlyList<Message> Changed)> WithdrawAsync(
        Guid roomId, string? assistantId, Guid? turnId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync<(IReadOnlyList<Turn> Withdrawn, IReadOnlyList<Message> Changed)>(async db =>
        {
            var waiting = await db.Turns
                .Where(t => t.RoomId == roomId && (t.State == StoredTurnState.Waiting || t.State == StoredTurnState.Ready)
                    && (assistantId == null || t.AssistantId == assistantId) && (turnId == null || t.Id == turnId))
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            db.Turns.RemoveRange(waiting);
            return (waiting.ConvertAll(t => t.ToTurn()), await db.LetGoAsync(waiting, now, cancellationToken).ConfigureAwait(false));
        }, cancellationToken);

    public Task AppendJournalAsync(IReadOnlyCollection<JournalPiece> pieces, CancellationToken cancellationToken) =>
        database.WriteAsync(async db =>
        {
            foreach (var piece in pieces)
            {
                // In one statement, so that a piece that comes after its response or its step has ended can bring nothing back.
                await db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO "Journal" ("MessageId", "Ordinal", "Text", "Step", "IsReasoning")
                    SELECT {piece.MessageId}, {piece.Ordinal}, {StorableText.From(piece.Text)}, {piece.Step}, {piece.IsReasoning}
                    WHERE EXISTS (SELECT 1 FROM "Messages" WHERE "Id" = {piece.MessageId} AND "Status" = {(int)StoredStatus.Streaming} AND "Step" <= {piece.Step})
                    """, cancellationToken).ConfigureAwait(false);
            }

            return true;
        }, cancellationToken);

    public Task<Guid?> AddBlobAsync(Guid messageId, Blob blob, CancellationToken cancellationToken) =>
        database.WriteAsync<Guid?>(async db =>
        {
            if (!await db.Messages.AnyAsync(m => m.Id == messageId, cancellationToken).ConfigureAwait(false))
            {
                return null;
            }

            var row = new BlobRow { Id = Guid.NewGuid(), MessageId = messageId, MediaType = blob.MediaType, Content = blob.Content.ToArray() };
            db.Blobs.Add(row);
            return row.Id;
        }, cancellationToken);

    public Task AddStepAsync(Guid roomId, Guid messageId, int version, int step, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        database.WriteAsync(async db =>
        {
            if (await db.Messages.Where(m => m.Id == messageId && m.RoomId == roomId).Select(m => (long?)m.Sequence).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false) is { } sequence
                && await db.Steps.FindAsync([messageId, version, step], cancellationToken).ConfigureAwait(false) is var before)
            {
                if (before is not null)
                {
                    // The step was cut off and asked again.
                    before.Content = content.ToArray();
                }
                else
                {
                    db.Steps.Add(new StepRow { MessageId = messageId, RoomId = roomId, Sequence = sequence, Version = version, Step = step, Content = content.ToArray() });
                    await db.Steps.Where(s => s.RoomId == roomId && s.Sequence < sequence - RoomLimits.RecordedMessages).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
                }
            }

            return true;
        }, cancellationToken);

    public Task<IReadOnlyList<(int Version, int Step, ReadOnlyMemory<byte> Content)>> ReadStepsAsync(Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<(int Version, int Step, ReadOnlyMemory<byte> Content)>>(async db =>
            (await db.Steps.AsNoTracking().Where(s => s.MessageId == messageId && s.RoomId == roomId)
                .OrderBy(s => s.Version).ThenBy(s => s.Step).ToListAsync(cancellationToken).ConfigureAwait(false))
                .ConvertAll(s => (s.Version, s.Step, (ReadOnlyMemory<byte>)s.Content)), cancellationToken);

    public Task<(int Continued, int Marked)> RecoverAsync(Func<string, RecoveryPolicy> policy, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(async db =>
        {
            var continued = 0;
            var turns = await db.Turns.Where(t => t.State == StoredTurnState.Running).ToListAsync(cancellationToken).ConfigureAwait(false);
            foreach (var turn in turns)
            {
                var message = await db.Messages.FirstAsync(m => m.Id == turn.MessageId, cancellationToken).ConfigureAwait(false);
                var pieces = await db.Journal.Where(p => p.MessageId == turn.MessageId && p.Step >= message.Step)
                    .OrderBy(p => p.Ordinal).ToListAsync(cancellationToken).ConfigureAwait(false);
                var parts = MessagePartsJson.Read(message.Parts);
                foreach (var piece in pieces)
                {
                    parts = PartList.Append(parts, piece.Text, piece.IsReasoning, piece.Step);
                    message.Step = Math.Max(message.Step, piece.Step + 1);
                }

                parts = CallChanges.Recover(parts, now);
                if (policy(turn.AssistantId).Allows(turn.Recoveries, turn.RecoveredProgress, parts, now - (turn.BeganAt ?? now)))
                {
                    TakeUpAgain(turn, parts);
                    message.SetStatus(MessageStatus.Recovering.Instance);
                    continued++;
                }
                else
                {
                    parts = CallChanges.FailUnfinished(parts, "Not run: the answer was interrupted.", now);
                    message.SetStatus(MessageStatus.Interrupted.Instance);
                    message.EndedAt = now;
                    db.Turns.Remove(turn);
                }

                message.Parts = MessagePartsJson.Write(parts);
                await db.Journal.Where(p => p.MessageId == turn.MessageId).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
            }

            return (continued, turns.Count - continued);
        }, cancellationToken);

    private static readonly string EmptyParts = MessagePartsJson.Write([]);

    private static async Task<MessageRow> BeginAsync(ChatDbContext db, TurnRow turn, Author? asker, Author assistant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var room = await db.Rooms.FirstAsync(r => r.Id == turn.RoomId, cancellationToken).ConfigureAwait(false);
        var response = room.Append(assistant, now);
        response.SetAskedBy(asker ?? turn.RequestedBy);
        response.QuestionId = turn.QuestionId;
        db.Messages.Add(response);
        turn.MessageId = response.Id;
        return response;
    }

    private static async Task<MessageRow> ContinueAsync(ChatDbContext db, TurnRow turn, CancellationToken cancellationToken)
    {
        var response = await db.Messages.FirstAsync(m => m.Id == turn.MessageId, cancellationToken).ConfigureAwait(false);
        if (turn.IsRegeneration)
        {
            db.KeepVersion(response);
            turn.IsRegeneration = false;
            response.Parts = EmptyParts;
            response.Metadata = null;
            response.Step = 0;
        }

        response.SetStatus(MessageStatus.Streaming.Instance);
        response.EndedAt = null;
        return response;
    }

    private static void TakeUpAgain(TurnRow turn, ImmutableArray<MessagePart> parts)
    {
        turn.State = StoredTurnState.Ready;
        turn.Recoveries++;
        turn.RecoveredProgress = ResponseProgress.Of(parts);
    }

    private static Task<MessageRow?> FindStreamingAsync(ChatDbContext db, Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        db.Messages.FirstOrDefaultAsync(m => m.Id == messageId && m.RoomId == roomId && m.Status == StoredStatus.Streaming, cancellationToken);
}
