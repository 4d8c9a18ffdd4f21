using BlazorChat.Markdown;
using BlazorChat.Text;

namespace BlazorChat.Live;

/// <summary>Reads people's text by the same parser that draws it.</summary>
internal sealed class TypedProse : IProseReader
{
    /// <inheritdoc />
    public string Read(string text) => MarkdownRenderer.ProseOf(text);
}
