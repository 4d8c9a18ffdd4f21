using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace BlazorChat;

/// <summary>Configuration sections that are read and checked at start. Each error names the setting's full key.</summary>
internal static class SectionOptions
{
    /// <summary>Adds a section's options. Unknown keys, unreadable values and failed validation attributes stop the start.</summary>
    /// <typeparam name="T">A class with a property for each key.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="section">The section's name.</param>
    public static OptionsBuilder<T> AddSection<T>(this IServiceCollection services, string section)
        where T : class
    {
        services.AddSingleton<IConfigureOptions<T>>(s => new Binding<T>(s.GetRequiredService<IConfiguration>().GetSection(section)));
        services.AddSingleton<IValidateOptions<T>>(new Attributes<T>(section));
        return services.AddOptions<T>().ValidateOnStart();
    }

    private sealed class Binding<T>(IConfigurationSection section) : IConfigureOptions<T>
        where T : class
    {
        /// <exception cref="OptionsValidationException">A key is unknown, or a value cannot be read.</exception>
        public void Configure(T options)
        {
            var errors = new List<string>();
            SettingsReader.Check(section, typeof(T), $"the section {section.Path}", errors);
            SettingsReader.ThrowIfAny(errors, typeof(T));
            section.Bind(options);
        }
    }

    private sealed class Attributes<T>(string section) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var errors = new List<ValidationResult>();
            foreach (var property in typeof(T).GetProperties())
            {
                // Error messages name the setting by its full key.
                var context = new ValidationContext(options) { MemberName = property.Name, DisplayName = $"{section}:{property.Name}" };
                Validator.TryValidateValue(property.GetValue(options), context, errors, property.GetCustomAttributes<ValidationAttribute>());
            }

            return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors.Select(error => error.ErrorMessage!));
        }
    }
}
