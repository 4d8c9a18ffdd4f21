namespace BlazorChat.Benchmarks.Report;

/// <summary>A table in Markdown, written row by row as the measurements come: the README can quote it as it stands.</summary>
internal sealed class MarkdownTable
{
    private readonly TextWriter _output;
    private readonly int _columns;

    /// <summary>Writes the table's head.</summary>
    public MarkdownTable(TextWriter output, params string[] heads)
    {
        _output = output;
        _columns = heads.Length;
        output.WriteLine();
        output.WriteLine($"| {string.Join(" | ", heads)} |");
        output.WriteLine($"| {string.Join(" | ", heads.Select(_ => "---:"))} |");
    }

    /// <summary>Writes one row.</summary>
    public void Add(params string[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, _columns);
        _output.WriteLine($"| {string.Join(" | ", cells)} |");
    }
}
