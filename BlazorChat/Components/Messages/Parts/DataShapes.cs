using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using BlazorChat.Messages;

namespace BlazorChat.Components.Messages.Parts;

/// <summary>An entry of <see cref="DataPart.Sources"/>.</summary>
/// <param name="Url">The address.</param>
/// <param name="Title">Its name, or null.</param>
[StructLayout(LayoutKind.Auto)]
[method: JsonConstructor]
internal readonly record struct SourceShape(string Url, string? Title = null);

/// <summary>The value of <see cref="DataPart.Progress"/>.</summary>
/// <param name="Label">What is under way, or null.</param>
/// <param name="Value">From 0 to <paramref name="Max"/>; null when nobody knows how far it is.</param>
/// <param name="Max">More than 0; null when nobody knows how far it is.</param>
[StructLayout(LayoutKind.Auto)]
[method: JsonConstructor]
internal readonly record struct ProgressShape(string? Label = null, double? Value = null, double? Max = null);

/// <summary>The value of <see cref="DataPart.Usage"/>, each a number of tokens or null.</summary>
[StructLayout(LayoutKind.Auto)]
[method: JsonConstructor]
internal readonly record struct UsageShape(long? Input = null, long? Output = null, long? Cached = null, long? Reasoning = null);

/// <summary>Reads the built-in types of data. JSON of another shape gives null, and is shown as a tree.</summary>
internal static class DataShapes
{
    /// <summary>Reads <see cref="DataPart.Sources"/>.</summary>
    public static ImmutableArray<SourceShape>? Sources(string json) => Read(json, DataShapesJson.Default.ImmutableArraySourceShape);

    /// <summary>Reads <see cref="DataPart.Progress"/>.</summary>
    public static ProgressShape? Progress(string json) => Read(json, DataShapesJson.Default.ProgressShape) switch
    {
        null or { Label: null, Value: null, Max: null } => null,
        // As large as it can be written, and larger than a number can be.
        { Value: { } value } when !double.IsFinite(value) => null,
        { Max: { } max } when !double.IsFinite(max) => null,
        { Value: { } value, Max: { } max and > 0 } known => known with { Value = Math.Clamp(value, 0, max) },
        { Label: var label } => new ProgressShape(label),
    };

    /// <summary>Reads <see cref="DataPart.Usage"/>.</summary>
    public static UsageShape? Usage(string json) => Read(json, DataShapesJson.Default.UsageShape) is { } usage
        && usage != default
        && !(usage.Input < 0 || usage.Output < 0 || usage.Cached < 0 || usage.Reasoning < 0)
        ? usage
        : null;

    private static T? Read<T>(string json, JsonTypeInfo<T> type)
        where T : struct
    {
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            // Not JSON, another shape, or half a surrogate in the text.
            return null;
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ImmutableArray<SourceShape>))]
[JsonSerializable(typeof(ProgressShape))]
[JsonSerializable(typeof(UsageShape))]
internal sealed partial class DataShapesJson : JsonSerializerContext;
