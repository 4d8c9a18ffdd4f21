using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Access;

/// <summary>The tables of who may do what in docs/security.md: a row for each operation or request, a cell for each kind of person.</summary>
internal static class RightsTable
{
    public const string Yes = "yes";

    public const string Own = "own";

    public const string No = "no";

    public const string NotThere = "404";

    /// <summary>Led to the page where people join.</summary>
    public const string Join = "join";

    public static readonly string[] Everybody = ["nobody", "guest", "stranger", "ex-member", "viewer", "member", "owner", "administrator"];

    private static readonly Lazy<IReadOnlyDictionary<string, string[]>> Rows = new(() => File.ReadLines(Repository.File("docs/security.md"))
        .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1])
        .Where(cells => cells.Length == Everybody.Length + 1)
        .ToDictionary(cells => cells[0].Trim('`'), cells => cells[1..], StringComparer.Ordinal));

    private static readonly Lazy<IReadOnlyDictionary<string, string[]>> Kinds = new(() => ReadTable("| room | nobody |").ToDictionary(cells => cells[0], cells => cells[1..], StringComparer.Ordinal));

    private static readonly Lazy<IReadOnlyList<string[]>> Exceptions = new(() => [.. ReadTable("| only in | who |")]);

    /// <summary>Kinds of rooms other than the one that the table is for.</summary>
    public static IEnumerable<string> RoomKinds => Kinds.Value.Keys;

    /// <summary>Whether there is somebody like this in a room of a kind.</summary>
    public static bool IsThere(string room, string who) => Kinds.Value[room][Array.IndexOf(Everybody, who)].Length > 0;

    /// <summary>What a row says about somebody in a room of a kind: what it says about whom they count as there, but for the exceptions.</summary>
    public static string Find(string room, string row, string who)
    {
        if (!Kinds.Value.TryGetValue(room, out var counts))
        {
            return Find(row, who);
        }

        var exception = Exceptions.Value.FirstOrDefault(cells => Has(cells[0], room) && Has(cells[1], who) && Has(cells[3], $"`{row}`"));
        return exception is not null ? exception[2]
            // What is not about one room is the same everywhere.
            : Find(row, "stranger") != NotThere ? Find(row, who)
            : Find(row, counts[Array.IndexOf(Everybody, who)]);

        static bool Has(string cell, string what) => cell.Split("; ").Contains(what, StringComparer.Ordinal);
    }

    /// <summary>The rows of requests.</summary>
    public static IEnumerable<string> Requests => Rows.Value.Keys.Where(IsRequest);

    /// <summary>The rows of operations of some services.</summary>
    public static IEnumerable<string> OperationsOf(params Type[] services) =>
        Rows.Value.Keys.Where(key => !IsRequest(key) && Array.Exists(services, s => key.StartsWith($"{s.Name}.", StringComparison.Ordinal)));

    /// <summary>The rows of operations, of whatever service.</summary>
    public static IEnumerable<string> Operations => Rows.Value.Keys.Where(key => !IsRequest(key));

    /// <summary>What a row says about somebody.</summary>
    public static string Find(string row, string who) => Rows.Value[row][Array.IndexOf(Everybody, who)];

    /// <summary>A test for each cell of some rows.</summary>
    public static TheoryData<string, string> CellsOf(IEnumerable<string> rows)
    {
        var cells = new TheoryData<string, string>();
        foreach (var row in rows)
        {
            foreach (var who in Everybody)
            {
                cells.Add(row, who);
            }
        }

        return cells;
    }

    private static IEnumerable<string[]> ReadTable(string head) => File.ReadLines(Repository.File("docs/security.md"))
        .SkipWhile(line => !line.StartsWith(head, StringComparison.Ordinal)).Skip(2)
        .TakeWhile(line => line.StartsWith('|')).Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]);

    private static bool IsRequest(string row) => row.Contains(' ', StringComparison.Ordinal);
}
