using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using BlazorChat.Messages;
using BlazorChat.Turns;

namespace BlazorChat.Storage;

/// <summary>The stored form of the data from the asker's page. The asker is stored in columns of their own.</summary>
internal static class TurnRequestJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static string? Write(TurnRequest request) =>
        request is { TimeZone: null, Language: null, Data.IsEmpty: true }
            ? null
            : JsonSerializer.Serialize(new Stored(request.TimeZone, request.Language, request.Data.IsEmpty ? null : request.Data), Options);

    public static TurnRequest Read(Author requestedBy, string? json)
    {
        try
        {
            return json is not null && JsonSerializer.Deserialize<Stored>(json, Options) is { } stored
                ? new TurnRequest(requestedBy) { TimeZone = stored.Zone, Language = stored.Language, Data = stored.Data ?? ImmutableDictionary<string, string>.Empty }
                : new TurnRequest(requestedBy);
        }
        catch (JsonException)
        {
            return new TurnRequest(requestedBy);
        }
    }

    private sealed record Stored(string? Zone, string? Language, ImmutableDictionary<string, string>? Data);
}
