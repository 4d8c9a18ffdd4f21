using BlazorChat.Messages;
using BlazorChat.Turns;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

// Rooms that are named after their first exchange.
internal sealed partial class TurnStore
{
    public Task<TitledRoom?> TitleAsync(Guid roomId, Guid messageId, string? title, TokenCounts tokens, decimal? cost, CancellationToken cancellationToken) =>
        database.WriteAsync<TitledRoom?>(async db =>
        {
            if (await db.Rooms.FirstOrDefaultAsync(r => r.Id == roomId, cancellationToken).ConfigureAwait(false) is not { } room)
            {
                return null;
            }

            if (title is not null)
            {
                await room.TitleAsync(db, title, cancellationToken).ConfigureAwait(false);
            }

            room.Add(tokens, cost);
            var row = await db.Messages.FirstOrDefaultAsync(m => m.Id == messageId && m.RoomId == roomId, cancellationToken).ConfigureAwait(false);
            var response = row?.ToMessage();
            if (response is not { Status.IsEnded: true, Metadata: { } metadata })
            {
                // One that runs writes its own sums at its end.
                return new TitledRoom(room.ToRoom(), null);
            }

            metadata = metadata with { Tokens = metadata.Tokens + tokens, Cost = cost is { } price ? (metadata.Cost ?? 0) + price : metadata.Cost };
            row!.Metadata = ResponseMetadataJson.Write(metadata);
            return new TitledRoom(room.ToRoom(), response with { Metadata = metadata });
        }, cancellationToken);
}
