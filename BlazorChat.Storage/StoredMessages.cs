using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <summary>How many messages a room keeps.</summary>
internal static class StoredMessages
{
    // A bound that was lowered is reached over many posts, none of which removes thousands.
    private const int MostAtOnce = 100;

    /// <summary>Removes the room's oldest messages past the bound, with all that belongs to them; never one that is still being written.</summary>
    /// <returns>How many were removed, and up to which sequence.</returns>
    public static async Task<(int Dropped, long Through)> KeepToAsync(ChatDbContext db, RoomRow room, int most, CancellationToken cancellationToken)
    {
        var excess = Math.Min(room.MessageCount - most, MostAtOnce);
        if (excess <= 0)
        {
            return default;
        }

        var through = await db.Messages.Where(m => m.RoomId == room.Id).OrderBy(m => m.Sequence).Skip(excess - 1).Select(m => m.Sequence)
            .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        var dropped = await db.Messages.Where(
            m => m.RoomId == room.Id && m.Sequence <= through
                && m.Status != StoredStatus.Streaming && m.Status != StoredStatus.AwaitingPeople && m.Status != StoredStatus.Recovering)
            .ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        room.MessageCount -= dropped;
        return (dropped, through);
    }
}
