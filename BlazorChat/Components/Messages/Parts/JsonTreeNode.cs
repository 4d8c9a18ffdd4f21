using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace BlazorChat.Components.Messages.Parts;

/// <summary>A value of a JSON tree as it is shown, bounded in depth and number. Made once per text for all circuits.</summary>
/// <param name="Name">The property's name or the place in the array; null for the root.</param>
/// <param name="Value">What it is: a scalar as JSON writes it, or how much a container holds (<c>{3}</c>, <c>[2]</c>).</param>
/// <param name="Children">What of a container is shown.</param>
/// <param name="Left">How many values of a container are not shown.</param>
internal sealed record JsonTreeNode(string? Name, string Value, ImmutableArray<JsonTreeNode> Children, int Left)
{
    /// <summary>Levels that are shown.</summary>
    public const int MostDepth = 20;

    /// <summary>Values that are shown of one tree.</summary>
    public const int MostNodes = 500;

    private static readonly ConditionalWeakTable<string, Root> Known = [];

    /// <summary>The tree of a text, or null when it is no JSON.</summary>
    public static JsonTreeNode? Of(string json) => Known.GetValue(json, text => new Root(Parse(text))).Node;

    /// <summary>Whether something below is not shown.</summary>
    public bool IsCut => Left > 0 || Children.Any(c => c.IsCut);

    private static JsonTreeNode? Parse(string json)
    {
        try
        {
            // The parser does not recurse: depth costs it a bit per level.
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Math.Max(json.Length, 1) });
            var left = MostNodes - 1;
            return Make(null, document.RootElement, 0, ref left);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // No JSON, or strings with half a character.
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
