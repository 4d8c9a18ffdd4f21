using System.Text;
using BlazorChat.Assistants.Resilience;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Redaction;

/// <summary>Redacts whole contents. Contents without a match stay the same object; others are copied.</summary>
/// <param name="program">The patterns.</param>
internal sealed class ContentRedactor(PatternProgram program)
{
    private readonly ValueRedactor _values = new(program);

    public AIContent Redact(AIContent content) => content switch
    {
        TextContent text => Text(text),
        TextReasoningContent reasoning => Reasoning(reasoning),
        FunctionCallContent call => Call(call),
        FunctionResultContent result => Result(result),
        ErrorContent error => new ErrorContent(Redact(error.Message)) { ErrorCode = error.ErrorCode, Details = Redact(error.Details) },
        DataContent data => Data(data),
        RetryNoticeContent notice when Redact(notice.Reason) is var reason && reason != notice.Reason => new RetryNoticeContent(notice.Delay, notice.Attempt, reason!),
        _ => content,
    };

    /// <summary>Redacts the descriptions of the annotations' sources.</summary>
    public IList<AIAnnotation>? Redact(IList<AIAnnotation>? annotations) => annotations is not { Count: > 0 }
        ? annotations
        : [.. annotations.Select(annotation => annotation is CitationAnnotation citation
            ? new CitationAnnotation
            {
                Title = Redact(citation.Title),
                Snippet = Redact(citation.Snippet),
                Url = citation.Url is { } url && Redact(url.ToString()) == url.ToString() ? url : null,
                FileId = citation.FileId,
                ToolName = citation.ToolName,
                AnnotatedRegions = citation.AnnotatedRegions,
                AdditionalProperties = citation.AdditionalProperties,
            }
            : annotation)];

    private string? Redact(string? text) => text is null ? null : TextRedactor.Redact(program, text);

    private TextContent Text(TextContent text) =>
        new(Redact(text.Text)) { Annotations = Redact(text.Annotations), AdditionalProperties = text.AdditionalProperties };

    private TextReasoningContent Reasoning(TextReasoningContent reasoning)
    {
        var redacted = Redact(reasoning.Text);
        return redacted == reasoning.Text
            ? reasoning
            // The provider's signature covers the original words: with others, the provider would refuse it.
            : new TextReasoningContent(redacted) { AdditionalProperties = reasoning.AdditionalProperties };
    }

    private FunctionCallContent Call(FunctionCallContent call)
    {
        if (call.Arguments is not { } arguments)
        {
            return call;
        }

        var copy = new Dictionary<string, object?>(StringComparer.Ordinal);
        var isChanged = false;
        foreach (var (name, value) in arguments)
        {
            copy[name] = _values.Redact(value);
            isChanged |= !ReferenceEquals(copy[name], value);
        }

        return !isChanged
            ? call
            : new FunctionCallContent(call.CallId, call.Name, copy)
            {
                Exception = call.Exception,
                InformationalOnly = call.InformationalOnly,
                AdditionalProperties = call.AdditionalProperties,
            };
    }

    private FunctionResultContent Result(FunctionResultContent result)
    {
        var value = result.Result switch
        {
            AIContent content => Redact(content),
            IEnumerable<AIContent> contents => contents.Select(Redact).ToList(),
            var other => _values.Redact(other),
        };
        return ReferenceEquals(value, result.Result)
            ? result
            : new FunctionResultContent(result.CallId, value) { Exception = result.Exception, AdditionalProperties = result.AdditionalProperties };
    }

    private DataContent Data(DataContent data)
    {
        if (!data.HasTopLevelMediaType("text") && data.MediaType != "application/json")
        {
            return data;
        }

        var text = Encoding.UTF8.GetString(data.Data.Span);
        var redacted = TextRedactor.Redact(program, text);
        return redacted == text ? data : new DataContent(Encoding.UTF8.GetBytes(redacted), data.MediaType) { Name = data.Name };
    }
}
