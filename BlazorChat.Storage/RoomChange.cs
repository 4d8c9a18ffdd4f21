using System.Collections.Immutable;
using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <inheritdoc cref="IRoomChange" />
internal sealed class RoomChange(ChatDbContext db, Guid roomId, TimeProvider time) : IRoomChange
{
    // EF Core sorts the rows it saves together. Up to this many keep their order (List.Sort is stable for 16), and positions rise with it.
    private const int InOrder = 16;

    private readonly Dictionary<Guid, (MessageRow Row, Message Message)> _messages = [];
    private readonly Dictionary<Guid, TurnRow> _turns = [];
    private readonly Dictionary<Guid, MemberRow> _members = [];
    private readonly Dictionary<Guid, RoomInviteRow> _invites = [];
    private readonly List<RoomEvent> _events = [];
    private readonly List<(AuditAction Action, Guid? PersonId)> _rights = [];
    private RoomRow? _room;

    /// <summary>Whether the change leaves rows behind that it has marked as removed.</summary>
    public bool LeavesRows { get; private set; }

    public async Task<Room?> FindRoomAsync(CancellationToken cancellationToken)
    {
        _room ??= await db.ExistingRooms.FirstOrDefaultAsync(r => r.Id == roomId, cancellationToken).ConfigureAwait(false);
        return _room?.ToRoom();
    }

    public async Task<ImmutableArray<RoomMember>> ReadMembersAsync(CancellationToken cancellationToken)
    {
        foreach (var row in await db.Members.Where(m => m.RoomId == roomId).ToListAsync(cancellationToken).ConfigureAwait(false))
        {
            _members[row.PersonId] = row;
        }

        return [.. _members.Values.Select(m => m.ToMember())];
    }

    public async Task<ImmutableArray<RoomInvite>> ReadInvitesAsync(CancellationToken cancellationToken)
    {
        foreach (var row in await db.RoomInvites.Where(i => i.RoomId == roomId).ToListAsync(cancellationToken).ConfigureAwait(false))
        {
            _invites[row.Id] = row;
        }

        return [.. _invites.Values.Select(i => i.ToInvite())];
    }

    public Task<bool> HasUsedInviteAsync(Guid inviteId, Guid personId, CancellationToken cancellationToken) =>
        db.RoomInviteUses.AnyAsync(u => u.InviteId == inviteId && u.PersonId == personId, cancellationToken);

    public async Task<Message?> FindMessageAsync(Guid messageId, CancellationToken cancellationToken) =>
        _messages.TryGetValue(messageId, out var known)
            ? known.Message
            : Known(await db.MessagesOf(roomId).FirstOrDefaultAsync(m => m.Id == messageId, cancellationToken).ConfigureAwait(false));

    public async Task<Message?> FindMessageAtAsync(long sequence, CancellationToken cancellationToken) =>
        Known(await db.MessagesOf(roomId).FirstOrDefaultAsync(m => m.Sequence == sequence, cancellationToken).ConfigureAwait(false));

    public Task<Result<Message>?> FindPostedAsync(Author author, Guid clientId, CancellationToken cancellationToken) =>
        FindPostedAsync(db, roomId, author, clientId, cancellationToken);

    /// <inheritdoc cref="FindPostedAsync(Author, Guid, CancellationToken)" />
    internal static async Task<Result<Message>?> FindPostedAsync(ChatDbContext db, Guid roomId, Author author, Guid clientId, CancellationToken cancellationToken)
    {
        if (await db.Messages.AsNoTracking().FirstOrDefaultAsync(m => m.RoomId == roomId && m.AuthorId == author.Id && m.ClientId == clientId, cancellationToken).ConfigureAwait(false) is { } row)
        {
            // The row of a cleared message stays for a while.
            return await db.MessagesOf(roomId).AnyAsync(m => m.Id == row.Id, cancellationToken).ConfigureAwait(false) ? row.ToMessage() : RoomErrors.Removed;
        }

        return await db.RemovedMessages.AnyAsync(m => m.RoomId == roomId && m.AuthorId == author.Id && m.ClientId == clientId, cancellationToken).ConfigureAwait(false)
            ? (Result<Message>?)RoomErrors.Removed
            : null;
    }

    public async Task<ImmutableArray<Turn>> ReadTurnsAsync(CancellationToken cancellationToken)
    {
        foreach (var row in await db.Turns.Where(t => t.RoomId == roomId).ToListAsync(cancellationToken).ConfigureAwait(false))
        {
            _turns[row.Id] = row;
        }

        return [.. _turns.Values.Select(t => t.ToTurn())];
    }

    public async Task<IReadOnlyList<JournalPiece>> ReadJournalAsync(Guid messageId, int fromStep, CancellationToken cancellationToken) =>
        await db.Journal.AsNoTracking().Where(p => p.MessageId == messageId && p.Step >= fromStep).OrderBy(p => p.Ordinal)
            .Select(p => new JournalPiece(p.MessageId, p.Step, p.Ordinal, p.IsReasoning, p.Text)).ToListAsync(cancellationToken).ConfigureAwait(false);

    public Task<int> CountRoomsAsync(CancellationToken cancellationToken) => db.ExistingRooms.CountAsync(cancellationToken);

    public void Add(Room room)
    {
        _room = new RoomRow
        {
            Id = room.Id,
            Name = room.Name,
            NameKey = "",
            Instructions = "",
            DisabledTools = "",
            CreatedAt = room.CreatedAt,
        };
        _room.Set(room);
        db.Rooms.Add(_room);
    }

    public void Save(RoomMember member)
    {
        if (!_members.TryGetValue(member.PersonId, out var row))
        {
            _members[member.PersonId] = row = new MemberRow { RoomId = roomId, PersonId = member.PersonId, Since = member.Since, SeesFrom = member.SeesFrom };
            db.Members.Add(row);
        }

        row.Role = member.Role;
    }

    public void Remove(RoomMember member)
    {
        _members.Remove(member.PersonId, out var row);
        db.Members.Remove(row ?? throw new InvalidOperationException("The member was not read in this change."));
    }

    public void Save(RoomInvite invite)
    {
        if (!_invites.TryGetValue(invite.Id, out var row))
        {
            _invites[invite.Id] = row = new RoomInviteRow
            {
                Id = invite.Id,
                RoomId = roomId,
                TokenHash = invite.TokenHash,
                Role = invite.Role,
                CreatedBy = invite.CreatedBy,
                CreatedAt = invite.CreatedAt,
                ExpiresAt = invite.ExpiresAt,
                MaxUses = invite.MaxUses,
                MakesAccounts = invite.MakesAccounts,
            };
            db.RoomInvites.Add(row);
        }

        row.Uses = invite.Uses;
    }

    public void Remove(RoomInvite invite)
    {
        _invites.Remove(invite.Id, out var row);
        db.RoomInvites.Remove(row ?? throw new InvalidOperationException("The invite was not read in this change."));
    }

    public void AddInviteUse(Guid inviteId, Guid personId, DateTimeOffset at) =>
        db.RoomInviteUses.Add(new RoomInviteUseRow { InviteId = inviteId, PersonId = personId, UsedAt = at });

    public void Save(Room room)
    {
        var row = Found(_room);
        NoteRights(row, room);
        row.Set(room);
    }

    public void Add(Message message, Guid? clientId)
    {
        var row = new MessageRow
        {
            Id = message.Id,
            RoomId = roomId,
            Sequence = message.Sequence,
            AuthorKind = message.Author.Kind,
            AuthorId = message.Author.Id,
            AuthorName = message.Author.Name,
            ClientId = clientId,
            Parts = "",
            CreatedAt = message.CreatedAt,
        };
        row.Set(message, null);
        _messages[message.Id] = (row, message);
        db.Messages.Add(row);
    }

    public void Save(Message message)
    {
        var (row, before) = _messages[message.Id];
        row.Set(message, before);
        _messages[message.Id] = (row, message);
    }

    public void KeepVersion(Message message)
    {
        var row = _messages[message.Id].Row;
        db.Versions.Add(new MessageVersionRow
        {
            MessageId = row.Id,
            Number = row.Versions,
            Parts = row.Parts,
            Status = row.Status,
            StatusDetail = row.StatusDetail,
            EndedAt = row.EndedAt,
            Metadata = row.Metadata,
        });
    }

    public void Remove(Message message)
    {
        var row = _messages[message.Id].Row;
        if (RemovedIds.Of(row, time.GetUtcNow()) is { } id)
        {
            db.RemovedMessages.Add(id);
        }

        db.Messages.Remove(row);
    }

    public void Save(Turn turn)
    {
        if (!_turns.TryGetValue(turn.Id, out var row))
        {
            _turns[turn.Id] = row = new TurnRow
            {
                Id = turn.Id,
                RoomId = roomId,
                AssistantId = turn.AssistantId,
                RequestedByKind = turn.RequestedBy.Kind,
                RequestedById = turn.RequestedBy.Id,
                RequestedByName = turn.RequestedBy.Name,
                RequestedAt = turn.RequestedAt,
            };
            db.Turns.Add(row);
        }

        row.Set(turn);
    }

    public void Remove(Turn turn) => db.Turns.Remove(_turns[turn.Id]);

    public async Task RemoveMessagesAsync(bool isKept, Author by, CancellationToken cancellationToken)
    {
        var room = Found(_room);
        await (isKept ? KeepAsync(room.LastSequence, by, cancellationToken) : RemoveThroughAsync(room.LastSequence, cancellationToken)).ConfigureAwait(false);
    }

    public async Task RemoveRoomAsync(bool isKept, Author by, CancellationToken cancellationToken)
    {
        var room = Found(_room);
        if (isKept)
        {
            await KeepAsync(RoomRow.Deleted, by, cancellationToken).ConfigureAwait(false);
            room.ClearedThrough = RoomRow.Deleted;
            return;
        }

        await RemoveThroughAsync(RoomRow.Deleted, cancellationToken).ConfigureAwait(false);
        if (LeavesRows)
        {
            await Removal.ForgetRoomAsync(db, room, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            db.Rooms.Remove(room);
        }
    }

    public async Task<(IReadOnlyList<Guid> Removed, int Visible)> ForgetAsync(DeletedPerson person, IReadOnlyList<Guid> messageIds, CancellationToken cancellationToken)
    {
        var cleared = _room?.ClearedThrough ?? RoomRow.Deleted;
        var rows = await db.Messages.Where(m => m.RoomId == roomId && messageIds.Contains(m.Id)).ToListAsync(cancellationToken).ConfigureAwait(false);
        var (removed, visible) = (new List<Guid>(), 0);
        foreach (var row in rows)
        {
            if (person.RemovesMessages && row.AuthorKind == AuthorKind.Person && row.AuthorId == person.AuthorId)
            {
                if (RemovedIds.Of(row, time.GetUtcNow()) is { } id)
                {
                    db.RemovedMessages.Add(id);
                }

                _messages.Remove(row.Id);
                db.Messages.Remove(row);
                removed.Add(row.Id);
                visible += row.Sequence > cleared ? 1 : 0;
                continue;
            }

            var message = row.ToMessage();
            var forgotten = person.Forget(message);
            row.AuthorName = forgotten.Author.Name;
            row.Set(forgotten, message);
            _messages[row.Id] = (row, forgotten);
        }

        var versions = await db.Versions.Where(v => messageIds.Contains(v.MessageId) && !removed.Contains(v.MessageId)).ToListAsync(cancellationToken).ConfigureAwait(false);
        foreach (var version in versions)
        {
            var parts = MessagePartsJson.Read(version.Parts);
            var forgotten = person.Forget(parts);
            version.Parts = forgotten == parts ? version.Parts : MessagePartsJson.Write(forgotten);
            var metadata = ResponseMetadataJson.Read(version.Metadata);
            version.Metadata = person.Forget(metadata) is var without && without == metadata ? version.Metadata : ResponseMetadataJson.Write(without);
            (version.Status, version.StatusDetail) = StoredStatuses.Write(person.Forget(StoredStatuses.Read(version.Status, version.StatusDetail)));
        }

        return (removed, visible);
    }

    public async Task<BroughtBackChange?> BringBackAsync(DateTimeOffset oldest, CancellationToken cancellationToken)
    {
        var removal = await db.RoomRemovals.Where(r => r.RoomId == roomId).OrderByDescending(r => r.Through).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        if (removal is null || removal.At <= oldest)
        {
            return null;
        }

        var room = _room = await db.Rooms.FirstAsync(r => r.Id == roomId, cancellationToken).ConfigureAwait(false);
        var isRoom = removal.Through == RoomRow.Deleted;
        var back = db.Messages.Where(m => m.RoomId == roomId && m.Sequence > removal.From && m.Sequence <= removal.Through);
        var count = await back.CountAsync(cancellationToken).ConfigureAwait(false);
        var newest = await back.OrderByDescending(m => m.Sequence).Take(RoomLimits.WindowSize).Select(m => m.Id).ToListAsync(cancellationToken).ConfigureAwait(false);
        db.RoomRemovals.Remove(removal);
        room.ClearedThrough = removal.From;
        room.MessageCount = isRoom ? count : room.MessageCount + count;
        return new BroughtBackChange(room.ToRoom(), isRoom, count, [.. newest.AsEnumerable().Reverse()], count > newest.Count);
    }

    public async Task RemoveForGoodAsync(Author by, CancellationToken cancellationToken)
    {
        var room = await db.Rooms.FirstOrDefaultAsync(r => r.Id == roomId, cancellationToken).ConfigureAwait(false);
        if (room is null || await db.RoomRemovals.Where(r => r.RoomId == roomId).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false) == 0)
        {
            return;
        }

        _room = room;
        LeavesRows = true;
        if (room.ClearedThrough == RoomRow.Deleted)
        {
            await Removal.ForgetRoomAsync(db, room, cancellationToken).ConfigureAwait(false);
        }

        Tell(new RoomEvent.RemovedForGood(by));
    }

    public async Task<Message?> FindAnyMessageAsync(Guid messageId, CancellationToken cancellationToken) =>
        _messages.TryGetValue(messageId, out var known)
            ? known.Message
            : Known(await db.Messages.FirstOrDefaultAsync(m => m.RoomId == roomId && m.Id == messageId, cancellationToken).ConfigureAwait(false));

    public async Task<(int Removed, long Through)> RemoveOldestAsync(int count, CancellationToken cancellationToken)
    {
        // Saved first: changed rows must still exist for that, and messages that this change has ended may then be removed.
        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        var messages = await db.PlannedMessagesOfAsync(roomId, cancellationToken).ConfigureAwait(false);
        var through = await messages.OrderBy(m => m.Sequence).Skip(count - 1).Select(m => m.Sequence)
            .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        await RemovedIds.KeepAsync(db, roomId, through, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        var removed = await messages.Where(
            m => m.Sequence <= through
                && m.Status != StoredStatus.Streaming && m.Status != StoredStatus.AwaitingPeople && m.Status != StoredStatus.Recovering
                // A message that is about to be written again is removed afterward. Its turn would go with it, without an event.
                && !db.Turns.Any(t => t.MessageId == m.Id))
            .ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        return (removed, through);
    }

    public Task RemoveStepsAsync(CancellationToken cancellationToken) =>
        db.Steps.Where(s => s.RoomId == roomId).ExecuteDeleteAsync(cancellationToken);

    public Task RemoveJournalAsync(Guid messageId, CancellationToken cancellationToken) =>
        db.Journal.Where(p => p.MessageId == messageId).ExecuteDeleteAsync(cancellationToken);

    public void Tell(RoomEvent roomEvent) => _events.Add(roomEvent);

    /// <summary>Numbers the events to tell and adds them to the outbox. The last step before the change is stored.</summary>
    /// <returns>The numbered events.</returns>
    public async Task<ImmutableArray<RoomEvent>> NumberAsync(CancellationToken cancellationToken)
    {
        if (_events.Count == 0 || await FindRoomAsync(cancellationToken).ConfigureAwait(false) is null)
        {
            return [];
        }

        db.Audit.AddRange(_events.SelectMany(Recorded).Select(entry => AuditRow.Of(entry with { At = time.GetUtcNow() })));
        var numbered = _events.Select(e => e with { Number = ++_room!.LastEvent }).ToImmutableArray();
        if (numbered.Length + db.ChangeTracker.Entries().Count() > InOrder)
        {
            await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        }

        foreach (var slice in numbered.Chunk(InOrder))
        {
            db.Outbox.AddRange(slice.Select(Entry));
            if (numbered.Length > InOrder)
            {
                await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        return numbered;
    }

    private async Task RemoveThroughAsync(long through, CancellationToken cancellationToken)
    {
        await db.Turns.Where(t => t.RoomId == roomId).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        // What was kept by an earlier setting goes with it.
        await db.RoomRemovals.Where(r => r.RoomId == roomId).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        // Most rooms are small enough to be emptied at once. Of a large one, the rest is removed behind this change.
        LeavesRows = await Removal.RemoveSliceAsync(db, roomId, through, Removal.FirstSlice, time.GetUtcNow(), cancellationToken).ConfigureAwait(false) == Removal.FirstSlice;
    }

    // The mark hides the rows; they are removed when the time is over.
    private async Task KeepAsync(long through, Author by, CancellationToken cancellationToken)
    {
        await db.Turns.Where(t => t.RoomId == roomId).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        if (Found(_room).ClearedThrough is var from && from < through)
        {
            db.RoomRemovals.Add(new RoomRemovalRow { RoomId = roomId, Through = through, From = from, At = time.GetUtcNow(), ById = IdOf(by) });
        }
    }

    private static Guid? IdOf(Author by) => by.Kind == AuthorKind.Person && Guid.TryParse(by.Id, out var id) ? id : null;

    private OutboxRow Entry(RoomEvent roomEvent) => new()
    {
        RoomId = roomId,
        Number = roomEvent.Number,
        Kind = roomEvent.GetType().Name,
        SubjectId = roomEvent.SubjectId,
        At = time.GetUtcNow(),
    };

    // With the change itself: what is done about rights is recorded, or not done.
    private IEnumerable<AuditEntry> Recorded(RoomEvent roomEvent) => roomEvent switch
    {
        RoomEvent.MemberSet set => [Entry(ActionOf(set), set.By, set.Member.PersonId)],
        RoomEvent.MemberRemoved removed => [Entry(AuditAction.MemberRemoved, removed.By, removed.PersonId)],
        RoomEvent.InviteCreated created => [Entry(AuditAction.InviteMade, created.By, null)],
        RoomEvent.InviteRevoked revoked => [Entry(AuditAction.InviteRevoked, revoked.By, null)],
        RoomEvent.RoomChanged { By: { } by } => TakeRights(by),
        RoomEvent.RoomCleared cleared => [Entry(AuditAction.RoomCleared, cleared.By, null)],
        RoomEvent.RoomDeleted deleted => [Entry(AuditAction.RoomDeleted, deleted.By, null)],
        RoomEvent.RoomBroughtBack back => [Entry(AuditAction.RoomBroughtBack, back.By, null)],
        RoomEvent.RemovedForGood removed => [Entry(AuditAction.RoomRemovedForGood, removed.By, null)],
        _ => [],
    };

    private static AuditAction ActionOf(RoomEvent.MemberSet set) => set switch
    {
        { IsAppointed: true, Member.Role: RoomRole.Owner } => AuditAction.OwnerAppointed,
        { IsAppointed: true } => AuditAction.AdministratorJoined,
        { IsByInvite: true } => AuditAction.InviteUsed,
        { Member.Role: RoomRole.Owner } => AuditAction.OwnerMade,
        { Member.Role: RoomRole.Member } => AuditAction.MemberMade,
        _ => AuditAction.ViewerMade,
    };

    private List<AuditEntry> TakeRights(Author by)
    {
        var entries = _rights.ConvertAll(right => Entry(right.Action, by, right.PersonId));
        _rights.Clear();
        return entries;
    }

    // What a saved room changes about rights. It is recorded with the event that says who changed it.
    private void NoteRights(RoomRow before, Room after)
    {
        if (before.Visibility != after.Visibility)
        {
            _rights.Add((AuditAction.AccessChanged, null));
        }

        if (before.HidesHistory != after.HidesHistory)
        {
            _rights.Add((AuditAction.HistoryChanged, null));
        }

        if (before.ArchivedAt is not null != after.IsArchived)
        {
            _rights.Add((after.IsArchived ? AuditAction.RoomArchived : AuditAction.RoomUnarchived, null));
        }

        var (was, now) = (TurnRightsJson.Read(before.TurnRights), after.Settings.Rights);
        if (was == now)
        {
            return;
        }

        if ((was.Ask, was.Stop, was.Regenerate, was.Approve) != (now.Ask, now.Stop, now.Regenerate, now.Approve))
        {
            _rights.Add((AuditAction.TurnRightsChanged, null));
        }

        _rights.AddRange(now.Approvers.Except(was.Approvers).Select(id => (AuditAction.ApproverNamed, (Guid?)id)));
        _rights.AddRange(was.Approvers.Except(now.Approvers).Select(id => (AuditAction.ApproverDismissed, (Guid?)id)));
        // Allowed as it is now, a tool takes the place of what it was before.
        _rights.AddRange(now.Always.Except(was.Always).Select(_ => (AuditAction.ToolAllowed, (Guid?)null)));
        _rights.AddRange(was.Always.Where(a => !now.Always.Any(kept => kept.Name == a.Name)).Select(_ => (AuditAction.ToolRevoked, (Guid?)null)));
    }

    private AuditEntry Entry(AuditAction action, Author by, Guid? personId) =>
        new(action, IdOf(by), personId, roomId);

    private Message? Known(MessageRow? row)
    {
        if (row is null)
        {
            return null;
        }

        if (!_messages.TryGetValue(row.Id, out var known))
        {
            _messages[row.Id] = known = (row, row.ToMessage());
        }

        return known.Message;
    }

    private static RoomRow Found(RoomRow? row) => row ?? throw new InvalidOperationException("The room was not read in this change.");
}
