using System.Collections.Immutable;
using System.Text;
using BlazorChat.Text;
using Microsoft.Extensions.Options;

namespace BlazorChat.Turns;

/// <summary>How far the journal is.</summary>
/// <param name="Stored">The last batch that is on disk, with all batches before it.</param>
/// <param name="KeepsUp">Whether new text may be shown before it is on disk.</param>
/// <param name="IsFailing">Whether the last attempt to store text failed.</param>
internal readonly record struct JournalProgress(long Stored, bool KeepsUp, bool IsFailing);

/// <summary>
/// Keeps the text of running responses on disk: pieces of all rooms in one transaction a few times a second, and no transaction when
/// there is no new text. It also ties what is shown to what is stored, so that a crash takes back at most two intervals of what anyone
/// has seen: while the oldest text that is not on disk is older than one and a half intervals, no further text is shown
/// (<see cref="Append"/>). The other half is for the way of the text to here. Once it is older than two intervals, models are not read
/// (<see cref="KeepPaceAsync"/>).
/// </summary>
internal sealed partial class TurnJournal(ITurnStore store, IOptions<TurnsOptions> options, TimeProvider time, ILogger<TurnJournal> logger)
    : BackgroundService
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Pending> _pending = [];
    private readonly SemaphoreSlim _hasText = new(0, 1);
    private readonly TimeSpan _interval = options.Value.JournalInterval;
    private ImmutableArray<Follower> _followers = [];

    // Text goes into the open batch until that is taken to be stored.
    private long _batch = 1;
    private long _stored;

    // When the oldest text was appended that is being stored, and that is in the open batch.
    private long? _storingSince;
    private long? _openSince;

    // The last batch was stored late. What has piled up behind it may arrive all at once, and is shown only when it is stored.
    private bool _wasLate;
    private bool _isFailing;
    private bool _hasEnded;
    private TaskCompletionSource _attempted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How far it is now.</summary>
    public JournalProgress Progress
    {
        get
        {
            lock (_lock)
            {
                return ProgressLocked();
            }
        }
    }

    /// <summary>Adds text of a response. It is on disk within about one interval, unless the machine or the database is busy.</summary>
    /// <returns>0 if the text may be shown at once; otherwise the batch that must be stored first (see <see cref="JournalProgress.Stored"/>).</returns>
    public long Append(Guid messageId, int step, string text, bool isReasoning)
    {
        lock (_lock)
        {
            if (!_pending.TryGetValue(messageId, out var pending))
            {
                _pending[messageId] = pending = new Pending();
            }

            pending.Append(step, text, isReasoning);
            _openSince ??= time.GetTimestamp();
            Signal();
            return KeepsUp() ? 0 : _batch;
        }
    }

    /// <summary>Calls back after each attempt to store text, until the result is disposed.</summary>
    public IDisposable Follow(Action<JournalProgress> attempted)
    {
        var follower = new Follower(this, attempted);
        ImmutableInterlocked.Update(ref _followers, static (all, added) => all.Add(added), follower);
        return follower;
    }

    /// <summary>
    /// Waits while text is older than two intervals and not on disk, so that a model is not read faster than its text can be stored. Does
    /// not wait while the database cannot be reached: that may take minutes, providers would hang up, and what is not stored is not shown.
    /// </summary>
    public Task KeepPaceAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return IsBehind() ? UntilCaughtUpAsync(cancellationToken) : Task.CompletedTask;
        }
    }

    /// <summary>The response is stored up to a step, so earlier steps no longer need the journal.</summary>
    public void Forget(Guid messageId, int before)
    {
        lock (_lock)
        {
            if (_pending.TryGetValue(messageId, out var pending))
            {
                pending.Forget(before);
            }
        }
    }

    /// <summary>The response is stored completely, or is gone.</summary>
    public void Forget(Guid messageId)
    {
        lock (_lock)
        {
            _pending.Remove(messageId);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _hasText.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await _hasText.WaitAsync(stoppingToken).ConfigureAwait(false);
                var began = time.GetTimestamp();
                var stored = await FlushAsync(stoppingToken).ConfigureAwait(false);
                var wait = !stored ? TryAgainAfter : WasLate ? TimeSpan.Zero : _interval - time.GetElapsedTime(began);
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, time, stoppingToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Turns end before this service does, and store their complete text.
        }
        finally
        {
            lock (_lock)
            {
                _hasEnded = true;
                _attempted.TrySetResult();
            }
        }
    }

    private bool WasLate
    {
        get
        {
            lock (_lock)
            {
                return _wasLate;
            }
        }
    }

    private async Task UntilCaughtUpAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task attempted;
            lock (_lock)
            {
                if (!IsBehind())
                {
                    return;
                }

                attempted = _attempted.Task;
            }

            await attempted.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private bool KeepsUp() => !_isFailing && !_wasLate && Age() <= _interval * 1.5;

    private bool IsBehind() => !_isFailing && !_hasEnded && Age() > _interval * 2;

    // How old the oldest text is that is not on disk.
    private TimeSpan Age() => (_storingSince ?? _openSince) is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero;

    private JournalProgress ProgressLocked() => new(_stored, KeepsUp(), _isFailing);

    private void Signal()
    {
        if (_hasText.CurrentCount == 0)
        {
            _hasText.Release();
        }
    }

    /// <returns>False if the text could not be stored; it is kept for the next attempt.</returns>
    private async Task<bool> FlushAsync(CancellationToken cancellationToken)
    {
        List<JournalPiece> pieces;
        long batch;
        lock (_lock)
        {
            pieces = [.. _pending.SelectMany(p => p.Value.Take(p.Key))];
            batch = _batch++;
            _storingSince = _openSince;
            _openSince = null;
        }

        try
        {
            if (pieces.Count > 0)
            {
                await store.AppendJournalAsync(pieces, cancellationToken).ConfigureAwait(false);
            }
        }
#pragma warning disable CA1031 // Any exception that left this service would end the server.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            LogFailed(e, pieces.Count);
            PutBack(pieces);
            Attempted(null);
            return false;
        }

        Attempted(batch);
        return true;
    }

    private void Attempted(long? stored)
    {
        JournalProgress progress;
        TimeSpan? late = null;
        lock (_lock)
        {
            _isFailing = stored is null;
            if (stored is { } batch)
            {
                var age = _storingSince is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero;
                late = !_wasLate && age > _interval * 1.5 ? age : null;
                _wasLate = age > _interval * 1.5;
                _stored = batch;
            }
            else
            {
                _openSince = _storingSince ?? _openSince;
            }

            _storingSince = null;
            _attempted.TrySetResult();
            _attempted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            progress = ProgressLocked();
        }

        if (late is { } took)
        {
            LogLate(took.TotalMilliseconds);
        }

        foreach (var follower in _followers)
        {
            follower.Attempted(progress);
        }
    }

    private void PutBack(List<JournalPiece> pieces)
    {
        lock (_lock)
        {
            foreach (var piece in pieces.AsEnumerable().Reverse())
            {
                if (_pending.TryGetValue(piece.MessageId, out var pending))
                {
                    pending.PutBack(piece);
                }
            }

            Signal();
        }
    }

    [LoggerMessage(LogLevel.Error, "{Count} pieces of running responses could not be journaled; retrying.")]
    private partial void LogFailed(Exception exception, int count);

    [LoggerMessage(LogLevel.Debug, "Text of running responses was on disk only after {Milliseconds} ms; responses slow down until it is faster.")]
    private partial void LogLate(double milliseconds);

    private sealed class Follower(TurnJournal journal, Action<JournalProgress> attempted) : IDisposable
    {
        public Action<JournalProgress> Attempted { get; } = attempted;

        public void Dispose() => ImmutableInterlocked.Update(ref journal._followers, static (all, gone) => all.Remove(gone), this);
    }

    /// <summary>The text of one response that is not on disk yet, in order: a run of text, of reasoning, of text again …</summary>
    private sealed class Pending
    {
        private readonly LinkedList<Run> _runs = [];
        private long _ordinal;
        private int _storedBefore;

        public void Append(int step, string text, bool isReasoning)
        {
            if (_runs.Last?.Value is not { } last || last.Step != step || last.IsReasoning != isReasoning)
            {
                _runs.AddLast(last = new Run(step, isReasoning));
            }

            last.Text.Append(text);
        }

        public void Forget(int before)
        {
            _storedBefore = before;
            while (_runs.First is { Value: var first } && first.Step < before)
            {
                _runs.RemoveFirst();
            }
        }

        public List<JournalPiece> Take(Guid messageId)
        {
            var pieces = new List<JournalPiece>();
            while (_runs.First is { Value: var run } node)
            {
                // Half of a surrogate pair waits for its other half: it cannot be stored alone.
                var isLast = node.Next is null;
                var length = isLast && run.Text.Length > 0 && char.IsHighSurrogate(run.Text[^1]) ? run.Text.Length - 1 : run.Text.Length;
                if (length > 0)
                {
                    pieces.Add(new JournalPiece(messageId, run.Step, ++_ordinal, run.IsReasoning, StorableText.From(run.Text.ToString(0, length))));
                    run.Text.Remove(0, length);
                }

                if (run.Text.Length > 0)
                {
                    break;
                }

                _runs.RemoveFirst();
            }

            return pieces;
        }

        public void PutBack(JournalPiece piece)
        {
            if (piece.Step < _storedBefore)
            {
                return;
            }

            if (_runs.First?.Value is not { } first || first.Step != piece.Step || first.IsReasoning != piece.IsReasoning)
            {
                _runs.AddFirst(first = new Run(piece.Step, piece.IsReasoning));
            }

            first.Text.Insert(0, piece.Text);
        }

        private sealed class Run(int step, bool isReasoning)
        {
            public int Step { get; } = step;

            public bool IsReasoning { get; } = isReasoning;

            public StringBuilder Text { get; } = new();
        }
    }
}
