using System.IO.Compression;
using System.Text.Json;
using BlazorChat.Turns.Hooks;
using BlazorChat.Rooms;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Prompts;

/// <summary>
/// Keeps the prompts that were sent to models, so that people can see what an assistant saw. The record of the client at the end of the
/// pipeline counts; without one, what the turn itself sent.
/// </summary>
internal sealed partial class StepRecords(ITurnStore store, RoomGates gates, ILogger<StepRecords> logger)
{
    // Prompts are far smaller. A larger one is kept without its contents: a cut would go unnoticed.
    private const int MostBytes = 4_000_000;

    internal static Recorder Begin(TurnRun run, StepRequest request, long from) => new(run, request, from);

    /// <summary>Keeps a step, unless a message was removed from the room after the prompt was built.</summary>
    /// <param name="run">The turn.</param>
    /// <param name="step">The step.</param>
    /// <param name="recorder">The record of what was sent.</param>
    /// <param name="removals">The turn's <see cref="RunningTurn.Removals"/> before its prompt was built.</param>
    internal async Task KeepAsync(TurnRun run, int step, Recorder recorder, int removals)
    {
        try
        {
            var sent = recorder.ToStep(run.Claimed.Response.Versions, step);
            var content = await CompressAsync(sent).ConfigureAwait(false);
            // Within the gate: a message in the prompt may be removed at this moment.
            using var gate = await gates.EnterAsync(run.Room.Id, CancellationToken.None).ConfigureAwait(false);
            if (run.Turn.Removals != removals)
            {
                return;
            }

            await store.AddStepAsync(run.Room.Id, run.Claimed.Response.Id, sent.Version, step, content, CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // No error here (storage, contents that cannot be serialized) may fail the response.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogNotKept(e, run.Claimed.Response.Id, step);
        }
    }

    private static async Task<byte[]> CompressAsync(SentStep sent)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(sent, PromptBuilder.Json);
        if (json.Length > MostBytes)
        {
            json = JsonSerializer.SerializeToUtf8Bytes(sent with { Messages = [new SentMessage("system", null, [new SentContent("text", "(too long to be kept)")])] }, PromptBuilder.Json);
        }

        using var buffer = new MemoryStream();
        var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true);
        await using (gzip.ConfigureAwait(false))
        {
            await gzip.WriteAsync(json).ConfigureAwait(false);
        }

        return buffer.ToArray();
    }

    /// <summary>The kept steps of a response whose prompts had nothing from before a sequence.</summary>
    public async Task<IReadOnlyList<SentStep>> ReadAsync(Guid roomId, Guid messageId, long from, CancellationToken cancellationToken)
    {
        var steps = new List<SentStep>();
        foreach (var (_, _, content) in await store.ReadStepsAsync(roomId, messageId, cancellationToken).ConfigureAwait(false))
        {
            using var gzip = new GZipStream(new MemoryStream(content.ToArray()), CompressionMode.Decompress);
            if (await JsonSerializer.DeserializeAsync<SentStep>(gzip, PromptBuilder.Json, cancellationToken).ConfigureAwait(false) is { } step && step.From >= from)
            {
                steps.Add(step);
            }
        }

        return steps;
    }

    [LoggerMessage(LogLevel.Warning, "The prompt of step {Step} of response {MessageId} could not be kept.")]
    private partial void LogNotKept(Exception exception, Guid messageId, int step);

    /// <summary>Records one step.</summary>
    internal sealed class Recorder : IStepRecorder
    {
        private IReadOnlyList<ChatMessage> _messages;
        private readonly long _from;
        private ChatOptions _options;

        public Recorder(TurnRun run, StepRequest request, long from)
        {
            _from = from;
            _messages = [.. request.Messages];
            _options = request.Options;
            Options = request.Options.Clone();
            Options.AdditionalProperties ??= [];
            Options.AdditionalProperties[TurnProperties.Room] = run.Room.Id;
            Options.AdditionalProperties[TurnProperties.Fresh] = run.Claimed.IsAnother;
            Options.AdditionalProperties[TurnProperties.Recorder] = this;
        }

        /// <summary>The options for the request.</summary>
        public ChatOptions Options { get; }

        public void Sent(IReadOnlyList<ChatMessage> messages, ChatOptions options) => (_messages, _options) = (messages, options);

        /// <summary>Compares what was sent with what the provider counted (see <see cref="ContextCheck.Compare"/>).</summary>
        public string? Compare(ContextCheck check, TurnRun run, long reported) =>
            check.Compare(run.Assistant, run.Claimed.Response.Id, _messages, _options, reported);

        public SentStep ToStep(int version, int step) => new(
            version, step,
            [.. _messages.Select(m => new SentMessage(m.Role.Value, m.AuthorName, [.. m.Contents.Select(ToContent)]))],
            [.. (_options.Tools ?? []).Select(t => new SentTool(t.Name, t.Description))],
            Settings().ToDictionary(s => s.Name, s => s.Value!, StringComparer.Ordinal))
        { From = _from };

        private IEnumerable<(string Name, string? Value)> Settings() => new (string Name, string? Value)[]
        {
            ("Instructions", _options.Instructions),
            ("Model", _options.ModelId),
            ("Temperature", _options.Temperature?.ToString()),
            ("Top P", _options.TopP?.ToString()),
            ("Max output tokens", _options.MaxOutputTokens?.ToString()),
            ("Reasoning effort", _options.Reasoning?.Effort?.ToString()),
            ("Tool choice", _options.ToolMode switch
            {
                null or AutoChatToolMode => null,
                NoneChatToolMode => "none",
                RequiredChatToolMode { RequiredFunctionName: { } name } => $"must call {name}",
                _ => "must call a tool",
            }),
        }.Where(s => !string.IsNullOrEmpty(s.Value));

        private static SentContent ToContent(AIContent content) => content switch
        {
            TextContent text => new("text", text.Text),
            TextReasoningContent reasoning => new("reasoning", reasoning.Text),
            FunctionCallContent call => new("call", $"{call.Name}({JsonSerializer.Serialize(call.Arguments, PromptBuilder.Json)})"),
            FunctionResultContent result => new("result", result.Result as string ?? JsonSerializer.Serialize(result.Result, PromptBuilder.Json)),
            _ => new(content.GetType().Name, ""),
        };
    }
}
