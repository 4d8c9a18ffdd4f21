using System.Text.Json;
using System.Text.RegularExpressions;
using BlazorChat.Assistants.Providers;

namespace BlazorChat.Assistants.Middleware.TextCalls;

/// <summary>Reads calls that models write with tags of their own in place of one JSON object.</summary>
internal static partial class TaggedCalls
{
    /// <summary>Reads the calls; empty if any of the text is something else.</summary>
    /// <param name="text">What is between the tags of the whole.</param>
    /// <param name="name">The tool, if the tag before the text has named it.</param>
    public static IReadOnlyList<(string Name, JsonElement Arguments)> Read(string text, string? name)
    {
        var calls = new List<(string, JsonElement)>();
        if (name is not null)
        {
            return Arguments(text) is { } given ? [(name, given)] : [];
        }

        var end = 0;
        foreach (Match match in Call().Matches(text))
        {
            if (!string.IsNullOrWhiteSpace(text[end..match.Index]) || Arguments(match.Groups["body"].Value) is not { } arguments)
            {
                return [];
            }

            calls.Add((match.Groups["name"].Value, arguments));
            end = match.Index + match.Length;
        }

        return string.IsNullOrWhiteSpace(text[end..]) ? calls : [];
    }

    private static JsonElement? Arguments(string body)
    {
        var text = Fence().Replace(body.Trim(), "${code}").Trim();
        if (text.Length == 0)
        {
            return JsonSerializer.SerializeToElement(new object());
        }

        if (text.StartsWith('{'))
        {
            return Value(text) is { ValueKind: JsonValueKind.Object } given ? given : null;
        }

        var arguments = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        var end = 0;
        foreach (Match match in Argument().Matches(text))
        {
            if (!string.IsNullOrWhiteSpace(text[end..match.Index]))
            {
                return null;
            }

            // Numbers and the like are written as such, texts without quotes.
            var value = match.Groups["value"].Value.Trim('\r', '\n');
            arguments[match.Groups["key"].Value.Trim()] = Value(value) ?? JsonSerializer.SerializeToElement(value);
            end = match.Index + match.Length;
        }

        return arguments.Count > 0 && string.IsNullOrWhiteSpace(text[end..]) ? JsonSerializer.SerializeToElement(arguments) : null;
    }

    private static JsonElement? Value(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(WireText.WithoutHalves(text));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Qwen's <function=name>…</function>; Claude's <invoke name="name">…</invoke>; DeepSeek's and Kimi's with words between bars; Mistral's
    // name[ARGS]{…} and name{…}; GLM's name with arguments behind it.
    [GeneratedRegex(
        @"<function=(?<name>[\w.:-]+)>(?<body>.*?)</function>|<invoke\s+name=""(?<name>[\w.:-]+)""\s*>(?<body>.*?)</invoke>"
        + @"|<｜tool▁call▁begin｜>(function<｜tool▁sep｜>)?(?<name>[\w.:-]+)(<｜tool▁sep｜>)?(?<body>.*?)<｜tool▁call▁end｜>"
        + @"|<\|tool_call_begin\|>(functions\.)?(?<name>[\w.-]+)(:\d+)?\s*<\|tool_call_argument_begin\|>(?<body>.*?)<\|tool_call_end\|>"
        + @"|\A(?<name>[\w.-]+)(\[ARGS\])?(?<body>\s*(\{.*|<arg_key>.*)?)\z",
        RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Call();

    [GeneratedRegex(
        @"<parameter=(?<key>[^>]+)>(?<value>.*?)</parameter>|<parameter\s+name=""(?<key>[^""]+)""[^>]*>(?<value>.*?)</parameter>|<arg_key>(?<key>.*?)</arg_key>\s*<arg_value>(?<value>.*?)</arg_value>",
        RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Argument();

    [GeneratedRegex(@"\A```\w*\s(?<code>.*?)\s*```\z", RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Fence();
}
