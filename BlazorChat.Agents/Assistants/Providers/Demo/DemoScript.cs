using System.Text.RegularExpressions;
using BlazorChat.Turns.Prompts;
using BlazorChat.Turns.Titles;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Providers.Demo;

/// <summary>
/// The rules of the demo assistant: the words of a request, in this order of precedence. It answers tool results if they are the last
/// message, otherwise the last message of a person.
/// </summary>
internal static partial class DemoScript
{
    private const string Echo = "echo:";

    public static DemoPlan Plan(IReadOnlyList<ChatMessage> prompt, IList<AITool> tools)
    {
        if (prompt is [{ Text: RoomTitle.Instructions } first, .., var exchange] && first.Role == ChatRole.System)
        {
            return new DemoPlan(Title(exchange.Text));
        }

        if (prompt is [.., { Role: var role } last] && role == ChatRole.User && last.Text == PromptBuilder.GoOn)
        {
            return GoOn([.. prompt.SkipLast(1)], tools);
        }

        // The results of a step may come in one message or in one message each.
        var results = prompt.Skip(prompt.ToList().FindLastIndex(message => !message.Contents.Any(content => content is FunctionResultContent)) + 1)
            .SelectMany(message => message.Contents).OfType<FunctionResultContent>().ToList();
        if (results.Count > 0)
        {
            return new DemoPlan(DemoTools.Response(results, prompt));
        }

        var message = prompt.LastOrDefault(candidate => candidate.Role == ChatRole.User);
        var text = WithoutMentions(message?.Text ?? "");
        if (text.StartsWith(Echo, StringComparison.OrdinalIgnoreCase))
        {
            return new DemoPlan(text[Echo.Length..].Trim());
        }

        return Response(DemoRequest.WordsOf(text), text, prompt, tools) ?? new DemoPlan(DemoTexts.Greeting(message?.AuthorName));
    }

    /// <summary>A message without the mentions at its beginning.</summary>
    public static string WithoutMentions(string text) => Mention().Replace(text, "").Trim();

    /// <summary>A title: the first words of the question.</summary>
    private static string Title(string exchange)
    {
        var begin = exchange.StartsWith(RoomTitle.QuestionMark, StringComparison.Ordinal) ? RoomTitle.QuestionMark.Length : 0;
        var end = exchange.LastIndexOf(RoomTitle.ResponseMark, StringComparison.Ordinal);
        var question = Mention().Replace(exchange[begin..(end < begin ? exchange.Length : end)], "");
        var words = string.Join(' ', question.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(6));
        return words.Length > 0 && char.IsLower(words[0]) ? $"{char.ToUpperInvariant(words[0])}{words[1..]}" : words;
    }

    /// <summary>The rest of a response that was cut off.</summary>
    private static DemoPlan GoOn(List<ChatMessage> prompt, IList<AITool> tools)
    {
        var asked = prompt.FindLastIndex(message => message.Role != ChatRole.Assistant) + 1;
        var said = string.Concat(prompt.Skip(asked).Select(message => message.Text));
        var plan = Plan(prompt[..asked], tools) with { Reasoning = "" };
        return plan.Text.StartsWith(said, StringComparison.Ordinal) ? plan with { Text = plan.Text[said.Length..] } : plan;
    }

    private static DemoPlan? Response(HashSet<string> words, string text, IReadOnlyList<ChatMessage> prompt, IList<AITool> tools) =>
        // First: delegated work is not done by this assistant.
        DemoTools.Delegate(words, text, prompt, tools) is { } delegated ? delegated
        : words.Contains("help") ? new DemoPlan(DemoTexts.Help)
        : words.Contains("markdown") ? new DemoPlan(DemoTexts.Markdown)
        : words.Contains("reasoning") ? (DemoTools.Plan(words, text, prompt, tools) ?? new DemoPlan(DemoTexts.AfterReasoning)) with { Reasoning = DemoTexts.Reasoning }
        : words.Contains("slow") || words.Contains("slowly") ? new DemoPlan(DemoTexts.Slow) { IsSlow = true }
        : words.Contains("fail") ? new DemoPlan(words.Contains("early") ? "" : DemoTexts.BeforeFailure) { Ending = DemoEnding.Failure }
        : words.Contains("silent") ? new DemoPlan(DemoTexts.BeforeSilence) { Ending = DemoEnding.Silence }
        : words.Contains("long") ? new DemoPlan(DemoTexts.Long)
        : words.Contains("empty") ? new DemoPlan("")
        : words.Contains("code") ? new DemoPlan(DemoTexts.Code)
        : words.Contains("table") ? new DemoPlan(DemoTexts.Table)
        : DemoTools.Plan(words, text, prompt, tools);

    [GeneratedRegex(@"^(\s*@\S+)+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Mention();
}
