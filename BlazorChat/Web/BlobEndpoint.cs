using BlazorChat.Accounts;
using BlazorChat.Rooms;

namespace BlazorChat.Web;

/// <summary>Serves files and whole tool results, which are stored beside messages, to people who may see the room.</summary>
internal static class BlobEndpoint
{
    public static void MapBlobs(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/rooms/{roomId:guid}/blobs/{blobId:guid}", async (Guid roomId, Guid blobId, HttpContext context, RoomService rooms) =>
        {
            var blob = await rooms.ReadBlobAsync(PersonPrincipal.Find(context.User), roomId, blobId, context.RequestAborted).ConfigureAwait(false);
            if (blob.Error is { } error)
            {
                return error.Kind switch
                {
                    RoomErrorKind.NotFound => Results.NotFound(),
                    RoomErrorKind.Unavailable => Results.StatusCode(StatusCodes.Status503ServiceUnavailable),
                    _ => Results.Forbid(),
                };
            }

            // Browsers show text as plain text and download everything else. Content is never served as a page of this site.
            var isText = blob.Value.MediaType.StartsWith("text/plain", StringComparison.Ordinal);
            context.Response.Headers.ContentDisposition = isText ? "inline" : "attachment";
            context.Response.Headers.CacheControl = "private, no-store";
            return Results.Bytes(blob.Value.Content, isText ? "text/plain; charset=utf-8" : "application/octet-stream");
        });
}
