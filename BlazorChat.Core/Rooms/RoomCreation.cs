namespace BlazorChat.Rooms;

/// <summary>How rooms come to be.</summary>
internal static class RoomCreation
{
    /// <summary>Stores a new room.</summary>
    /// <returns>Refused when its name (unless it has none of its own) is taken or there are <see cref="RoomLimits.Rooms"/> already.</returns>
    public static async Task<Result<Room>> CreateAsync(this IRoomStore store, Room room, CancellationToken cancellationToken) =>
        (await store.ChangeAsync<Room>(room.Id, async (change, token) =>
        {
            if (room.IsNamed && await change.IsNameTakenAsync(room.Name, token).ConfigureAwait(false))
            {
                return RoomErrors.NameTaken(room.Name);
            }

            if (await change.CountRoomsAsync(token).ConfigureAwait(false) >= RoomLimits.Rooms)
            {
                return new RoomError(RoomErrorKind.Limit, $"There are {RoomLimits.Rooms:N0} rooms already, which is the most. Please delete one first.");
            }

            change.Add(room);
            return room;
        }, cancellationToken).ConfigureAwait(false)).Value;
}
