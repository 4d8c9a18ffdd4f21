using Microsoft.Extensions.Options;

namespace BlazorChat.Assistants.Mcp;

/// <summary>
/// Reads the section <c>Mcp</c>, one server after the other: read as a whole, one with a value that cannot be read would
/// silently be left out, and a mistyped key (of a list of allowed tools, say) be passed over.
/// </summary>
internal sealed class McpOptionsBinding(IConfiguration configuration) : IConfigureOptions<McpOptions>
{
    private static readonly HashSet<string> Known = new(typeof(McpServerOptions).GetProperties().Select(property => property.Name), StringComparer.OrdinalIgnoreCase);

    /// <exception cref="OptionsValidationException">A server has keys that do not exist or values that cannot be read.</exception>
    public void Configure(McpOptions options)
    {
        var errors = new List<string>();
        foreach (var section in configuration.GetSection($"{McpOptions.SectionName}:{nameof(options.Servers)}").GetChildren())
        {
            errors.AddRange(section.GetChildren().Where(key => !Known.Contains(key.Key)).Select(key => $"{key.Path} is no setting of an MCP server; there are {string.Join(", ", Known)}."));
            foreach (var key in section.GetChildren().Where(key => key.Value is not null))
            {
                Check(errors, key);
            }

            if (errors.Count == 0)
            {
                var server = new McpServerOptions();
                section.Bind(server);
                options.Servers.Add(server);
            }
        }

        if (errors.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(McpOptions), errors);
        }
    }

    private static void Check(List<string> errors, IConfigurationSection key)
    {
        var type = typeof(McpServerOptions).GetProperties().FirstOrDefault(property => string.Equals(property.Name, key.Key, StringComparison.OrdinalIgnoreCase))?.PropertyType;
        if (type is null || (!type.IsValueType && type != typeof(string)))
        {
            return;
        }

        try
        {
            key.Get(type);
        }
        catch (InvalidOperationException)
        {
            var words = type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}" : type == typeof(bool) ? "true or false" : "a time (hours:minutes:seconds)";
            errors.Add($"{key.Path} must be {words}; it is '{key.Value}'.");
        }
    }
}
