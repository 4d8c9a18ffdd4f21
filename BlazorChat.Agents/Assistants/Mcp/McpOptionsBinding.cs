using Microsoft.Extensions.Options;

namespace BlazorChat.Assistants.Mcp;

/// <summary>
/// Reads the section <c>Mcp</c>, one server after the other: read as a whole, one with a value that cannot be read would
/// silently be left out, and a mistyped key (of a list of allowed tools, say) be passed over.
/// </summary>
internal sealed class McpOptionsBinding(IConfiguration configuration) : IConfigureOptions<McpOptions>
{
    /// <exception cref="OptionsValidationException">A server has keys that do not exist or values that cannot be read.</exception>
    public void Configure(McpOptions options)
    {
        var errors = new List<string>();
        var servers = SettingsReader.ReadList<McpServerOptions>(
            configuration.GetSection($"{McpOptions.SectionName}:{nameof(options.Servers)}"), "an MCP server", errors);
        SettingsReader.ThrowIfAny(errors, typeof(McpOptions));
        foreach (var server in servers)
        {
            options.Servers.Add(server);
        }
    }
}
