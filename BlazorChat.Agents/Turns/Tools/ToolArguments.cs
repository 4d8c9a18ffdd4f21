using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Tools;

/// <summary>Reads the arguments that a model wrote, and explains errors to it.</summary>
internal static class ToolArguments
{
    /// <summary>Reads the arguments.</summary>
    /// <param name="json">The model's text; empty for no arguments.</param>
    /// <param name="schema">The tool's JSON schema.</param>
    /// <param name="problem">A sentence for the model if the arguments cannot be used.</param>
    /// <returns>The arguments, or null.</returns>
    public static AIFunctionArguments? Read(string json, JsonElement schema, out string problem)
    {
        problem = "";
        var arguments = new AIFunctionArguments(StringComparer.Ordinal);
        if (string.IsNullOrWhiteSpace(json))
        {
            json = "{}";
        }

        try
        {
            var root = JsonElement.Parse(json);
            if (root.ValueKind != JsonValueKind.Object)
            {
                problem = $"The arguments must be a JSON object, not {Name(root.ValueKind)}.";
                return null;
            }

            foreach (var property in root.EnumerateObject())
            {
                if (property.Value.ValueKind != JsonValueKind.Null || !IsLeftOut(property.Name, schema))
                {
                    arguments[property.Name] = property.Value;
                }
            }
        }
        catch (JsonException e)
        {
            problem = $"The arguments are not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}). Write them as one JSON object.";
            return null;
        }
        catch (InvalidOperationException)
        {
            // A name with half a surrogate pair.
            problem = "An argument has a name that is not valid Unicode text.";
            return null;
        }

        problem = Missing(arguments, schema) ?? WrongType(arguments, schema) ?? "";
        return problem.Length == 0 ? arguments : null;
    }

    /// <summary>Whether null means that the argument is left out: models write it for what is optional, whether or not the schema has it.</summary>
    private static bool IsLeftOut(string name, JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object
        && !(schema.TryGetProperty("required", out var required) && required.ValueKind == JsonValueKind.Array
            && required.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.ValueEquals(name)))
        && schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
        && properties.TryGetProperty(name, out var property) && Types(property) is { Count: > 0 } types && !types.Contains("null", StringComparer.Ordinal);

    private static string? Missing(AIFunctionArguments arguments, JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("required", out var required) || required.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var missing = required.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String)
            .Select(name => name.GetString()!).Where(name => !arguments.ContainsKey(name)).ToList();
        return missing.Count == 0 ? null : $"The arguments lack {string.Join(", ", missing.Select(name => $"\"{name}\""))}.";
    }

    /// <summary>Checks the first level only: nested values are up to the tool.</summary>
    private static string? WrongType(AIFunctionArguments arguments, JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var property in properties.EnumerateObject())
        {
            if (arguments.TryGetValue(property.Name, out var value) && value is JsonElement element && Types(property.Value) is { Count: > 0 } types
                && !types.Exists(type => Fits(element, type)))
            {
                return $"The argument \"{property.Name}\" must be of the type {string.Join(" or ", types)}, not {Name(element.ValueKind)}.";
            }
        }

        return null;
    }

    private static List<string> Types(JsonElement property) =>
        property.ValueKind != JsonValueKind.Object || !property.TryGetProperty("type", out var type) ? []
        : type.ValueKind == JsonValueKind.String ? [type.GetString()!]
        : type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()!)]
        : [];

    private static bool Fits(JsonElement value, string type) => type switch
    {
        "string" => value.ValueKind == JsonValueKind.String && IsText(value),
        // Models sometimes write numbers as text, and functions accept that.
        "number" or "integer" => value.ValueKind == JsonValueKind.Number
            || (value.ValueKind == JsonValueKind.String && IsText(value) && double.TryParse(value.GetString(), CultureInfo.InvariantCulture, out _)),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => true,
    };

    /// <summary>False for a string that contains half of a surrogate pair.</summary>
    private static bool IsText(JsonElement value)
    {
        try
        {
            return value.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };
}
