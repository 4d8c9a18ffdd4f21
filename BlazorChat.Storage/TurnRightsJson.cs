using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using BlazorChat.Access;

namespace BlazorChat.Storage;

/// <summary>The stored form of a room's <see cref="TurnRights"/>. Null stands for the defaults, which rooms from before have.</summary>
internal static class TurnRightsJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static string? Write(TurnRights rights) => rights == new TurnRights()
        ? null
        : JsonSerializer.Serialize(
            new Stored(rights.Ask, rights.Stop, rights.Regenerate, rights.Approve, rights.Approvers.IsEmpty ? null : rights.Approvers, rights.Always.IsEmpty ? null : rights.Always), Options);

    /// <summary>Reads it. What cannot be read, as from a later version, grants nobody but owners anything.</summary>
    public static TurnRights Read(string? json)
    {
        if (json is null)
        {
            return new TurnRights();
        }

        try
        {
            var read = JsonSerializer.Deserialize<Stored>(json, Options) is { Ask: { } ask, Stop: { } stop, Regenerate: { } regenerate, Approve: { } approve } stored
                ? new TurnRights { Ask = ask, Stop = stop, Regenerate = regenerate, Approve = approve, Approvers = stored.Approvers ?? [], Always = stored.Always ?? [] }
                : TurnRights.OwnersAlone;
            return read.IsValid && read.Always.All(a => a is { Name: not null, Tool: not null, By: not null }) ? read : TurnRights.OwnersAlone;
        }
        catch (JsonException)
        {
            return TurnRights.OwnersAlone;
        }
    }

    private sealed record Stored(TurnPeople? Ask, TurnPeople? Stop, TurnPeople? Regenerate, TurnPeople? Approve, ImmutableArray<Guid>? Approvers, ImmutableArray<StandingApproval>? Always);
}
