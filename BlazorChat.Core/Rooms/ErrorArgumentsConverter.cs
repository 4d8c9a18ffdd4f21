using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BlazorChat.Rooms;

/// <summary>Reads and writes what stands for the placeholders of an error's sentence: texts and numbers.</summary>
internal sealed class ErrorArgumentsConverter : JsonConverter<ImmutableArray<object?>>
{
    /// <inheritdoc />
    public override ImmutableArray<object?> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        [.. JsonSerializer.Deserialize<JsonElement[]>(ref reader, options)?.Select(ValueOf) ?? []];

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, ImmutableArray<object?> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var argument in value)
        {
            switch (argument)
            {
                case null: writer.WriteNullValue(); break;
                case int or long: writer.WriteNumberValue(Convert.ToInt64(argument, CultureInfo.InvariantCulture)); break;
                case double number: writer.WriteNumberValue(number); break;
                default: writer.WriteStringValue(Convert.ToString(argument, CultureInfo.InvariantCulture)); break;
            }
        }

        writer.WriteEndArray();
    }

    private static object? ValueOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.TryGetInt64(out var whole) ? (object)whole : value.GetDouble(),
        JsonValueKind.Null => null,
        _ => value.ToString(),
    };
}
