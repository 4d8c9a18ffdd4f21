using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BlazorChat.Assistants.Providers.Demo;

/// <summary>What the demo assistant makes of the results of the tools that it knows: sentences, as a model would write them.</summary>
internal static partial class DemoResults
{
    // The application runs without the names of languages.
    private static readonly Dictionary<string, string> Languages = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ar"] = "Arabic", ["cs"] = "Czech", ["da"] = "Danish", ["de"] = "German", ["el"] = "Greek", ["en"] = "English", ["es"] = "Spanish",
        ["fi"] = "Finnish", ["fr"] = "French", ["he"] = "Hebrew", ["hi"] = "Hindi", ["hu"] = "Hungarian", ["it"] = "Italian", ["ja"] = "Japanese",
        ["ko"] = "Korean", ["nb"] = "Norwegian", ["nl"] = "Dutch", ["pl"] = "Polish", ["pt"] = "Portuguese", ["ro"] = "Romanian", ["ru"] = "Russian",
        ["sv"] = "Swedish", ["tr"] = "Turkish", ["uk"] = "Ukrainian", ["vi"] = "Vietnamese", ["zh"] = "Chinese",
    };

    /// <summary>The sentence about a result; null if the tool is unknown or its result is another one than usual.</summary>
    public static string? Sentence(string tool, string result)
    {
        try
        {
            return tool switch
            {
                "roll_dice" when Dice().IsMatch(result) => $"I rolled **{result}**.",
                "get_current_time" when Time().Match(result) is { Success: true } time => $"It's **{time.Groups["when"].Value}**.",
                "get_time_zone" when Zone().IsMatch(result) => $"Your browser's time zone is **{result}**.",
                "get_page_language" => Language(JsonElement.Parse(result)),
                "get_location" => Location(JsonElement.Parse(result)),
                "search_messages" => Hits(JsonElement.Parse(result)),
                "send_postcard" when result.StartsWith("A postcard", StringComparison.Ordinal) => result,
                "write_clipboard" when result == "It is in the clipboard." => "It's in your clipboard.",
                _ => null,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            // An error message, or a tool of somebody else's with this name.
            return null;
        }
    }

    private static string? Language(JsonElement languages)
    {
        var preferred = languages.GetProperty("preferred").EnumerateArray().Select(l => l.GetString()).FirstOrDefault(Tag().IsMatch!);
        return preferred is null ? null
            : Languages.TryGetValue(preferred.Split('-')[0], out var name) ? $"Your browser is set to **{name}** ({preferred})."
            : $"Your browser is set to **{preferred}**.";
    }

    private static string Location(JsonElement place) => string.Create(
        CultureInfo.InvariantCulture,
        $"You're at **{place.GetProperty("latitude").GetDouble()}, {place.GetProperty("longitude").GetDouble()}**, give or take {place.GetProperty("accuracyInMetres").GetDouble():N0} meters.");

    private static string Hits(JsonElement hits)
    {
        var lines = hits.EnumerateArray().Select(hit => $"- {Line(hit.GetProperty("author").GetString())}: {Line(hit.GetProperty("text").GetString())}").ToList();
        return $"I found {(lines.Count == 1 ? "1 message" : $"{lines.Count} messages")}:\n\n{string.Join('\n', lines)}";
    }

    // One line of a list, whatever Markdown it is made of: text of people stays text.
    private static string Line(string? text) => Special().Replace((text ?? "").ReplaceLineEndings(" "), "\\$0");

    [GeneratedRegex(@"^\d+(, \d+)*( \(sum \d+\))?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Dice();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT[\d:+\-]+, (?<when>[\w ,:/+\-]+)( \(.*\))?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Time();

    [GeneratedRegex(@"^[A-Za-z]+(/[A-Za-z0-9_+\-]+)*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Zone();

    [GeneratedRegex(@"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tag();

    [GeneratedRegex(@"[\\`*_{}\[\]()#+\-.!|<>~$&:@]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Special();
}
