using System.Security.Cryptography;
using System.Text;

namespace BlazorChat.Assistants.Mcp;

/// <summary>
/// The names under which models see MCP tools: <c>server_tool</c>, at most 64 letters, digits, hyphens and underscores, as providers
/// require. A server's name has no underscore, so the tools of two servers never have the same name.
/// </summary>
internal static class McpToolNames
{
    public const int MaxLength = 64;

    /// <summary>Whether a tool can keep its name.</summary>
    public static bool Fits(string server, string tool) =>
        tool.Length > 0 && server.Length + 1 + tool.Length <= MaxLength && tool.All(IsAllowed);

    /// <summary>
    /// Creates a name that is not taken. It depends only on the server's own names, so it is the same after a reconnect. A tool that cannot
    /// keep its name gets part of its hash.
    /// </summary>
    public static string Make(string server, string tool, IReadOnlySet<string> taken)
    {
        if (Fits(server, tool) && !taken.Contains($"{server}_{tool}"))
        {
            return $"{server}_{tool}";
        }

        var readable = new string([.. tool.Take(MaxLength).Select(character => IsAllowed(character) ? character : '_')]);
        for (var attempt = 0; ; attempt++)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{attempt}:{tool}")))[..8];
            var name = $"{server}_{readable[..Math.Min(readable.Length, MaxLength - server.Length - 2 - hash.Length)]}_{hash}";
            if (!taken.Contains(name))
            {
                return name;
            }
        }
    }

    /// <summary>Whether a tool is on the list of those to offer; an empty list means all.</summary>
    public static bool IsListed(IList<string> list, string tool) =>
        list.Count == 0 || list.Any(entry => entry.EndsWith('*') ? tool.StartsWith(entry[..^1], StringComparison.Ordinal) : tool == entry);

    private static bool IsAllowed(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_';
}
