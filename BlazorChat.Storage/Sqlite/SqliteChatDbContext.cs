using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace BlazorChat.Storage.Sqlite;

/// <summary>The database as a SQLite file.</summary>
internal sealed class SqliteChatDbContext(DbContextOptions<SqliteChatDbContext> options) : ChatDbContext(options)
{
    public override IQueryable<MessageRow> WithPartsLike(IQueryable<MessageRow> messages, string pattern) =>
        messages.Where(m => EF.Functions.Like(m.Parts, pattern, MessagePartsJson.LikeEscape));
}

/// <summary>Used by `dotnet ef --context SqliteChatDbContext` to make migrations; opens no database.</summary>
internal sealed class SqliteDesignFactory : IDesignTimeDbContextFactory<SqliteChatDbContext>
{
    public SqliteChatDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteChatDbContext>().UseSqlite("Data Source=:memory:").Options);
}
