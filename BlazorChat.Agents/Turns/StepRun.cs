using BlazorChat.Messages;
using BlazorChat.Turns.Prompts;
using BlazorChat.Turns.Tools;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns;

/// <summary>One request to a model as <see cref="StepLoop"/> makes it.</summary>
/// <param name="Step">The step, counted from 0 within the response.</param>
/// <param name="Client">Who is asked.</param>
/// <param name="Messages">The prompt.</param>
/// <param name="Options">Instructions and settings, with the tools' declarations.</param>
/// <param name="Tools">The tools that the model may call in this step.</param>
/// <param name="Origin">Whose reasoning the answer's is (see <see cref="ReasoningOrigin"/>).</param>
internal sealed record ModelRequest(
    int Step, IChatClient Client, IList<ChatMessage> Messages, ChatOptions Options, IReadOnlyList<ChatTool> Tools, string Origin);

/// <summary>Why a run of steps is over, or pauses.</summary>
internal enum StepsEnd
{
    /// <summary>The model has nothing more to call.</summary>
    Answered,

    /// <summary>The model has said and called nothing.</summary>
    Empty,

    /// <summary>The model was cut off at its length limit.</summary>
    LengthLimit,

    /// <summary>The assistant's steps are used up.</summary>
    StepLimit,

    /// <summary>There is no place for another part.</summary>
    PartLimit,

    /// <summary>Every call of so many steps in a row failed.</summary>
    ToolErrors,

    /// <summary>People, or a browser, have to do something first.</summary>
    AwaitingPeople,
}

/// <summary>
/// What <see cref="StepLoop"/> runs: who answers, what has come so far, and how it differs from other runs in what it asks, offers and
/// keeps. A turn (<see cref="TurnRun"/>) writes into a room; work that an assistant was handed (<see cref="Delegation.DelegatedRun"/>)
/// into the card of a call.
/// </summary>
internal abstract class StepRun(Assistant assistant, ResponseDraft draft)
{
    public Assistant Assistant { get; } = assistant;

    /// <summary>The parts so far: all that the loop knows of where it stands.</summary>
    public ResponseDraft Draft { get; } = draft;

    /// <summary>The first step that counts against the assistant's bounds.</summary>
    public abstract int FirstStep { get; }

    /// <summary>Ends the run.</summary>
    public abstract CancellationToken Token { get; }

    /// <summary>The tools that may be called now.</summary>
    public abstract IReadOnlyList<ChatTool> Tools { get; }

    /// <summary>The model that answered last, as the provider names it.</summary>
    public string? Model { get; set; }

    /// <summary>Requests that were made.</summary>
    public int Steps { get; set; }

    /// <summary>Puts together the request of a step.</summary>
    public abstract Task<ModelRequest> PrepareAsync(int step);

    /// <summary>A request is about to be made.</summary>
    /// <returns>What to ask the client with.</returns>
    public virtual ChatOptions Begin(ModelRequest request) => request.Options;

    /// <summary>A request was made, whether or not it was answered.</summary>
    public virtual Task AskedAsync(ModelRequest request) => Task.CompletedTask;

    /// <summary>A request was answered.</summary>
    /// <param name="request">The request.</param>
    /// <param name="reportedInput">How many tokens of it the provider counted, those from its cache included; 0 when it does not say.</param>
    public abstract void Answered(ModelRequest request, long reportedInput);

    /// <summary>A step has ended: the model has answered, and the tools that it called (and that need nobody) have run.</summary>
    public virtual Task StepEndedAsync(ModelRequest request, ChatFinishReason? finish, TimeSpan took) => Task.CompletedTask;

    /// <returns>Whether it is the first piece of the response, and its time is to be measured.</returns>
    public virtual bool MarkFirstToken() => false;

    /// <summary>Adds what a model counted.</summary>
    public abstract void Count(UsageDetails usage);

    /// <summary>What one of its calls sees of it.</summary>
    public abstract ToolCallContext ContextOf(ToolCallPart call);

    /// <summary>Why there is no tool of a name that the model called.</summary>
    public virtual string WhyMissing(string toolName) => "There is no tool of this name.";

    /// <summary>A call that needs a person's yes.</summary>
    /// <returns>The call as it waits, or failed where nobody can be asked.</returns>
    public abstract ToolCallPart AskPeople(ToolCallPart call);

    /// <summary>Keeps what there is too much of in a call's result elsewhere.</summary>
    /// <returns>The call with a result of at most <see cref="Rooms.RoomLimits.ToolResultLength"/> characters.</returns>
    public abstract Task<ToolCallPart> ShortenAsync(ToolCallPart call);

    /// <summary>Keeps how far it has come.</summary>
    public virtual Task SaveAsync() => Task.CompletedTask;
}
