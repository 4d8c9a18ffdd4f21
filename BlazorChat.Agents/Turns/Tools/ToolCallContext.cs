using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Tools;

/// <summary>
/// One call of a tool, as the tool sees it. Resolve it from <c>AIFunctionArguments.Services</c> (each call has a scope of its
/// own), or take it as a parameter of a function made with <see cref="ChatFunctions.Create"/>.
/// </summary>
public sealed class ToolCallContext
{
    /// <summary>The room.</summary>
    public required Guid RoomId { get; init; }

    /// <summary>The response that the call is part of.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>The model's id of the call.</summary>
    public required string CallId { get; init; }

    /// <summary>The tool's name.</summary>
    public required string ToolName { get; init; }

    /// <summary>The arguments exactly as the server stored them: a JSON object.</summary>
    public required string Arguments { get; init; }

    /// <summary>Who calls.</summary>
    public required Author Assistant { get; init; }

    /// <summary>The asker of the response, and from where.</summary>
    public required TurnRequest Request { get; init; }

    /// <summary>The assistants that have handed the work on, outermost first, the caller last.</summary>
    public IReadOnlyList<string> Chain { get; init; } = [];

    /// <summary>Where data go; set by the turn.</summary>
    internal Action<DataPart, bool> DataSink { get; init; } = static (_, _) => { };

    /// <summary>Where preliminary results go; set by the turn.</summary>
    internal Action<string> PreliminarySink { get; init; } = static _ => { };

    /// <summary>Where the tokens go that a tool's own models counted; set by the turn. May come after the call has ended.</summary>
    internal Action<TokenCounts> UsageSink { get; init; } = static _ => { };

    /// <summary>Shows data in the response, to everybody. See <see cref="DataPart"/> for what type and id do.</summary>
    /// <param name="data">The data.</param>
    /// <param name="isTransient">True to show them to who looks now, and never store them.</param>
    /// <exception cref="ArgumentException">Type, id or JSON break a bound.</exception>
    /// <exception cref="ToolFailedException">The response has as many parts as it can have.</exception>
    public void Publish(DataPart data, bool isTransient = false)
    {
        DataParts.Check(data);
        DataSink(data, isTransient);
    }

    /// <summary>
    /// Shows a result so far in the call's card; the next one takes its place. Never stored, never sent to the model. Of one
    /// that is longer than <see cref="RoomLimits.ToolResultLength"/> the beginning is shown, with a mark.
    /// </summary>
    public void ShowPreliminary(string result) =>
        PreliminarySink(TextCut.Marked(StorableText.From(result), RoomLimits.ToolResultLength));

    /// <summary>
    /// Adds the tokens of a model that the tool itself asked (with <see cref="StructuredOutput"/>, say) to those of the response,
    /// and so to its cost. May be called after the call has ended.
    /// </summary>
    /// <param name="usage">What that model's provider counted.</param>
    public void CountTokens(UsageDetails usage) => UsageSink(TokenUsage.Of(usage));

    /// <summary>The same call, which shows things elsewhere.</summary>
    internal ToolCallContext With(Action<DataPart, bool> dataSink, Action<string> preliminarySink) => new()
    {
        RoomId = RoomId,
        MessageId = MessageId,
        CallId = CallId,
        ToolName = ToolName,
        Arguments = Arguments,
        Assistant = Assistant,
        Request = Request,
        Chain = Chain,
        DataSink = dataSink,
        PreliminarySink = preliminarySink,
        UsageSink = UsageSink,
    };
}
