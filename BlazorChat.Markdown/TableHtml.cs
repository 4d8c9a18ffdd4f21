using System.Text;
using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace BlazorChat.Markdown;

/// <summary>
/// Writes tables in a box that scrolls sideways and can be reached with the keyboard. The box is a named group and not a region, because
/// several landmarks with one name would help no one. Alignment is a class, since style attributes are forbidden.
/// </summary>
internal static class TableHtml
{
    /// <summary>Appends a whole table.</summary>
    public static void Write(StringBuilder html, Table table, InlineHtml inlines)
    {
        html.Append("<table-box class=\"table-scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\">").Append(TableDirection.IsRightToLeft(table) ? "<table dir=\"rtl\">" : "<table>");
        foreach (var row in table.OfType<TableRow>())
        {
            WriteRow(html, table, row, inlines);
        }

        html.Append("</table></table-box>");
    }

    /// <summary>Appends one row; the header row gets its own <c>thead</c>.</summary>
    public static void WriteRow(StringBuilder html, Table table, TableRow row, InlineHtml inlines)
    {
        var isRightToLeft = TableDirection.IsRightToLeft(table);
        html.Append(row.IsHeader ? "<thead><tr>" : "<tr>");
        for (var i = 0; i < row.Count; i++)
        {
            html.Append(row.IsHeader ? "<th scope=\"col\"" : "<td");
            html.Append(isRightToLeft && !TableDirection.HasDirection(row[i]) ? "" : " dir=\"auto\"");
            html.Append(AlignmentOf(table, i) switch
            {
                TableColumnAlign.Left => " class=\"align-left\">",
                TableColumnAlign.Center => " class=\"align-center\">",
                TableColumnAlign.Right => " class=\"align-right\">",
                _ => ">",
            });
            foreach (var content in ((TableCell)row[i]).OfType<LeafBlock>())
            {
                inlines.WriteCell(content);
            }

            html.Append(row.IsHeader ? "</th>" : "</td>");
        }

        html.Append(row.IsHeader ? "</tr></thead>" : "</tr>");
    }

    private static TableColumnAlign? AlignmentOf(Table table, int column) =>
        column < table.ColumnDefinitions.Count ? table.ColumnDefinitions[column].Alignment : null;
}
