using Microsoft.Extensions.Options;

namespace BlazorChat.Assistants;

/// <summary>
/// Reads the section <c>Assistants</c>, one assistant at a time. If the section were read as a whole, an assistant with an invalid value
/// would silently be left out, and the next one would answer instead.
/// </summary>
internal sealed class AssistantsOptionsBinding(IConfiguration configuration) : IConfigureOptions<AssistantsOptions>
{
    /// <exception cref="OptionsValidationException">The section has unknown keys or invalid values.</exception>
    public void Configure(AssistantsOptions options)
    {
        var errors = new List<string>();
        var section = configuration.GetSection(AssistantsOptions.SectionName);
        SettingsReader.Check(section, typeof(AssistantsOptions), "the section", errors);
        var items = SettingsReader.ReadList<AssistantOptions>(section.GetSection(nameof(options.Items)), "an assistant", errors);
        SettingsReader.ThrowIfAny(errors, typeof(AssistantsOptions));

        options.DemoTokensPerSecond = section.GetValue(nameof(options.DemoTokensPerSecond), options.DemoTokensPerSecond);
        foreach (var item in items)
        {
            options.Items.Add(item);
        }
    }
}
