using Microsoft.Extensions.Options;

namespace BlazorChat;

/// <summary>
/// Reads settings strictly. .NET's binder drops a list element with an unreadable value and ignores unknown keys. In strict mode it stops
/// at the first error and does not name the full key.
/// </summary>
internal static class SettingsReader
{
    /// <summary>Reads each element of a list.</summary>
    /// <typeparam name="T">An element's type.</typeparam>
    /// <param name="list">The list's section.</param>
    /// <param name="thing">The name of an element in errors, with its article.</param>
    /// <param name="errors">Receives a sentence, beginning with the full key, for each setting that cannot be read.</param>
    /// <returns>The elements; incomplete when there are errors.</returns>
    public static List<T> ReadList<T>(IConfigurationSection list, string thing, List<string> errors)
        where T : class, new()
    {
        var elements = new List<T>();
        foreach (var section in list.GetChildren())
        {
            var before = errors.Count;
            Check(section, typeof(T), thing, errors);
            if (errors.Count == before)
            {
                var element = new T();
                section.Bind(element);
                elements.Add(element);
            }
        }

        return elements;
    }

    /// <summary>Adds an error for each key of a section that has no property in the class or whose value cannot be read.</summary>
    public static void Check(IConfigurationSection section, Type type, string thing, List<string> errors)
    {
        var properties = type.GetProperties();
        foreach (var key in section.GetChildren())
        {
            if (Array.Find(properties, p => string.Equals(p.Name, key.Key, StringComparison.OrdinalIgnoreCase)) is not { } property)
            {
                if (!RenamedSettings.IsOld(key.Path))
                {
                    errors.Add($"{key.Path} is not a setting of {thing}; the settings are {string.Join(", ", properties.Select(p => p.Name))}.");
                }

                continue;
            }

            var value = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (value == typeof(string) || value.IsValueType)
            {
                CheckValue(key, property.PropertyType, errors);
            }
            else if (!string.IsNullOrEmpty(key.Value))
            {
                errors.Add($"{key.Path} must be a {(IsOptions(value) ? "section" : "list")}, not a single value.");
            }
            else if (IsOptions(value))
            {
                Check(key, value, thing, errors);
            }
        }
    }

    /// <exception cref="OptionsValidationException">There are errors.</exception>
    public static void ThrowIfAny(List<string> errors, Type options)
    {
        if (errors.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, options, errors);
        }
    }

    private static bool IsOptions(Type type) => type.IsClass && !typeof(System.Collections.IEnumerable).IsAssignableFrom(type);

    private static void CheckValue(IConfigurationSection key, Type type, List<string> errors)
    {
        if (key.GetChildren().Any())
        {
            errors.Add($"{key.Path} must be a single value.");
        }
        else if (type != typeof(string))
        {
            try
            {
                key.Get(type);
            }
            catch (InvalidOperationException)
            {
                errors.Add($"{key.Path} must be {InWords(Nullable.GetUnderlyingType(type) ?? type)}; it is '{key.Value}'.");
            }
        }
    }

    private static string InWords(Type type) =>
        type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}"
        : type == typeof(bool) ? "true or false"
        : type == typeof(TimeSpan) ? "a duration (hours:minutes:seconds)"
        : type == typeof(int) || type == typeof(long) ? "a whole number"
        : "a number";
}
