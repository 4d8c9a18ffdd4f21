using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Turns.Tools;
using BlazorChat.Rooms;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Hooks;

/// <summary>
/// Sees each step of each turn and may change it before it is sent. Register it as a singleton; several hooks run in the order of their
/// registration. A hook that throws fails the response.
/// </summary>
public interface IStepHook
{
    /// <summary>Called before a request to the model.</summary>
    /// <param name="step">The request; its settable members may be changed.</param>
    /// <param name="cancellationToken">Canceled when the turn is stopped.</param>
    ValueTask BeforeStepAsync(StepRequest step, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Called after the model has answered and its tool calls have run, except those that wait for people.</summary>
    /// <param name="step">The result of the step.</param>
    /// <param name="cancellationToken">Canceled when the turn is stopped.</param>
    ValueTask AfterStepAsync(StepResult step, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}

/// <summary>A request to a model, before it is sent.</summary>
public sealed class StepRequest
{
    /// <summary>The room as it is now.</summary>
    public required Room Room { get; init; }

    /// <summary>The assistant that answers.</summary>
    public required Author Assistant { get; init; }

    /// <summary>The asker and where they are asking from.</summary>
    public required TurnRequest Request { get; init; }

    /// <summary>The id of the response.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>The step, counted from 0 within the response.</summary>
    public required int Step { get; init; }

    /// <summary>The model's client, which may be replaced. To ask another model of the same provider, set <see cref="ChatOptions.ModelId"/>.</summary>
    public required IChatClient Client { get; set; }

    /// <summary>The messages to send: a list for this step only. Changes are not stored.</summary>
    public required IList<ChatMessage> Messages { get; init; }

    /// <summary>
    /// Instructions, model, tool choice (<see cref="ChatToolMode.RequireSpecific"/> makes the model call one tool) and other settings.
    /// <see cref="ChatOptions.Tools"/> is filled from <see cref="Tools"/> after the hooks.
    /// </summary>
    public required ChatOptions Options { get; init; }

    /// <summary>The tools that the model may call in this step. Calls of any other tool fail.</summary>
    public required IList<ChatTool> Tools { get; init; }
}

/// <summary>The result of a step.</summary>
/// <param name="Request">The request as it was sent.</param>
/// <param name="Calls">The tool calls with their results; calls that wait for people have none.</param>
/// <param name="Tokens">Tokens of this step, including those of its tools.</param>
/// <param name="FinishReason">Why the model stopped.</param>
/// <param name="Duration">How long the model and the tools took.</param>
public sealed record StepResult(
    StepRequest Request, ImmutableArray<ToolCallPart> Calls, TokenCounts Tokens, ChatFinishReason? FinishReason, TimeSpan Duration);
