using System.Globalization;

namespace BlazorChat.Components;

/// <summary>Addresses of pages and the ids of elements that links and scripts refer to.</summary>
internal static class Links
{
    /// <summary>A room's page.</summary>
    public static string Room(Guid roomId) => string.Create(CultureInfo.InvariantCulture, $"/rooms/{roomId}");

    /// <summary>The id of a message's element: its permalink is the room's page with this behind a #.</summary>
    public static string Message(Guid messageId) => string.Create(CultureInfo.InvariantCulture, $"m-{messageId:N}");

    /// <summary>What is kept beside a message of a room: the whole result of a tool, a file.</summary>
    public static string Blob(Guid roomId, Guid blobId) => string.Create(CultureInfo.InvariantCulture, $"/rooms/{roomId}/blobs/{blobId}");
}
