using BlazorChat.Commands;

namespace BlazorChat.Rooms;

/// <summary>
/// The way to the owner of a room: the one process in which its events are numbered and its turns run. Every command and every
/// subscription goes through here, so that it does not matter where that is; what crosses it is data, never HTML.
/// </summary>
public interface IRoomOwners
{
    /// <summary>Opens a room and keeps it open until the lease is disposed. Whoever calls this has asked the authorizer.</summary>
    /// <returns>Null when there is no such room.</returns>
    Task<RoomLease?> OpenAsync(Guid roomId, CancellationToken cancellationToken);

    /// <summary>Runs a command at the room's owner.</summary>
    /// <typeparam name="T">What it gives.</typeparam>
    Task<Result<T>> RunAsync<T>(RoomCommand<T> command, CancellationToken cancellationToken);
}
