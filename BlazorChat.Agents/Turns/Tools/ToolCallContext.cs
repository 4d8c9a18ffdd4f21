using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Tools;

/// <summary>
/// One call of a tool, as the tool sees it. Resolve it from <c>AIFunctionArguments.Services</c> (each call has its own scope), or take it
/// as a parameter of a function made with <see cref="ChatFunctions.Create"/>.
/// </summary>
public sealed class ToolCallContext
{
    /// <summary>The room.</summary>
    public required Guid RoomId { get; init; }

    /// <summary>The response that contains the call.</summary>
    public required Guid MessageId { get; init; }

    /// <summary>The id of the call, which the model chose.</summary>
    public required string CallId { get; init; }

    /// <summary>The tool's name.</summary>
    public required string ToolName { get; init; }

    /// <summary>The arguments exactly as stored: a JSON object.</summary>
    public required string Arguments { get; init; }

    /// <summary>The calling assistant.</summary>
    public required Author Assistant { get; init; }

    /// <summary>The asker and where they are asking from.</summary>
    public required TurnRequest Request { get; init; }

    /// <summary>
    /// Who reads what the tool returns. A tool that reads what not everybody may see asks it before it returns anything.
    /// </summary>
    public RoomReaders Readers { get; internal init; } = RoomReaders.Unknown;

    /// <summary>The ids of the assistants that delegated the work, outermost first; the caller is last.</summary>
    public IReadOnlyList<string> Chain { get; init; } = [];

    /// <summary>Receives data; set by the turn.</summary>
    internal Action<DataPart, bool> DataSink { get; init; } = static (_, _) => { };

    /// <summary>Receives preliminary results; set by the turn.</summary>
    internal Action<string> PreliminarySink { get; init; } = static _ => { };

    /// <summary>Receives the number of things in the result; set by the turn.</summary>
    internal Action<int> CountSink { get; init; } = static _ => { };

    /// <summary>Receives the steps of delegated work so far, shortened; set by the turn.</summary>
    internal Action<CallWork> WorkSink { get; init; } = static _ => { };

    /// <summary>Receives the tokens of models that the tool itself asked; set by the turn. May be called after the call has ended.</summary>
    internal Action<TokenCounts> UsageSink { get; init; } = static _ => { };

    /// <summary>Shows data in the response, to everyone. <see cref="DataPart"/> explains type and id.</summary>
    /// <param name="data">The data.</param>
    /// <param name="isTransient">True to show the data only to current viewers, and never store it.</param>
    /// <exception cref="ArgumentException">Type, id or JSON is outside its limits.</exception>
    /// <exception cref="ToolFailedException">The response already has the maximum number of parts.</exception>
    public void Publish(DataPart data, bool isTransient = false)
    {
        DataParts.Check(data);
        DataSink(data, isTransient);
    }

    /// <summary>
    /// Shows a preliminary result in the call's card, replacing the previous one. It is never stored and never sent to the model. A result
    /// longer than <see cref="RoomLimits.ToolResultLength"/> is cut, with a mark.
    /// </summary>
    public void ShowPreliminary(string result) =>
        PreliminarySink(TextCut.Marked(StorableText.From(result), RoomLimits.ToolResultLength));

    /// <summary>Says how many things the result has, for the call's line (<c>Searched this room · 3 results</c>). The model does not see it.</summary>
    /// <param name="count">The number so far, 0 or more.</param>
    public void ShowCount(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        CountSink(count);
    }

    /// <summary>
    /// Adds the tokens of a model that the tool itself asked (with <see cref="StructuredOutput"/>, for example) to the tokens and cost of
    /// the response. May be called after the call has ended.
    /// </summary>
    /// <param name="usage">The usage that the model's provider reported.</param>
    public void CountTokens(UsageDetails usage) => UsageSink(TokenUsage.Of(usage));

    /// <summary>The same call with other sinks.</summary>
    internal ToolCallContext With(Action<DataPart, bool> dataSink, Action<string> preliminarySink, Action<int> countSink, Action<CallWork> workSink) => new()
    {
        RoomId = RoomId,
        MessageId = MessageId,
        CallId = CallId,
        ToolName = ToolName,
        Arguments = Arguments,
        Assistant = Assistant,
        Request = Request,
        Readers = Readers,
        Chain = Chain,
        DataSink = dataSink,
        PreliminarySink = preliminarySink,
        CountSink = countSink,
        WorkSink = workSink,
        UsageSink = UsageSink,
    };
}
