using System.Text;
using BlazorChat.Turns.Tools;
using BlazorChat.Rooms;
using ModelContextProtocol.Protocol;

namespace BlazorChat.Assistants.Mcp;

/// <summary>
/// Converts a result to text for a model. Text stays as it is and is untrusted. Pictures, sound and files are replaced by their type and
/// size.
/// </summary>
internal static class McpResultText
{
    /// <exception cref="ToolFailedException">The server reports the result as an error, or it is too long.</exception>
    public static string Read(string tool, CallToolResult result)
    {
        var text = new StringBuilder();
        foreach (var block in result.Content)
        {
            Append(tool, text, Describe(block));
        }

        // Servers should repeat structured content as text; some do not.
        if (text.Length == 0 && result.StructuredContent is { } structured)
        {
            Append(tool, text, structured.GetRawText());
        }

        if (result.IsError is true)
        {
            throw new ToolFailedException(text.Length == 0 ? $"'{tool}' failed without saying why." : McpFailures.Words(text.ToString()));
        }

        return text.ToString();
    }

    private static void Append(string tool, StringBuilder text, string piece)
    {
        if (text.Length + piece.Length + 1 > RoomLimits.WholeResultLength)
        {
            throw new ToolFailedException($"The result of '{tool}' is too long: it has more than {RoomLimits.WholeResultLength:N0} characters.");
        }

        text.Append(text.Length > 0 ? "\n" : "").Append(piece);
    }

    private static string Describe(ContentBlock block) => block switch
    {
        TextContentBlock text => text.Text,
        ImageContentBlock image => NotShown("image", image.MimeType, image.Data.Length),
        AudioContentBlock audio => NotShown("audio", audio.MimeType, audio.Data.Length),
        EmbeddedResourceBlock { Resource: TextResourceContents text } => $"[resource {text.Uri}]\n{text.Text}",
        EmbeddedResourceBlock { Resource: BlobResourceContents blob } => NotShown($"resource {blob.Uri}", blob.MimeType, blob.Blob.Length),
        ResourceLinkBlock link => $"[link to {link.Name}: {link.Uri}]{(link.Description is null ? "" : $" {link.Description}")}",
        _ => $"[{block.Type}, not shown]",
    };

    private static string NotShown(string what, string? type, int base64Length) =>
        $"[{what}, {type ?? "unknown type"}, about {(long)base64Length * 3 / 4:N0} bytes, not shown]";
}
