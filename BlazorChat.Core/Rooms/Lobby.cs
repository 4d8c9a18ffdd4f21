using BlazorChat.Access;
using Microsoft.Extensions.Options;

namespace BlazorChat.Rooms;

/// <summary>Makes the first room, so that the first visitor has a place to write. It stays open to everyone.</summary>
internal sealed class Lobby(RoomCreation creation, RoomDirectory directory, RoomAccessDirectory access, IOptions<RoomsOptions> options, TimeProvider time)
{
    /// <summary>
    /// Makes the lobby if there is no room at all. A lobby that was deleted, when that could still be done, does not come back while other rooms exist.
    /// </summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (directory.Rooms.Length == 0)
        {
            await CreateAsync(cancellationToken).ConfigureAwait(false);
        }

        access.FindLobby();
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await creation.CreateAsync(
            new Room
            {
                Id = Guid.CreateVersion7(now),
                Name = options.Value.LobbyName.Trim(),
                Visibility = RoomVisibility.OpenToGuests,
                CreatedAt = now,
                LastActivityAt = now,
            },
            owner: null, cancellationToken).ConfigureAwait(false);
    }
}
