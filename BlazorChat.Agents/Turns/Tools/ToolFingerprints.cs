using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using BlazorChat.Messages;

namespace BlazorChat.Turns.Tools;

/// <summary>Makes the fingerprints of tools.</summary>
internal static class ToolFingerprints
{
    private const int Length = 16;

    // Tools are created once but looked at for each call.
    private static readonly ConditionalWeakTable<ChatTool, ToolFingerprint> Known = [];

    public static ToolFingerprint Of(ChatTool tool) => Known.GetValue(tool, static tool => new ToolFingerprint(
        Hash(tool.Function.Description), Hash(tool.Function.JsonSchema.ValueKind == System.Text.Json.JsonValueKind.Undefined ? "" : tool.Function.JsonSchema.GetRawText()),
        Hash($"{tool.Site}\n{tool.Source}\n{tool.Annotations}"))
    {
        // Without either, it is what it was before tools had titles: what was allowed stays allowed.
        Title = tool.Title is null && tool.OwnName is null ? "" : Hash($"{tool.Title}\n{tool.OwnName}"),
    });

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..Length];
}
