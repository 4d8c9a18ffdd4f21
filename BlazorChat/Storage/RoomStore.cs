using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <inheritdoc cref="IRoomStore" />
internal sealed class RoomStore(Database database) : IRoomStore
{
    public Task<IReadOnlyList<Room>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Room>>(async db =>
            (await db.Rooms.AsNoTracking().ToListAsync(cancellationToken).ConfigureAwait(false)).ConvertAll(r => r.ToRoom()), cancellationToken);

    public Task<Room?> FindAsync(Guid roomId, CancellationToken cancellationToken) =>
        database.ReadAsync(async db =>
            (await db.Rooms.AsNoTracking().FirstOrDefaultAsync(r => r.Id == roomId, cancellationToken).ConfigureAwait(false))?.ToRoom(), cancellationToken);

    public Task<Result<Room>> CreateAsync(Room room, CancellationToken cancellationToken) =>
        database.WriteAsync<Result<Room>>(async db =>
        {
            var key = Names.KeyOf(room.Name);
            if (await db.Rooms.AnyAsync(r => r.NameKey == key, cancellationToken).ConfigureAwait(false))
            {
                return NameTaken(room.Name);
            }

            if (await db.Rooms.CountAsync(cancellationToken).ConfigureAwait(false) >= RoomLimits.Rooms)
            {
                return new Refusal(RefusalKind.Limit, $"There are {RoomLimits.Rooms:N0} rooms already, which is the most. Please delete one first.");
            }

            db.Rooms.Add(new RoomRow
            {
                Id = room.Id,
                Name = room.Name,
                NameKey = key,
                Instructions = room.Instructions,
                AnswerMode = room.AnswerMode,
                CreatedAt = room.CreatedAt,
                LastActivityAt = room.LastActivityAt,
            });
            return room;
        }, cancellationToken);

    public Task<Result<Room>> UpdateAsync(Guid roomId, string name, string instructions, AnswerMode answerMode, CancellationToken cancellationToken) =>
        database.WriteAsync<Result<Room>>(async db =>
        {
            if (await db.Rooms.FirstOrDefaultAsync(r => r.Id == roomId, cancellationToken).ConfigureAwait(false) is not { } row)
            {
                return Refusals.NoSuchRoom;
            }

            var key = Names.KeyOf(name);
            if (await db.Rooms.AnyAsync(r => r.NameKey == key && r.Id != roomId, cancellationToken).ConfigureAwait(false))
            {
                return NameTaken(name);
            }

            row.Name = name;
            row.NameKey = key;
            row.Instructions = instructions;
            row.AnswerMode = answerMode;
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

    public Task<PostedMessage?> PostAsync(
        Guid roomId, Author author, Guid clientId, string text, IReadOnlyList<string> assistantIds, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync<PostedMessage?>(async db =>
        {
            var before = await db.Messages.AsNoTracking()
                .FirstOrDefaultAsync(m => m.RoomId == roomId && m.AuthorId == author.Id && m.ClientId == clientId, cancellationToken).ConfigureAwait(false);
            if (before is not null)
            {
                return new PostedMessage(before.ToMessage(), IsNew: false, []);
            }

            if (await db.Rooms.FirstOrDefaultAsync(r => r.Id == roomId, cancellationToken).ConfigureAwait(false) is not { } room)
            {
                return null;
            }

            var message = room.Append(author, now);
            message.ClientId = clientId;
            message.Parts = MessagePartsJson.WriteText(text);
            message.SetStatus(MessageStatus.Complete.Instance);
            db.Messages.Add(message);

            var queued = new List<Turn>();
            foreach (var assistantId in assistantIds)
            {
                if (await db.QueueAsync(roomId, assistantId, author, before: null, now, cancellationToken).ConfigureAwait(false) is { } turn)
                {
                    queued.Add(turn);
                }
            }

            return new PostedMessage(message.ToMessage(), IsNew: true, queued);
        }, cancellationToken);

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
            // In the order of the index: rows are read until there are enough, and nothing is sorted.
            var candidates = ofRoom.Where(m => m.Sequence > tooOld && !m.IsRetried && EF.Functions.Like(m.Parts, pattern, MessagePartsJson.LikeEscape));
            var found = new List<Message>();
            await foreach (var row in candidates.AsAsyncEnumerable().WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                // The pattern matched somewhere in the JSON: only text that somebody wrote counts.
                var message = row.ToMessage();
                if (message.Parts.OfType<TextPart>().Any(part => part.Text.Contains(query, StringComparison.OrdinalIgnoreCase)))
                {
                    found.Add(message);
                    if (found.Count >= count)
                    {
                        break;
                    }
                }
            }

            return found;
        }, cancellationToken);

    public Task<IReadOnlyList<Turn>> ReadQueueAsync(Guid roomId, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Turn>>(async db =>
            (await db.Turns.AsNoTracking().Where(t => t.RoomId == roomId && t.State == StoredTurnState.Waiting)
                .OrderBy(t => t.RequestedAt).ThenBy(t => t.Id).ToListAsync(cancellationToken).ConfigureAwait(false)).ConvertAll(t => t.ToTurn()), cancellationToken);

    private static Refusal NameTaken(string name) => new(RefusalKind.Conflict, $"There is a room named “{name}” already.");
}
