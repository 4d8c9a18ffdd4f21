using System.Text.Json;
using System.Text.Json.Serialization;
using BlazorChat.Rooms;

namespace BlazorChat.Storage;

/// <summary>An answer's metadata as they are stored. What cannot be read is not there: nothing depends on them.</summary>
internal static class ReplyMetadataJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };

    public static string? Write(ReplyMetadata? metadata) => metadata is null ? null : JsonSerializer.Serialize(metadata, Options);

    public static ReplyMetadata? Read(string? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize<ReplyMetadata>(json, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
