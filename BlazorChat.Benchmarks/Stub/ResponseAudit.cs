using System.Text.RegularExpressions;

namespace BlazorChat.Benchmarks.Stub;

/// <summary>Says whether a page's text has all of a response: each line in order, nothing lost, nothing twice.</summary>
internal static partial class ResponseAudit
{
    /// <summary>Looks for the response's lines.</summary>
    /// <param name="response">What the model sent.</param>
    /// <param name="pageText">All text of the page, in document order.</param>
    /// <returns>What is wrong first, or null.</returns>
    public static string? FindError(ResponseText response, string pageText)
    {
        var shown = Space().Replace(pageText, " ");
        var position = 0;
        foreach (var line in Lines(response))
        {
            var found = shown.IndexOf(line, position, StringComparison.Ordinal);
            if (found < 0)
            {
                return $"The text lacks \"{line}\", or has it too early.";
            }

            position = found + line.Length;
        }

        for (var mark = 0; mark < response.Marks; mark++)
        {
            var word = new TokenMark(response.Response, mark).ToString();
            if (shown.IndexOf(word, StringComparison.Ordinal) != shown.LastIndexOf(word, StringComparison.Ordinal))
            {
                return $"The text has \"{word}\" twice.";
            }
        }

        return null;
    }

    // The lines as they are shown: without a fence's marks and a list's dashes.
    private static IEnumerable<string> Lines(ResponseText response) =>
        string.Concat(response.Tokens)
            .Split('\n')
            .Where(line => !line.StartsWith("```", StringComparison.Ordinal))
            .Select(line => Space().Replace(line.StartsWith("- ", StringComparison.Ordinal) ? line[2..] : line, " ").Trim())
            .Where(line => line.Length > 0);

    [GeneratedRegex(@"\s+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Space();
}
