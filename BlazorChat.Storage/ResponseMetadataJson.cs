using System.Text.Json;
using System.Text.Json.Serialization;
using BlazorChat.Messages;

namespace BlazorChat.Storage;

/// <summary>The stored form of a response's metadata. Unreadable metadata is treated as missing; nothing depends on it.</summary>
internal static class ResponseMetadataJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };

    public static string? Write(ResponseMetadata? metadata) => metadata is null ? null : JsonSerializer.Serialize(metadata, Options);

    public static ResponseMetadata? Read(string? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize<ResponseMetadata>(json, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
