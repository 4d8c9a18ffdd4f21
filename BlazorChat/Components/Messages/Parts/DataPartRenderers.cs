using System.Collections.Frozen;
using System.Text.RegularExpressions;
using BlazorChat.Messages;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Messages.Parts;

/// <summary>Which component shows which type of data part.</summary>
public sealed partial class DataPartRenderers
{
    private readonly FrozenDictionary<string, Type> _components;

    /// <summary>Takes the registered renderers.</summary>
    /// <exception cref="InvalidOperationException">One of them has a type or a component that cannot be used; the message says which and why.</exception>
    public DataPartRenderers(IEnumerable<IDataPartRenderer> renderers)
    {
        var components = new Dictionary<string, Type>(StringComparer.Ordinal);
        foreach (var renderer in renderers)
        {
            if (!TypeName().IsMatch(renderer.Type))
            {
                throw new InvalidOperationException($"{renderer.GetType().Name}.Type is '{renderer.Type}': it takes 1 to 64 lower-case letters, digits and hyphens.");
            }

            components[renderer.Type] = Checked(renderer);
        }

        _components = components.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The component for a type, or null when there is none.</summary>
    public Type? Find(string type) => _components.GetValueOrDefault(type);

    private static Type Checked(IDataPartRenderer renderer)
    {
        var component = renderer.Component;
        var parameter = component.GetProperty("Part");
        return typeof(IComponent).IsAssignableFrom(component) && parameter?.PropertyType == typeof(DataPart) && parameter.IsDefined(typeof(ParameterAttribute), inherit: true)
            ? component
            : throw new InvalidOperationException($"{renderer.GetType().Name}.Component is {component.Name}: it takes a component with a parameter Part of type DataPart.");
    }

    [GeneratedRegex("^[a-z0-9-]{1,64}\\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex TypeName();
}
