using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <summary>Responses that wait for people, when their asker writes instead.</summary>
internal static class PendingCalls
{
    /// <summary>Rejects what waits for the author of a message, and ends those responses: the message asks for the next one.</summary>
    /// <returns>The responses.</returns>
    public static async Task<IReadOnlyList<Message>> RejectAsync(ChatDbContext db, NewMessage message, CancellationToken cancellationToken)
    {
        var suspended = await db.Turns.Where(
            t => t.RoomId == message.RoomId && t.State == StoredTurnState.Suspended && t.RequestedById == message.Author.Id && t.RequestedByKind == message.Author.Kind)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        var changed = new List<Message>();
        foreach (var turn in suspended)
        {
            var row = await db.Messages.FirstAsync(m => m.Id == turn.MessageId, cancellationToken).ConfigureAwait(false);
            var rejected = CallChanges.RejectAwaited(MessagePartsJson.Read(row.Parts), message.Author, message.Now);
            // Others of the batch may have been approved, and would have run with the last response.
            row.Parts = MessagePartsJson.Write(CallChanges.FailUnfinished(rejected, "Not run: the answer ended before.", message.Now));
            row.SetStatus(MessageStatus.Complete.Instance);
            row.EndedAt = message.Now;
            db.Turns.Remove(turn);
            changed.Add(row.ToMessage());
        }

        return changed;
    }
}
