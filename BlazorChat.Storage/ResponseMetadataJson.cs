using System.Text.Json;
using System.Text.Json.Serialization;
using BlazorChat.Messages;

namespace BlazorChat.Storage;

/// <summary>A response's metadata as they are stored. What cannot be read is not there: nothing depends on them.</summary>
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
