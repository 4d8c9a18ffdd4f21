using System.Text;
using BlazorChat.Assistants.Middleware.Filters;
using BlazorChat.Turns;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Redaction;

/// <summary>
/// Redacts one response as it comes. Text, reasoning and the arguments of each call are separate texts, as they are shown separately.
/// Where people see something else between the words, the text before it has ended.
/// </summary>
internal sealed class RedactionFilter(PatternProgram program, ContentRedactor contents) : ContentFilter
{
    private readonly TextRedactor _text = new(program);
    private readonly TextRedactor _reasoning = new(program);
    private readonly Dictionary<string, (TextRedactor Redactor, string Name)> _calls = new(StringComparer.Ordinal);
    private int _before;

    public override void Add(AIContent content, IList<AIContent> output)
    {
        switch (content)
        {
            case TextContent { Text.Length: 0, Annotations: not { Count: > 0 } } or TextReasoningContent { Text.Length: 0, ProtectedData: null }:
                // Some providers send an empty one with each piece of the other kind: it ends nothing.
                break;
            case TextContent text:
                EndReasoning(output);
                var shown = Next(_text, text.Text);
                if (shown.Length > 0 || text.Annotations is { Count: > 0 })
                {
                    output.Add(new TextContent(shown) { Annotations = contents.Redact(text.Annotations), AdditionalProperties = text.AdditionalProperties });
                }

                break;
            case TextReasoningContent reasoning:
                EndText(output);
                Reason(reasoning, output);
                break;
            case ToolCallDeltaContent delta:
                EndText(output);
                EndReasoning(output);
                Delta(delta, output);
                break;
            case UsageContent or ResponseNoteContent:
                output.Add(contents.Redact(content));
                break;
            default:
                EndText(output);
                EndReasoning(output);
                if (content is FunctionCallContent call)
                {
                    EndCall(call.CallId, output);
                }

                output.Add(contents.Redact(content));
                break;
        }
    }

    public override void End(IList<AIContent> output)
    {
        EndText(output);
        EndReasoning(output);
        foreach (var id in _calls.Keys.ToList())
        {
            EndCall(id, output);
        }
    }

    private static string Next(TextRedactor redactor, string piece)
    {
        var output = new StringBuilder();
        redactor.Append(piece, output);
        return output.ToString();
    }

    private static string Rest(TextRedactor redactor)
    {
        var output = new StringBuilder();
        redactor.End(output);
        return output.ToString();
    }

    private void Reason(TextReasoningContent reasoning, IList<AIContent> output)
    {
        var shown = Next(_reasoning, reasoning.Text);
        if (reasoning.ProtectedData is null)
        {
            if (shown.Length > 0)
            {
                output.Add(new TextReasoningContent(shown) { AdditionalProperties = reasoning.AdditionalProperties });
            }

            return;
        }

        // The signature ends a block. It covers the original words: with others, the provider would refuse it.
        shown += Rest(_reasoning);
        var isSame = _reasoning.Replacements == _before;
        _before = _reasoning.Replacements;
        if (shown.Length > 0 || isSame)
        {
            output.Add(new TextReasoningContent(shown)
            {
                ProtectedData = isSame ? reasoning.ProtectedData : null,
                AdditionalProperties = reasoning.AdditionalProperties,
            });
        }
    }

    private void Delta(ToolCallDeltaContent delta, IList<AIContent> output)
    {
        var isNew = !_calls.TryGetValue(delta.CallId, out var call);
        if (isNew)
        {
            call = (new TextRedactor(program), delta.Name);
            _calls[delta.CallId] = call;
        }

        // The first delta shows that there is a call, even before any arguments.
        var shown = Next(call.Redactor, delta.Arguments);
        if (isNew || shown.Length > 0)
        {
            output.Add(new ToolCallDeltaContent(delta.CallId, delta.Name, shown));
        }
    }

    private void EndText(IList<AIContent> output)
    {
        if (Rest(_text) is { Length: > 0 } rest)
        {
            output.Add(new TextContent(rest));
        }
    }

    private void EndReasoning(IList<AIContent> output)
    {
        if (Rest(_reasoning) is { Length: > 0 } rest)
        {
            output.Add(new TextReasoningContent(rest));
        }
    }

    private void EndCall(string id, IList<AIContent> output)
    {
        if (_calls.Remove(id, out var call) && Rest(call.Redactor) is { Length: > 0 } rest)
        {
            output.Add(new ToolCallDeltaContent(id, call.Name, rest));
        }
    }
}
