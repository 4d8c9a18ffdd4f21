using BlazorChat.Components.Messages.Parts;
using BlazorChat.Text;
using BlazorChat.Turns;
using BlazorChat.Turns.Tools;
using BlazorChat.Rooms;
using BlazorChat.Turns.Delegation;

namespace BlazorChat.Components.Rooms;

/// <summary>A tool as a room's settings show it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is for, or null when that is not known.</param>
/// <param name="Source">Where it comes from.</param>
internal sealed record RoomTool(string Name, string? Description, string Source)
{
    /// <summary>Whether it runs in the browser of the asker.</summary>
    public bool RunsInBrowser { get; init; }

    /// <summary>Who has to agree to a call, or null when nobody has to.</summary>
    public string? Approval { get; init; }

    /// <summary>Whether it is here now; tools of a server that is away are not.</summary>
    public bool IsHere { get; init; } = true;

    /// <summary>Whether an assistant may call it at all.</summary>
    public bool IsGiven { get; init; } = true;
}

/// <summary>The tools that a room's settings list.</summary>
internal sealed class RoomTools(ToolCatalog catalog, DelegationTools delegation, IAssistants assistants)
{
    private const int LongestDescription = 300;

    /// <summary>All tools by where they come from, those that a room has switched off and that are away last.</summary>
    public IReadOnlyList<IGrouping<string, RoomTool>> For(RoomSettings settings)
    {
        var given = assistants.All.SelectMany(catalog.For).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        var tools = catalog.All.Select(t => Show(t, given.Contains(t.Name)))
            .Concat(assistants.All.SelectMany(a => delegation.For(a, assistants)).Select(t => Show(t, isGiven: true)))
            .DistinctBy(t => t.Name, StringComparer.Ordinal).ToList();
        var names = tools.Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        var away = settings.DisabledTools.Where(name => !names.Contains(name)).Select(name => new RoomTool(name, null, "not here now") { IsHere = false });
        return [.. tools.Concat(away).GroupBy(t => t.Source, StringComparer.Ordinal)];
    }

    private static RoomTool Show(ChatTool tool, bool isGiven) => new(tool.Name, Describe(tool.Function.Description), tool.Source)
    {
        RunsInBrowser = tool.Site == ToolSite.Browser,
        Approval = tool.NeedsApproval is null ? null : tool.NeedsApproval == ChatTool.Always ? "asks for approval" : "may ask for approval",
        IsGiven = isGiven,
    };

    // Descriptions are written for models, those of other servers by anybody: their beginning is enough to know a tool by.
    private static string? Describe(string? description)
    {
        var text = HiddenCharacters.Show((description ?? "").ReplaceLineEndings(" ").Trim());
        return text.Length == 0 ? null : TextCut.Excerpt(text, LongestDescription);
    }
}
