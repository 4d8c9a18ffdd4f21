using System.Text.Json;
using BlazorChat.Assistants.Middleware.Filters;
using BlazorChat.Assistants.Providers;
using BlazorChat.Turns;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.TextCalls;

/// <summary>A client whose model may write tool calls into its text.</summary>
/// <param name="inner">The next client of the pipeline.</param>
/// <param name="runs">Whether they are to be run.</param>
internal sealed class TextCallChatClient(IChatClient inner, bool runs) : ContentFilterChatClient(inner)
{
    protected override ContentFilter CreateFilter() => new TextCallFilter(runs);
}

/// <summary>
/// Turns calls that a model has written into its text into calls, or folds them if they are not to be run. A call begins on a line of its
/// own, outside code, and is held back until it is complete; what then is no call stays text.
/// </summary>
/// <param name="runs">Whether they are to be run.</param>
internal sealed class TextCallFilter(bool runs) : ContentFilter
{
    // Hermes, Qwen, GLM and others; Llama's form with the name in the tag, and with a word of its own; Mistral's; Phi's; Claude's; DeepSeek's;
    // Kimi's.
    private static readonly (string Begin, string End)[] Forms =
    [
        ("<tool_call>", "</tool_call>"), ("<function_call>", "</function_call>"), ("<function=", "</function>"), ("[TOOL_CALLS]", "\n"), ("<|python_tag|>", "\n"),
        ("<|tool_call|>", "<|/tool_call|>"), ("<function_calls>", "</function_calls>"), ("<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>"),
        ("<|tool_calls_section_begin|>", "<|tool_calls_section_end|>"),
    ];

    /// <summary>The most characters of a call.</summary>
    private const int MaxLength = 100_000;

    private readonly CodeTracker _code = new();
    private string _held = "";

    public override void Add(AIContent content, IList<AIContent> output)
    {
        switch (content)
        {
            case TextContent text:
                Take(text.Text, output, isEnd: false);
                break;
            case UsageContent or ResponseNoteContent or TextReasoningContent:
                output.Add(content);
                break;
            default:
                End(output);
                output.Add(content);
                break;
        }
    }

    public override void End(IList<AIContent> output) => Take("", output, isEnd: true);

    private void Take(string piece, IList<AIContent> output, bool isEnd)
    {
        var text = _held + piece;
        _held = "";
        while (text.Length > 0)
        {
            if (!_code.IsInCode && _code.IsAtLineStart && text.AsSpan().TrimStart(" \t") is var start && Form(start) is { } form)
            {
                var at = text.Length - start.Length;
                var end = start.Length < form.Begin.Length ? -1 : start[form.Begin.Length..].IndexOf(form.End, StringComparison.Ordinal);
                if (end < 0 && !isEnd && text.Length < MaxLength)
                {
                    _held = text;
                    return;
                }

                var length = end < 0 ? start.Length : form.Begin.Length + end + form.End.Length;
                if (Read(start[..length].ToString(), form) is { Count: > 0 } calls)
                {
                    if (at > 0)
                    {
                        output.Add(new TextContent(text[..at]));
                    }

                    if (runs)
                    {
                        calls.ForEach(output.Add);
                    }
                    else
                    {
                        output.Add(new TextContent(Fold(start[..length].ToString(), [.. calls.OfType<FunctionCallContent>().Select(call => call.Name)])));
                    }

                    text = text[(at + length)..];
                    continue;
                }
            }

            // Up to the next line or run of marks, where code begins or ends.
            var next = text.AsSpan().IndexOfAny('\n', '`', '~');
            var run = CodeTracker.RunLength(text);
            var passed = run > 0 ? run : next < 0 ? text.Length : text[next] == '\n' ? next + 1 : next;
            if (run == text.Length && !isEnd)
            {
                _held = text;
                return;
            }

            _code.Read(text.AsSpan(0, passed));
            if (output is [.., TextContent before])
            {
                before.Text += text[..passed];
            }
            else
            {
                output.Add(new TextContent(text[..passed]));
            }

            text = text[passed..];
        }
    }

    private static string Fold(string written, IReadOnlyList<string> names)
    {
        var longest = 2;
        for (var (i, run) = (0, 0); i < written.Length; i++)
        {
            run = written[i] == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        var fence = new string('`', longest + 1);
        return $"<details>\n<summary>Written as a tool call, not run: {string.Join(", ", names.Select(name => $"`{name.Replace('`', '\'').ReplaceLineEndings(" ")}`"))}</summary>\n\n{fence}\n{written.Trim()}\n{fence}\n\n</details>\n\n";
    }

    /// <summary>The form that a text begins with, or that its beginning may become.</summary>
    private static (string Begin, string End)? Form(ReadOnlySpan<char> text)
    {
        foreach (var form in Forms)
        {
            if (text.StartsWith(form.Begin, StringComparison.Ordinal) || (text.Length > 0 && form.Begin.AsSpan().StartsWith(text, StringComparison.Ordinal)))
            {
                return form;
            }
        }

        return null;
    }

    private static List<AIContent> Read(string text, (string Begin, string End) form)
    {
        if (text.Length <= form.Begin.Length)
        {
            return [];
        }

        var inside = text[form.Begin.Length..];
        inside = (inside.EndsWith(form.End, StringComparison.Ordinal) ? inside[..^form.End.Length] : inside).Trim();
        string? name = null;
        if (form.Begin.EndsWith('='))
        {
            var end = inside.IndexOf('>', StringComparison.Ordinal);
            if (end <= 0)
            {
                return [];
            }

            (name, inside) = (inside[..end].Trim(), inside[(end + 1)..].Trim());
        }

        try
        {
            using var document = JsonDocument.Parse(WireText.WithoutHalves(inside.Length == 0 ? "{}" : inside));
            var root = document.RootElement;
            return [.. (root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().ToArray() : [root]).SelectMany(one => Call(one, name))];
        }
        catch (JsonException)
        {
            return [.. TaggedCalls.Read(inside, name).SelectMany(call => Call(call.Arguments, call.Name))];
        }
    }

    /// <summary>What people see of a call, and the call.</summary>
    private static IEnumerable<AIContent> Call(JsonElement call, string? name)
    {
        if (call.ValueKind != JsonValueKind.Object)
        {
            return [];
        }

        var arguments = name is null ? Property(call, "arguments") ?? Property(call, "parameters") ?? default : call;
        name ??= Property(call, "name") is { ValueKind: JsonValueKind.String } given ? given.GetString() : null;
        if (string.IsNullOrWhiteSpace(name))
        {
            return [];
        }

        var pending = new PendingToolCall($"call_{Guid.NewGuid():N}") { Name = name };
        var shown = pending.Append(arguments.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => "",
            JsonValueKind.String => arguments.GetString()!,
            _ => arguments.GetRawText(),
        });
        return [.. shown is null ? Array.Empty<AIContent>() : [shown], pending.ToContent(isCut: false)];
    }

    private static JsonElement? Property(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value : null;
}
