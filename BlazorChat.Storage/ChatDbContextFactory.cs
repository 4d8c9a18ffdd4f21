using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <summary>Makes contexts for code that works with either database.</summary>
internal sealed class ChatDbContextFactory<TContext>(IDbContextFactory<TContext> contexts) : IDbContextFactory<ChatDbContext>
    where TContext : ChatDbContext
{
    public ChatDbContext CreateDbContext() => contexts.CreateDbContext();

    public async Task<ChatDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default) =>
        await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
}
