using System.ComponentModel.DataAnnotations;

namespace BlazorChat.Assistants.Middleware;

/// <summary>Reads and checks an entry of <c>Assistants:Items:n:Middleware</c> as a typed value.</summary>
public static class MiddlewareSettings
{
    /// <summary>The key of an entry's middleware name.</summary>
    public const string NameKey = "Name";

    /// <summary>Converts an entry that <see cref="Check{T}"/> has accepted.</summary>
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
    /// Checks an entry: it reports settings that <typeparamref name="T"/> does not have, values that cannot be converted, and values that
    /// its validation attributes refuse. Each error is a sentence that begins with the full key.
    /// </summary>
    /// <typeparam name="T">A class with a settable property for each setting.</typeparam>
    /// <param name="settings">The entry.</param>
    /// <param name="more">Further checks, made when all others have passed. They return a setting's name and its error ("must be …").</param>
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

    /// <summary>Reports settings that a class has no property for: without this, a misspelled setting would have no effect and no one would notice.</summary>
    internal static IEnumerable<string> Unknown(IConfigurationSection settings, Type type, params string[] others)
    {
        var known = type.GetProperties().Select(property => property.Name).Concat(others).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return settings.GetChildren()
            .Where(child => !known.Contains(child.Key))
            .Select(child => $"{child.Path} is not a setting here; the settings are {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
    }

    // The binder's own message contains the value, which may be a secret in the wrong place.
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
                    : $"{child.Path} has an invalid value; it must be of the type {type.Name}.";
            }
        }

        return $"{settings.Path} cannot be read.";
    }
}
