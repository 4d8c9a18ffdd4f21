using System.Collections.Concurrent;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Turns;

/// <summary>Why a running turn must end before the model has finished.</summary>
internal abstract record TurnEnding
{
    /// <summary>A person stopped it.</summary>
    /// <param name="By">The person.</param>
    /// <param name="Why">A sentence for people, if it stopped by something else that they did; null if they stopped it.</param>
    public sealed record Stopped(Author By, string? Why = null) : TurnEnding
    {
        /// <summary>How the response ends.</summary>
        public MessageStatus Status => Why is null ? new MessageStatus.Stopped(By.Name) : new MessageStatus.Cut(Why);
    }

    /// <summary>Its message was removed, or its room was cleared or deleted: nothing of it may be kept.</summary>
    public sealed record Discarded : TurnEnding;

    /// <summary>The server is stopping.</summary>
    public sealed record ShuttingDown : TurnEnding;

    /// <summary>The database may belong to another process, so nothing can be stored.</summary>
    public sealed record StorageLost : TurnEnding;
}

/// <summary>A turn that runs in this process. Its first ending counts.</summary>
internal sealed class RunningTurn(Message response, TurnRequest request, ResponseDraft draft) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _cancellation = new();
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TurnEnding? _ending;
    private bool _disposed;
    private int _removals;

    public Guid RoomId { get; } = response.RoomId;

    public Guid MessageId { get; } = response.Id;

    /// <summary>The owner of the response; null if no one owns it.</summary>
    public Author? Owner { get; } = response.Owner;

    /// <summary>The asker.</summary>
    public TurnRequest Request { get; } = request;

    /// <summary>The response so far.</summary>
    public ResponseDraft Draft { get; } = draft;

    /// <summary>Stores the response so far. Set by the turn's runner before the turn can be found.</summary>
    public Func<Task> SaveAsync { get; set; } = static () => Task.CompletedTask;

    /// <summary>How many messages were removed from the room since the turn began. A prompt that was built earlier contains them.</summary>
    public int Removals => Volatile.Read(ref _removals);

    public void CountRemoval() => Interlocked.Increment(ref _removals);

    /// <summary>Why the turn must end, or null.</summary>
    public TurnEnding? Ending => Volatile.Read(ref _ending);

    /// <summary>The token of the model's request. Canceling it closes the provider's socket.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <summary>Completes when the response is final and only its outcome remains to be stored.</summary>
    public Task Answered => _answered.Task;

    public void SetAnswered() => _answered.TrySetResult();

    /// <returns>False if something else ended the turn before, or it ended by itself.</returns>
    public bool End(TurnEnding ending)
    {
        lock (_lock)
        {
            // While nothing can be saved, someone may stop the turn or remove its message. Then it must not continue later.
            var isFirst = _ending is null || (_ending is TurnEnding.StorageLost && ending is (TurnEnding.Stopped or TurnEnding.Discarded));
            if (_disposed || !isFirst)
            {
                return false;
            }

            Volatile.Write(ref _ending, ending);
            // Callbacks run elsewhere: the caller may hold a gate, and must not wait until a socket is closed.
            _ = _cancellation.CancelAsync();
            return true;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        SetAnswered();
        _cancellation.Dispose();
    }
}

/// <summary>The turns that run in this process, for ending them and for decisions on their calls.</summary>
internal sealed class RunningTurns : IRunningTurns, IStorageObserver
{
    private readonly ConcurrentDictionary<Guid, RunningTurn> _turns = new();
    private TurnEnding? _closing;

    /// <summary>The number of running turns.</summary>
    public int Count => _turns.Count;

    /// <inheritdoc />
    public IReadOnlyList<RunningOwner> Find(Guid roomId, Guid? messageId) =>
        [.. _turns.Values.Where(t => t.RoomId == roomId && (messageId is null || t.MessageId == messageId)).Select(t => new RunningOwner(t.MessageId, t.Owner, t.Request.RequestedBy))];

    /// <inheritdoc />
    public (int Found, int Ended) Stop(Guid roomId, Guid? messageId, Author by, string? why = null) =>
        End(t => t.RoomId == roomId && (messageId is null || t.MessageId == messageId), new TurnEnding.Stopped(by, why));

    /// <inheritdoc />
    public void Discard(Guid roomId, Guid? messageId)
    {
        _ = End(t => t.RoomId == roomId && (messageId is null || t.MessageId == messageId), new TurnEnding.Discarded());
        foreach (var turn in _turns.Values.Where(t => t.RoomId == roomId))
        {
            turn.CountRemoval();
        }
    }

    /// <inheritdoc />
    public async Task<Result<Message>?> ChangeCallAsync(Message response, string callId, Func<ToolCallPart, Result<ToolCallPart>> change)
    {
        if (!_turns.TryGetValue(response.Id, out var turn) || turn.RoomId != response.RoomId)
        {
            return null;
        }

        RoomError? error = RoomErrors.NoSuchCall;
        var isChanged = false;
        turn.Draft.ChangeCall(callId, call =>
        {
            var changed = change(call);
            error = changed.Error;
            isChanged = error is null && changed.Value != call;
            return error is null ? changed.Value : call;
        });
        if (error is not null)
        {
            return error;
        }

        if (!isChanged)
        {
            // The model may be writing by now. Text stored in the middle of a step would come out of the journal again.
            return response with { Parts = turn.Draft.Parts };
        }

        try
        {
            await turn.SaveAsync().ConfigureAwait(false);
            return response with { Parts = turn.Draft.Parts };
        }
        catch (OperationCanceledException)
        {
            return RoomErrors.NoSuchCall;
        }
    }

    /// <summary>The number of calls of an owner's responses that run in a room and wait for people.</summary>
    internal int CountAwaited(Guid roomId, Author? owner) =>
        _turns.Values.Where(t => t.RoomId == roomId && Equals(t.Owner?.Id, owner?.Id)).Sum(t => t.Draft.CountAwaited());

    void IStorageObserver.OnStorageLost()
    {
        var lost = new TurnEnding.StorageLost();
        // A shutdown that has begun takes precedence.
        _ = Interlocked.CompareExchange(ref _closing, lost, null);
        _ = End(static _ => true, lost);
    }

    // No turn begins meanwhile: that would be a write.
    Task IStorageObserver.UntilEndedAsync() => Task.WhenAll(_turns.Values.Select(t => t.Answered));

    void IStorageObserver.OnStorageBack()
    {
        if (Volatile.Read(ref _closing) is TurnEnding.StorageLost lost)
        {
            _ = Interlocked.CompareExchange(ref _closing, null, lost);
        }
    }

    internal void Add(RunningTurn turn)
    {
        _turns[turn.MessageId] = turn;
        // A turn that began while all others were being ended must end too.
        if (Volatile.Read(ref _closing) is { } ending)
        {
            turn.End(ending);
        }
    }

    internal void Remove(RunningTurn turn) => _turns.TryRemove(new(turn.MessageId, turn));

    /// <summary>Ends all turns that run and all that still begin.</summary>
    /// <returns>How many turns this call ended.</returns>
    internal int EndAll(TurnEnding ending)
    {
        Volatile.Write(ref _closing, ending);
        return End(static _ => true, ending).Ended;
    }

    private (int Found, int Ended) End(Func<RunningTurn, bool> which, TurnEnding ending)
    {
        var found = _turns.Values.Where(which).ToList();
        return (found.Count, found.Count(t => t.End(ending)));
    }
}
