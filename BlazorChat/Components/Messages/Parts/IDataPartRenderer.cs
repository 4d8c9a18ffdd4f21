using BlazorChat.Messages;


namespace BlazorChat.Components.Messages.Parts;

/// <summary>
/// Shows the data parts of one type. Registered as a singleton; of several for one type the one registered last is used, so
/// built-in ones can be replaced.
/// </summary>
public interface IDataPartRenderer
{
    /// <summary>The type of the parts (<see cref="DataPart.Type"/>): lower-case letters, digits and hyphens, 1 to 64 characters.</summary>
    string Type { get; }

    /// <summary>
    /// A component with a parameter <c>Part</c> of type <see cref="DataPart"/>. The JSON in it is whatever a tool or a model
    /// made: what the component throws is caught, and the data are shown as a tree instead.
    /// </summary>
    Type Component { get; }
}
