using System.Text;
using BlazorChat.Text;
using Microsoft.Extensions.Options;

namespace BlazorChat.Turns;

/// <summary>
/// Keeps the text of running responses on disk: pieces of all rooms in one transaction a few times a second, and no transaction when
/// there is no new text. A crash costs at most one interval.
/// </summary>
internal sealed partial class TurnJournal(ITurnStore store, IOptions<TurnsOptions> options, TimeProvider time, ILogger<TurnJournal> logger)
    : BackgroundService
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Pending> _pending = [];
    private readonly SemaphoreSlim _hasText = new(0, 1);

    /// <summary>Adds text of a response; it is on disk within one interval.</summary>
    public void Append(Guid messageId, int step, string text, bool isReasoning)
    {
        lock (_lock)
        {
            if (!_pending.TryGetValue(messageId, out var pending))
            {
                _pending[messageId] = pending = new Pending();
            }

            pending.Append(step, text, isReasoning);
            if (_hasText.CurrentCount == 0)
            {
                _hasText.Release();
            }
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
                var stored = await FlushAsync(stoppingToken).ConfigureAwait(false);
                await Task.Delay(stored ? options.Value.JournalInterval : TryAgainAfter, time, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Turns end before this service does, and store their complete text.
        }
    }

    /// <returns>False if the text could not be stored; it is kept for the next attempt.</returns>
    private async Task<bool> FlushAsync(CancellationToken cancellationToken)
    {
        List<JournalPiece> pieces;
        lock (_lock)
        {
            pieces = [.. _pending.SelectMany(p => p.Value.Take(p.Key))];
        }

        if (pieces.Count == 0)
        {
            return true;
        }

        try
        {
            await store.AppendJournalAsync(pieces, cancellationToken).ConfigureAwait(false);
            return true;
        }
#pragma warning disable CA1031 // Any exception that left this service would end the server.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            LogFailed(e, pieces.Count);
            PutBack(pieces);
            return false;
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

            if (_hasText.CurrentCount == 0)
            {
                _hasText.Release();
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "{Count} pieces of running responses could not be journaled; retrying.")]
    private partial void LogFailed(Exception exception, int count);

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
