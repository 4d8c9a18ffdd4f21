using BlazorChat.Components.Messages.Parts;
using BlazorChat.Languages;
using BlazorChat.Text;
using BlazorChat.Turns;
using BlazorChat.Turns.Tools;
using BlazorChat.Rooms;
using BlazorChat.Turns.Delegation;

namespace BlazorChat.Components.Rooms;

/// <summary>A tool as a room's settings show it.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="Description">The tool's purpose, or null if it is unknown.</param>
/// <param name="Source">The origin of the tool.</param>
internal sealed record RoomTool(string Name, string? Description, string Source)
{
    /// <summary>Whether the tool runs in the asker's browser.</summary>
    public bool RunsInBrowser { get; init; }

    /// <summary>Says that calls need or may need approval; null if they never do.</summary>
    public string? Approval { get; init; }

    /// <summary>Whether the tool is available now. Tools of an unavailable server are not.</summary>
    public bool IsHere { get; init; } = true;

    /// <summary>Whether the tool is assigned to any assistant.</summary>
    public bool IsGiven { get; init; } = true;
}

/// <summary>The tools that a room's settings list.</summary>
internal sealed class RoomTools(ToolCatalog catalog, DelegationTools delegation, IAssistants assistants)
{
    private const int LongestDescription = 300;

    /// <summary>All tools, grouped by origin. Unavailable tools that the room has switched off come last.</summary>
    public IReadOnlyList<IGrouping<string, RoomTool>> For(RoomSettings settings, Words words)
    {
        var given = assistants.All.SelectMany(catalog.For).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        var tools = catalog.All.Select(t => Show(t, words, given.Contains(t.Name)))
            .Concat(assistants.All.SelectMany(a => delegation.For(a, assistants)).Select(t => Show(t, words, isGiven: true)))
            .DistinctBy(t => t.Name, StringComparer.Ordinal).ToList();
        var names = tools.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        var away = settings.DisabledTools.Where(name => !names.Contains(name)).Select(name => new RoomTool(name, null, words["Tools_NotAvailable"]) { IsHere = false });
        return [.. tools.Concat(away).GroupBy(t => t.Source, StringComparer.Ordinal)];
    }

    private static RoomTool Show(ChatTool tool, Words words, bool isGiven) => new(tool.Name, Describe(tool.Function.Description), TitleOf(words, tool.Source))
    {
        RunsInBrowser = tool.Site == ToolSite.Browser,
        Approval = tool.NeedsApproval is null ? null : tool.NeedsApproval == ChatTool.Always ? words["Tools_Asks"] : words["Tools_MayAsk"],
        IsGiven = isGiven,
    };

    // The application's own sources are words, the others are names.
    private static string TitleOf(Words words, string source) => source switch
    {
        "built-in" => words["Tools_BuiltIn"],
        DelegationTools.Source => words["Tools_OtherAssistants"],
        _ => source,
    };

    // Descriptions are written for models and, on other servers, by anyone. The beginning is enough to recognize a tool.
    private static string? Describe(string? description)
    {
        var text = HiddenCharacters.Show((description ?? "").ReplaceLineEndings(" ").Trim());
        return text.Length == 0 ? null : TextCut.Excerpt(text, LongestDescription);
    }
}
