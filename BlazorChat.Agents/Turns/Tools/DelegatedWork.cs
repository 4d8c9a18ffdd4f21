using System.Text.Json;
using BlazorChat.Rooms;
using BlazorChat.Text;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Tools;

/// <summary>One task that an assistant was handed by another, from its prompt to its last words. Not for concurrent use.</summary>
/// <param name="inner">Who does it.</param>
/// <param name="assistants">Who can answer.</param>
/// <param name="delegation">Knows its tools.</param>
/// <param name="execution">Runs them.</param>
/// <param name="call">The call by which it was handed on.</param>
/// <param name="chain">Who handed it on, outermost first.</param>
/// <param name="progress">Shows how far it is.</param>
internal sealed class DelegatedWork(
    Assistant inner,
    IAssistants assistants,
    DelegationTools delegation,
    ToolExecution execution,
    ToolCallContext call,
    IReadOnlyList<string> chain,
    DelegationProgress progress)
{
    private const string LeftOut = "(left out: the prompt would be too long)";

    private readonly List<ChatMessage> _messages = [];

    // That the inner assistant's server has cut off what it was sent.
    private string? _cut;

    /// <summary>Does it.</summary>
    /// <returns>The last words.</returns>
    /// <exception cref="ToolFailedException">A budget was spent, or nothing was said.</exception>
    /// <exception cref="ResponseFailedException">The model failed.</exception>
    public async Task<string> RunAsync(string task, CancellationToken cancellationToken)
    {
        var tools = delegation.Offered(inner, assistants, [.. chain, inner.Author.Id], out var withheld);
        var instructions = await InstructionsAsync(cancellationToken).ConfigureAwait(false);
        _messages.Add(new ChatMessage(ChatRole.User, task));
        var failedInARow = 0;
        for (var step = 1; step <= inner.MaxSteps; step++)
        {
            Fit(instructions);
            var options = new ChatOptions { Instructions = instructions, Tools = tools.Count == 0 ? null : [.. tools.Select(AITool (tool) => tool.Function)] };
            var (text, contents, wasCut) = await AskAsync(options, cancellationToken).ConfigureAwait(false);
            var calls = contents.OfType<FunctionCallContent>().ToList();
            if (calls.Count == 0)
            {
                return string.IsNullOrWhiteSpace(text) ? throw new ToolFailedException($"{inner.Author.Name} said nothing.")
                    : text + Remark(wasCut ? "The answer was cut off at its length limit." : null) + Remark(_cut);
            }

            if (step == inner.MaxSteps)
            {
                break;
            }

            _messages.Add(new ChatMessage(ChatRole.Assistant, contents));
            var outcomes = await Task.WhenAll(calls.Select((one, index) =>
                index < ToolBatch.MostCalls ? RunAsync(one, tools, withheld, cancellationToken)
                : Task.FromResult(ToolOutcome.Failed($"Not called: at most {ToolBatch.MostCalls} calls may be made at once.")))).ConfigureAwait(false);
            _messages.Add(new ChatMessage(ChatRole.Tool, [.. calls.Zip(outcomes, AIContent (one, outcome) =>
                new FunctionResultContent(one.CallId, TextCut.Marked(outcome.Result, RoomLimits.ToolResultLength)))]));
            failedInARow = Array.TrueForAll(outcomes, outcome => outcome.IsError) ? failedInARow + 1 : 0;
            if (failedInARow >= inner.MaxToolErrors)
            {
                throw new ToolFailedException($"{inner.Author.Name} gave up: all its tools failed {failedInARow} times in a row.");
            }
        }

        throw new ToolFailedException($"{inner.Author.Name} did not finish within its {inner.MaxSteps} steps.");
    }

    private async Task<string> InstructionsAsync(CancellationToken cancellationToken)
    {
        var own = $"You are {inner.Author.Name}, an assistant. Another assistant hands you one task. Nobody can answer questions, and only your last message goes back: it must stand for itself.";
        var configured = await delegation.Instructions.OfAsync(inner, call.RoomId, call.CountTokens, cancellationToken).ConfigureAwait(false);
        return configured.Length == 0 ? own : $"{own}\n\n{configured}";
    }

    /// <summary>Asks the model once.</summary>
    private async Task<(string Text, List<AIContent> Contents, bool WasCut)> AskAsync(ChatOptions options, CancellationToken cancellationToken)
    {
        progress.BeginStep();
        var updates = new List<ChatResponseUpdate>();
        var reported = 0L;
        await foreach (var update in inner.Client.GetStreamingResponseAsync(ChatMessageCopies.Of(_messages), options, cancellationToken).ConfigureAwait(false))
        {
            updates.Add(update);
            foreach (var content in update.Contents)
            {
                if (content is TextContent piece)
                {
                    progress.Append(piece.Text);
                }
                else if (content is UsageContent usage)
                {
                    call.CountTokens(usage.Details);
                    // Several may count one request.
                    reported = Math.Max(reported, TokenUsage.Of(usage.Details).Input);
                }
            }
        }

        _cut ??= delegation.Context.Compare(inner, call.MessageId, _messages, options, reported);

        // Joins the pieces of text and of reasoning, with what the provider wants back.
        var response = updates.ToChatResponse();
        var contents = response.Messages.SelectMany(message => message.Contents)
            .Where(content => content is TextContent or TextReasoningContent or FunctionCallContent).ToList();
        return (response.Text, contents, response.FinishReason == ChatFinishReason.Length);
    }

    private static string Remark(string? sentence) => sentence is null ? "" : $"\n\n({sentence})";

    private async Task<ToolOutcome> RunAsync(FunctionCallContent one, List<ChatTool> tools, Dictionary<string, string> withheld, CancellationToken cancellationToken)
    {
        var arguments = JsonSerializer.Serialize(one.Arguments ?? new Dictionary<string, object?>(StringComparer.Ordinal), ToolResults.Compact);
        var shown = progress.BeginCall(one.Name, arguments);
        var outcome = await RunAsync(one, arguments, tools, withheld, cancellationToken).ConfigureAwait(false);
        progress.EndCall(shown, outcome.IsError);
        return outcome;
    }

    private async Task<ToolOutcome> RunAsync(
        FunctionCallContent one, string arguments, List<ChatTool> tools, Dictionary<string, string> withheld, CancellationToken cancellationToken)
    {
        if (tools.Find(candidate => candidate.Name == one.Name) is not { } tool)
        {
            return ToolOutcome.Failed(withheld.GetValueOrDefault(one.Name) ?? "There is no tool of this name.");
        }

        if (one.Exception is not null)
        {
            return ToolOutcome.Failed("The arguments are no valid JSON. Write them as one JSON object.");
        }

        var innerCall = new ToolCallContext
        {
            RoomId = call.RoomId,
            MessageId = call.MessageId,
            CallId = $"{call.CallId}/{one.CallId}",
            ToolName = one.Name,
            Arguments = arguments,
            Assistant = inner.Author,
            Request = call.Request,
            Chain = [.. chain, inner.Author.Id],
            DataSink = call.DataSink,
            PreliminarySink = progress.ShowInner,
            UsageSink = call.UsageSink,
        };
        return await NeedsApprovalAsync(tool, innerCall, cancellationToken).ConfigureAwait(false)
            ? ToolOutcome.Failed(DelegationTool.NoApproval)
            : await execution.RunAsync(tool, innerCall, tool.Timeout ?? inner.ToolTimeout, inner.Kernel, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks a tool's own rule; one that throws counts as yes.</summary>
    private static async Task<bool> NeedsApprovalAsync(ChatTool tool, ToolCallContext innerCall, CancellationToken cancellationToken)
    {
        if (tool.NeedsApproval is not { } rule)
        {
            return false;
        }

        try
        {
            return await rule(innerCall, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return true;
        }
    }

    /// <summary>Keeps the prompt within its budget: earlier results of tools go first, and without them there is nothing to leave out.</summary>
    /// <exception cref="ToolFailedException">It does not fit.</exception>
    private void Fit(string instructions)
    {
        var tokens = TokenCounter.For(inner);
        var excess = tokens.Of(instructions) + _messages.Sum(tokens.Of) - inner.PromptTokens;
        foreach (var message in _messages.Where(message => message.Role == ChatRole.Tool))
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
            throw new ToolFailedException($"The task is too long for {inner.Author.Name}: its prompt has at most {inner.PromptTokens:N0} tokens.");
        }
    }
}
