using System.Diagnostics;
using System.Diagnostics.Metrics;
using BlazorChat.Messages;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns;

/// <summary>Metrics and traces of turns. Names follow OpenTelemetry's semantic conventions for generative AI where they exist.</summary>
internal sealed class TurnsMetrics : IDisposable
{
    /// <summary>The name of the meter and of the activity source.</summary>
    // An older word, kept because dashboards refer to the meter by name.
    public const string Name = "BlazorChat.Replies";

    private readonly Meter _meter;
    private readonly ActivitySource _activities = new(Name);
    private readonly Counter<long> _turns;
    private readonly Histogram<double> _firstToken;
    private readonly Histogram<long> _tokens;
    private readonly Histogram<double> _counted;

    public TurnsMetrics(IMeterFactory meters, RunningTurns running)
    {
        _meter = meters.Create(Name);
        _turns = _meter.CreateCounter<long>("blazorchat.turns", "{turn}", "Ended turns, by outcome.");
        _firstToken = _meter.CreateHistogram<double>("gen_ai.client.operation.time_to_first_chunk", "s", "Time from the request to the first text of a response.");
        _tokens = _meter.CreateHistogram<long>("gen_ai.client.token.usage", "{token}", "Tokens of one response, as counted by the provider.");
        _counted = _meter.CreateHistogram(
            "blazorchat.tokens.counted_ratio", "1", "Tokens of a prompt as counted here, divided by those that the provider reports.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 0.75, 0.9, 0.95, 1, 1.05, 1.1, 1.25, 1.5, 2, 4] });
        _meter.CreateObservableGauge("blazorchat.turns.running", () => running.Count, "{turn}", "Turns running now.");
    }

    public void Dispose()
    {
        _meter.Dispose();
        _activities.Dispose();
    }

    public Activity? StartTurn(ClaimedTurn claimed)
    {
        var activity = _activities.StartActivity($"invoke_agent {claimed.Response.Author.Name}");
        activity?.SetTag("gen_ai.operation.name", "invoke_agent");
        activity?.SetTag("gen_ai.agent.id", claimed.Turn.AssistantId);
        activity?.SetTag("gen_ai.agent.name", claimed.Response.Author.Name);
        activity?.SetTag("gen_ai.conversation.id", claimed.Turn.RoomId);
        activity?.SetTag("blazorchat.turn.id", claimed.Turn.Id);
        return activity;
    }

    public void FirstText(Assistant assistant, TimeSpan waited) => _firstToken.Record(waited.TotalSeconds, TagsOf(assistant));

    public void Tokens(Assistant assistant, long? input, long? output)
    {
        Record("input", input);
        Record("output", output);

        void Record(string type, long? count)
        {
            if (count is { } tokens)
            {
                var tags = TagsOf(assistant);
                tags.Add("gen_ai.token.type", type);
                _tokens.Record(tokens, tags);
            }
        }
    }

    /// <param name="assistant">The assistant that was asked.</param>
    /// <param name="isExact">Whether the model's tokenizer counted it.</param>
    /// <param name="ratio">Tokens counted here, divided by those that the provider reports.</param>
    public void Counted(Assistant assistant, bool isExact, double ratio)
    {
        var tags = TagsOf(assistant);
        tags.Add("blazorchat.tokens.by", isExact ? "tokenizer" : "estimate");
        _counted.Record(ratio, tags);
    }

    public void Ended(string assistantId, MessageStatus? status) =>
        _turns.Add(1, new("gen_ai.agent.id", assistantId), new("blazorchat.outcome", OutcomeOf(status)));

    private static TagList TagsOf(Assistant assistant)
    {
        var metadata = assistant.Client.GetService(typeof(ChatClientMetadata)) as ChatClientMetadata;
        return new TagList
        {
            { "gen_ai.operation.name", "chat" },
            { "gen_ai.provider.name", metadata?.ProviderName },
            { "gen_ai.request.model", metadata?.DefaultModelId },
            { "gen_ai.agent.id", assistant.Author.Id },
        };
    }

    /// <summary>The outcome's name in metrics and logs; null for a turn whose room was cleared or deleted.</summary>
    public static string OutcomeOf(MessageStatus? status) => status switch
    {
        null => "discarded",
        MessageStatus.Complete => "complete",
        MessageStatus.Stopped => "stopped",
        MessageStatus.Failed => "failed",
        MessageStatus.Interrupted => "interrupted",
        MessageStatus.Cut => "cut",
        MessageStatus.AwaitingPeople => "awaiting",
        MessageStatus.Recovering => "recovering",
        _ => "unknown",
    };
}
