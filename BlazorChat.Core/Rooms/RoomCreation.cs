namespace BlazorChat.Rooms;

/// <summary>Creates rooms.</summary>
internal static class RoomCreation
{
    /// <summary>Stores a new room.</summary>
    /// <returns>An error when the name (unless the room has none of its own) is taken, or when there are already
    /// <see cref="RoomLimits.Rooms"/> rooms.</returns>
    public static async Task<Result<Room>> CreateAsync(this IRoomStore store, Room room, CancellationToken cancellationToken) =>
        (await store.ChangeAsync<Room>(room.Id, async (change, token) =>
        {
            if (room.IsNamed && await change.IsNameTakenAsync(room.Name, token).ConfigureAwait(false))
            {
                return RoomErrors.NameTaken(room.Name);
            }

            if (await change.CountRoomsAsync(token).ConfigureAwait(false) >= RoomLimits.Rooms)
            {
                return new RoomError(RoomErrorKind.Limit, $"This server already has {RoomLimits.Rooms:N0} rooms, which is the maximum. Please delete one first.");
            }

            change.Add(room);
            return room;
        }, cancellationToken).ConfigureAwait(false)).Value;
}
