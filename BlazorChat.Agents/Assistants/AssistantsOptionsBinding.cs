using Microsoft.Extensions.Options;

namespace BlazorChat.Assistants;

/// <summary>
/// Reads the section <c>Assistants</c>, one assistant after the other: read as a whole, one with a value that cannot be read
/// would silently be left out, and the next would be the one that answers.
/// </summary>
internal sealed class AssistantsOptionsBinding(IConfiguration configuration) : IConfigureOptions<AssistantsOptions>
{
    /// <exception cref="OptionsValidationException">There are keys that do not exist or values that cannot be read.</exception>
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
