using System.Collections.Immutable;
using BlazorChat.Markdown;

namespace BlazorChat.Tests.Markdown;

/// <summary>The HTML that a browser has of an open block.</summary>
internal static class OpenHtml
{
    /// <summary>The HTML of the nodes, one for each.</summary>
    public static IReadOnlyList<string> Pieces(this OpenMarkup markup) => [.. markup.Nodes.Select(Of)];

    /// <summary>All of it, with the elements around.</summary>
    public static string Of(OpenMarkup markup) =>
        string.Concat(markup.Shell.Select(tag => tag.Source)) + string.Concat(markup.Pieces()) + string.Concat(markup.Shell.Reverse().Select(tag => $"</{tag.Name}>"));

    /// <summary>The pieces that are sent when <paramref name="next"/> follows.</summary>
    public static IEnumerable<string> Sent(ImmutableArray<OpenNode> last, ImmutableArray<OpenNode> next)
    {
        for (var i = 0; i < next.Length; i++)
        {
            var before = i < last.Length ? last[i] : null;
            if (ReferenceEquals(before, next[i]))
            {
                continue;
            }

            if (before is OpenElement a && next[i] is OpenElement b && a.Tag.Source == b.Tag.Source)
            {
                foreach (var piece in Sent(a.Children, b.Children))
                {
                    yield return piece;
                }
            }
            else
            {
                yield return Of(next[i]);
            }
        }
    }

    private static string Of(OpenNode node) => node is OpenElement element
        ? element.Tag.Source + string.Concat(element.Children.Select(Of)) + $"</{element.Tag.Name}>"
        : ((OpenPiece)node).Html;
}
