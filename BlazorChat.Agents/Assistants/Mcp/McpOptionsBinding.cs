using Microsoft.Extensions.Options;

namespace BlazorChat.Assistants.Mcp;

/// <summary>
/// Reads the section <c>Mcp</c>, one server at a time. If the section were read as a whole, a server with an invalid value would silently
/// be left out, and a mistyped key (of a list of allowed tools, for example) would be ignored.
/// </summary>
internal sealed class McpOptionsBinding(IConfiguration configuration) : IConfigureOptions<McpOptions>
{
    /// <exception cref="OptionsValidationException">A server has unknown keys or invalid values.</exception>
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
