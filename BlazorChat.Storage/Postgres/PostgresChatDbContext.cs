using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace BlazorChat.Storage.Postgres;

/// <summary>The database on a PostgreSQL server. Also holds the keys that sign cookies, so that a server needs no folder.</summary>
internal sealed class PostgresChatDbContext(DbContextOptions<PostgresChatDbContext> options) : ChatDbContext(options), IDataProtectionKeyContext
{
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    public DbSet<OwnershipRow> Ownership => Set<OwnershipRow>();

    public override IQueryable<MessageRow> WithPartsLike(IQueryable<MessageRow> messages, string pattern) =>
        messages.Where(m => EF.Functions.ILike(m.Parts, pattern, MessagePartsJson.LikeEscape));

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        // Like text in SQLite: compared and sorted by bytes, whatever the server's language. The application checks lengths itself.
        configurationBuilder.Properties<string>().HaveColumnType("text").UseCollation("C");
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<OwnershipRow>(ownership =>
        {
            ownership.ToTable("Ownership");
            ownership.Property(o => o.Id).ValueGeneratedNever();
            ownership.HasData(new OwnershipRow { Id = OwnershipRow.TheOne, Epoch = 0 });
        });
    }
}

/// <summary>
/// The current owner of the database. Each process that takes over raises the epoch, and its transactions check for their own epoch.
/// </summary>
internal sealed class OwnershipRow
{
    /// <summary>The id of the only row.</summary>
    public const int TheOne = 1;

    public int Id { get; set; }

    public long Epoch { get; set; }
}

/// <summary>Used by `dotnet ef --context PostgresChatDbContext` to make migrations; connects to no server.</summary>
internal sealed class PostgresDesignFactory : IDesignTimeDbContextFactory<PostgresChatDbContext>
{
    public PostgresChatDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresChatDbContext>().UseNpgsql().Options);
}
