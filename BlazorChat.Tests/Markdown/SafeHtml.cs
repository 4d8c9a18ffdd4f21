using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace BlazorChat.Tests.Markdown;

/// <summary>Reads HTML as a browser does and refuses whatever is not on the list of what Markdown may become.</summary>
internal static class SafeHtml
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["p"] = ["dir", "class"],
        ["h3"] = ["dir", "class"],
        ["h4"] = ["dir", "class"],
        ["h5"] = ["dir", "class"],
        ["h6"] = ["dir", "class"],
        ["ul"] = ["dir", "class"],
        ["ol"] = ["dir", "start", "class"],
        ["li"] = ["class", "value"],
        ["blockquote"] = ["dir", "class"],
        ["details"] = ["class", "dir"],
        ["summary"] = [],
        ["bdi"] = [],
        ["sub"] = [],
        ["sup"] = ["class"],
        ["kbd"] = [],
        ["hr"] = [],
        ["br"] = [],
        ["em"] = [],
        ["strong"] = [],
        ["del"] = [],
        ["code"] = ["class", "dir", "translate"],
        ["pre"] = ["tabindex", "class", "dir", "translate"],
        ["div"] = ["class", "dir"],
        ["span"] = ["class", "role", "aria-label", "aria-labelledby", "dir", "translate"],
        ["code-block"] = ["class", "dir"],
        ["table-box"] = ["class", "tabindex", "role", "aria-label"],
        ["tex-inline"] = ["dir", "translate"],
        ["tex-block"] = ["dir", "translate"],
        ["table"] = ["dir"],
        ["thead"] = [],
        ["tbody"] = [],
        ["tr"] = [],
        ["th"] = ["scope", "dir", "class"],
        ["td"] = ["dir", "class"],
        ["a"] = ["href", "rel", "target", "class", "dir"],
    };

    private static readonly string[] Classes =
    [
        "plain", "typed", "task-item", "task", "task-done", "image-link", "code-block", "code-head", "code-lang", "table-scroll",
        "align-left", "align-center", "align-right", "footnote", "footnote-label", "footnote-ref", "folded", "paren", "wide-number", "link-note", "callout",
        "callout-title", "callout-note", "callout-tip", "callout-important", "callout-warning", "callout-caution",
    ];

    /// <summary>The body of the HTML, after checking every element and attribute in it.</summary>
    public static IElement Parse(string html)
    {
        var body = new HtmlParser().ParseDocument($"<!doctype html><html><head></head><body>{html}</body></html>").Body!;
        foreach (var element in body.QuerySelectorAll("*"))
        {
            Check(element);
        }

        return body;
    }

    private static void Check(IElement element)
    {
        Assert.True(Allowed.TryGetValue(element.LocalName, out var attributes), $"<{element.LocalName}> is not allowed.");
        foreach (var attribute in element.Attributes)
        {
            Assert.True(attributes.Contains(attribute.Name, StringComparer.Ordinal), $"<{element.LocalName} {attribute.Name}> is not allowed.");
        }

        foreach (var name in element.ClassList)
        {
            Assert.True(
                Classes.Contains(name, StringComparer.Ordinal) || (element.LocalName == "code" && name.StartsWith("language-", StringComparison.Ordinal)),
                $"class {name} is not allowed.");
        }

        if (element.LocalName == "a")
        {
            Assert.Matches("^(?i:https?://[^/]|mailto:.)[^\\s\\\\]*$", element.GetAttribute("href")!);
            Assert.Equal("noopener noreferrer nofollow ugc", element.GetAttribute("rel"));
            Assert.Equal("_blank", element.GetAttribute("target"));
            Assert.Null(element.ParentElement!.Closest("a"));
        }
    }
}
