using System.Text;
using System.Text.Json;
using BlazorChat.Messages;
using BlazorChat.Text;
using BlazorChat.Turns.Prompts;
using BlazorChat.Turns.Tools;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns;

/// <summary>Reads one response of a model: each piece goes into the running response. Not thread-safe.</summary>
internal sealed class StepReading(StepRun run, int step, IReadOnlyList<ChatTool> tools, string origin, TurnsMetrics metrics, long began, TimeProvider time)
{
    private const int ShortArguments = 2_000;

    // What a model is shown of arguments that are not valid, in characters.
    private const int ShownArguments = 500;

    // Whatever is shorter is not worth a number, nor a change of the part.
    private static readonly TimeSpan ShortestThought = TimeSpan.FromMilliseconds(500);

    // Maps this step's call ids to their ids in the response, where they must be unique.
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StringBuilder> _arguments = new(StringComparer.Ordinal);
    private readonly HashSet<string> _complete = new(StringComparer.Ordinal);

    private readonly RepetitionDetector _text = new();
    private readonly RepetitionDetector _reasoning = new();
    private bool _hasBegun;
    private long? _thinksSince;

    /// <summary>Whether the text or reasoning repeats itself, so that nothing more should be read.</summary>
    public bool Repeats { get; private set; }

    /// <summary>The calls that the model made.</summary>
    public List<ToolCallPart> Calls { get; } = [];

    /// <summary>The prompt tokens that the provider counted, including cached ones; 0 if it has not said.</summary>
    public long ReportedInput { get; private set; }

    /// <summary>Why the model stopped.</summary>
    public ChatFinishReason? Finish { get; private set; }

    public void Take(ChatResponseUpdate update)
    {
        run.Model = update.ModelId is { } model ? StorableText.From(model) : run.Model;
        Finish = update.FinishReason ?? Finish;
        foreach (var content in update.Contents)
        {
            if (!Repeats)
            {
                Take(content);
            }
        }
    }

    private void Take(AIContent content)
    {
        switch (content)
        {
            case TextContent { Text.Length: > 0 } text:
                MarkFirst();
                EndThinking();
                run.Draft.AppendText(Check(_text, text.Text));
                AddSources(text);
                break;
            case TextReasoningContent thought when ThoughtSoFar.Is(thought):
                run.Draft.TurnTextIntoReasoning();
                break;
            case TextReasoningContent reasoning:
                MarkFirst();
                if (reasoning.Text.Length > 0)
                {
                    _thinksSince ??= time.GetTimestamp();
                    run.Draft.AppendReasoning(Check(_reasoning, reasoning.Text));
                }

                if (reasoning.ProtectedData is { } sealing)
                {
                    run.Draft.SealReasoning(StorableText.From(sealing), origin);
                    EndThinking();
                }

                break;
            case ToolCallDeltaContent delta:
                MarkFirst();
                EndThinking();
                Append(delta);
                break;
            case FunctionCallContent call:
                MarkFirst();
                EndThinking();
                Complete(call);
                break;
            case ResponseNoteContent note:
                run.Draft.Note(note.Note);
                break;
            case UsageContent usage:
                run.Count(usage.Details);
                // A request may report usage more than once.
                ReportedInput = Math.Max(ReportedInput, TokenUsage.Of(usage.Details).Input);
                metrics.Tokens(run.Assistant, usage.Details.InputTokenCount, usage.Details.OutputTokenCount);
                break;
        }
    }

    // The piece, or its beginning up to where it was found to repeat.
    private string Check(RepetitionDetector detector, string piece)
    {
        var length = detector.Take(piece);
        Repeats |= detector.Repeats;
        return length == piece.Length ? piece : piece[..length];
    }

    /// <summary>The reasoning, if there is any, has ended: something else has come, or nothing more will.</summary>
    public void EndThinking()
    {
        if (_thinksSince is { } since && time.GetElapsedTime(since) is var took && took >= ShortestThought)
        {
            run.Draft.EndReasoning(took);
        }

        _thinksSince = null;
    }

    private void MarkFirst()
    {
        if (_hasBegun)
        {
            return;
        }

        _hasBegun = true;
        if (run.MarkFirstToken())
        {
            metrics.FirstText(run.Assistant, time.GetElapsedTime(began));
            run.Draft.Note(null);
        }
        else if (run.Drops > 0)
        {
            run.Draft.Note(null);
        }
    }

    private void AddSources(TextContent text)
    {
        foreach (var citation in (text.Annotations ?? []).OfType<CitationAnnotation>().Where(c => c.Url is not null))
        {
            run.Draft.Add(new SourcePart(citation.Url!.ToString(), citation.Title is { } title ? StorableText.From(title) : null) { Step = step });
        }
    }

    private void Append(ToolCallDeltaContent delta)
    {
        if (_complete.Contains(delta.CallId))
        {
            // The complete call has come, and only that one counts.
            return;
        }

        var id = IdOf(delta.CallId);
        if (!_arguments.TryGetValue(id, out var written))
        {
            _arguments[id] = written = new StringBuilder();
        }

        written.Append(delta.Arguments);
        if (run.Draft.ChangeCall(id, c => IsWorthShowing(written, c) ? c with { Arguments = Written(id) } : c) is null)
        {
            run.Draft.SetCall(new ToolCallPart(id, StorableText.From(delta.Name)) { Step = step, Label = LabelOf(delta.Name), Arguments = Written(id) });
        }
    }

    // Short arguments are shown with every piece, long ones whenever they have grown by an eighth. That keeps the total cost within a few
    // times their length.
    private static bool IsWorthShowing(StringBuilder written, ToolCallPart shown) =>
        written.Length < ShortArguments || written.Length - shown.Arguments.Length >= written.Length / 8;

    private string Written(string id) => _arguments.TryGetValue(id, out var written) ? StorableText.From(written.ToString()) : "";

    private void Complete(FunctionCallContent content)
    {
        if (!_complete.Add(content.CallId))
        {
            // Another call with the same id: some servers give no ids.
            _ids.Remove(content.CallId);
        }

        var arguments = content.Exception is null ? Write(content.Arguments) : null;
        var call = new ToolCallPart(IdOf(content.CallId), StorableText.From(content.Name)) { Step = step, Label = LabelOf(content.Name), Arguments = arguments ?? "", State = ToolCallState.Ready };
        if (arguments is null)
        {
            // The earlier pieces hold what the model wrote, and stay visible. Providers take only objects, so the model is told what it was.
            var written = Written(call.CallId);
            call = call with
            {
                Arguments = written,
                State = ToolCallState.Failed,
                Result = written.Length == 0 ? "The arguments are not a valid JSON object. Write them again."
                    : $"These arguments are not a JSON object: {TextCut.Excerpt(written, ShownArguments)} Write them as one JSON object.",
                EndedAt = time.GetUtcNow(),
            };
        }

        run.Draft.SetCall(call);
        Calls.Add(call);
    }

    private ToolLabel? LabelOf(string name) => tools.FirstOrDefault(t => t.Name == name) is { } tool ? ToolLabels.Of(tool) : null;

    private static string? Write(IDictionary<string, object?>? arguments)
    {
        try
        {
            return JsonSerializer.Serialize(arguments ?? new Dictionary<string, object?>(StringComparer.Ordinal), PromptBuilder.Json);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or JsonException)
        {
            // An escape that is half of a surrogate pair.
            return null;
        }
    }

    // Some servers count from zero in each step: the call of an earlier step keeps its id, this one gets another.
    private string IdOf(string callId)
    {
        if (!_ids.TryGetValue(callId, out var id))
        {
            id = StorableText.From(callId);
            var plain = id;
            for (var number = step; run.Draft.ChangeCall(id, static c => c) is not null; number++)
            {
                id = $"{plain}-{number}";
            }

            _ids[callId] = id;
        }

        return id;
    }
}
