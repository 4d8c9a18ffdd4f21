using BlazorChat.Access;

namespace BlazorChat.Rooms;

/// <summary>Creates rooms.</summary>
internal sealed class RoomCreation(IRoomStore store, RoomDirectory directory, RoomAccessDirectory access)
{
    /// <summary>Stores a new room.</summary>
    /// <param name="room">The room.</param>
    /// <param name="owner">Who owns it; null for nobody.</param>
    /// <param name="cancellationToken">Cancels the command until it is stored.</param>
    /// <returns>An error when there are already <see cref="RoomLimits.Rooms"/> rooms.</returns>
    public async Task<Result<Room>> CreateAsync(Room room, RoomMember? owner, CancellationToken cancellationToken)
    {
        var created = (await store.ChangeAsync<Room>(room.Id, async (change, token) =>
        {
            if (await change.CountRoomsAsync(token).ConfigureAwait(false) >= RoomLimits.Rooms)
            {
                return new RoomError(RoomErrorKind.Limit, $"This server already has {RoomLimits.Rooms:N0} rooms, which is the maximum. Please delete one first.");
            }

            change.Add(room);
            if (owner is not null)
            {
                change.Save(owner);
            }

            return room;
        }, cancellationToken).ConfigureAwait(false)).Value;
        if (created.Error is null)
        {
            // Whoever sees it in the list may open it.
            access.Add(room, owner is null ? [] : [owner]);
            directory.Add(room);
        }

        return created;
    }
}
