using System.ComponentModel.DataAnnotations;

namespace BlazorChat.Assistants.Middleware;

/// <summary>An entry of <c>Assistants:Items:n:Middleware</c> as a typed value.</summary>
public static class MiddlewareSettings
{
    /// <summary>The key of an entry that says which middleware it is.</summary>
    public const string NameKey = "Name";

    /// <summary>The entry as an object, for one that <see cref="Check{T}"/> has accepted.</summary>
    /// <typeparam name="T">A class with a settable property for each setting.</typeparam>
    /// <param name="settings">The entry.</param>
    /// <exception cref="InvalidOperationException">A value cannot be converted.</exception>
    public static T Read<T>(IConfigurationSection settings)
        where T : class, new()
    {
        var value = new T();
        settings.Bind(value);
        return value;
    }

    /// <summary>
    /// What is wrong with an entry: settings that <typeparamref name="T"/> does not have, values that cannot be converted, and
    /// values that its validation attributes refuse. Each in a sentence that begins with the whole key.
    /// </summary>
    /// <typeparam name="T">A class with a settable property for each setting.</typeparam>
    /// <param name="settings">The entry.</param>
    /// <param name="more">More checks of the value, when all these have passed: pairs of a setting's name and what is wrong with it ("must be …").</param>
    public static IReadOnlyList<string> Check<T>(IConfigurationSection settings, Func<T, IEnumerable<(string Setting, string Problem)>>? more = null)
        where T : class, new()
    {
        var errors = Unknown(settings, typeof(T), NameKey).ToList();
        T value;
        try
        {
            value = Read<T>(settings);
        }
        catch (InvalidOperationException)
        {
            errors.Add(NotConverted<T>(settings));
            return errors;
        }

        var results = new List<ValidationResult>();
        Validator.TryValidateObject(value, new ValidationContext(value), results, validateAllProperties: true);
        errors.AddRange(results.Select(result => $"{settings.Path}:{result.MemberNames.FirstOrDefault()} is wrong: {result.ErrorMessage}"));
        if (errors.Count == 0 && more is not null)
        {
            errors.AddRange(more(value).Select(problem => $"{settings.Path}:{problem.Setting} {problem.Problem}"));
        }

        return errors;
    }

    /// <summary>The settings of a section that a class has no property for: a misspelled one would be without effect, and nobody would know.</summary>
    internal static IEnumerable<string> Unknown(IConfigurationSection settings, Type type, params string[] others)
    {
        var known = type.GetProperties().Select(property => property.Name).Concat(others).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return settings.GetChildren()
            .Where(child => !known.Contains(child.Key))
            .Select(child => $"{child.Path} is no setting here; there are {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
    }

    // The binder's own message has the value in it, which may be a secret in the wrong place.
    private static string NotConverted<T>(IConfigurationSection settings)
    {
        foreach (var property in typeof(T).GetProperties())
        {
            var child = settings.GetSection(property.Name);
            if (!child.Exists())
            {
                continue;
            }

            try
            {
                _ = child.Get(property.PropertyType);
            }
            catch (InvalidOperationException)
            {
                var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
                return type.IsEnum
                    ? $"{child.Path} must be one of {string.Join(", ", Enum.GetNames(type))}."
                    : $"{child.Path} cannot be understood; it must be a {type.Name}.";
            }
        }

        return $"{settings.Path} cannot be understood.";
    }
}
