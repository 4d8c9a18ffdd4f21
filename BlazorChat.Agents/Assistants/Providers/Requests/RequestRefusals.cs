using System.Text.RegularExpressions;

namespace BlazorChat.Assistants.Providers.Requests;

/// <summary>Understands by what a server refuses the form of a request. Servers have no common codes for it, only sentences.</summary>
internal static partial class RequestRefusals
{
    private static readonly (RequestRule Rule, string Field)[] Fields =
    [
        (RequestRule.NoStreamOptions, "stream_options"),
        (RequestRule.NoParallelToolCalls, "parallel_tool_calls"),
        (RequestRule.NoToolChoice, "tool_choice"),
        (RequestRule.NoReasoningEffort, "reasoning_effort"),
        (RequestRule.NoTemperature, "temperature"),
        (RequestRule.MaxTokens, "max_completion_tokens"),
        (RequestRule.MaxCompletionTokens, "max_tokens"),
        (RequestRule.NoTools, "tools"),
        (RequestRule.NoNames, "name"),
    ];

    /// <summary>Whether an error with this status may be about the form of the request: the templates of some servers fail with 500.</summary>
    public static bool IsAboutForm(int status) => status is 400 or 404 or 422 or 500 or 501;

    /// <summary>The rule that a server asks for; null if its error is about something else.</summary>
    /// <param name="message">The server's message.</param>
    /// <param name="parameter">The field of the request that the error names, or null.</param>
    public static RequestRule? RuleOf(string message, string? parameter)
    {
        if (Alternate().IsMatch(message))
        {
            return RequestRule.AlternateRoles;
        }

        if (ReasoningBack().IsMatch(message))
        {
            return RequestRule.SendReasoning;
        }

        if (Tools().IsMatch(message))
        {
            return RequestRule.NoTools;
        }

        if (LateSystem().IsMatch(message))
        {
            return RequestRule.SystemFirst;
        }

        if (System().IsMatch(message))
        {
            return RequestRule.NoSystemRole;
        }

        if (Text().IsMatch(message))
        {
            return RequestRule.TextContent;
        }

        if (Empty().IsMatch(message))
        {
            return RequestRule.NoEmptyContent;
        }

        if (parameter is null && !Unknown().IsMatch(message))
        {
            return null;
        }

        // The first one that is named: what comes after it is what to use instead.
        return Fields.Select(one => (one.Rule, At: parameter is null ? Find(message, one.Field) : IsField(parameter, one.Field) ? 0 : -1))
            .Where(one => one.At >= 0).OrderBy(one => one.At).Select(one => (RequestRule?)one.Rule).FirstOrDefault();
    }

    // messages[0].name, messages.0.name
    private static bool IsField(string parameter, string field) =>
        parameter == field || parameter.EndsWith($".{field}", StringComparison.Ordinal);

    private static int Find(string message, string field)
    {
        for (var at = message.IndexOf(field, StringComparison.Ordinal); at >= 0; at = message.IndexOf(field, at + 1, StringComparison.Ordinal))
        {
            var end = at + field.Length;
            var isWord = (at == 0 || !IsWordCharacter(message[at - 1])) && (end == message.Length || !IsWordCharacter(message[end]));

            // "name" is an ordinary word unless it is quoted or a part of a path.
            if (isWord && (field != "name" || (at > 0 && message[at - 1] is '\'' or '"' or '`' or '.' or ']')))
            {
                return at;
            }
        }

        return -1;
    }

    private static bool IsWordCharacter(char character) => char.IsLetterOrDigit(character) || character == '_';

    [GeneratedRegex(@"\balternat|consecutive\s+(messages|user|assistant)|same\s+role\b|roles?\s+.{0,40}in\s+a\s+row", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Alternate();

    [GeneratedRegex(@"\breasoning(_content|\s+content)?\b.{0,80}\b(passed\s+back|sent\s+back|must\s+be\s+(passed|provided|included)|is\s+(required|missing))", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ReasoningBack();

    [GeneratedRegex(@"(not|n't)\s+support(ed)?\s+(for\s+)?(the\s+use\s+of\s+)?(tool|function)|support\s+(tool|function)s?\s+(use|call)|\b(tool|function)s?([\s_-]+(use|calls?|calling))?\s+(is|are)\s+(not|n't)\s+(support|enabled|available)|enable-auto-tool-choice", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tools();

    [GeneratedRegex(@"\bsystem\b.{0,40}\b(first|beginning|start)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LateSystem();

    [GeneratedRegex(@"\b(system|developer)\b.{0,60}\b(not|n't|un)\s*(be\s+)?(support|allow|enabled|permitted|accept)|(not|n't)\s+(support|allow|accept).{0,40}\b(system|developer)\b|only\s+user\s+and\s+assistant\s+roles", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex System();

    [GeneratedRegex(@"content\b.{0,40}\b(must|should)\s+be\s+a\s+(valid\s+)?string|expected\s+a\s+string", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Text();

    [GeneratedRegex(@"content\b.{0,60}\b(must|can|may|should)\s*(not|n't)\s+be\s+(empty|blank)|content\b.{0,60}\bnon-?\s?empty", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Empty();

    [GeneratedRegex(@"\b(unrecognized|unrecognised|unknown|unsupported|unexpected|extra|additional|invalid|not\s+(supported|permitted|allowed|accepted)|does\s+not\s+support)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Unknown();
}
