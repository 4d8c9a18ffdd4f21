using BlazorChat.Text;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace BlazorChat.Storage;

/// <summary>
/// The database context, with one derived class and its own migrations per database. Made per operation through an
/// <see cref="IDbContextFactory{TContext}"/> of this type, because scoped services live as long as a circuit.
/// </summary>
internal abstract class ChatDbContext(DbContextOptions options) : DbContext(options)
{
    /// <summary>The longest key of a name: folding can lengthen it.</summary>
    private const int NameKeyLength = RoomLimits.PersonNameLength * 20;

    /// <summary>The longest name of an OpenID provider in the settings.</summary>
    private const int ProviderLength = 64;

    /// <summary>The longest id that OpenID Connect has for an account or a session.</summary>
    private const int SubjectLength = 255;

    /// <summary>The longest id of a passkey, 1023 bytes, as base64url.</summary>
    private const int PasskeyIdLength = 1364;

    /// <summary>The longest address that e-mail has.</summary>
    private const int EmailLength = 254;

    public DbSet<RoomRow> Rooms => Set<RoomRow>();

    public DbSet<MessageRow> Messages => Set<MessageRow>();

    public DbSet<TurnRow> Turns => Set<TurnRow>();

    public DbSet<JournalRow> Journal => Set<JournalRow>();

    public DbSet<MessageVersionRow> Versions => Set<MessageVersionRow>();

    public DbSet<BlobRow> Blobs => Set<BlobRow>();

    public DbSet<StepRow> Steps => Set<StepRow>();

    public DbSet<OutboxRow> Outbox => Set<OutboxRow>();

    public DbSet<OutboxPositionRow> OutboxPositions => Set<OutboxPositionRow>();

    public DbSet<LeaverRow> Leavers => Set<LeaverRow>();

    public DbSet<MemberRow> Members => Set<MemberRow>();

    public DbSet<PersonRow> People => Set<PersonRow>();

    public DbSet<SessionRow> Sessions => Set<SessionRow>();

    public DbSet<OneTimeLinkRow> OneTimeLinks => Set<OneTimeLinkRow>();

    public DbSet<ExternalLoginRow> ExternalLogins => Set<ExternalLoginRow>();

    public DbSet<GroupRoleRow> GroupRoles => Set<GroupRoleRow>();

    public DbSet<PasskeyRow> Passkeys => Set<PasskeyRow>();

    public DbSet<RoomInviteRow> RoomInvites => Set<RoomInviteRow>();

    public DbSet<RoomInviteUseRow> RoomInviteUses => Set<RoomInviteUseRow>();

    public DbSet<RoomRemovalRow> RoomRemovals => Set<RoomRemovalRow>();

    public DbSet<AuditRow> Audit => Set<AuditRow>();

    public DbSet<RemovedMessageRow> RemovedMessages => Set<RemovedMessageRow>();

    /// <summary>
    /// The messages of a room that have not been cleared. Rows that have been cleared stay for a while (see <see cref="Removal"/>), and only
    /// <see cref="Removal"/> and the search for a posted id may look at those.
    /// </summary>
    public IQueryable<MessageRow> MessagesOf(Guid roomId) => Messages.Where(
        m => m.RoomId == roomId && m.Sequence > Rooms.Where(r => r.Id == roomId).Select(r => r.ClearedThrough).FirstOrDefault());

    /// <summary>
    /// The same, with the mark read before: PostgreSQL cannot plan with a value that it does not know, and would sort all messages of the room
    /// for each page.
    /// </summary>
    public async Task<IQueryable<MessageRow>> PlannedMessagesOfAsync(Guid roomId, CancellationToken cancellationToken)
    {
        var cleared = await Rooms.Where(r => r.Id == roomId).Select(r => r.ClearedThrough).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        return Messages.Where(m => m.RoomId == roomId && m.Sequence > cleared);
    }

    /// <summary>The rooms that have not been deleted. The row of a deleted room stays as long as its messages.</summary>
    public IQueryable<RoomRow> ExistingRooms => Rooms.Where(r => r.ClearedThrough != RoomRow.Deleted);

    /// <summary>
    /// The messages whose stored parts match a LIKE pattern with <see cref="MessagePartsJson.LikeEscape"/>, ignoring the case of ASCII
    /// letters.
    /// </summary>
    public abstract IQueryable<MessageRow> WithPartsLike(IQueryable<MessageRow> messages, string pattern);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // SQLite has no sortable type for points in time. Unix milliseconds sort on every database.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UnixMillisecondsConverter>();
        // SQLite stores NUL and PostgreSQL refuses it; neither stores half a surrogate pair as text.
        configurationBuilder.Properties<string>().HaveConversion<StorableTextConverter>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<RoomRow>(room =>
        {
            room.ToTable("Rooms");
            room.Property(r => r.Id).ValueGeneratedNever();
            room.Property(r => r.Name).HasMaxLength(RoomLimits.RoomNameLength);
            room.Property(r => r.NameKey).HasMaxLength(RoomLimits.RoomNameLength);
            room.Property(r => r.Instructions).HasMaxLength(RoomLimits.InstructionsLength);
            // The default for rooms from before these settings existed.
            room.Property(r => r.DisabledTools).HasDefaultValue("");
            room.Property(r => r.QuietMilliseconds).HasDefaultValue(2_000);
        });

        modelBuilder.Entity<MemberRow>(member =>
        {
            member.ToTable("Members");
            member.HasKey(m => new { m.RoomId, m.PersonId });
            member.HasIndex(m => m.PersonId);
            member.HasOne<RoomRow>().WithMany().HasForeignKey(m => m.RoomId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<PersonRow>(person =>
        {
            person.ToTable("People");
            person.Property(p => p.Id).ValueGeneratedNever();
            person.Property(p => p.Name).HasMaxLength(RoomLimits.PersonNameLength);
            person.Property(p => p.NameKey).HasMaxLength(NameKeyLength);
            person.Property(p => p.FormerName).HasMaxLength(RoomLimits.PersonNameLength);
            person.Property(p => p.Email).HasMaxLength(EmailLength);
            person.Property(p => p.EmailKey).HasMaxLength(EmailLength);
            person.Property(p => p.AdministratorBy).HasMaxLength(ProviderLength);
            person.Property(p => p.AccountBy).HasMaxLength(ProviderLength);
            // Nulls are distinct: those who have given up their names share none.
            person.HasIndex(p => p.NameKey).IsUnique();
            // Not unique: nobody has shown yet that an address is theirs, and a refusal would tell whose it is.
            person.HasIndex(p => p.EmailKey);
        });

        modelBuilder.Entity<SessionRow>(session =>
        {
            session.ToTable("Sessions");
            session.Property(s => s.Id).ValueGeneratedNever();
            session.Property(s => s.Provider).HasMaxLength(ProviderLength);
            session.Property(s => s.ProviderSession).HasMaxLength(SubjectLength);
            session.HasIndex(s => s.PersonId);
            session.HasIndex(s => new { s.Provider, s.ProviderSession });
            session.HasOne<PersonRow>().WithMany().HasForeignKey(s => s.PersonId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<OneTimeLinkRow>(link =>
        {
            link.ToTable("OneTimeLinks");
            link.Property(l => l.Id).ValueGeneratedNever();
            link.Property(l => l.TokenHash).HasMaxLength(64);
            link.HasIndex(l => l.TokenHash).IsUnique();
            link.HasOne<PersonRow>().WithMany().HasForeignKey(l => l.PersonId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<ExternalLoginRow>(login =>
        {
            login.ToTable("ExternalLogins");
            login.HasKey(l => new { l.Provider, l.Subject });
            login.Property(l => l.Provider).HasMaxLength(ProviderLength);
            login.Property(l => l.Subject).HasMaxLength(SubjectLength);
            login.Property(l => l.Label).HasMaxLength(EmailLength);
            login.HasIndex(l => new { l.PersonId, l.Provider }).IsUnique();
            login.HasOne<PersonRow>().WithMany().HasForeignKey(l => l.PersonId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<GroupRoleRow>(role =>
        {
            role.ToTable("GroupRoles");
            role.HasKey(r => new { r.PersonId, r.Provider, r.RoomId });
            role.Property(r => r.Provider).HasMaxLength(ProviderLength);
            role.HasIndex(r => r.RoomId);
            role.HasOne<PersonRow>().WithMany().HasForeignKey(r => r.PersonId).OnDelete(DeleteBehavior.Cascade);
            role.HasOne<RoomRow>().WithMany().HasForeignKey(r => r.RoomId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<PasskeyRow>(passkey =>
        {
            passkey.ToTable("Passkeys");
            passkey.Property(p => p.Id).ValueGeneratedNever().HasMaxLength(PasskeyIdLength);
            passkey.Property(p => p.Name).HasMaxLength(RoomLimits.PersonNameLength);
            passkey.Property(p => p.Transports).HasMaxLength(200);
            passkey.HasIndex(p => p.PersonId);
            passkey.HasOne<PersonRow>().WithMany().HasForeignKey(p => p.PersonId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<RoomInviteRow>(invite =>
        {
            invite.ToTable("RoomInvites");
            invite.Property(i => i.Id).ValueGeneratedNever();
            invite.Property(i => i.TokenHash).HasMaxLength(64);
            invite.HasIndex(i => i.TokenHash).IsUnique();
            invite.HasIndex(i => i.RoomId);
            invite.HasOne<RoomRow>().WithMany().HasForeignKey(i => i.RoomId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<RoomInviteUseRow>(use =>
        {
            use.ToTable("RoomInviteUses");
            use.HasKey(u => new { u.InviteId, u.PersonId });
            use.HasOne<RoomInviteRow>().WithMany().HasForeignKey(u => u.InviteId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<MessageRow>(message =>
        {
            message.ToTable("Messages");
            message.Property(m => m.Id).ValueGeneratedNever();
            message.Ignore(m => m.Author);
            message.Property(m => m.AuthorId).HasMaxLength(64);
            message.Property(m => m.AuthorName).HasMaxLength(RoomLimits.PersonNameLength);
            message.Property(m => m.AskedById).HasMaxLength(64);
            message.Property(m => m.AskedByName).HasMaxLength(RoomLimits.PersonNameLength);
            message.Property(m => m.Versions).HasDefaultValue(1);
            message.HasIndex(m => m.QuestionId);
            message.HasIndex(m => new { m.RoomId, m.Sequence }).IsUnique();
            // Makes posting idempotent. Responses have no client id, and nulls are distinct in a unique index.
            message.HasIndex(m => new { m.RoomId, m.AuthorId, m.ClientId }).IsUnique();
            message.HasOne<RoomRow>().WithMany().HasForeignKey(m => m.RoomId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<TurnRow>(turn =>
        {
            turn.ToTable("Turns");
            turn.Property(t => t.Id).ValueGeneratedNever();
            turn.Property(t => t.AssistantId).HasMaxLength(64);
            turn.Property(t => t.RequestedById).HasMaxLength(64);
            turn.Property(t => t.RequestedByName).HasMaxLength(RoomLimits.PersonNameLength);
            turn.Ignore(t => t.EarlierQuestionIds);
            turn.HasIndex(t => new { t.RoomId, t.AssistantId, t.State });
            // One running turn per assistant and room, enforced by the database too.
            turn.HasIndex(t => new { t.RoomId, t.AssistantId }, "OneRunning").IsUnique().HasFilter("\"State\" = 1");
            turn.HasOne<RoomRow>().WithMany().HasForeignKey(t => t.RoomId).OnDelete(DeleteBehavior.Cascade);
            turn.HasOne<MessageRow>().WithMany().HasForeignKey(t => t.MessageId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<JournalRow>(piece =>
        {
            piece.ToTable("Journal");
            piece.HasKey(p => new { p.MessageId, p.Ordinal });
            piece.Property(p => p.Ordinal).ValueGeneratedNever();
            piece.HasOne<MessageRow>().WithMany().HasForeignKey(p => p.MessageId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<MessageVersionRow>(version =>
        {
            version.ToTable("MessageVersions");
            version.HasKey(v => new { v.MessageId, v.Number });
            version.HasOne<MessageRow>().WithMany().HasForeignKey(v => v.MessageId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<BlobRow>(blob =>
        {
            blob.ToTable("Blobs");
            blob.Property(b => b.Id).ValueGeneratedNever();
            blob.Property(b => b.MediaType).HasMaxLength(100);
            blob.HasOne<MessageRow>().WithMany().HasForeignKey(b => b.MessageId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<StepRow>(step =>
        {
            step.ToTable("Steps");
            step.HasKey(s => new { s.MessageId, s.Version, s.Step });
            step.HasIndex(s => new { s.RoomId, s.Sequence });
            step.HasOne<MessageRow>().WithMany().HasForeignKey(s => s.MessageId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<OutboxRow>(entry =>
        {
            entry.ToTable("Outbox");
            entry.HasKey(e => e.Position);
            entry.Property(e => e.Position).ValueGeneratedOnAdd();
            entry.Property(e => e.Kind).HasMaxLength(40);
            // No foreign key to the room: the outbox also tells about deleted rooms.
            entry.HasIndex(e => new { e.RoomId, e.Number }).IsUnique();
        });

        modelBuilder.Entity<OutboxPositionRow>(position =>
        {
            position.ToTable("OutboxPositions");
            position.HasKey(p => p.Consumer);
            position.Property(p => p.Consumer).HasMaxLength(64);
        });

        modelBuilder.Entity<LeaverRow>(leaver =>
        {
            leaver.ToTable("Leavers");
            leaver.HasKey(l => l.PersonId);
        });

        modelBuilder.Entity<RoomRemovalRow>(removal =>
        {
            removal.ToTable("RoomRemovals");
            removal.HasKey(r => new { r.RoomId, r.Through });
            removal.HasIndex(r => r.At);
            removal.HasOne<RoomRow>().WithMany().HasForeignKey(r => r.RoomId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<AuditRow>(entry =>
        {
            entry.ToTable("Audit");
            entry.Property(e => e.Id).ValueGeneratedOnAdd();
            // No foreign keys: what was done stays known when a person or a room is gone.
            entry.HasIndex(e => e.At);
        });

        modelBuilder.Entity<RemovedMessageRow>(removed =>
        {
            removed.ToTable("RemovedMessages");
            removed.HasKey(m => new { m.RoomId, m.Sequence });
            removed.Property(m => m.AuthorId).HasMaxLength(64);
            removed.HasIndex(m => new { m.RoomId, m.AuthorId, m.ClientId }).IsUnique();
            removed.HasOne<RoomRow>().WithMany().HasForeignKey(m => m.RoomId).OnDelete(DeleteBehavior.Cascade);
        });
    }

    // Internal, since the compiled models use it.
    internal sealed class StorableTextConverter() : ValueConverter<string, string>(text => StorableText.From(text), stored => stored);

    internal sealed class UnixMillisecondsConverter()
        : ValueConverter<DateTimeOffset, long>(time => time.ToUnixTimeMilliseconds(), stored => DateTimeOffset.FromUnixTimeMilliseconds(stored));
}
