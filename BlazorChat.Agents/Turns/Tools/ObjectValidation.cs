using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace BlazorChat.Turns.Tools;

/// <summary>Checks an object and everything in it against the attributes of <c>System.ComponentModel.DataAnnotations</c>.</summary>
internal static class ObjectValidation
{
    private const int MostProblems = 10;

    /// <returns>The problems, each with its path, or null.</returns>
    public static string? Check(object value)
    {
        var problems = new List<string>();
        Visit(value, "", new HashSet<object>(ReferenceEqualityComparer.Instance), problems);
        return problems.Count == 0 ? null : string.Join(' ', problems);
    }

    private static void Visit(object value, string path, HashSet<object> seen, List<string> problems)
    {
        // Values of platform types (text, numbers, times) need no check, but collections have items.
        if (problems.Count >= MostProblems || value is string || value.GetType().IsPrimitive || value.GetType().IsEnum || !seen.Add(value))
        {
            return;
        }

        if (value is IDictionary map)
        {
            foreach (DictionaryEntry entry in map)
            {
                Next(entry.Value, $"{path}[{entry.Key}]");
            }
        }
        else if (value is IEnumerable items)
        {
            var index = 0;
            foreach (var item in items)
            {
                Next(item, $"{path}[{index++}]");
            }
        }
        else if (value.GetType().Namespace is not { } name || !(name == "System" || name.StartsWith("System.", StringComparison.Ordinal)))
        {
            var wrong = new List<ValidationResult>();
            Validator.TryValidateObject(value, new ValidationContext(value), wrong, validateAllProperties: true);
            CheckParameters(value, wrong);
            problems.AddRange(wrong.Select(one => path.Length == 0 ? $"{one.ErrorMessage}" : $"{path}: {one.ErrorMessage}").Take(MostProblems - problems.Count));
            foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanRead && p.GetIndexParameters().Length == 0))
            {
                Next(property.GetValue(value), path.Length == 0 ? property.Name : $"{path}.{property.Name}");
            }
        }

        void Next(object? child, string childPath)
        {
            if (child is not null)
            {
                Visit(child, childPath, seen, problems);
            }
        }
    }

    /// <summary>Checks the attributes of a record's parameters: the validator knows only those of properties.</summary>
    private static void CheckParameters(object value, List<ValidationResult> wrong)
    {
        var type = value.GetType();
        foreach (var parameter in type.GetConstructors().SelectMany(constructor => constructor.GetParameters()))
        {
            if (parameter.GetCustomAttributes<ValidationAttribute>().ToList() is { Count: > 0 } attributes
                && parameter.Name is { } name && type.GetProperty(name) is { CanRead: true } property)
            {
                Validator.TryValidateValue(property.GetValue(value), new ValidationContext(value) { MemberName = name }, wrong, attributes);
            }
        }
    }
}
