using System.Text;
using Microsoft.Extensions.Options;

namespace BlazorChat.Replies;

/// <summary>
/// Keeps the text of running answers on disk while it comes: pieces of all rooms in one transaction a few times a second,
/// and none at all while nothing comes. What a crash costs is at most one interval.
/// </summary>
internal sealed partial class TurnJournal(ITurnStore store, IOptions<RepliesOptions> options, TimeProvider time, ILogger<TurnJournal> logger)
    : BackgroundService
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Pending> _pending = [];
    private readonly SemaphoreSlim _hasText = new(0, 1);

    /// <summary>Takes more text of an answer; it is on disk within an interval.</summary>
    public void Append(Guid messageId, string text)
    {
        lock (_lock)
        {
            if (!_pending.TryGetValue(messageId, out var pending))
            {
                _pending[messageId] = pending = new Pending();
            }

            pending.Text.Append(text);
            if (_hasText.CurrentCount == 0)
            {
                _hasText.Release();
            }
        }
    }

    /// <summary>The answer is being stored whole, or is gone.</summary>
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
            // Turns end before this service does, and store their text whole.
        }
    }

    /// <returns>False when it could not be stored; the text is kept for the next time.</returns>
    private async Task<bool> FlushAsync(CancellationToken cancellationToken)
    {
        List<JournalPiece> pieces;
        lock (_lock)
        {
            pieces = [.. _pending.Select(p => p.Value.Take(p.Key)).OfType<JournalPiece>()];
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
#pragma warning disable CA1031 // Whatever it is: an exception that left this service would end the server.
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
            foreach (var piece in pieces)
            {
                if (_pending.TryGetValue(piece.MessageId, out var pending))
                {
                    pending.Text.Insert(0, piece.Text);
                }
            }

            if (_hasText.CurrentCount == 0)
            {
                _hasText.Release();
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "The text of {Count} running answers could not be journaled; it is tried again.")]
    private partial void LogFailed(Exception exception, int count);

    private sealed class Pending
    {
        private long _ordinal;

        public StringBuilder Text { get; } = new();

        /// <summary>What came since the last piece, or null. Half of a surrogate pair waits for its other half: alone it cannot be stored.</summary>
        public JournalPiece? Take(Guid messageId)
        {
            var length = Text.Length > 0 && char.IsHighSurrogate(Text[^1]) ? Text.Length - 1 : Text.Length;
            if (length == 0)
            {
                return null;
            }

            var piece = new JournalPiece(messageId, ++_ordinal, Text.ToString(0, length));
            Text.Remove(0, length);
            return piece;
        }
    }
}
