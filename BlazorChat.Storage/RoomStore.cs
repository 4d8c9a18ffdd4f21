using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;
using BlazorChat.Turns;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <inheritdoc cref="IRoomStore" />
internal sealed class RoomStore(Database database, Removal removal, TimeProvider time) : IRoomStore
{
    private const int SearchedAtOnce = 200;

    public Task<IReadOnlyList<Room>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Room>>(async db =>
            (await db.ExistingRooms.AsNoTracking().ToListAsync(cancellationToken).ConfigureAwait(false)).ConvertAll(r => r.ToRoom()), cancellationToken);

    public Task<IReadOnlyList<(Guid RoomId, RoomMember Member)>> ListMembersAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<(Guid, RoomMember)>>(async db =>
            (await db.Members.AsNoTracking().ToListAsync(cancellationToken).ConfigureAwait(false)).ConvertAll(m => (m.RoomId, m.ToMember())), cancellationToken);

    public Task<FoundInvite?> FindInviteAsync(string tokenHash, Guid personId, CancellationToken cancellationToken) =>
        database.ReadAsync<FoundInvite?>(async db =>
            await db.RoomInvites.AsNoTracking().FirstOrDefaultAsync(i => i.TokenHash == tokenHash, cancellationToken).ConfigureAwait(false) is { } row
                ? new FoundInvite(
                    row.RoomId, row.ToInvite(), await db.RoomInviteUses.AnyAsync(u => u.InviteId == row.Id && u.PersonId == personId, cancellationToken).ConfigureAwait(false))
                : null, cancellationToken);

    public Task<IReadOnlyList<RoomInvite>> ReadInvitesAsync(Guid roomId, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<RoomInvite>>(async db =>
            (await db.RoomInvites.AsNoTracking().Where(i => i.RoomId == roomId).OrderByDescending(i => i.CreatedAt).ThenByDescending(i => i.Id)
                .ToListAsync(cancellationToken).ConfigureAwait(false)).ConvertAll(i => i.ToInvite()), cancellationToken);

    public Task<IReadOnlyList<string>> ReadNamesAsync(Guid roomId, string authorId, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<string>>(async db =>
            await db.Messages.Where(m => m.RoomId == roomId && m.AuthorId == authorId).Select(m => m.AuthorName).Distinct().ToListAsync(cancellationToken).ConfigureAwait(false),
            cancellationToken);

    public Task<IReadOnlyList<Guid>> FindRoomsOfAsync(Guid personId, CancellationToken cancellationToken)
    {
        var authorId = personId.ToString("N");
        return database.ReadAsync<IReadOnlyList<Guid>>(async db =>
            await db.Members.Where(m => m.PersonId == personId).Select(m => m.RoomId)
                .Union(db.RoomInvites.Where(i => i.CreatedBy == personId).Select(i => i.RoomId))
                .Union(db.Turns.Where(t => t.RequestedById == authorId).Select(t => t.RoomId))
                .Union(db.ExistingRooms.Where(r => r.TurnRights!.Contains(authorId)).Select(r => r.Id))
                .ToListAsync(cancellationToken).ConfigureAwait(false), cancellationToken);
    }

    public Task<IReadOnlyList<(Guid Id, long Sequence)>> FindOfAsync(Guid roomId, DeletedPerson person, long after, int count, CancellationToken cancellationToken)
    {
        var (authorId, gone, removes) = (person.AuthorId, Names.GonePerson, person.RemovesMessages);
        List<string?> details = [.. person.Details];
        return database.ReadAsync<IReadOnlyList<(Guid, long)>>(async db =>
            (await db.Messages.Where(m => m.RoomId == roomId && m.Sequence > after
                && ((m.AuthorId == authorId && (removes || m.AuthorName != gone))
                    || (m.AskedById == authorId && m.AskedByName != gone)
                    || details.Contains(m.StatusDetail)
                    || m.Parts.Contains(authorId)
                    || m.Metadata!.Contains(authorId)
                    || (m.Versions > 1 && db.Versions.Any(v => v.MessageId == m.Id && (details.Contains(v.StatusDetail) || v.Parts.Contains(authorId) || v.Metadata!.Contains(authorId))))))
                .OrderBy(m => m.Sequence).Take(count).Select(m => new { m.Id, m.Sequence }).ToListAsync(cancellationToken).ConfigureAwait(false)).ConvertAll(m => (m.Id, m.Sequence)),
            cancellationToken);
    }

    public Task<IReadOnlyList<RoomRemoval>> ListRemovalsAsync(IReadOnlyCollection<Guid> roomIds, DateTimeOffset oldest, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<RoomRemoval>>(async db =>
            (await db.RoomRemovals.Where(r => roomIds.Contains(r.RoomId) && r.At > oldest && !db.RoomRemovals.Any(later => later.RoomId == r.RoomId && later.Through > r.Through))
                .Join(db.Rooms, r => r.RoomId, room => room.Id, (r, room) => new { r.RoomId, room.Name, r.Through, r.At, r.ById })
                .OrderByDescending(r => r.At).ToListAsync(cancellationToken).ConfigureAwait(false))
                .ConvertAll(r => new RoomRemoval(r.RoomId, r.Name, r.Through == RoomRow.Deleted, r.At, r.ById)), cancellationToken);

    public Task<IReadOnlyList<DeletedRoom>> ListDeletedAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<DeletedRoom>>(async db =>
        {
            var rooms = await db.Rooms.AsNoTracking().Where(r => r.ClearedThrough == RoomRow.Deleted)
                .Join(db.RoomRemovals.Where(d => d.Through == RoomRow.Deleted), r => r.Id, d => d.RoomId, (room, d) => new { Room = room, d.ById, d.At }).ToListAsync(cancellationToken).ConfigureAwait(false);
            var ids = rooms.ConvertAll(r => r.Room.Id);
            var members = (await db.Members.AsNoTracking().Where(m => ids.Contains(m.RoomId)).ToListAsync(cancellationToken).ConfigureAwait(false)).ToLookup(m => m.RoomId);
            return rooms.ConvertAll(r => new DeletedRoom(r.Room.ToRoom(), [.. members[r.Room.Id].Select(m => m.ToMember())], r.ById, r.At));
        }, cancellationToken);

    public Task<Room?> FindAsync(Guid roomId, CancellationToken cancellationToken) =>
        database.ReadAsync(async db =>
            (await db.ExistingRooms.AsNoTracking().FirstOrDefaultAsync(r => r.Id == roomId, cancellationToken).ConfigureAwait(false))?.ToRoom(), cancellationToken);

    public async Task<RoomChangeResult<T>> ChangeAsync<T>(Guid roomId, Func<IRoomChange, CancellationToken, Task<Result<T>>> change, CancellationToken cancellationToken)
    {
        var leavesRows = false;
        var changed = await database.WriteAsync(async db =>
        {
            var of = new RoomChange(db, roomId, time);
            var value = await change(of, cancellationToken).ConfigureAwait(false);
            if (value.Error is null)
            {
                leavesRows = of.LeavesRows;
                return new RoomChangeResult<T>(value, await of.NumberAsync(cancellationToken).ConfigureAwait(false));
            }

            // Changes from before the refusal are not stored.
            db.ChangeTracker.Clear();
            return new RoomChangeResult<T>(value, []);
        }, cancellationToken).ConfigureAwait(false);
        if (leavesRows)
        {
            removal.Wake();
        }

        return changed;
    }

    public Task<IReadOnlyList<MessageVersion>> ReadVersionsAsync(Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<MessageVersion>>(async db =>
        {
            var row = await db.MessagesOf(roomId).AsNoTracking().FirstOrDefaultAsync(m => m.Id == messageId, cancellationToken).ConfigureAwait(false);
            if (row is null)
            {
                return [];
            }

            var message = row.ToMessage();
            var versions = await db.Versions.AsNoTracking().Where(v => v.MessageId == messageId).OrderBy(v => v.Number).ToListAsync(cancellationToken).ConfigureAwait(false);
            return versions.ConvertAll(v => new MessageVersion(v.Number, message with
            {
                Parts = MessagePartsJson.Read(v.Parts),
                Status = StoredStatuses.Read(v.Status, v.StatusDetail),
                EndedAt = v.EndedAt,
                Metadata = ResponseMetadataJson.Read(v.Metadata),
            }));
        }, cancellationToken);

    public Task<Blob?> FindBlobAsync(Guid roomId, Guid blobId, long from, CancellationToken cancellationToken) =>
        database.ReadAsync(async db =>
            await db.Blobs.AsNoTracking().Where(b => b.Id == blobId && db.MessagesOf(roomId).Any(m => m.Id == b.MessageId && m.Sequence >= from))
                .Select(b => new Blob(b.MediaType, b.Content)).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false), cancellationToken);

    public Task<IReadOnlyList<Guid>> FindResponsesAsync(Guid roomId, Guid questionId, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Guid>>(async db =>
            await db.MessagesOf(roomId).Where(m => m.QuestionId == questionId && !m.IsRetried)
                .OrderBy(m => m.Sequence).Select(m => m.Id).ToListAsync(cancellationToken).ConfigureAwait(false), cancellationToken);

    public Task<IReadOnlyList<Message>> ReadFirstAsync(Guid roomId, long from, int count, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Message>>(async db =>
            (await (await db.PlannedMessagesOfAsync(roomId, cancellationToken).ConfigureAwait(false)).AsNoTracking().Where(m => m.Sequence >= from).OrderBy(m => m.Sequence).Take(count).ToListAsync(cancellationToken).ConfigureAwait(false))
                .ConvertAll(m => m.ToMessage()), cancellationToken);

    public Task<Result<Message>?> FindPostedAsync(Guid roomId, Author author, Guid clientId, CancellationToken cancellationToken) =>
        database.ReadAsync(db => RoomChange.FindPostedAsync(db, roomId, author, clientId, cancellationToken), cancellationToken);

    public Task<MessagePage> ReadPageAsync(Guid roomId, long? before, int count, CancellationToken cancellationToken) =>
        database.ReadAsync(async db =>
        {
            var newest = (await db.PlannedMessagesOfAsync(roomId, cancellationToken).ConfigureAwait(false)).AsNoTracking();
            if (before is { } sequence)
            {
                newest = newest.Where(m => m.Sequence < sequence);
            }

            // One more than requested, to see whether there are older ones.
            var rows = await newest.OrderByDescending(m => m.Sequence).Take(count + 1).ToListAsync(cancellationToken).ConfigureAwait(false);
            return new MessagePage([.. rows.Take(count).Reverse().Select(r => r.ToMessage())], rows.Count > count);
        }, cancellationToken);

    public Task<Message?> FindMessageAsync(Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        database.ReadAsync(async db =>
            (await db.MessagesOf(roomId).AsNoTracking().FirstOrDefaultAsync(m => m.Id == messageId, cancellationToken).ConfigureAwait(false))?.ToMessage(),
            cancellationToken);

    public Task<IReadOnlyList<Message>> SearchAsync(Guid roomId, long from, string query, int count, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Message>>(async db =>
        {
            var pattern = MessagePartsJson.LikePattern(query);
            var ofRoom = (await db.PlannedMessagesOfAsync(roomId, cancellationToken).ConfigureAwait(false)).AsNoTracking().OrderByDescending(m => m.Sequence);
            var tooOld = await ofRoom.Skip(RoomLimits.SearchedMessages).Select(m => m.Sequence).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
            tooOld = Math.Max(tooOld, from - 1);
            var found = new List<Message>();
            var before = long.MaxValue;
            while (true)
            {
                // In the order of the index, so that rows are read until there are enough and nothing is sorted. In batches, because
                // PostgreSQL sorts unless it knows that only some rows are needed.
                var candidates = db.WithPartsLike(ofRoom.Where(m => m.Sequence > tooOld && m.Sequence < before && !m.IsRetried), pattern).Take(SearchedAtOnce);
                var read = 0;
                await foreach (var row in candidates.AsAsyncEnumerable().WithCancellation(cancellationToken).ConfigureAwait(false))
                {
                    read++;
                    before = row.Sequence;
                    // The pattern matched somewhere in the JSON. Only written text counts.
                    var message = row.ToMessage();
                    if (message.Parts.OfType<TextPart>().Any(part => part.Text.Contains(query, StringComparison.OrdinalIgnoreCase)))
                    {
                        found.Add(message);
                        if (found.Count >= count)
                        {
                            return found;
                        }
                    }
                }

                if (read < SearchedAtOnce)
                {
                    return found;
                }
            }
        }, cancellationToken);

    public Task<IReadOnlyList<Message>> ReadSuspendedAsync(Guid roomId, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Message>>(async db =>
            (await db.Messages.AsNoTracking().Where(m => db.Turns.Any(t => t.RoomId == roomId && t.State == TurnStatus.Suspended && t.MessageId == m.Id))
                .OrderBy(m => m.Sequence).ToListAsync(cancellationToken).ConfigureAwait(false)).ConvertAll(m => m.ToMessage()), cancellationToken);

    public Task<IReadOnlyList<Turn>> ReadQueueAsync(Guid roomId, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Turn>>(async db =>
            (await db.Turns.AsNoTracking().Where(t => t.RoomId == roomId && (t.State == TurnStatus.Waiting || t.State == TurnStatus.Ready))
                .OrderByDescending(t => t.State).ThenBy(t => t.NotBefore ?? t.RequestedAt).ThenBy(t => t.Id).ToListAsync(cancellationToken).ConfigureAwait(false)).ConvertAll(t => t.ToTurn()), cancellationToken);
}
