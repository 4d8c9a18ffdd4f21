using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using BlazorChat.Commands;
using BlazorChat.Messages;

namespace BlazorChat.Rooms;

/// <summary>
/// The JSON format of commands, events, deltas and room states between the processes of one installation. Unknown members are ignored; an
/// incompatible format gets a new <see cref="Version"/>.
/// </summary>
internal static class RoomWire
{
    /// <summary>The format's version.</summary>
    public const int Version = 1;

    private static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        // This JSON is never part of a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutComputed, Distinguish } },
    };

    /// <summary>Writes a command.</summary>
    public static byte[] Write(RoomCommand command) => WriteAs(command);

    /// <summary>Writes a stored event.</summary>
    public static byte[] Write(RoomEvent roomEvent) => WriteAs(roomEvent);

    /// <summary>Writes a delta of a running response.</summary>
    public static byte[] Write(ResponseDelta delta) => WriteAs(delta);

    /// <summary>Writes a room's state.</summary>
    public static byte[] Write(OpenRoomState room) => WriteAs(room);

    /// <summary>Writes a command's result.</summary>
    public static byte[] Write<T>(Result<T> result) => WriteAs(new Answer<T>(result.Error, result.Error is null ? result.Value : default));

    /// <summary>Reads a command, an event, a delta or a room's state.</summary>
    /// <typeparam name="T">The type to read.</typeparam>
    /// <exception cref="JsonException">It is of another type or version.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json)
        where T : class
    {
        var envelope = JsonSerializer.Deserialize<Envelope<T>>(json, Options);
        return envelope is { Version: Version, Body: { } body }
            ? body
            : throw new JsonException($"The data has version {envelope?.Version}, but this process reads version {Version}.");
    }

    /// <summary>Reads a command's result.</summary>
    /// <typeparam name="T">The type of the result's value.</typeparam>
    /// <exception cref="JsonException">It is not a result, or is of another version.</exception>
    public static Result<T> ReadResult<T>(ReadOnlySpan<byte> json)
    {
        var answer = Read<Answer<T>>(json);
        return answer.Error is { } error ? error : answer.Value!;
    }

    private static byte[] WriteAs<T>(T body)
        where T : class => JsonSerializer.SerializeToUtf8Bytes(new Envelope<T>(Version, body), Options);

    // Computed members are not written. (IgnoreReadOnlyProperties would keep collections.)
    private static void LeaveOutComputed(JsonTypeInfo type)
    {
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            if (type.Properties[i].Set is null)
            {
                type.Properties.RemoveAt(i);
            }
        }
    }

    // Adds the derived types by name here, so that the types themselves need no attributes for the wire.
    private static void Distinguish(JsonTypeInfo type)
    {
        if (type.Type == typeof(MessagePart))
        {
            // The other parts have their names in attributes, because those names are also stored in databases.
            type.PolymorphismOptions!.DerivedTypes.Add(new JsonDerivedType(typeof(UnknownPart), "unknown"));
        }
        else if (type.Type == typeof(RoomCommand) || type.Type == typeof(RoomEvent) || type.Type == typeof(ResponseDelta) || type.Type == typeof(MessageStatus))
        {
            type.PolymorphismOptions = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = "kind" };
            foreach (var kind in type.Type.Assembly.GetTypes().Where(t => !t.IsAbstract && t.IsSubclassOf(type.Type)))
            {
                type.PolymorphismOptions.DerivedTypes.Add(new JsonDerivedType(kind, kind.Name));
            }
        }
    }

    private sealed record Envelope<T>(int Version, T? Body)
        where T : class;

    private sealed record Answer<T>(RoomError? Error, T? Value);
}
