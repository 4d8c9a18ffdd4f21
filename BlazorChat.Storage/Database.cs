using System.Data.Common;
using System.Security.Cryptography;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <summary>
/// The stores' access to the database. Each read has a context of its own; writes run one after the other, each in one transaction. SQLite
/// has one writer: waiting for it here is fair and holds no thread, unlike waiting inside SQLite. PostgreSQL is used the same way, so that
/// the stores see no concurrent write on either database.
/// </summary>
internal sealed class Database(IDbContextFactory<ChatDbContext> contexts, IDatabaseProvider provider, TimeProvider time) : IDisposable
{
    /// <summary>The size of the test message: more than fits into a page of either database.</summary>
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

    /// <summary>
    /// Runs a unit of work in one transaction. When this returns, its changes are on disk; when it throws, none are, also not later. Gives up
    /// after <see cref="RoomLimits.WriteTime"/>, whether it waits for the database or for other writes.
    /// </summary>
    public async Task<T> WriteAsync<T>(Func<ChatDbContext, Task<T>> write, CancellationToken cancellationToken)
    {
        using var end = new CancellationTokenSource(RoomLimits.WriteTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellationToken);
        T result;
        UnsureCommit? unsure;
        try
        {
            (result, unsure) = await TryWriteAsync(write, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (end.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Unavailable("The database could not be written in time.", e);
        }

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
            // Whoever waited has been told, or is about to be, that this was not stored.
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                // Not canceled halfway: a caller that gave up now would not know whether the change was stored.
                await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (DbException e)
            {
                _isFailing = true;
                // Resolved after the connection is closed and the next write can begin, so that only the caller waits for it.
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

    /// <summary>Tests whether writes work now.</summary>
    /// <param name="longest">How long another write may take.</param>
    /// <param name="cancellationToken">Cancels the test.</param>
    /// <exception cref="StorageUnavailableException">Writes do not work.</exception>
    public async Task ProbeAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        if (!await _writer.WaitAsync(longest, cancellationToken).ConfigureAwait(false))
        {
            throw new StorageUnavailableException("A write is taking too long.");
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

    // Writing a message can fail where a small change of one page succeeds, so it is tested with rows that are rolled back.
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
            // Random text, because repeated letters would be compressed to a few bytes.
            Parts = MessagePartsJson.Write([new TextPart(Convert.ToBase64String(RandomNumberGenerator.GetBytes(TriedBytes)))]),
        });
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        await transaction.RollbackAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A commit that failed, but may have been stored.</summary>
    private sealed record UnsureCommit(long Transaction, Exception Failure);

    private StorageUnavailableException Unavailable(string message, Exception failure) =>
        new(message, provider.Tellable(failure));
}
