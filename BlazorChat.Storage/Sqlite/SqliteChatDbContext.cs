using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace BlazorChat.Storage.Sqlite;

/// <summary>The database as a file of SQLite.</summary>
internal sealed class SqliteChatDbContext(DbContextOptions<SqliteChatDbContext> options) : ChatDbContext(options)
{
    public override IQueryable<MessageRow> WithPartsLike(IQueryable<MessageRow> messages, string pattern) =>
        messages.Where(m => EF.Functions.Like(m.Parts, pattern, MessagePartsJson.LikeEscape));
}

/// <summary>What `dotnet ef --context SqliteChatDbContext` uses to make migrations; no database is opened.</summary>
internal sealed class SqliteDesignFactory : IDesignTimeDbContextFactory<SqliteChatDbContext>
{
    public SqliteChatDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteChatDbContext>().UseSqlite("Data Source=:memory:").Options);
}
