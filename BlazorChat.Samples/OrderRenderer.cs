using BlazorChat.Components.Messages.Parts;

namespace BlazorChat.Samples;

/// <summary>Shows data parts of the type <c>order</c> as a card.</summary>
public sealed class OrderRenderer : IDataPartRenderer
{
    /// <summary>The type of the data parts.</summary>
    public const string DataType = "order";

    /// <inheritdoc />
    public string Type => DataType;

    /// <inheritdoc />
    public Type Component => typeof(OrderCard);
}
