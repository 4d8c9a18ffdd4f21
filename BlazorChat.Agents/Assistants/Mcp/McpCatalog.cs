using BlazorChat.Text;
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

    /// <summary>Longest name that a server may have for a tool, in characters; a tool with a longer one is left out.</summary>
    public const int NameLength = 1_000;

    /// <summary>Reads a server's list, page by page, until it ends or enough is known.</summary>
    public static async Task<McpCatalog> ReadAsync(McpServerOptions options, McpSession session, CancellationToken cancellationToken)
    {
        var listed = new List<McpToolDefinition>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var (seen, again, tooLong, cut) = (0, 0, 0, 0);
        var isWhole = false;
        string? cursor = null;
        for (var page = 0; page < MaxPages && !isWhole && listed.Count <= MaxTools; page++)
        {
            var result = await session.ListAsync(cursor, cancellationToken).ConfigureAwait(false);
            seen += result.Tools.Count;
            foreach (var tool in result.Tools.Where(tool => McpToolNames.IsListed(options.Tools, tool.Name)))
            {
                // Bounded at once: a page may be long, and there may be many.
                var schema = tool.InputSchema.GetRawText();
                if (schema.Length > SchemaLength || tool.Name.Length > NameLength)
                {
                    tooLong++;
                }
                else if (!names.Add(tool.Name))
                {
                    again++;
                }
                else if (listed.Count <= MaxTools)
                {
                    listed.Add(new McpToolDefinition(tool.Name, "", Describe(tool, ref cut), schema, NeedsApproval(options.Approval, tool.Annotations)));
                }
            }

            cursor = result.NextCursor;
            isWhole = string.IsNullOrEmpty(cursor);
        }

        string?[] notices =
        [
            listed.Count > MaxTools ? $"It has {(isWhole ? "" : "more than ")}{seen:N0} tools; the first {MaxTools} are offered. Name those that are wanted in the setting Tools." : null,
            listed.Count <= MaxTools && !isWhole ? $"Its list of tools does not end; what its first {MaxPages} pages have is offered." : null,
            again > 0 ? $"{again:N0} with a name that another tool has are left out." : null,
            tooLong > 0 ? $"{tooLong:N0} with a schema of more than {SchemaLength:N0} characters or a name of more than {NameLength:N0} are left out." : null,
            cut > 0 ? $"{cut:N0} descriptions of more than {DescriptionLength:N0} characters are cut." : null,
        ];
        var notice = string.Join(' ', notices.OfType<string>());
        return new McpCatalog(Name(options.Name!, [.. listed.Take(MaxTools)]), notice.Length == 0 ? null : notice);
    }

    /// <summary>Gives each the name that models see. Those that can stay as they are go first, so that none loses its own to one that is made to fit.</summary>
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
        return TextCut.Beginning(text, DescriptionLength) + "… (cut)";
    }
}
