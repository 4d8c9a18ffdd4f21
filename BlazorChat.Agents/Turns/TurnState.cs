using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns;

/// <summary>What one turn has and counts while it runs. Tools of a step add to it side by side.</summary>
internal sealed class TurnState : IDisposable
{
    private readonly SemaphoreSlim _saving = new(1, 1);
    private readonly Lock _lock = new();
    private readonly ITurnStore _store;
    private readonly TurnJournal _journal;
    private readonly TimeProvider _time;
    private TokenCounts _tokens;

    public TurnState(Room room, ClaimedTurn claimed, Assistant assistant, RunningTurn turn, ITurnStore store, TurnJournal journal, TimeProvider time)
    {
        Room = room;
        Claimed = claimed;
        Assistant = assistant;
        Turn = turn;
        BeganAt = time.GetUtcNow();
        _store = store;
        _journal = journal;
        _time = time;
        turn.SaveAsync = SaveAsync;
    }

    /// <summary>The room as it was when the turn began.</summary>
    public Room Room { get; }

    public ClaimedTurn Claimed { get; }

    public Assistant Assistant { get; }

    public RunningTurn Turn { get; }

    public ResponseDraft Draft => Turn.Draft;

    public CancellationToken Token => Turn.Token;

    public DateTimeOffset BeganAt { get; }

    /// <summary>When its first piece came.</summary>
    public DateTimeOffset? FirstTokenAt { get; private set; }

    /// <summary>The model that answered last, as the provider names it.</summary>
    public string? Model { get; set; }

    /// <summary>Whether people were told that the model's server cut a prompt off.</summary>
    public bool IsCutTold { get; set; }

    /// <summary>Requests that were made.</summary>
    public int Steps { get; set; }

    /// <summary>Tokens so far.</summary>
    public TokenCounts Tokens
    {
        get
        {
            lock (_lock)
            {
                return _tokens;
            }
        }
    }

    /// <summary>What they cost, or null.</summary>
    public decimal? Cost => Assistant.Prices?.Of(Tokens);

    public void Add(TokenCounts tokens)
    {
        lock (_lock)
        {
            _tokens += tokens;
        }
    }

    /// <summary>Adds what a model counted that was asked beside the steps.</summary>
    public void Count(UsageDetails usage) => Add(TokenUsage.Of(usage));

    /// <returns>Whether it was the first.</returns>
    public bool MarkFirstToken()
    {
        if (FirstTokenAt is not null)
        {
            return false;
        }

        FirstTokenAt = _time.GetUtcNow();
        return true;
    }

    /// <summary>What is known of the whole response, what came before this turn included.</summary>
    public ResponseMetadata Metadata()
    {
        var before = Claimed.Response.Metadata ?? new ResponseMetadata { StartedAt = BeganAt };
        return before with
        {
            Model = Model ?? before.Model ?? Assistant.Model,
            Provider = Assistant.Provider,
            FirstTokenAt = before.FirstTokenAt ?? FirstTokenAt,
            Tokens = before.Tokens + Tokens,
            Cost = Cost is { } cost ? (before.Cost ?? 0) + cost : before.Cost,
            Steps = before.Steps + Steps,
        };
    }

    /// <summary>Stores how far the response has come: the newest state, however many ask at once.</summary>
    /// <exception cref="OperationCanceledException">The response is gone, and the turn with it.</exception>
    /// <exception cref="StorageUnavailableException">It could not be stored.</exception>
    public async Task SaveAsync()
    {
        // Not cancelled by a stop: whoever waits for it has done something that must be known.
        await _saving.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            var step = Draft.Step;
            if (!await _store.SaveAsync(Room.Id, Claimed.Response.Id, Draft.Parts, step, CancellationToken.None).ConfigureAwait(false))
            {
                Turn.End(new TurnEnding.Discarded());
                throw new OperationCanceledException(Turn.Token);
            }

            _journal.Forget(Claimed.Response.Id, step);
        }
        finally
        {
            _saving.Release();
        }
    }

    public void Dispose() => _saving.Dispose();
}
