using Microsoft.Extensions.Options;

namespace BlazorChat.Rooms;

/// <summary>A first room, so that whoever comes first finds a place to write.</summary>
internal sealed class Lobby(IRoomStore store, RoomDirectory directory, IOptions<RoomsOptions> options, TimeProvider time)
{
    /// <summary>Makes the lobby when there is no room at all: one that was deleted on purpose does not come back while others exist.</summary>
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
