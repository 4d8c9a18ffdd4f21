using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using BlazorChat.Rooms;

namespace BlazorChat.Components.Messages.Parts;

/// <summary>An entry of <see cref="DataPart.Sources"/>.</summary>
/// <param name="Url">The address.</param>
/// <param name="Title">Its name, or null.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SourceShape(string Url, string? Title);

/// <summary>The value of <see cref="DataPart.Progress"/>.</summary>
/// <param name="Label">What is under way, or null.</param>
/// <param name="Value">From 0 to <paramref name="Max"/>; null when nobody knows how far it is.</param>
/// <param name="Max">More than 0.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProgressShape(string? Label, double? Value, double Max);

/// <summary>The value of <see cref="DataPart.Usage"/>, each a number of tokens or null.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct UsageShape(long? Input, long? Output, long? Cached, long? Reasoning);

/// <summary>Reads the built-in types of data. JSON of another shape gives null, and is shown as a tree.</summary>
internal static class DataShapes
{
    /// <summary>Reads <see cref="DataPart.Sources"/>.</summary>
    public static ImmutableArray<SourceShape>? Sources(string json) => Read(json, root => root.ValueKind != JsonValueKind.Array
        ? throw new FormatException()
        : root.EnumerateArray().Select(item => new SourceShape(Text(item, "url") ?? throw new FormatException(), Text(item, "title"))).ToImmutableArray());

    /// <summary>Reads <see cref="DataPart.Progress"/>.</summary>
    public static ProgressShape? Progress(string json) => Read(json, root =>
    {
        var (label, value, max) = (Text(root, "label"), Number(root, "value"), Number(root, "max"));
        if (label is null && value is null && max is null)
        {
            throw new FormatException();
        }

        return value is null || max is null or <= 0
            ? new ProgressShape(label, null, 1)
            : new ProgressShape(label, Math.Clamp(value.Value, 0, max.Value), max.Value);
    });

    /// <summary>Reads <see cref="DataPart.Usage"/>.</summary>
    public static UsageShape? Usage(string json) => Read(json, root =>
    {
        var usage = new UsageShape(Count(root, "input"), Count(root, "output"), Count(root, "cached"), Count(root, "reasoning"));
        return usage == default ? throw new FormatException() : usage;
    });

    private static T? Read<T>(string json, Func<JsonElement, T> read)
        where T : struct
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement item, string name) => Find(item, name) is { } value ? value.GetString() : null;

    private static double? Number(JsonElement item, string name) =>
        Find(item, name) is not { } value ? null : double.IsFinite(value.GetDouble()) ? value.GetDouble() : throw new FormatException();

    private static long? Count(JsonElement item, string name) =>
        Find(item, name) is not { } value ? null : value.GetInt64() >= 0 ? value.GetInt64() : throw new FormatException();

    // Throws InvalidOperationException on what is no object.
    private static JsonElement? Find(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
