using System.Text.Json;
using BlazorChat.Assistants.Providers.Streams;
using BlazorChat.Text;

namespace BlazorChat.Assistants.Mcp;

/// <summary>The tools of a server that are offered, within limits, because all of them go into prompts.</summary>
/// <param name="Tools">The tools, in the server's order.</param>
/// <param name="Notice">What was left out or cut, and why; or null.</param>
internal sealed record McpCatalog(IReadOnlyList<McpToolDefinition> Tools, string? Notice)
{
    /// <summary>The most tools of one server.</summary>
    public const int MaxTools = 200;

    /// <summary>The most pages of one list.</summary>
    public const int MaxPages = 50;

    /// <summary>The most characters of a description; a longer one is cut, with a mark.</summary>
    public const int DescriptionLength = 4_000;

    /// <summary>The most characters of a schema; a tool with a longer one is left out.</summary>
    public const int SchemaLength = 32_000;

    /// <summary>The most characters of a server's own name for a tool; a tool with a longer one is left out.</summary>
    public const int NameLength = 1_000;

    /// <summary>The most characters of a title; a longer one is cut, with a mark.</summary>
    public const int TitleLength = 80;

    // The most names in a notice.
    private const int ShownNames = 10;

    /// <summary>Reads a server's list, page by page, until it ends or a limit is reached.</summary>
    public static async Task<McpCatalog> ReadAsync(McpServerOptions options, McpSession session, CancellationToken cancellationToken)
    {
        var listed = new List<McpToolDefinition>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var invalid = new List<string>();
        var (seen, again, tooLong, cut) = (0, 0, 0, 0);
        var isWhole = false;
        string? cursor = null;
        for (var page = 0; page < MaxPages && !isWhole && listed.Count <= MaxTools; page++)
        {
            var result = await session.ListAsync(cursor, cancellationToken).ConfigureAwait(false);
            var tools = LooseJson.List(LooseJson.Property(result, "tools")).ToList();
            seen += tools.Count;
            foreach (var tool in tools)
            {
                var name = LooseJson.Word(tool, "name") ?? "";
                if (!McpToolNames.IsListed(options.Tools, name))
                {
                    continue;
                }

                // Checked at once: a page may be long, and there may be many.
                var schema = LooseJson.Object(tool, "inputSchema") is { } given && LooseJson.Word(given, "type") == "object" ? given.GetRawText() : null;
                if (schema?.Length > SchemaLength || name.Length > NameLength)
                {
                    tooLong++;
                }
                else if (schema is null)
                {
                    invalid.Add(name);
                }
                else if (!names.Add(name))
                {
                    again++;
                }
                else if (listed.Count <= MaxTools)
                {
                    var hints = LooseJson.Object(tool, "annotations");
                    listed.Add(new McpToolDefinition(name, "", Describe(tool, ref cut), schema, NeedsApproval(options.Approval, hints), hints?.GetRawText() ?? "") { Title = TitleOf(tool) });
                }
            }

            cursor = LooseJson.Word(result, "nextCursor");
            isWhole = string.IsNullOrEmpty(cursor);
        }

        string?[] notices =
        [
            listed.Count > MaxTools ? $"It has {(isWhole ? "" : "more than ")}{seen:N0} tools; the first {MaxTools} are offered. List the ones you want in the setting Tools." : null,
            listed.Count <= MaxTools && !isWhole ? $"Its list of tools does not end; the tools on its first {MaxPages} pages are offered." : null,
            again > 0 ? $"Tools left out because another tool has the same name: {again:N0}." : null,
            tooLong > 0 ? $"Tools left out because their schema is longer than {SchemaLength:N0} characters or their name longer than {NameLength:N0}: {tooLong:N0}." : null,
            invalid.Count > 0 ? $"Tools left out because their inputSchema is not the schema of an object: {string.Join(", ", invalid.Take(ShownNames).Select(name => Names.WithoutControls(TextCut.Excerpt(name, 80))))}{(invalid.Count > ShownNames ? $" and {invalid.Count - ShownNames:N0} more" : "")}." : null,
            cut > 0 ? $"Descriptions cut to {DescriptionLength:N0} characters: {cut:N0}." : null,
        ];
        var notice = string.Join(' ', notices.OfType<string>());
        return new McpCatalog(Name(options.Name!, [.. listed.Take(MaxTools)]), notice.Length == 0 ? null : notice);
    }

    /// <summary>Gives each tool the name that models see. Tools that can keep their name go first, so that none loses it to a generated name.</summary>
    private static McpToolDefinition[] Name(string server, McpToolDefinition[] tools)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var i in Enumerable.Range(0, tools.Length).OrderBy(i => McpToolNames.Fits(server, tools[i].ServerName) ? 0 : 1))
        {
            tools[i] = tools[i] with { Name = McpToolNames.Make(server, tools[i].ServerName, taken) };
            taken.Add(tools[i].Name);
        }

        return tools;
    }

    /// <summary>Without hints, the protocol assumes that a tool may change and destroy things.</summary>
    private static bool NeedsApproval(McpApproval approval, JsonElement? hints) => approval switch
    {
        McpApproval.Always => true,
        McpApproval.Never => false,
        _ => Hint(hints, "readOnlyHint") is not true && Hint(hints, "destructiveHint") is not false,
    };

    private static bool? Hint(JsonElement? hints, string name) =>
        (hints is { } given ? LooseJson.Property(given, name) : null)?.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        };

    private static string? TitleOf(JsonElement tool)
    {
        var title = Names.WithoutControls(GivenTitle(tool) ?? "").Trim();
        return title.Length == 0 ? null : TextCut.Excerpt(title, TitleLength);
    }

    private static string? GivenTitle(JsonElement tool) =>
        LooseJson.Word(tool, "title") ?? (LooseJson.Object(tool, "annotations") is { } hints ? LooseJson.Word(hints, "title") : null);

    private static string Describe(JsonElement tool, ref int cut)
    {
        var text = LooseJson.Word(tool, "description");
        if (string.IsNullOrWhiteSpace(text))
        {
            text = GivenTitle(tool) ?? "";
        }

        if (text.Length <= DescriptionLength)
        {
            return text;
        }

        cut++;
        return TextCut.Beginning(text, DescriptionLength) + "… (cut)";
    }
}
