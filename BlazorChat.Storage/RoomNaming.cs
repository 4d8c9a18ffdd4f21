using BlazorChat.Text;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Storage;

/// <summary>Gives rooms names, each to one room only.</summary>
internal static class RoomNaming
{
    // Beyond that many rooms of one title the room stays without.
    private const int MostOfOneTitle = 50;

    /// <summary>Names a room.</summary>
    /// <returns>False when another room has the name.</returns>
    public static async Task<bool> TryNameAsync(this RoomRow room, ChatDbContext db, string name, CancellationToken cancellationToken)
    {
        var key = Names.KeyOf(name);
        if (await db.Rooms.AnyAsync(r => r.NameKey == key && r.Id != room.Id, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        room.Name = name;
        room.NameKey = key;
        return true;
    }

    /// <summary>Names a room that has no name of its own, with the first number behind it that is free.</summary>
    public static async Task TitleAsync(this RoomRow room, ChatDbContext db, string title, CancellationToken cancellationToken)
    {
        for (var number = 1; !room.IsNamed && number <= MostOfOneTitle; number++)
        {
            await room.TryNameAsync(db, number == 1 ? title : $"{title} ({number})", cancellationToken).ConfigureAwait(false);
        }
    }
}
