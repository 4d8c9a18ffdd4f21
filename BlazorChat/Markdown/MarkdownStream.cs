using System.Collections.Immutable;
namespace BlazorChat.Markdown;
/// <summary>Placeholder.</summary>
public sealed class MarkdownStream { private readonly System.Text.StringBuilder _b = new(); private string _last = ""; private MarkdownFrame _f = MarkdownFrame.Empty;
/// <summary>Placeholder.</summary>
public void Append(string delta) { lock (_b) { _b.Append(delta); } }
/// <summary>Placeholder.</summary>
public MarkdownFrame Refresh() { string t; lock (_b) { t = _b.ToString(); } if (t == _last) { return _f; } _last = t; return _f = new([], new OpenMarkup(null, null, [MarkdownRenderer.Render(t)[0].Html])); }
/// <summary>Placeholder.</summary>
public ImmutableArray<MarkdownBlock> Complete() { lock (_b) { return MarkdownRenderer.Render(_b.ToString()); } } }
