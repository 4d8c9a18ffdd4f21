using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using BlazorChat.Messages;

namespace BlazorChat.Components.Messages.Parts;

/// <summary>An entry of <see cref="DataPart.Sources"/>.</summary>
/// <param name="Url">The address.</param>
/// <param name="Title">The title, or null.</param>
[StructLayout(LayoutKind.Auto)]
[method: JsonConstructor]
internal readonly record struct SourceShape(string Url, string? Title = null);

/// <summary>The value of <see cref="DataPart.Progress"/>.</summary>
/// <param name="Label">A description of the work, or null.</param>
/// <param name="Value">The progress, from 0 to <paramref name="Max"/>; null if it is unknown.</param>
/// <param name="Max">The value at the end, more than 0; null if the progress is unknown.</param>
[StructLayout(LayoutKind.Auto)]
[method: JsonConstructor]
internal readonly record struct ProgressShape(string? Label = null, double? Value = null, double? Max = null);

/// <summary>The value of <see cref="DataPart.Usage"/>. Each property is a number of tokens or null.</summary>
[StructLayout(LayoutKind.Auto)]
[method: JsonConstructor]
internal readonly record struct UsageShape(long? Input = null, long? Output = null, long? Cached = null, long? Reasoning = null);

/// <summary>Reads the built-in types of data. JSON of another shape gives null and is shown as a tree.</summary>
internal static class DataShapes
{
    /// <summary>Reads <see cref="DataPart.Sources"/>.</summary>
    public static ImmutableArray<SourceShape>? Sources(string json) => Read(json, DataShapesJson.Default.ImmutableArraySourceShape);

    /// <summary>Reads <see cref="DataPart.Progress"/>.</summary>
    public static ProgressShape? Progress(string json) => Read(json, DataShapesJson.Default.ProgressShape) switch
    {
        null or { Label: null, Value: null, Max: null } => null,
        // JSON can contain numbers beyond the range of double, which are read as infinity.
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
            // Not JSON, another shape, or a lone surrogate in the text.
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
