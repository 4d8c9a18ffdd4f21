using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using BlazorChat.Text;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Providers.Demo;

/// <summary>
/// The demo assistant's use of tools: it calls the first tool whose name contains the word, with arguments derived by rules, and reports
/// the result.
/// </summary>
internal static partial class DemoTools
{
    /// <summary>The most characters of a result that are reported.</summary>
    private const int MaxResultLength = 2000;

    // Words in all languages stay readable while they come.
    private static readonly JsonSerializerOptions Compact = new(AIJsonUtilities.DefaultOptions)
    {
        WriteIndented = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The number of argument characters per piece, similar to a model's tokens.</summary>
    private const int PieceLength = 6;

    private const string AskPrefix = "ask_";

    /// <summary>What people can ask for, and parts of the names of matching tools, the best match first.</summary>
    private static readonly Kind[] Kinds =
    [
        new("time", words => words.Contains("time") && !words.Contains("zone"), ["current_time", "get_time", "clock", "time"], Except: "zone"),
        new("time zone", words => words.Contains("zone"), ["time_zone"]),
        new("dice", words => words.Contains("dice"), ["dice", "roll"]),
        new("search", words => words.Contains("search"), ["search"]),
        new("postcard", words => words.Contains("postcard"), ["postcard"]),
        new("location", words => words.Contains("location") || words.IsSupersetOf(["where", "am", "i"]), ["location"]),
        new("clipboard", words => words.Contains("clipboard") && !words.Contains("copy"), ["read_clipboard"]),
        new("copy", words => words.Contains("copy"), ["write_clipboard"]),
        new("language", words => words.Contains("language"), ["language"]),
    ];

    /// <summary>Calls the tools that a message asks for, or says that there are none; null if it asks for no tool.</summary>
    public static DemoPlan? Plan(HashSet<string> words, string text, IReadOnlyList<ChatMessage> prompt, IList<AITool> tools)
    {
        var asked = Array.FindAll(Kinds, kind => kind.IsAsked(words));
        if (asked.Length == 0)
        {
            return null;
        }

        var calls = new List<FunctionCallContent>();
        foreach (var kind in asked)
        {
            if (Find(tools, kind) is { } tool)
            {
                calls.Add(new FunctionCallContent(CallId(prompt, calls.Count), tool.Name, Arguments(tool, kind.Name, text)));
            }
        }

        return calls.Count > 0 ? new DemoPlan("") { Calls = calls } : new DemoPlan(DemoTexts.NoTool(asked[0].Name));
    }

    /// <summary>
    /// Delegates to another assistant: to the one that is named after "ask", or to any one for "delegate". Null if the message asks for
    /// neither.
    /// </summary>
    public static DemoPlan? Delegate(HashSet<string> words, string text, IReadOnlyList<ChatMessage> prompt, IList<AITool> tools)
    {
        var others = tools.OfType<AIFunctionDeclaration>().Where(tool => tool.Name.StartsWith(AskPrefix, StringComparison.Ordinal)).ToList();
        var named = Ask().Match(text);
        var tool = named.Success
            ? others.Find(other => string.Equals(other.Name[AskPrefix.Length..], named.Groups["who"].Value.Replace('-', '_'), StringComparison.OrdinalIgnoreCase))
            : null;
        var task = named.Groups["task"].Value;
        if (tool is null && words.Contains("delegate"))
        {
            tool = others.FirstOrDefault();
            task = Delegated().Match(text).Groups["task"].Value;
            if (tool is null)
            {
                return new DemoPlan(DemoTexts.NoAssistant);
            }
        }

        return tool is null ? null : new DemoPlan("")
        {
            Calls = [new FunctionCallContent(CallId(prompt, 0), tool.Name, new Dictionary<string, object?>(StringComparer.Ordinal) { ["task"] = task.Length == 0 ? "help" : task })],
        };
    }

    /// <summary>The arguments of a call in pieces, as a model would write them; at least one piece.</summary>
    public static IEnumerable<string> Pieces(FunctionCallContent call)
    {
        var json = JsonSerializer.Serialize(call.Arguments, Compact);
        for (var start = 0; start < json.Length;)
        {
            var end = Math.Min(start + PieceLength, json.Length);
            end += end < json.Length && char.IsLowSurrogate(json[end]) ? 1 : 0;
            yield return json[start..end];
            start = end;
        }
    }

    /// <summary>Reports the results.</summary>
    public static string Response(List<FunctionResultContent> results, IReadOnlyList<ChatMessage> prompt)
    {
        var names = prompt.SelectMany(message => message.Contents).OfType<FunctionCallContent>()
            .GroupBy(call => call.CallId, StringComparer.Ordinal)
            .ToDictionary(calls => calls.Key, calls => calls.Last().Name, StringComparer.Ordinal);
        return string.Join("\n\n", results.Select(result => Response(names.GetValueOrDefault(result.CallId, "tool"), ToText(result))));
    }

    private static string Response(string tool, string result) =>
        result.Length == 0 ? "That returned nothing."
        // The results of calls that a person did not allow begin like this.
        : result.StartsWith("No.", StringComparison.Ordinal) || result.StartsWith("Not run:", StringComparison.Ordinal) ? $"All right, I'll do without that. I was told: **{result.ReplaceLineEndings(" ")}**"
        : DemoResults.Sentence(tool, result) is { } sentence ? sentence
        : result.Contains('\n', StringComparison.Ordinal) || result.Length > 100 ? $"Here's what I got:\n\n{result}"
        : $"Here's what I got: **{result}**";

    private static string ToText(FunctionResultContent result)
    {
        var text = result.Result switch
        {
            string plain => plain,
            JsonElement { ValueKind: JsonValueKind.String } json => json.GetString()!,
            null => result.Exception is null ? "" : "It failed.",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            var other => $"```json\n{JsonSerializer.Serialize(other, AIJsonUtilities.DefaultOptions)}\n```",
        };
        return TextCut.Excerpt(text, MaxResultLength);
    }

    /// <summary>Unique in the conversation, and the same whenever the conversation is the same.</summary>
    private static string CallId(IReadOnlyList<ChatMessage> prompt, int index) =>
        $"demo-call-{prompt.Sum(message => message.Contents.Count(content => content is FunctionCallContent)) + index + 1}";

    private static AIFunctionDeclaration? Find(IList<AITool> tools, Kind kind)
    {
        var candidates = tools.OfType<AIFunctionDeclaration>()
            .Where(tool => kind.Except is null || !tool.Name.Contains(kind.Except, StringComparison.OrdinalIgnoreCase)).ToList();
        return kind.Names.Select(name => candidates.Find(tool => tool.Name.Contains(name, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(tool => tool is not null);
    }

    /// <summary>The message's whole numbers fill the integers of the tool's schema, in order; its text fills the strings.</summary>
    private static Dictionary<string, object?> Arguments(AIFunctionDeclaration tool, string word, string text)
    {
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (tool.JsonSchema.ValueKind != JsonValueKind.Object || !tool.JsonSchema.TryGetProperty("properties", out var properties))
        {
            return arguments;
        }

        var numbers = new Queue<string>(Number().Matches(text).Select(match => match.Value));
        var texts = new Queue<string>(word switch
        {
            "search" => [Query().Match(text).Groups["query"].Value],
            "copy" => [Copied().Match(text).Groups["text"].Value is { Length: > 0 } copied ? copied : "Hello from the demo assistant"],
            "postcard" => ["everyone in this room", "Greetings from the demo assistant!"],
            _ => [],
        });
        foreach (var property in properties.EnumerateObject())
        {
            if (HasType(property.Value, "integer") && numbers.TryDequeue(out var number))
            {
                arguments[property.Name] = int.Parse(number);
            }
            else if (HasType(property.Value, "string") && texts.TryDequeue(out var said) && said.Length > 0)
            {
                arguments[property.Name] = said;
            }
        }

        return arguments;
    }

    /// <summary>Whether a property's <c>type</c> is this one, alone or among others such as null.</summary>
    private static bool HasType(JsonElement property, string type) =>
        property.ValueKind == JsonValueKind.Object
        && property.TryGetProperty("type", out var types)
        && (types.ValueKind == JsonValueKind.Array
            ? types.EnumerateArray().Any(each => each.ValueEquals(type))
            : types.ValueKind == JsonValueKind.String && types.ValueEquals(type));

    [GeneratedRegex(@"\b\d{1,6}\b", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();

    [GeneratedRegex(@"\bsearch\s+(this\s+room\s+)?(for\s+)?[""“]?(?<query>[^""”?]+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Query();

    [GeneratedRegex(@"^(please\s+)?ask\s+@?(?<who>[\w-]+)[\s:,]*(to\s+)?(?<task>.*)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Ask();

    [GeneratedRegex(@"^(please\s+)?delegate\b[\s:,]*(?<task>.*)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Delegated();

    [GeneratedRegex(@"\bcopy\s+(?<text>.+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Copied();

    /// <summary>Something that people can ask for.</summary>
    /// <param name="Name">A short description.</param>
    /// <param name="IsAsked">Whether a message with these words asks for it.</param>
    /// <param name="Names">Parts of the names of matching tools, the best match first.</param>
    /// <param name="Except">Text that a matching name must not contain, or null.</param>
    private sealed record Kind(string Name, Func<HashSet<string>, bool> IsAsked, string[] Names, string? Except = null);
}
