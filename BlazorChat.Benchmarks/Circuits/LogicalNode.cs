using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace BlazorChat.Benchmarks.Circuits;

/// <summary>A node of the tree that a browser keeps for a circuit: a component, an element, a text, or a piece of markup.</summary>
internal sealed partial class LogicalNode
{
    private string _text = "";

    /// <summary>What is inside, in order. Components are nodes of their own; regions are not.</summary>
    public List<LogicalNode> Children { get; } = [];

    /// <summary>The node around this one, or null for a root component.</summary>
    public LogicalNode? Parent { get; init; }

    /// <summary>Makes it a text.</summary>
    public void SetText(string text) => _text = text;

    /// <summary>Makes it a piece of markup, of which the text alone is kept.</summary>
    public void SetMarkup(string markup) => _text = WebUtility.HtmlDecode(Tag().Replace(markup, ""));

    /// <summary>Writes all the text inside, in document order.</summary>
    public void WriteText(StringBuilder output)
    {
        output.Append(_text);
        foreach (var child in Children)
        {
            child.WriteText(output);
        }
    }

    [GeneratedRegex("<[^>]*>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tag();
}
