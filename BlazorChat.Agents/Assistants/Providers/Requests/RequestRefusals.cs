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
        if (SingleCalls().IsMatch(message))
        {
            return RequestRule.SingleToolCalls;
        }

        if (Parallel().IsMatch(message))
        {
            return RequestRule.NoParallelToolCalls;
        }

        if (Roles().Match(message) is { Success: true, Groups: var groups })
        {
            var roles = groups["roles"].Value;
            return !roles.Contains("system", StringComparison.OrdinalIgnoreCase) ? RequestRule.NoSystemRole
                : !roles.Contains("tool", StringComparison.OrdinalIgnoreCase) ? RequestRule.NoTools : null;
        }

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

        if (Thinking().IsMatch(message))
        {
            return RequestRule.NoReasoningEffort;
        }

        if (Empty().IsMatch(message))
        {
            return RequestRule.NoEmptyContent;
        }

        if (Text().IsMatch(message))
        {
            return RequestRule.TextContent;
        }

        if (Instead().Match(message) is { Success: true } instead)
        {
            return instead.Value.EndsWith("max_tokens", StringComparison.Ordinal) ? RequestRule.MaxTokens : RequestRule.MaxCompletionTokens;
        }

        if (parameter is null && !Unknown().IsMatch(message))
        {
            return null;
        }

        var isAmount = Amount().IsMatch(message);

        // The first one that is named: what comes after it is what to use instead.
        return Fields.Select(one => (one.Rule, At: parameter is null ? Find(message, one.Field) : IsField(parameter, one.Field) ? 0 : -1))
            .Where(one => one.At >= 0 && !(isAmount && one.Rule is (RequestRule.MaxTokens or RequestRule.MaxCompletionTokens))).OrderBy(one => one.At).Select(one => (RequestRule?)one.Rule).FirstOrDefault();
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

    [GeneratedRegex(@"\b(only\s+supports?|at\s+most)\s+(a\s+)?(single|one)\s+tool[\s_-]*calls?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SingleCalls();

    [GeneratedRegex(@"\bparallel[\s-]+(tool|function)[\s-]+call(s|ing)?\b.{0,40}((not|n't)\s+(be\s+|currently\s+|yet\s+)*(support|allow|accept|permit|enabled|available|implement|recogni)|\b(unsupported|unavailable|unknown|unrecogni[sz]ed|unexpected|unpermitted|invalid|disabled)\b)|((not|n't)\s+(be\s+|currently\s+|yet\s+)*(support|allow|accept|permit|enabled|available|implement|recogni)).{0,20}\bparallel[\s-]+(tool|function)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parallel();

    [GeneratedRegex(@"\brole\W.{0,60}\b(should|must)\s+be\s+(one\s+of\s+)?(?<roles>\W*(system|user|assistant|developer|tool|function)\b(\W*((and|or)\W+)?(system|user|assistant|developer|tool|function)\b)+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Roles();

    [GeneratedRegex(@"\balternat|consecutive\s+(messages|user|assistant)|same\s+(role|author)\b|roles?\s+.{0,40}in\s+a\s+row|\b(first|initial)\s+message\s+(must|should|has\s+to)\b.{0,40}\buser\b|(must|should)\s+(start|begin)\s+with\s+(a\s+)?user|(cannot|can't|must\s+not)\s+(follow\s+each|be\s+followed\s+by)\b|\bin\s+user/assistant\s+turns", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Alternate();

    [GeneratedRegex(@"\breasoning(_content|\s+content)?\b.{0,80}\b(passed\s+back|sent\s+back|must\s+be\s+(passed|provided|included)|is\s+(required|missing))|\bmissing\s+\W?reasoning_content", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ReasoningBack();

    [GeneratedRegex(@"(not|n't)\s+(support|accept|allow|handle)(ed)?\s+(for\s+)?(the\s+use\s+of\s+)?\W?(tool|function)(s\b|[\s_-]*(use|call|param))|support\s+(tool|function)s?\s+(use|call)|(\bno|not|n't)\s+(have\s+)?(tool|function)(s|[\s_-]+(use|calls?|calling))?\s+support|\b(tool|function)s?([\s_-]+(use|calls?|calling))?\W{0,2}\s+(param(eter)?\s+|field\s+)?(is|are|was)?\s*((not|n't)\s+(be\s+|currently\s+|yet\s+)*(support|allow|accept|permit|enabled|available|implement|recogni)|unsupported|unavailable|disabled)|enable-auto-tool-choice|\btools?\s+param(eter)?\s+requires|(\b(unsupported|unavailable|unknown|unrecogni[sz]ed|unexpected|unpermitted|invalid|disabled)\b)\s+(message\s+)?role\W{1,3}tool\b|\brole\W{1,3}tool\W{0,3}\s+is\s+(not|n't)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tools();

    [GeneratedRegex(@"\bsystem\b.{0,40}\b(first|beginning|start)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LateSystem();

    [GeneratedRegex(@"\b(system|developer)\W{0,2}\s*(role|message|prompt|instruction)s?\b.{0,40}((not|n't)\s+(be\s+|currently\s+|yet\s+)*(support|allow|accept|permit|enabled|available|implement|recogni)|\b(unsupported|unavailable|unknown|unrecogni[sz]ed|unexpected|unpermitted|invalid|disabled)\b)|(\b(unsupported|unavailable|unknown|unrecogni[sz]ed|unexpected|unpermitted|invalid|disabled)\b|((not|n't)\s+(be\s+|currently\s+|yet\s+)*(support|allow|accept|permit|enabled|available|implement|recogni))\w*)\s+(message\s+)?(role\W{0,3}\s*)?\W?(system|developer)\b\W?(?!\s*(is|error|has))|\brole\W{0,3}\s+does\s+not\s+support\W{1,3}(system|developer)|(\b(unsupported|unavailable|unknown|unrecogni[sz]ed|unexpected|unpermitted|invalid|disabled)\b)\s+role\W{1,4}(system|developer)\b|\b(system|developer)\W{1,3}\s*is\s+not\s+one\s+of|only\s+user\s+and\s+assistant\s+roles", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex System();

    [GeneratedRegex(@"(not|n't)\s+support\s+(thinking|reasoning)\b(?!_)|\b(thinking|reasoning)(\s+effort)?\s+(is\s+)?(not|n't)\s+(be\s+|currently\s+|yet\s+)*(support|allow|accept|permit|enabled|available|implement|recogni)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Thinking();

    [GeneratedRegex(@"content\b.{0,40}\b(must|should)\s+be\s+(a\s+|of\s+type\s+)?(valid\s+)?string|expected\s+(a\s+)?string|\bstr(ing)?\s+type\s+expected|unmarshal\s+array\s+into.{0,80}content.{0,20}\bstring", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Text();

    [GeneratedRegex(@"content\b.{0,60}\b(must|can|may|should)\s*(not|n't)\s+be\s+(empty|blank)|content\b.{0,60}\bnon-?\s?empty|non-?\s?empty\s+content|content\b.{0,20}\bis\s+(empty|required|missing)|content\W{1,3}\s*field\s+required|content\b.{0,60}(got\s+null|string\s+too\s+short)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Empty();

    [GeneratedRegex(@"\b(use|in\s+favou?r\s+of)\s+\W?max_(completion_)?tokens\b(?!\W*(\w+\s+)?is\s)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Instead();

    [GeneratedRegex(@"\b(range|too\s+(large|high|big|many)|at\s+(most|least)|(greater|less|more|fewer)\s+than|exceeds?|between|maximum|minimum)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Amount();

    [GeneratedRegex(@"\b(unrecogni[sz]ed|unknown|unsupported|unexpected|unpermitted|unavailable|extra|additional|invalid|deprecated|disabled|not\s+(be\s+)?(supported|permitted|allowed|accepted|available|enabled|implemented|recogni[sz]ed|a\s+valid)|only\s+(supports?|be\s+set)|cannot\s+(both\s+)?be\s+(set|used|specified)|cannot\s+both)\b|(not|n't)\s+(be\s+)?(support|recogni[sz]e|accept|allow)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Unknown();
}
