using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Turns.Prompts;
using BlazorChat.Turns.Tools;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns;

/// <summary>One request to a model as <see cref="StepLoop"/> makes it.</summary>
/// <param name="Step">The step, counted from 0 within the response.</param>
/// <param name="Client">The model's client.</param>
/// <param name="Messages">The prompt.</param>
/// <param name="Options">Instructions and settings, including the tools' declarations.</param>
/// <param name="Tools">The tools that the model may call in this step.</param>
/// <param name="Origin">The origin of the response's reasoning (see <see cref="ReasoningOrigin"/>).</param>
internal sealed record ModelRequest(
    int Step, IChatClient Client, IList<ChatMessage> Messages, ChatOptions Options, IReadOnlyList<ChatTool> Tools, string Origin);

/// <summary>Why a run of steps ends or pauses.</summary>
internal enum StepsEnd
{
    /// <summary>The model calls no more tools.</summary>
    Answered,

    /// <summary>The model said and called nothing.</summary>
    Empty,

    /// <summary>The model called tools and said nothing, before or after.</summary>
    Silent,

    /// <summary>The model reached its length limit.</summary>
    LengthLimit,

    /// <summary>The assistant's steps are used up.</summary>
    StepLimit,

    /// <summary>The response cannot take another part.</summary>
    PartLimit,

    /// <summary>Every call failed in too many consecutive steps.</summary>
    ToolErrors,

    /// <summary>The text went round in circles.</summary>
    Repetition,

    /// <summary>The same call failed too often.</summary>
    RepeatedCall,

    /// <summary>People, or a browser, must act first.</summary>
    AwaitingPeople,
}

/// <summary>
/// What <see cref="StepLoop"/> runs: an assistant, the parts so far, and how this run builds prompts, offers tools and keeps results.
/// A turn (<see cref="TurnRun"/>) writes into a room; delegated work (<see cref="Delegation.DelegatedRun"/>) writes into the card of a
/// call.
/// </summary>
internal abstract class StepRun(Assistant assistant, ResponseDraft draft)
{
    private const int MostNames = 40;

    public Assistant Assistant { get; } = assistant;

    /// <summary>The parts so far, which are the loop's only state.</summary>
    public ResponseDraft Draft { get; } = draft;

    /// <summary>The first step that counts toward the assistant's limits.</summary>
    public abstract int FirstStep { get; }

    /// <summary>Ends the run.</summary>
    public abstract CancellationToken Token { get; }

    /// <summary>The tools that can be called now.</summary>
    public abstract IReadOnlyList<ChatTool> Tools { get; }

    /// <summary>The provider's name of the model that answered last.</summary>
    public string? Model { get; set; }

    /// <summary>The number of requests so far.</summary>
    public int Steps { get; set; }

    /// <summary>How often it went on after a dropped connection, since the response last made progress.</summary>
    public int Drops { get; private set; }

    private long _progressAtDrop;

    /// <summary>Whether it goes on after a failure. It counts as another attempt if it does.</summary>
    public bool GoesOn(ResponseFailedException failure)
    {
        var parts = Draft.Parts;
        // If nothing has come at all, the guard's retries were enough, and nothing is lost by a retry.
        if (!failure.IsDropped || parts.IsEmpty || Assistant.Recovery != RecoveryMode.Continue)
        {
            return false;
        }

        // A server that closes the connection properly but never says that it is done would be asked for more for ever.
        var (drops, progress) = RecoveryPolicy.Next(Drops, failure.InnerException is null ? long.MaxValue : _progressAtDrop, parts);
        (Drops, _progressAtDrop) = (drops, progress);
        return drops <= Assistant.MaxRecoveries;
    }

    /// <summary>Builds the request of a step.</summary>
    public abstract Task<ModelRequest> PrepareAsync(int step);

    /// <summary>Called before a request is sent.</summary>
    /// <returns>The options for the client.</returns>
    public virtual ChatOptions Begin(ModelRequest request) => request.Options;

    /// <summary>Called after a request, whether or not it was answered.</summary>
    public virtual Task AskedAsync(ModelRequest request) => Task.CompletedTask;

    /// <summary>Called when a request was answered.</summary>
    /// <param name="request">The request.</param>
    /// <param name="reportedInput">The prompt tokens that the provider counted, including cached ones; 0 if it does not say.</param>
    public abstract void Answered(ModelRequest request, long reportedInput);

    /// <summary>Called when a step has ended: the model has answered and its tool calls have run, except those that wait for people.</summary>
    public virtual Task StepEndedAsync(ModelRequest request, ChatFinishReason? finish, TimeSpan took) => Task.CompletedTask;

    /// <summary>Waits until the run may read on, if the model is faster than its text can be stored.</summary>
    public virtual Task KeepPaceAsync() => Task.CompletedTask;

    /// <returns>Whether this is the first piece of the response, so that its time should be measured.</returns>
    public virtual bool MarkFirstToken() => false;

    /// <summary>Adds the tokens that a model counted.</summary>
    public abstract void Count(UsageDetails usage);

    /// <summary>The context that a call of this run gets.</summary>
    public abstract ToolCallContext ContextOf(ToolCallPart call);

    /// <summary>Tells the model why the run has no tool with the name that it called, and which it has.</summary>
    public virtual string WhyMissing(string toolName, IReadOnlyList<ChatTool> tools)
    {
        var names = tools.Count == 0 ? "No tools can be called here."
            : $"The tools are: {string.Join(", ", tools.Take(MostNames).Select(t => t.Name))}{(tools.Count > MostNames ? $" and {tools.Count - MostNames} more" : "")}.";
        return $"{(toolName.Length == 0 ? "The call has no name." : "There is no tool with this name.")} {names}";
    }

    /// <summary>Why a tool that needs an approval runs without anybody being asked: an owner of the room allowed it, as it is now. Null if none did.</summary>
    public virtual StandingApproval? StandingFor(ChatTool tool) => null;

    /// <summary>Puts a call to people: for their approval, or to the asker's browser. The call is in the draft afterward.</summary>
    /// <param name="call">The call.</param>
    /// <param name="state">What it waits for.</param>
    /// <returns>The waiting call, or a failed one if no one can be asked.</returns>
    public abstract Task<ToolCallPart> AskPeopleAsync(ToolCallPart call, ToolCallState state);

    /// <summary>Shortens a call's result; what is too long may be kept elsewhere.</summary>
    /// <returns>The call with a result of at most <see cref="Rooms.RoomLimits.ToolResultLength"/> characters.</returns>
    public abstract Task<ToolCallPart> ShortenAsync(ToolCallPart call);

    /// <summary>Stores the response so far.</summary>
    public virtual Task SaveAsync() => Task.CompletedTask;
}
