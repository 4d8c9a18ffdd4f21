using System.Collections.Immutable;
namespace BlazorChat.Markdown;
/// <summary>Placeholder.</summary>
public static class MarkdownRenderer { /// <summary>Placeholder.</summary>
public static ImmutableArray<MarkdownBlock> Render(string text) => [new("<p>" + System.Net.WebUtility.HtmlEncode(text) + "</p>")]; }
