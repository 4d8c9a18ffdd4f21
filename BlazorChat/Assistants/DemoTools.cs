using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants;

/// <summary>
/// The demo assistant's use of tools: it asks for the first one whose name has the word in it, with arguments as good as rules
/// can make them, and reads the result out.
/// </summary>
internal static partial class DemoTools
{
    /// <summary>The most characters of one result that are read out.</summary>
    private const int MaxResultLength = 2000;

    /// <summary>What people ask for, and the words in the names of tools that do it.</summary>
    private static readonly (string Asked, string[] Names)[] Kinds =
    [
        ("time", ["time", "clock"]),
        ("dice", ["dice", "roll"]),
        ("search", ["search"]),
    ];

    /// <summary>Calls of the tools that a message asks for, in words when there are none; null when it asks for none.</summary>
    public static DemoPlan? Plan(HashSet<string> words, string text, IReadOnlyList<ChatMessage> prompt, IList<AITool> tools)
    {
        var asked = Kinds.Where(kind => words.Contains(kind.Asked)).ToList();
        if (asked.Count == 0)
        {
            return null;
        }

        // Ids are unique in the conversation and the same for the same conversation.
        var earlier = prompt.Sum(message => message.Contents.Count(content => content is FunctionCallContent));
        var calls = new List<FunctionCallContent>();
        foreach (var (word, names) in asked)
        {
            if (Find(tools, names) is { } tool)
            {
                calls.Add(new FunctionCallContent($"demo-call-{earlier + calls.Count + 1}", tool.Name, Arguments(tool, word, text)));
            }
        }

        return calls.Count > 0 ? new DemoPlan("") { Calls = calls } : new DemoPlan(DemoTexts.NoTool(asked[0].Asked));
    }

    /// <summary>The results in words.</summary>
    public static string Answer(List<FunctionResultContent> results, IReadOnlyList<ChatMessage> prompt)
    {
        var names = prompt.SelectMany(message => message.Contents).OfType<FunctionCallContent>()
            .GroupBy(call => call.CallId, StringComparer.Ordinal)
            .ToDictionary(calls => calls.Key, calls => calls.Last().Name, StringComparer.Ordinal);
        return string.Join("\n\n", results.Select(result => Answer(names.GetValueOrDefault(result.CallId, "tool"), ToText(result))));
    }

    private static string Answer(string tool, string result) =>
        result.Length == 0 ? $"The tool `{tool}` came back with nothing."
        : result.Contains('\n', StringComparison.Ordinal) || result.Length > 100 ? $"The tool `{tool}` says:\n\n{result}"
        : $"The tool `{tool}` says: **{result}**";

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
        return text.Length <= MaxResultLength ? text : text[..MaxResultLength] + "…";
    }

    private static AIFunctionDeclaration? Find(IList<AITool> tools, string[] names) =>
        tools.OfType<AIFunctionDeclaration>().FirstOrDefault(tool => Array.Exists(names, name => tool.Name.Contains(name, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Whole numbers of the message go to the integers of the tool's schema in turn; what comes behind "search (for)" goes to its first string.</summary>
    private static Dictionary<string, object?> Arguments(AIFunctionDeclaration tool, string word, string text)
    {
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (tool.JsonSchema.ValueKind != JsonValueKind.Object || !tool.JsonSchema.TryGetProperty("properties", out var properties))
        {
            return arguments;
        }

        var numbers = new Queue<string>(Number().Matches(text).Select(match => match.Value));
        var query = word == "search" ? Query().Match(text).Groups["query"].Value : "";
        foreach (var property in properties.EnumerateObject())
        {
            if (HasType(property.Value, "integer") && numbers.TryDequeue(out var number))
            {
                arguments[property.Name] = int.Parse(number);
            }
            else if (HasType(property.Value, "string") && query.Length > 0)
            {
                arguments[property.Name] = query;
                query = "";
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
}
