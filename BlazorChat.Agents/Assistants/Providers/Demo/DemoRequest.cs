using System.Text.RegularExpressions;

namespace BlazorChat.Assistants.Providers.Demo;

/// <summary>
/// What people can ask the demo assistant for. A message is a request only as a whole: a word in a sentence that people write to each other
/// is none.
/// </summary>
internal static partial class DemoRequest
{
    // A longer message is no request.
    private const int Longest = 2_000;

    private const string Show = @"(show\s+((me|us)\s+)?)?((a|some|all|the)\s+)*";

    private const string Write = @"((write|give)\s+((me|us)\s+)?)?((a|an)\s+)?";

    private const string WhatIs = @"(what(['’]s|\s+is)\s+)?((my|the)\s+)?";

    // The words in the group "word" are the request; a request with free text is the last one.
    private const string Item =
        $"""
        (
          (?<word>help)(\s+(me|us))?
          | what\s+can\s+you\s+(do|(?<word>help)\s+(me|us)\s+with)
          | {Show}(?<word>markdown|code|table)
          | (show\s+((me|us)\s+)?)?((your|the|some)\s+)?(?<word>reasoning)
          | (write\s+)?(very\s+)?(?<word>slow|slowly)
          | (?<word>fail)(\s+(?<word>early))?
          | (be\s+)?(?<word>silent)
          | {Write}(?<word>long|empty)(\s+(answer|one))?
          | what\s+(?<word>time)\s+is\s+it(\s+now)?
          | {WhatIs}(current\s+)?(?<word>time)
          | {WhatIs}time\s+(?<word>zone)
          | (roll\s+)?((a|the|some|\d+)\s+)?(?<word>dice)(\s+\d+)?(\s+with\s+\d+\s+sides)?
          | (send\s+((me|us)\s+)?)?((a|the)\s+)?(?<word>postcard)(\s+to\s+everyone)?
          | (?<word>where)\s+(?<word>am)\s+(?<word>i)
          | {WhatIs}(?<word>location)
          | ((read|look\s+at)\s+)?((my|the)\s+)?(?<word>clipboard)
          | (which|what)\s+(?<word>language)(\s+do\s+i\s+(use|speak|read))?
          | {WhatIs}(?<word>language)
          | (?<word>search)\s+(this\s+room\s+)?for\s+\S.*
          | (?<word>copy)\s+\S.*
          | (?<word>delegate)\b.*
        )
        """;

    /// <summary>The words of a request.</summary>
    /// <param name="text">A message without the mentions at its beginning.</param>
    /// <returns>Empty if the message is no request.</returns>
    public static HashSet<string> WordsOf(string text)
    {
        var words = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (text.Length <= Longest && Whole().Match(text) is { Success: true } request)
        {
            words.UnionWith(request.Groups["word"].Captures.Select(capture => capture.Value));
            if (words.Count == 0)
            {
                words.Add("help");
            }
        }

        return words;
    }

    [GeneratedRegex(
        $@"^((please|(can|could|would|will)\s+you)[\s,]+)*{Item}([\s,;]*(\b(and|then|with)\b|[,;])\s*{Item})*([\s,]+(please|thanks))?([\s,]+@\S+)*[\s.,!?…]*$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace | RegexOptions.Singleline | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Whole();
}
