using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;
using BlazorChat.Turns;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace BlazorChat.Storage;

/// <inheritdoc cref="IRoomStore" />
internal sealed class RoomStore(Database database, IOptions<RoomsOptions> options) : IRoomStore
{
    private const int SearchedAtOnce = 200;

    public Task<IReadOnlyList<Room>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Room>>(async db =>
            (await db.Rooms.AsNoTracking().ToListAsync(cancellationToken).ConfigureAwait(false)).ConvertAll(r => r.ToRoom()), cancellationToken);

    public Task<Room?> FindAsync(Guid roomId, CancellationToken cancellationToken) =>
        database.ReadAsync(async db =>
            (await db.Rooms.AsNoTracking().FirstOrDefaultAsync(r => r.Id == roomId, cancellationToken).ConfigureAwait(false))?.ToRoom(), cancellationToken);

    public Task<Result<Room>> CreateAsync(Room room, CancellationToken cancellationToken) =>
        database.WriteAsync<Result<Room>>(async db =>
        {
            var key = room.IsNamed ? Names.KeyOf(room.Name) : RoomRow.UnnamedKey(room.Id);
            if (await db.Rooms.AnyAsync(r => r.NameKey == key, cancellationToken).ConfigureAwait(false))
            {
                return NameTaken(room.Name);
            }

            if (await db.Rooms.CountAsync(cancellationToken).ConfigureAwait(false) >= RoomLimits.Rooms)
            {
                return new RoomError(RoomErrorKind.Limit, $"There are {RoomLimits.Rooms:N0} rooms already, which is the most. Please delete one first.");
            }

            var row = new RoomRow
            {
                Id = room.Id,
                Name = room.Name,
                NameKey = key,
                Instructions = "",
                DisabledTools = "",
                OwnerId = room.OwnerId,
                CreatedAt = room.CreatedAt,
                LastActivityAt = room.LastActivityAt,
            };
            row.Set(room.Settings);
            db.Rooms.Add(row);
            return room;
        }, cancellationToken);

    public Task<Result<Room>> UpdateAsync(Guid roomId, string? name, RoomSettings settings, CancellationToken cancellationToken) =>
        database.WriteAsync<Result<Room>>(async db =>
        {
            if (await db.Rooms.FirstOrDefaultAsync(r => r.Id == roomId, cancellationToken).ConfigureAwait(false) is not { } row)
            {
                return RoomErrors.NoSuchRoom;
            }

            if (name is not null && !await row.TryNameAsync(db, name, cancellationToken).ConfigureAwait(false))
            {
                return NameTaken(name);
            }

            row.Set(settings);
            return row.ToRoom();
        }, cancellationToken);

    public Task<long?> ClearAsync(Guid roomId, CancellationToken cancellationToken) =>
        database.WriteAsync<long?>(async db =>
        {
            if (await db.Rooms.FirstOrDefaultAsync(r => r.Id == roomId, cancellationToken).ConfigureAwait(false) is not { } row)
            {
                return null;
            }

            // Journals go with their messages (the foreign key cascades).
            await db.Turns.Where(t => t.RoomId == roomId).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
            await db.Messages.Where(m => m.RoomId == roomId).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
            row.MessageCount = 0;
            row.ClearedThrough = row.LastSequence;
            return row.LastSequence;
        }, cancellationToken);

    public Task<bool> DeleteAsync(Guid roomId, CancellationToken cancellationToken) =>
        database.WriteAsync(async db =>
            await db.Rooms.Where(r => r.Id == roomId).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false) > 0, cancellationToken);

    public Task<Result<PostedMessage>> PostAsync(NewMessage message, CancellationToken cancellationToken) =>
        database.WriteAsync<Result<PostedMessage>>(async db =>
        {
            var before = await db.Messages.AsNoTracking().FirstOrDefaultAsync(
                m => m.RoomId == message.RoomId && m.AuthorId == message.Author.Id && m.ClientId == message.ClientId, cancellationToken).ConfigureAwait(false);
            if (before is not null)
            {
                return new PostedMessage(before.ToMessage(), IsNew: false, [], [], []);
            }

            if (await db.Rooms.FirstOrDefaultAsync(r => r.Id == message.RoomId, cancellationToken).ConfigureAwait(false) is not { } room)
            {
                return RoomErrors.NoSuchRoom;
            }

            var queue = new TurnQueue(db, room);
            if (await queue.RefuseAsync(message, cancellationToken).ConfigureAwait(false) is { } error)
            {
                return error;
            }

            var changed = await PendingCalls.RejectAsync(db, message, cancellationToken).ConfigureAwait(false);
            var row = room.Append(message.Author, message.Now);
            row.ClientId = message.ClientId;
            row.Parts = MessagePartsJson.WriteText(message.Text);
            row.SetStatus(MessageStatus.Complete.Instance);
            db.Messages.Add(row);
            var (queued, withdrawn, letGo) = await queue.AddAsync(message, row.Id, cancellationToken).ConfigureAwait(false);
            await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            var (dropped, through) = await StoredMessages.KeepToAsync(db, room, options.Value.MaxStoredMessages, cancellationToken).ConfigureAwait(false);
            return new PostedMessage(row.ToMessage(), IsNew: true, queued, withdrawn, [.. changed, .. letGo]) { Dropped = dropped, DroppedThrough = through };
        }, cancellationToken);

    public Task<Message?> EditAsync(Guid roomId, Guid messageId, string text, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(async db =>
        {
            var row = await db.Messages.FirstOrDefaultAsync(m => m.Id == messageId && m.RoomId == roomId, cancellationToken).ConfigureAwait(false);
            if (row is null)
            {
                return null;
            }

            db.KeepVersion(row);
            row.Parts = MessagePartsJson.WriteText(text);
            row.EditedAt = now;
            return row.ToMessage();
        }, cancellationToken);

    public Task<RemovedMessage?> DeleteMessageAsync(Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        database.WriteAsync<RemovedMessage?>(async db =>
        {
            var row = await db.Messages.FirstOrDefaultAsync(m => m.Id == messageId && m.RoomId == roomId, cancellationToken).ConfigureAwait(false);
            if (row is null)
            {
                return null;
            }

            var room = await db.Rooms.FirstAsync(r => r.Id == roomId, cancellationToken).ConfigureAwait(false);
            room.MessageCount--;
            // What was sent for answers since then has its text in it.
            await db.Steps.Where(s => s.RoomId == roomId).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
            var removed = await TurnQueue.RemoveQuestionAsync(db, row, cancellationToken).ConfigureAwait(false);
            db.Messages.Remove(row);
            return removed;
        }, cancellationToken);

    public Task<IReadOnlyList<MessageVersion>> ReadVersionsAsync(Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<MessageVersion>>(async db =>
        {
            var row = await db.Messages.AsNoTracking().FirstOrDefaultAsync(m => m.Id == messageId && m.RoomId == roomId, cancellationToken).ConfigureAwait(false);
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

    public Task<Blob?> FindBlobAsync(Guid roomId, Guid blobId, CancellationToken cancellationToken) =>
        database.ReadAsync(async db =>
            await db.Blobs.AsNoTracking().Where(b => b.Id == blobId && db.Messages.Any(m => m.Id == b.MessageId && m.RoomId == roomId))
                .Select(b => new Blob(b.MediaType, b.Content)).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false), cancellationToken);

    public Task<IReadOnlyList<Guid>> FindResponsesAsync(Guid roomId, Guid questionId, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Guid>>(async db =>
            await db.Messages.Where(m => m.QuestionId == questionId && m.RoomId == roomId && !m.IsRetried)
                .OrderBy(m => m.Sequence).Select(m => m.Id).ToListAsync(cancellationToken).ConfigureAwait(false), cancellationToken);

    public Task<IReadOnlyList<Message>> ReadFirstAsync(Guid roomId, int count, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Message>>(async db =>
            (await db.Messages.AsNoTracking().Where(m => m.RoomId == roomId).OrderBy(m => m.Sequence).Take(count).ToListAsync(cancellationToken).ConfigureAwait(false))
                .ConvertAll(m => m.ToMessage()), cancellationToken);

    public Task<Message?> FindPostedAsync(Guid roomId, Author author, Guid clientId, CancellationToken cancellationToken) =>
        database.ReadAsync(async db =>
            (await db.Messages.AsNoTracking()
                .FirstOrDefaultAsync(m => m.RoomId == roomId && m.AuthorId == author.Id && m.ClientId == clientId, cancellationToken).ConfigureAwait(false))?.ToMessage(),
            cancellationToken);

    public Task<MessagePage> ReadPageAsync(Guid roomId, long? before, int count, CancellationToken cancellationToken) =>
        database.ReadAsync(async db =>
        {
            var newest = db.Messages.AsNoTracking().Where(m => m.RoomId == roomId);
            if (before is { } sequence)
            {
                newest = newest.Where(m => m.Sequence < sequence);
            }

            // One more than asked for says whether there are older ones.
            var rows = await newest.OrderByDescending(m => m.Sequence).Take(count + 1).ToListAsync(cancellationToken).ConfigureAwait(false);
            return new MessagePage([.. rows.Take(count).Reverse().Select(r => r.ToMessage())], rows.Count > count);
        }, cancellationToken);

    public Task<Message?> FindMessageAsync(Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        database.ReadAsync(async db =>
            (await db.Messages.AsNoTracking().FirstOrDefaultAsync(m => m.Id == messageId && m.RoomId == roomId, cancellationToken).ConfigureAwait(false))?.ToMessage(),
            cancellationToken);

    public Task<IReadOnlyList<Message>> SearchAsync(Guid roomId, string query, int count, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Message>>(async db =>
        {
            var pattern = MessagePartsJson.LikePattern(query);
            var ofRoom = db.Messages.AsNoTracking().Where(m => m.RoomId == roomId).OrderByDescending(m => m.Sequence);
            var tooOld = await ofRoom.Skip(RoomLimits.SearchedMessages).Select(m => m.Sequence).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
            var found = new List<Message>();
            var before = long.MaxValue;
            while (true)
            {
                // In the order of the index: rows are read until there are enough, and nothing is sorted. In pieces, since
                // PostgreSQL would sort whatever it does not know to be needed in part.
                var candidates = db.WithPartsLike(ofRoom.Where(m => m.Sequence > tooOld && m.Sequence < before && !m.IsRetried), pattern).Take(SearchedAtOnce);
                var read = 0;
                await foreach (var row in candidates.AsAsyncEnumerable().WithCancellation(cancellationToken).ConfigureAwait(false))
                {
                    read++;
                    before = row.Sequence;
                    // The pattern matched somewhere in the JSON: only text that somebody wrote counts.
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

    public Task<IReadOnlyList<Turn>> ReadQueueAsync(Guid roomId, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Turn>>(async db =>
            (await db.Turns.AsNoTracking().Where(t => t.RoomId == roomId && (t.State == StoredTurnState.Waiting || t.State == StoredTurnState.Ready))
                .OrderByDescending(t => t.State).ThenBy(t => t.NotBefore ?? t.RequestedAt).ThenBy(t => t.Id).ToListAsync(cancellationToken).ConfigureAwait(false)).ConvertAll(t => t.ToTurn()), cancellationToken);

    private static RoomError NameTaken(string name) => new(RoomErrorKind.Conflict, $"There is a room named “{name}” already.");
}
