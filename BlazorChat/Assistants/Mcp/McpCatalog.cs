using ModelContextProtocol.Protocol;

namespace BlazorChat.Assistants.Mcp;

/// <summary>What of a server's tools is offered, within bounds: all of it goes into prompts.</summary>
/// <param name="Tools">The tools, in the server's order.</param>
/// <param name="Notice">What was left out or cut and why, or null.</param>
internal sealed record McpCatalog(IReadOnlyList<McpToolDefinition> Tools, string? Notice)
{
    /// <summary>Most tools of one server.</summary>
    public const int MaxTools = 200;

    /// <summary>Most pages of one list.</summary>
    public const int MaxPages = 50;

    /// <summary>Most of a description, in characters; a longer one is cut with a mark.</summary>
    public const int DescriptionLength = 4_000;

    /// <summary>Longest schema, in characters; a tool with a longer one is left out.</summary>
    public const int SchemaLength = 32_000;

    /// <summary>Reads a server's list, page by page, until it ends or enough is known.</summary>
    public static async Task<McpCatalog> ReadAsync(McpServerOptions options, McpSession session, CancellationToken cancellationToken)
    {
        var listed = new List<Tool>();
        var seen = 0;
        var isWhole = false;
        string? cursor = null;
        for (var page = 0; page < MaxPages && !isWhole && listed.Count <= MaxTools; page++)
        {
            var result = await session.ListAsync(cursor, cancellationToken).ConfigureAwait(false);
            seen += result.Tools.Count;
            listed.AddRange(result.Tools.Where(tool => McpToolNames.IsListed(options.Tools, tool.Name)));
            cursor = result.NextCursor;
            isWhole = string.IsNullOrEmpty(cursor);
        }

        return Take(options, listed, seen, isWhole);
    }

    /// <summary>Chooses, bounds and names.</summary>
    internal static McpCatalog Take(McpServerOptions options, IReadOnlyList<Tool> listed, int seen, bool isWhole)
    {
        var (again, tooLong, cut) = (0, 0, 0);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var usable = new List<Tool>();
        foreach (var tool in listed)
        {
            if (!names.Add(tool.Name))
            {
                again++;
            }
            else if (tool.InputSchema.GetRawText().Length > SchemaLength)
            {
                tooLong++;
            }
            else
            {
                usable.Add(tool);
            }
        }

        var offered = usable.Take(MaxTools).ToList();
        // Names that can stay as they are go first, so that none loses its own to one that is made to fit.
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var made = offered.OrderBy(tool => McpToolNames.Fits(options.Name!, tool.Name) ? 0 : 1).ToDictionary(tool => tool, tool =>
        {
            var name = McpToolNames.Make(options.Name!, tool.Name, taken);
            taken.Add(name);
            return name;
        });
        var tools = offered.ConvertAll(tool => new McpToolDefinition(
            tool.Name, made[tool], Describe(tool, ref cut), tool.InputSchema.GetRawText(), NeedsApproval(options.Approval, tool.Annotations)));

        string?[] notices =
        [
            usable.Count > MaxTools ? $"It has {(isWhole ? "" : "more than ")}{seen:N0} tools; the first {MaxTools} are offered. Name those that are wanted in the setting Tools." : null,
            usable.Count <= MaxTools && !isWhole ? $"Its list of tools does not end; what its first {MaxPages} pages have is offered." : null,
            again > 0 ? $"{again:N0} with a name that another tool has are left out." : null,
            tooLong > 0 ? $"{tooLong:N0} with a schema of more than {SchemaLength:N0} characters are left out." : null,
            cut > 0 ? $"{cut:N0} descriptions of more than {DescriptionLength:N0} characters are cut." : null,
        ];
        var notice = string.Join(' ', notices.OfType<string>());
        return new McpCatalog(tools, notice.Length == 0 ? null : notice);
    }

    /// <summary>What the protocol says of tools without a hint: they may change and destroy.</summary>
    private static bool NeedsApproval(McpApproval approval, ToolAnnotations? hints) => approval switch
    {
        McpApproval.Always => true,
        McpApproval.Never => false,
        _ => hints?.ReadOnlyHint is not true && hints?.DestructiveHint is not false,
    };

    private static string Describe(Tool tool, ref int cut)
    {
        var text = string.IsNullOrWhiteSpace(tool.Description) ? tool.Title ?? tool.Annotations?.Title ?? "" : tool.Description;
        if (text.Length <= DescriptionLength)
        {
            return text;
        }

        cut++;
        return text[..DescriptionLength] + "… (cut)";
    }
}
