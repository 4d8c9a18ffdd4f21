using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Turns.Tools;
using BlazorChat.Rooms;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Hooks;

/// <summary>
/// Sees each step of each turn, and may change it before it is sent. Register it as a singleton; several run in the order
/// in which they were registered. One that throws fails the response.
/// </summary>
public interface IStepHook
{
    /// <summary>A request to the model is about to be made.</summary>
    /// <param name="step">The request; everything of it that can be set may be changed.</param>
    /// <param name="cancellationToken">The turn was stopped.</param>
    ValueTask BeforeStepAsync(StepRequest step, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>The model has answered and the tools that it called (and that need nobody) have run.</summary>
    /// <param name="step">What came of it.</param>
    /// <param name="cancellationToken">The turn was stopped.</param>
    ValueTask AfterStepAsync(StepResult step, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}

/// <summary>One request to a model, before it is made.</summary>
public sealed class StepRequest
{
    /// <summary>The room as it is now.</summary>
    public required Room Room { get; init; }

    /// <summary>Who answers.</summary>
    public required Author Assistant { get; init; }

    /// <summary>The asker, and from where.</summary>
    public required TurnRequest Request { get; init; }

    /// <summary>The response.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>The step, counted from 0 within the response.</summary>
    public required int Step { get; init; }

    /// <summary>The model's client; another one may be put in its place. To ask another model of the same provider, set <see cref="ChatOptions.ModelId"/>.</summary>
    public required IChatClient Client { get; set; }

    /// <summary>What is sent: a list of this step's own. Changes are not stored.</summary>
    public required IList<ChatMessage> Messages { get; init; }

    /// <summary>
    /// Instructions, model, tool choice (<see cref="ChatToolMode.RequireSpecific"/> makes the model call one tool) and other
    /// settings. Its <see cref="ChatOptions.Tools"/> are made from <see cref="Tools"/> after the hooks.
    /// </summary>
    public required ChatOptions Options { get; init; }

    /// <summary>The tools that the model may call in this step. A call of any other fails.</summary>
    public required IList<ChatTool> Tools { get; init; }
}

/// <summary>What came of a step.</summary>
/// <param name="Request">The request as it was made.</param>
/// <param name="Calls">The tool calls with their results; those that wait for people have none.</param>
/// <param name="Tokens">Tokens of this step, those of tools included.</param>
/// <param name="FinishReason">Why the model ended.</param>
/// <param name="Duration">How long the model and the tools took.</param>
public sealed record StepResult(
    StepRequest Request, ImmutableArray<ToolCallPart> Calls, TokenCounts Tokens, ChatFinishReason? FinishReason, TimeSpan Duration);
