namespace BlazorChat.Benchmarks.Server;

/// <summary>
/// What the benchmarks do to rooms from inside the server's process, where a person would click. The one place that
/// knows the app's own services; the probe takes it from the app's container.
/// </summary>
public interface IRoomDriver
{
    /// <summary>Makes a room that everybody may enter and whose assistant answers each message.</summary>
    /// <returns>The room's id, as in its page's address.</returns>
    Task<Guid> CreateRoomAsync(CancellationToken cancellationToken);

    /// <summary>Posts a message by some person, as the composer does. Returns when the room has taken it.</summary>
    Task PostMessageAsync(Guid room, string text, CancellationToken cancellationToken);
}
