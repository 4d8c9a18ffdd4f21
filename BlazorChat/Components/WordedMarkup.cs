using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using BlazorChat.Languages;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components;

/// <summary>Texts of the page's language within markup.</summary>
internal static partial class WordedMarkup
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    // Characters with a meaning in HTML are escaped all the same.
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>The texts that scripts need, as data in the page, which words.js reads.</summary>
    public static readonly PerLanguage<RenderFragment> OfScripts = new(words =>
    {
        var html = $"""<script type="application/json" id="words">{JsonSerializer.Serialize(words.OfScripts, Json)}</script>""";
        return builder => builder.AddMarkup(0, html);
    });

    /// <summary>
    /// Constant markup in each language: one node for the renderer, and one string for all circuits of a language. A text stands there as its key between two brackets.
    /// </summary>
    /// <param name="template">The markup, a constant.</param>
    /// <param name="elements">What {0}, {1} and so on in its texts stand for: constant markup, too.</param>
    public static PerLanguage<RenderFragment> Of(string template, params string[] elements) => new(words =>
    {
        var html = Fill(words, template, elements);
        return builder => builder.AddMarkup(0, html);
    });

    /// <summary>
    /// A sentence with elements in it: each language puts them where they belong. In a component:
    /// <c>@Words.Fragment(key, @&lt;bdi&gt;@name&lt;/bdi&gt;)</c>.
    /// </summary>
    /// <param name="words">The language.</param>
    /// <param name="key">The name of the resource.</param>
    /// <param name="parts">What {0}, {1} and so on stand for.</param>
    public static RenderFragment Fragment(this Words words, string key, params RenderFragment[] parts) => builder =>
    {
        var text = words[key];
        var from = 0;
        foreach (Match place in Places().Matches(text))
        {
            builder.AddContent(0, text[from..place.Index]);
            builder.AddContent(1, parts[place.Groups["place"].ValueSpan[0] - '0']);
            from = place.Index + place.Length;
        }

        builder.AddContent(0, text[from..]);
    };

    // Braces are not encoded.
    private static string Fill(Words words, string template, string[] elements) => Keys().Replace(
        template, key => Places().Replace(Encoder.Encode(words[key.Groups["key"].Value]), place => Fill(words, elements[place.Groups["place"].ValueSpan[0] - '0'], [])));

    [GeneratedRegex(@"\[\[(?<key>\w+)\]\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Keys();

    [GeneratedRegex(@"\{(?<place>[0-9])\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Places();
}
