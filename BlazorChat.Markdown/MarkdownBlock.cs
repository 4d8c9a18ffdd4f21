namespace BlazorChat.Markdown;

/// <summary>
/// A finished top-level block of a message (paragraph, list, table, code block…) as safe HTML. Made once and shared by every circuit:
/// renderers compare <see cref="Html"/> by reference first, so an unchanged block costs a viewer nothing.
/// </summary>
/// <param name="Html">Safe HTML: only elements and attributes that this namespace writes, no scripts, no styles, nothing that
/// loads.</param>
public sealed record MarkdownBlock(string Html);
