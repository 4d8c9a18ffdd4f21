using Microsoft.Extensions.Options;

namespace BlazorChat.Rooms;

/// <summary>Makes the first room, so that the first visitor has a place to write.</summary>
internal sealed class Lobby(IRoomStore store, RoomDirectory directory, IOptions<RoomsOptions> options, TimeProvider time)
{
    /// <summary>
    /// Makes the lobby if there is no room at all. A lobby that was deleted on purpose does not come back while other rooms exist.
    /// </summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (directory.Rooms.Length > 0)
        {
            return;
        }

        var now = time.GetUtcNow();
        var lobby = new Room { Id = Guid.CreateVersion7(now), Name = options.Value.LobbyName.Trim(), CreatedAt = now, LastActivityAt = now };
        var created = await store.CreateAsync(lobby, cancellationToken).ConfigureAwait(false);
        if (created.Error is null)
        {
            directory.Add(created.Value);
        }
    }
}
