using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Syntax.Inlines;

namespace BlazorChat.Markdown;

/// <summary>Reads addresses without marks (<see cref="BareLink"/>).</summary>
internal sealed class BareLinkParser : InlineParser
{
    /// <summary>Creates the parser.</summary>
    public BareLinkParser() => OpeningCharacters = ['h', 'm', 'w', 'H', 'M', 'W'];

    /// <inheritdoc />
    public override bool Match(InlineProcessor processor, ref StringSlice slice)
    {
        var length = BareLink.Length(slice.AsSpan(), slice.Text.AsSpan(0, slice.Start));
        if (length == 0)
        {
            return false;
        }

        var address = new StringSlice(slice.Text, slice.Start, slice.Start + length - 1);
        var link = new LinkInline { Url = BareLink.Target(address.AsSpan()), IsAutoLink = true, IsClosed = true };
        link.AppendChild(new LiteralInline { Content = address, IsClosed = true });
        processor.Inline = link;
        slice.Start += length;
        return true;
    }
}
