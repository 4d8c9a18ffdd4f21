using BlazorChat.Commands;

namespace BlazorChat.Rooms;

/// <summary>
/// The way to a room's owner: the one process that numbers its events and runs its turns. Every command and every subscription goes through
/// here, so callers need not know where that process is. Only data crosses this boundary, never HTML.
/// </summary>
internal interface IRoomOwners
{
    /// <summary>Opens a room and keeps it open until the lease is disposed. The caller has already asked the authorizer.</summary>
    /// <returns>Null when the room does not exist.</returns>
    Task<RoomLease?> OpenAsync(Guid roomId, CancellationToken cancellationToken);

    /// <summary>Runs a command at the room's owner.</summary>
    /// <typeparam name="T">The result's type.</typeparam>
    Task<Result<T>> RunAsync<T>(RoomCommand<T> command, CancellationToken cancellationToken);
}
