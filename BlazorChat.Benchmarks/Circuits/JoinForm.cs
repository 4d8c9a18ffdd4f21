using System.Net;
using System.Text.RegularExpressions;

namespace BlazorChat.Benchmarks.Circuits;

/// <summary>
/// The form on the join page, filled in: its hidden fields (the antiforgery token and the handler's name among them)
/// as they are, and a name in its one text input.
/// </summary>
/// <param name="Action">Where it is posted.</param>
/// <param name="Fields">What is posted, in the form's order.</param>
internal sealed partial record JoinForm(Uri Action, IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    /// <summary>Fills in the page's first form that has a text input and asks for no password.</summary>
    /// <exception cref="FormatException">There is no such form.</exception>
    public static JoinForm Fill(string html, Uri page, string name)
    {
        foreach (Match form in Form().Matches(html))
        {
            var inputs = Input().Matches(form.Groups["inner"].Value).Select(input => Attributes(input.Value)).ToList();
            if (inputs.Exists(input => Kind(input) == "password") || inputs.Find(IsTextInput) is not { } textInput)
            {
                continue;
            }

            var fields = inputs
                .Where(input => input.ContainsKey("name") && (Kind(input) == "hidden" || input == textInput))
                .Select(input => KeyValuePair.Create(input["name"], input == textInput ? name : input.GetValueOrDefault("value", "")));
            var action = Attributes(form.Groups["tag"].Value).GetValueOrDefault("action", "");
            return new JoinForm(action.Length == 0 ? page : new Uri(page, action), [.. fields]);
        }

        throw new FormatException($"There is no form to join with at {page}.");
    }

    private static bool IsTextInput(Dictionary<string, string> input) => input.ContainsKey("name") && Kind(input) == "text";

    private static string Kind(Dictionary<string, string> input) => input.GetValueOrDefault("type", "text");

    private static Dictionary<string, string> Attributes(string tag)
    {
        var attributes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (Match match in Attribute().Matches(tag))
        {
            attributes[match.Groups["name"].Value] = WebUtility.HtmlDecode(match.Groups["value"].Value);
        }

        return attributes;
    }

    [GeneratedRegex("(?<tag><form\\b[^>]*>)(?<inner>.*?)</form>", RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Form();

    [GeneratedRegex("<input\\b[^>]*>", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Input();

    [GeneratedRegex("""(?<name>[a-zA-Z_][-\w]*)\s*=\s*("(?<value>[^"]*)"|'(?<value>[^']*)'|(?<value>[^\s"'>]+))""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Attribute();
}
