using System.Text;
using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;
using BlazorChat.Turns.Delegation;
using BlazorChat.Turns.Hooks;
using BlazorChat.Turns.Prompts;
using BlazorChat.Turns.Tools;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace BlazorChat.Turns;

/// <summary>Services that all turns share.</summary>
internal sealed class TurnRunServices(
    ITurnStore store, IRoomStore rooms, TurnJournal journal, PromptBuilder prompts, ToolCatalog catalog, DelegationTools delegation, IAssistants assistants,
    StepRecords records, ContextCheck context, RunningTurns running, RoomGates gates, RoomAccessDirectory access, TurnAskers askers, IPeople people, IOptions<TurnsOptions> options, IEnumerable<IStepHook> hooks,
    TimeProvider time)
{
    public ITurnStore Store => store;

    public IRoomStore Rooms => rooms;

    public TurnJournal Journal => journal;

    public PromptBuilder Prompts => prompts;

    public StepRecords Records => records;

    public ContextCheck Context => context;

    public RunningTurns Running => running;

    public RoomGates Gates => gates;

    public TurnsOptions Options => options.Value;

    /// <summary>Who may be in which room, and what is allowed there, as it is now.</summary>
    public RoomAccessDirectory Access => access;

    public TurnAskers Askers => askers;

    public IPeople People => people;

    public IReadOnlyList<IStepHook> Hooks { get; } = [.. hooks];

    public TimeProvider Time => time;

    /// <summary>The tools that an assistant may call in a room, including those for delegation.</summary>
    public IReadOnlyList<ChatTool> ToolsOf(Assistant assistant, Room room) =>
        [.. catalog.For(assistant, room),
         .. delegation.For(assistant, assistants).Where(t => !room.Settings.DisabledTools.Contains(t.Name, StringComparer.Ordinal))];
}

/// <summary>A running turn: its steps write into the room. The tools of a step add to it side by side.</summary>
internal sealed class TurnRun : StepRun, IDisposable
{
    private readonly SemaphoreSlim _saving = new(1, 1);
    private readonly Lock _lock = new();
    private readonly TurnRunServices _services;
    private readonly RoomSink _sink;
    private TokenCounts _tokens;
    private CurrentStep? _current;
    private bool _isCutTold;
    private long _from;

    public TurnRun(Room room, ClaimedTurn claimed, Assistant assistant, RunningTurn turn, RoomSink sink, TurnRunServices services)
        : base(assistant, turn.Draft)
    {
        Room = room;
        Claimed = claimed;
        Turn = turn;
        BeganAt = services.Time.GetUtcNow();
        _services = services;
        _sink = sink;
        turn.SaveAsync = SaveAsync;
    }

    /// <summary>The room as it was when the turn began.</summary>
    public Room Room { get; }

    public ClaimedTurn Claimed { get; }

    public RunningTurn Turn { get; }

    public override int FirstStep => Claimed.FirstStep;

    public override CancellationToken Token => Turn.Token;

    public override IReadOnlyList<ChatTool> Tools => _services.ToolsOf(Assistant, Room);

    public DateTimeOffset BeganAt { get; }

    /// <summary>When its first piece arrived.</summary>
    public DateTimeOffset? FirstTokenAt { get; private set; }

    /// <summary>The tokens so far.</summary>
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

    /// <summary>The cost so far, or null without prices.</summary>
    public decimal? Cost => Assistant.Prices?.Of(Tokens);

    /// <summary>
    /// The sequence of the first message of the room that may be told to the model; 0 for all. It only rises: whoever was among those whose turn it is
    /// keeps the others from telling more.
    /// </summary>
    public long SeesFrom() => _from = Math.Max(_from, _services.Access.SeesFrom(Room.Id, Claimed.Turn.RequestedBy, Claimed.Response.AskedBy));

    public void Add(TokenCounts tokens)
    {
        lock (_lock)
        {
            _tokens += tokens;
        }
    }

    /// <inheritdoc />
    public override void Count(UsageDetails usage) => Add(TokenUsage.Of(usage));

    /// <inheritdoc />
    public override bool MarkFirstToken()
    {
        if (FirstTokenAt is not null)
        {
            return false;
        }

        FirstTokenAt = _services.Time.GetUtcNow();
        return true;
    }

    /// <inheritdoc />
    public override Task KeepPaceAsync() => _services.Journal.KeepPaceAsync(Token);

    /// <summary>The metadata of the whole response, including earlier turns.</summary>
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

    /// <inheritdoc />
    public override async Task<ModelRequest> PrepareAsync(int step)
    {
        await RequireAskerAsync().ConfigureAwait(false);
        // Read before the prompt is built: a message that is removed from now on may be in it.
        var (removals, tokens) = (Turn.Removals, Tokens);
        var prompt = await _services.Prompts.BuildAsync(this, Token).ConfigureAwait(false);
        var request = new StepRequest
        {
            Room = Room,
            Assistant = Assistant.Author,
            Request = Claimed.Request,
            MessageId = Claimed.Response.Id,
            Step = step,
            Client = Assistant.Client,
            Messages = [.. prompt.Messages],
            Options = prompt.Options,
            Tools = [.. Tools],
        };
        foreach (var hook in _services.Hooks)
        {
            await Stoppable.RunAsync(() => hook.BeforeStepAsync(request, Token), Token).ConfigureAwait(false);
        }

        var origin = ReasoningOrigin.Of(Assistant, request.Client, request.Options);
        ReasoningOrigin.KeepOwn(request.Messages, origin);
        request.Options.Tools = request.Tools.Count == 0 ? null : [.. request.Tools.Select(AITool (t) => t.Function)];
        _current = new CurrentStep(request, StepRecords.Begin(this, request, prompt.From), removals, tokens);
        return new ModelRequest(step, request.Client, request.Messages, request.Options, [.. request.Tools], origin);
    }

    /// <inheritdoc />
    public override ChatOptions Begin(ModelRequest request) => _current!.Recorder.Options;

    /// <inheritdoc />
    // Kept also for a failed step: that is the one people ask about first.
    public override Task AskedAsync(ModelRequest request) => _services.Records.KeepAsync(this, request.Step, _current!.Recorder, _current.Removals);

    /// <inheritdoc />
    public override void Answered(ModelRequest request, long reportedInput)
    {
        if (_current!.Recorder.Compare(_services.Context, this, reportedInput) is { } cut && !_isCutTold && !Draft.IsFull)
        {
            _isCutTold = true;
            Draft.Add(new ErrorPart(cut) { Step = request.Step });
        }
    }

    /// <inheritdoc />
    public override async Task StepEndedAsync(ModelRequest request, ChatFinishReason? finish, TimeSpan took)
    {
        var result = new StepResult(_current!.Request, Draft.CallsOf(request.Step), Minus(Tokens, _current.TokensBefore), finish, took);
        foreach (var hook in _services.Hooks)
        {
            await Stoppable.RunAsync(() => hook.AfterStepAsync(result, Token), Token).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public override ToolCallContext ContextOf(ToolCallPart call) => new()
    {
        RoomId = Room.Id,
        MessageId = Claimed.Response.Id,
        CallId = call.CallId,
        ToolName = call.Name,
        Arguments = call.Arguments,
        Assistant = Assistant.Author,
        Request = Claimed.Request,
        Readers = new RoomReaders(_services.Access, _services.People, Room.Id, Claimed.Turn.RequestedBy, Claimed.Response.AskedBy),
        Chain = [Assistant.Author.Id],
        DataSink = (data, isTransient) => Put(data with { Step = call.Step }, isTransient),
        PreliminarySink = text => Draft.ChangeCall(call.CallId, c => c.State == ToolCallState.Running ? c with { Result = text } : c),
        CountSink = count => Draft.ChangeCall(call.CallId, c => c.State == ToolCallState.Running ? c with { Count = count } : c),
        WorkSink = work => Draft.ChangeCall(call.CallId, c => c with { Work = work }),
        UsageSink = Add,
    };

    /// <inheritdoc />
    // Asked of the room as it is now, not as it was when the turn began: what was revoked does not count any more, nor what somebody allowed
    // who does not manage the room any more.
    public override StandingApproval? StandingFor(ChatTool tool) => _services.Access.Find(Room.Id) is { } access
        ? access.Rights.Always.FirstOrDefault(allowed => allowed.Name == tool.Name && allowed.Tool == ToolFingerprints.Of(tool)
            && Guid.TryParse(allowed.By.Id, out var by) && access.IsManager(by, _services.People.StandingOf(new Person(by, allowed.By.Name))))
        : null;

    /// <inheritdoc />
    // Within the gate, in which responses also pause and people answer, so that no two responses take the last place.
    public override async Task<ToolCallPart> AskPeopleAsync(ToolCallPart call, ToolCallState state)
    {
        var owner = Turn.Owner;
        using var gate = await _services.Gates.EnterAsync(Room.Id, Token).ConfigureAwait(false);
        var paused = await _services.Rooms.ReadSuspendedAsync(Room.Id, Token).ConfigureAwait(false);
        var waiting = paused.Where(m => m.Owner?.Id == owner?.Id).Sum(m => m.Calls.Count(c => c.IsAwaited)) + _services.Running.CountAwaited(Room.Id, owner);
        var now = _services.Time.GetUtcNow();
        var asked = waiting < RoomLimits.WaitingRequests
            ? call with { State = state, AskedAt = now, ExpiresAt = now + _services.Options.RequestsExpireAfter }
            : call with
            {
                State = ToolCallState.Failed,
                Result = $"Not run, and nobody was asked: {RoomLimits.WaitingRequests} requests {(owner is null ? "" : $"to {Names.Quoted(owner.Name)} ")}are already waiting in this room, which is the maximum. Ask again when some of them have been answered.",
                EndedAt = now,
            };
        Draft.SetCall(asked);
        return asked;
    }

    /// <inheritdoc />
    // The message and the model get the beginning of a long result; the whole result is kept separately.
    public override async Task<ToolCallPart> ShortenAsync(ToolCallPart call)
    {
        if (call.Result is not { Length: > RoomLimits.ToolResultLength } whole)
        {
            return call;
        }

        var blob = new Blob("text/plain; charset=utf-8", Encoding.UTF8.GetBytes(whole));
        var blobId = await _services.Store.AddBlobAsync(Claimed.Response.Id, blob, CancellationToken.None).ConfigureAwait(false);
        return call with { Result = TextCut.Marked(whole, RoomLimits.ToolResultLength), BlobId = blobId, WholeLength = whole.Length };
    }

    /// <summary>Stores the response so far: the newest state, however many callers ask at once.</summary>
    /// <exception cref="OperationCanceledException">The response is gone, and the turn with it.</exception>
    /// <exception cref="StorageUnavailableException">The response could not be stored.</exception>
    public override async Task SaveAsync()
    {
        // Not canceled by a stop: the caller has done something that must be recorded.
        await _saving.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            var step = Draft.Step;
            if (!await _services.Store.SaveAsync(Room.Id, Claimed.Response.Id, Draft.Parts, step, CancellationToken.None).ConfigureAwait(false))
            {
                Turn.End(new TurnEnding.Discarded());
                throw new OperationCanceledException(Turn.Token);
            }

            _services.Journal.Forget(Claimed.Response.Id, step);
        }
        finally
        {
            _saving.Release();
        }
    }

    public void Dispose()
    {
        _sink.Dispose();
        _saving.Dispose();
    }

    // Whoever lost the right to ask meanwhile gets no further step.
    private async Task RequireAskerAsync()
    {
        if (!await _services.Askers.MayAskAsync(Room.Id, Claimed.Turn.RequestedBy, Token).ConfigureAwait(false))
        {
            throw new ResponseFailedException($"{Claimed.Turn.RequestedBy.Name} can no longer ask here, so this answer was ended.");
        }
    }

    private void Put(DataPart data, bool isTransient)
    {
        try
        {
            Draft.Put(data, isTransient);
        }
        catch (ResponseFailedException e)
        {
            // The tool's failure, which does not end the response.
            throw new ToolFailedException(e.Message, e);
        }
    }

    private static TokenCounts Minus(TokenCounts a, TokenCounts b) =>
        new(a.Input - b.Input, a.Output - b.Output, a.CachedInput - b.CachedInput, a.Reasoning - b.Reasoning);

    private sealed record CurrentStep(StepRequest Request, StepRecords.Recorder Recorder, int Removals, TokenCounts TokensBefore);
}
