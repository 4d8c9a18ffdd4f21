using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Text;
using BlazorChat.Turns;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <inheritdoc cref="ITurnStore" />
internal sealed class TurnStore(Database database) : ITurnStore
{
    public Task<IReadOnlyList<Turn>> ReadWaitingAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Turn>>(async db =>
            (await db.Turns.AsNoTracking().Where(t => t.State == TurnStatus.Waiting || t.State == TurnStatus.Ready)
                .OrderBy(t => t.RequestedAt).ThenBy(t => t.Id).ToListAsync(cancellationToken).ConfigureAwait(false)).ConvertAll(t => t.ToTurn()), cancellationToken);

    public Task<IReadOnlyList<Turn>> ReadExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Turn>>(async db =>
            (await db.Turns.AsNoTracking().Where(t => t.State == TurnStatus.Suspended && (t.NotBefore == null || t.NotBefore <= now))
                .ToListAsync(cancellationToken).ConfigureAwait(false)).ConvertAll(t => t.ToTurn()), cancellationToken);

    public Task<IReadOnlyList<Turn>> ReadRunningAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Turn>>(async db =>
            (await db.Turns.AsNoTracking().Where(t => t.State == TurnStatus.Running).ToListAsync(cancellationToken).ConfigureAwait(false)).ConvertAll(t => t.ToTurn()),
            cancellationToken);

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

    public Task AppendJournalAsync(IReadOnlyCollection<JournalPiece> pieces, CancellationToken cancellationToken) =>
        database.WriteAsync(async db =>
        {
            foreach (var piece in pieces)
            {
                // In one statement, so that a piece that arrives after its response or step has ended brings nothing back.
                await db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO "Journal" ("MessageId", "Ordinal", "Text", "Step", "IsReasoning")
                    SELECT {piece.MessageId}, {piece.Ordinal}, {StorableText.From(piece.Text)}, {piece.Step}, {piece.IsReasoning}
                    WHERE EXISTS (
                        SELECT 1 FROM "Messages" AS m WHERE m."Id" = {piece.MessageId} AND m."Status" = {(int)StoredStatus.Streaming} AND m."Step" <= {piece.Step}
                        AND m."Sequence" > (SELECT r."ClearedThrough" FROM "Rooms" AS r WHERE r."Id" = m."RoomId"))
                    """, cancellationToken).ConfigureAwait(false);
            }

            return true;
        }, cancellationToken);

    public Task<Guid?> AddBlobAsync(Guid messageId, Blob blob, CancellationToken cancellationToken) =>
        database.WriteAsync<Guid?>(async db =>
        {
            if (!await db.Messages.AnyAsync(m => m.Id == messageId && m.Sequence > db.Rooms.Where(r => r.Id == m.RoomId).Select(r => r.ClearedThrough).FirstOrDefault(), cancellationToken).ConfigureAwait(false))
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
            if (await db.MessagesOf(roomId).Where(m => m.Id == messageId).Select(m => (long?)m.Sequence).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false) is { } sequence
                && await db.Steps.FindAsync([messageId, version, step], cancellationToken).ConfigureAwait(false) is var before)
            {
                if (before is not null)
                {
                    // The step was cut off and requested again.
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
            (await db.Steps.AsNoTracking().Where(s => s.MessageId == messageId && s.RoomId == roomId && db.MessagesOf(roomId).Any(m => m.Id == messageId))
                .OrderBy(s => s.Version).ThenBy(s => s.Step).ToListAsync(cancellationToken).ConfigureAwait(false))
                .ConvertAll(s => (s.Version, s.Step, (ReadOnlyMemory<byte>)s.Content)), cancellationToken);

    private static Task<MessageRow?> FindStreamingAsync(ChatDbContext db, Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        db.MessagesOf(roomId).FirstOrDefaultAsync(m => m.Id == messageId && m.Status == StoredStatus.Streaming, cancellationToken);
}
