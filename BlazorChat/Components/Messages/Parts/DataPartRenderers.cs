using System.Collections.Frozen;
using System.Text.RegularExpressions;
using BlazorChat.Messages;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Messages.Parts;

/// <summary>The registry of the components that show data parts, by type.</summary>
public sealed partial class DataPartRenderers
{
    private readonly FrozenDictionary<string, Type> _components;

    /// <summary>Creates the registry from the registered renderers.</summary>
    /// <exception cref="InvalidOperationException">A renderer's type or component cannot be used. The message says which and why.</exception>
    public DataPartRenderers(IEnumerable<IDataPartRenderer> renderers)
    {
        var components = new Dictionary<string, Type>(StringComparer.Ordinal);
        foreach (var renderer in renderers)
        {
            if (!TypeName().IsMatch(renderer.Type))
            {
                throw new InvalidOperationException($"{renderer.GetType().Name}.Type is '{renderer.Type}': it must have 1 to 64 lowercase letters, digits and hyphens.");
            }

            components[renderer.Type] = Checked(renderer);
        }

        _components = components.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Finds the component for a type; null if there is none.</summary>
    public Type? Find(string type) => _components.GetValueOrDefault(type);

    private static Type Checked(IDataPartRenderer renderer)
    {
        var component = renderer.Component;
        var parameter = component.GetProperty("Part");
        return typeof(IComponent).IsAssignableFrom(component) && parameter?.PropertyType == typeof(DataPart) && parameter.IsDefined(typeof(ParameterAttribute), inherit: true)
            ? component
            : throw new InvalidOperationException($"{renderer.GetType().Name}.Component is {component.Name}: it must be a component with a parameter Part of type DataPart.");
    }

    [GeneratedRegex("^[a-z0-9-]{1,64}\\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex TypeName();
}
