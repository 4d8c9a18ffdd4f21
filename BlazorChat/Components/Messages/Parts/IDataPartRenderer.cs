using BlazorChat.Messages;

namespace BlazorChat.Components.Messages.Parts;

/// <summary>
/// Shows the data parts of one type. Register it as a singleton. If several have the same type, the last one registered is used, so you
/// can replace built-in ones.
/// </summary>
public interface IDataPartRenderer
{
    /// <summary>The type of the parts (<see cref="DataPart.Type"/>): 1 to 64 lowercase letters, digits and hyphens.</summary>
    string Type { get; }

    /// <summary>
    /// A component with a parameter <c>Part</c> of type <see cref="DataPart"/>. The JSON in the part comes from a tool or a model and can
    /// be anything. If the component throws, the data is shown as a tree instead.
    /// </summary>
    Type Component { get; }
}
