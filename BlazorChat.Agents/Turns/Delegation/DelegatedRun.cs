using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;
using BlazorChat.Turns.Prompts;
using BlazorChat.Turns.Tools;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Delegation;

/// <summary>
/// One task that an assistant delegated to another. The other assistant sees the task but nothing of the room, and cannot ask people.
/// Its last message is the result of the call. Its steps are kept with the call, shortened, for people alone.
/// </summary>
/// <param name="inner">The assistant that does the task.</param>
/// <param name="task">The task.</param>
/// <param name="assistants">The configured assistants.</param>
/// <param name="delegation">Supplies its tools.</param>
/// <param name="call">The call that delegated the task.</param>
/// <param name="chain">The ids of the assistants that delegated, outermost first.</param>
/// <param name="progress">Shows the progress in the call's card.</param>
/// <param name="stop">Ends the run.</param>
internal sealed class DelegatedRun(
    Assistant inner,
    string task,
    IAssistants assistants,
    DelegationTools delegation,
    ToolCallContext call,
    IReadOnlyList<string> chain,
    DelegationProgress progress,
    CancellationToken stop) : StepRun(inner, new ResponseDraft(call.MessageId, [], 0, progress))
{
    private const string LeftOut = "(left out: the prompt would be too long)";

    private readonly IReadOnlyList<string> _chain = [.. chain, inner.Author.Id];
    private readonly OfferedTools _offered = delegation.Offered(inner, assistants, [.. chain, inner.Author.Id]);
    private string? _instructions;

    // The remark that the inner assistant's server cut off the prompt, or null.
    private string? _cut;

    public override int FirstStep => 0;

    public override CancellationToken Token { get; } = stop;

    public override IReadOnlyList<ChatTool> Tools => _offered.Tools;

    // Its last message is what it said after its last tools. The connection may have dropped in the middle of that, which makes it several
    // steps.
    private int LastStepBefore => Draft.Parts.OfType<ToolCallPart>().Select(p => p.Step).Where(step => step < Draft.Step - 1).DefaultIfEmpty(-1).Max();

    /// <summary>The result of the call.</summary>
    /// <exception cref="ToolFailedException">A budget was used up, or the assistant said nothing.</exception>
    public string Result(StepsEnd end) => end switch
    {
        StepsEnd.StepLimit => throw new ToolFailedException($"{Assistant.Name} did not finish within its {Assistant.MaxSteps} steps."),
        StepsEnd.ToolErrors => throw new ToolFailedException($"{Assistant.Name} gave up: all its tools failed {Assistant.MaxToolErrors} times in a row."),
        StepsEnd.Repetition => throw new ToolFailedException($"{Assistant.Name} repeated itself and was stopped."),
        StepsEnd.RepeatedCall => throw new ToolFailedException($"{Assistant.Name} gave up: the same call failed {StepLoop.MostRepeatedCalls} times."),
        StepsEnd.PartLimit => throw new ToolFailedException($"{Assistant.Name} did not finish within {RoomLimits.Parts} parts."),
        _ when string.Concat(Draft.Parts.OfType<TextPart>().Where(p => p.Step > LastStepBefore).Select(p => p.Text)) is var text && !string.IsNullOrWhiteSpace(text) =>
            text + Remark(end == StepsEnd.LengthLimit ? "The answer was cut off at its length limit." : null) + Remark(_cut),
        _ => throw new ToolFailedException($"{Assistant.Name} said nothing."),
    };

    /// <inheritdoc />
    public override async Task<ModelRequest> PrepareAsync(int step)
    {
        _instructions ??= await InstructionsAsync().ConfigureAwait(false);
        List<ChatMessage> messages =
            [new ChatMessage(ChatRole.User, task), .. MessagePrompt.OfResponse(Draft.Parts, keepReasoning: true, keepResults: true)];
        if (messages[^1].Role == ChatRole.Assistant)
        {
            messages.Add(new ChatMessage(ChatRole.User, PromptBuilder.GoOn));
        }

        Fit(messages, _instructions);
        var options = new ChatOptions { Instructions = _instructions, Tools = Tools.Count == 0 ? null : [.. Tools.Select(AITool (tool) => tool.Function)] };
        var origin = ReasoningOrigin.Of(Assistant, Assistant.Client, options);
        ReasoningOrigin.KeepOwn(messages, origin);
        return new ModelRequest(step, Assistant.Client, messages, options, Tools, origin);
    }

    /// <inheritdoc />
    public override void Answered(ModelRequest request, long reportedInput) =>
        _cut ??= delegation.Context.Compare(Assistant, call.MessageId, [.. request.Messages], request.Options, reportedInput);

    /// <inheritdoc />
    public override void Count(UsageDetails usage) => call.CountTokens(usage);

    /// <inheritdoc />
    public override ToolCallContext ContextOf(ToolCallPart inside) => new()
    {
        RoomId = call.RoomId,
        MessageId = call.MessageId,
        CallId = $"{call.CallId}/{inside.CallId}",
        ToolName = inside.Name,
        Arguments = inside.Arguments,
        Assistant = Assistant.Author,
        Request = call.Request,
        Readers = call.Readers,
        Chain = _chain,
        DataSink = call.DataSink,
        PreliminarySink = progress.ShowInner,
        CountSink = count => Draft.ChangeCall(inside.CallId, c => c.State == ToolCallState.Running ? c with { Count = count } : c),
        WorkSink = work => Draft.ChangeCall(inside.CallId, c => c with { Work = work }),
        UsageSink = call.UsageSink,
    };

    /// <inheritdoc />
    public override Task SaveAsync()
    {
        call.WorkSink(DelegatedWork.Shorten(Draft.Parts));
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public override string WhyMissing(string toolName, IReadOnlyList<ChatTool> tools) => _offered.Withheld.GetValueOrDefault(toolName) ?? base.WhyMissing(toolName, tools);

    /// <inheritdoc />
    public override Task<ToolCallPart> AskPeopleAsync(ToolCallPart inside, ToolCallState state) =>
        Task.FromResult(inside with { State = ToolCallState.Failed, Result = DelegationTool.NoApproval });

    /// <inheritdoc />
    public override Task<ToolCallPart> ShortenAsync(ToolCallPart inside) =>
        Task.FromResult(inside with { Result = TextCut.Marked(inside.Result ?? "", RoomLimits.ToolResultLength) });

    private async Task<string> InstructionsAsync()
    {
        var own = $"You are {Assistant.Name}, an assistant. Another assistant hands you one task. Nobody can answer questions, and only your last message goes back: it must stand for itself.";
        var configured = await delegation.Instructions.OfAsync(Assistant, call.RoomId, call.CountTokens, Token).ConfigureAwait(false);
        return configured.Length == 0 ? own : $"{own}\n\n{configured}";
    }

    private static string Remark(string? sentence) => sentence is null ? "" : $"\n\n({sentence})";

    /// <summary>Keeps the prompt within its budget by leaving out the earliest tool results. Nothing else can be left out.</summary>
    /// <exception cref="ToolFailedException">The prompt is still too long.</exception>
    private void Fit(List<ChatMessage> messages, string instructions)
    {
        var tokens = TokenCounter.For(Assistant);
        var excess = tokens.Of(instructions) + messages.Sum(tokens.Of) - Assistant.PromptTokens;
        foreach (var message in messages.Where(message => message.Role == ChatRole.Tool))
        {
            for (var i = 0; i < message.Contents.Count && excess > 0; i++)
            {
                var result = (FunctionResultContent)message.Contents[i];
                var saved = tokens.Of(result) - tokens.Of(LeftOut);
                if (saved > 0)
                {
                    message.Contents[i] = new FunctionResultContent(result.CallId, LeftOut);
                    excess -= saved;
                }
            }
        }

        if (excess > 0)
        {
            throw new ToolFailedException($"The task is too long for {Assistant.Name}: its prompt may have at most {Assistant.PromptTokens:N0} tokens.");
        }
    }
}
