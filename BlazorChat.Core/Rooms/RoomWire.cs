using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using BlazorChat.Commands;
using BlazorChat.Messages;

namespace BlazorChat.Rooms;

/// <summary>
/// What travels between processes of one installation: commands, events, deltas and states of rooms as JSON. Members that the reader
/// does not know are passed over; a form that cannot be read any more is another <see cref="Version"/>.
/// </summary>
public static class RoomWire
{
    /// <summary>The version of the form.</summary>
    public const int Version = 1;

    private static readonly JsonSerializerOptions Options = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        // Never part of a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutComputed, Distinguish } },
    };

    /// <summary>Writes a command.</summary>
    public static byte[] Write(RoomCommand command) => WriteAs(command);

    /// <summary>Writes what was stored.</summary>
    public static byte[] Write(RoomEvent roomEvent) => WriteAs(roomEvent);

    /// <summary>Writes what came of a running response.</summary>
    public static byte[] Write(ResponseDelta delta) => WriteAs(delta);

    /// <summary>Writes everything of a room.</summary>
    public static byte[] Write(OpenRoomState room) => WriteAs(room);

    /// <summary>Writes what a command gave.</summary>
    public static byte[] Write<T>(Result<T> result) => WriteAs(new Answer<T>(result.Error, result.Error is null ? result.Value : default));

    /// <summary>Reads a command, an event, a delta or a room's state.</summary>
    /// <typeparam name="T">Which of them.</typeparam>
    /// <exception cref="JsonException">It is none, or of another version.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json)
        where T : class
    {
        var envelope = JsonSerializer.Deserialize<Envelope<T>>(json, Options);
        return envelope is { Version: Version, Body: { } body }
            ? body
            : throw new JsonException($"This is of version {envelope?.Version} of what rooms send each other, and not of {Version}.");
    }

    /// <summary>Reads what a command gave.</summary>
    /// <typeparam name="T">What it gives.</typeparam>
    /// <exception cref="JsonException">It is none, or of another version.</exception>
    public static Result<T> ReadResult<T>(ReadOnlySpan<byte> json)
    {
        var answer = Read<Answer<T>>(json);
        return answer.Error is { } error ? error : answer.Value!;
    }

    private static byte[] WriteAs<T>(T body)
        where T : class => JsonSerializer.SerializeToUtf8Bytes(new Envelope<T>(Version, body), Options);

    // What is computed from the rest stays here. (IgnoreReadOnlyProperties means all but collections.)
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

    // The kinds of what is abstract, by their names: none of the types knows that it travels.
    private static void Distinguish(JsonTypeInfo type)
    {
        if (type.Type == typeof(MessagePart))
        {
            // Of the others, the names are on the type itself: they are in databases, too.
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
