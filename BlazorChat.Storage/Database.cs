using System.Data.Common;
using System.Security.Cryptography;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <summary>
/// How stores reach the database: reads in a context of their own, writes one after the other, each in one transaction.
/// SQLite has one writer; waiting for it here is fair and costs no thread, waiting in SQLite is neither. On PostgreSQL it is
/// the same, so that the stores' rules see no other transaction on either.
/// </summary>
internal sealed class Database(IDbContextFactory<ChatDbContext> contexts, IDatabaseProvider provider) : IDisposable
{
    /// <summary>The size of the message that is tried: more than fits into a page of either.</summary>
    private const int TriedBytes = 48 * 1024;

    private readonly SemaphoreSlim _writer = new(1, 1);

    // Whether the last write failed.
    private volatile bool _isFailing;

    public async Task<T> ReadAsync<T>(Func<ChatDbContext, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
            await using var _ = context.ConfigureAwait(false);
            return await read(context).ConfigureAwait(false);
        }
        catch (DbException e)
        {
            throw Unavailable("The database could not be read.", e);
        }
    }

    /// <summary>Runs a unit of work in one transaction. When this returns, its changes are on disk; when it throws, none are.</summary>
    public async Task<T> WriteAsync<T>(Func<ChatDbContext, Task<T>> write, CancellationToken cancellationToken)
    {
        var (result, unsure) = await TryWriteAsync(write, cancellationToken).ConfigureAwait(false);
        if (unsure is { } commit && !await provider.IsStoredAsync(commit.Transaction).ConfigureAwait(false))
        {
            throw Unavailable("The database could not be written.", commit.Failure);
        }

        return result;
    }

    private async Task<(T Result, UnsureCommit? Unsure)> TryWriteAsync<T>(Func<ChatDbContext, Task<T>> write, CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
            await using var _ = context.ConfigureAwait(false);
            var transaction = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using var __ = transaction.ConfigureAwait(false);
            var known = await provider.EnsureOwnedAsync(context, cancellationToken).ConfigureAwait(false);
            var result = await write(context).ConfigureAwait(false);
            await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                // Not cancelled half-way: a caller who gives up now would not know whether it was stored.
                await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (DbException e)
            {
                _isFailing = true;
                // Looked at when the connection is closed and the next write can begin: nobody waits for it but the caller.
                return (result, new UnsureCommit(known, e));
            }

            _isFailing = false;
            provider.AfterWrite();
            return (result, null);
        }
        catch (Exception e) when (e is DbException or DbUpdateException)
        {
            _isFailing = true;
            throw Unavailable("The database could not be written.", e);
        }
        finally
        {
            _writer.Release();
        }
    }

    /// <summary>Tries whether writes work now.</summary>
    /// <param name="longest">How long another write may take.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StorageUnavailableException">They do not.</exception>
    public async Task ProbeAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        if (!await _writer.WaitAsync(longest, cancellationToken).ConfigureAwait(false))
        {
            throw new StorageUnavailableException("A write takes too long.");
        }

        try
        {
            if (_isFailing)
            {
                await TryRowsAsync(cancellationToken).ConfigureAwait(false);
            }

            await provider.ProbeAsync(_isFailing, cancellationToken).ConfigureAwait(false);
            _isFailing = false;
        }
        catch (Exception e) when (e is DbException or DbUpdateException)
        {
            throw Unavailable("The database could not be written.", e);
        }
        finally
        {
            _writer.Release();
        }
    }

    public void Dispose() => _writer.Dispose();

    // What people write fails in other ways than a small change of one page: it is tried, and taken back.
    private async Task TryRowsAsync(CancellationToken cancellationToken)
    {
        var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = context.ConfigureAwait(false);
        var transaction = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = transaction.ConfigureAwait(false);
        await provider.EnsureOwnedAsync(context, cancellationToken).ConfigureAwait(false);
        var id = Guid.NewGuid();
        var room = new RoomRow { Id = id, Name = "", NameKey = RoomRow.UnnamedKey(id), Instructions = "", DisabledTools = "" };
        context.Rooms.Add(room);
        context.Messages.Add(new MessageRow
        {
            Id = Guid.NewGuid(),
            RoomId = id,
            AuthorId = "",
            AuthorName = "",
            // Of one letter it would be stored in a few bytes.
            Parts = MessagePartsJson.Write([new TextPart(Convert.ToBase64String(RandomNumberGenerator.GetBytes(TriedBytes)))]),
        });
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        await transaction.RollbackAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A commit that failed, and may be stored.</summary>
    private sealed record UnsureCommit(long Transaction, Exception Failure);

    private StorageUnavailableException Unavailable(string message, Exception failure) =>
        new(message, provider.Tellable(failure));
}
