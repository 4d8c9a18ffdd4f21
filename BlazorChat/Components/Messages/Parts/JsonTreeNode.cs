using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace BlazorChat.Components.Messages.Parts;

/// <summary>A node of a JSON tree on the page. The tree is limited in depth and size, and made once per text for all circuits.</summary>
/// <param name="Name">The property's name or the index in the array; null for the root.</param>
/// <param name="Value">A scalar as JSON writes it, or the number of values in a container (<c>{3}</c>, <c>[2]</c>).</param>
/// <param name="Children">The shown values of a container.</param>
/// <param name="Left">The number of values of a container that are not shown.</param>
internal sealed record JsonTreeNode(string? Name, string Value, ImmutableArray<JsonTreeNode> Children, int Left)
{
    /// <summary>The largest number of levels that are shown.</summary>
    public const int MostDepth = 20;

    /// <summary>The largest number of values that are shown of a tree.</summary>
    public const int MostNodes = 500;

    private static readonly ConditionalWeakTable<string, Root> Known = [];

    /// <summary>Gives the tree of a text, or null if the text is not JSON.</summary>
    public static JsonTreeNode? Of(string json) => Known.GetValue(json, text => new Root(Parse(text))).Node;

    /// <summary>Whether values of this node or below it are not shown.</summary>
    public bool IsCut => Left > 0 || Children.Any(c => c.IsCut);

    private static JsonTreeNode? Parse(string json)
    {
        try
        {
            // The parser does not recurse: each level costs it one bit.
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Math.Max(json.Length, 1) });
            var left = MostNodes - 1;
            return Make(null, document.RootElement, 0, ref left);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // Not JSON, or a lone surrogate in a string.
            return null;
        }
    }

    private static JsonTreeNode Make(string? name, JsonElement element, int depth, ref int left)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var count = element.GetPropertyCount();
                var properties = ImmutableArray.CreateBuilder<JsonTreeNode>();
                foreach (var property in element.EnumerateObject())
                {
                    if (depth >= MostDepth || left == 0)
                    {
                        break;
                    }

                    left--;
                    properties.Add(Make(HiddenCharacters.Show(property.Name), property.Value, depth + 1, ref left));
                }

                return new JsonTreeNode(name, $"{{{count:N0}}}", properties.ToImmutable(), count - properties.Count);
            case JsonValueKind.Array:
                var items = ImmutableArray.CreateBuilder<JsonTreeNode>();
                foreach (var item in element.EnumerateArray())
                {
                    if (depth >= MostDepth || left == 0)
                    {
                        break;
                    }

                    left--;
                    items.Add(Make($"{items.Count}", item, depth + 1, ref left));
                }

                return new JsonTreeNode(name, $"[{element.GetArrayLength():N0}]", items.ToImmutable(), element.GetArrayLength() - items.Count);
            case JsonValueKind.String:
                return new JsonTreeNode(name, JsonText.Quote(element.GetString()!), [], 0);
            default:
                return new JsonTreeNode(name, element.GetRawText(), [], 0);
        }
    }

    private sealed record Root(JsonTreeNode? Node);
}
