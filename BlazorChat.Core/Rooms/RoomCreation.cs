using BlazorChat.Access;
using Microsoft.Extensions.Options;

namespace BlazorChat.Rooms;

/// <summary>Creates rooms.</summary>
internal sealed class RoomCreation(IRoomStore store, RoomDirectory directory, RoomAccessDirectory access, IOptions<RoomsOptions> options) : IDisposable
{
    // From counting a person's rooms until the new one counts.
    private readonly SemaphoreSlim _order = new(1, 1);

    /// <summary>Stores a new room.</summary>
    /// <param name="room">The room.</param>
    /// <param name="owner">Who owns it; null for nobody.</param>
    /// <param name="cancellationToken">Cancels the command until it is stored.</param>
    /// <returns>An error when there are already <see cref="RoomLimits.Rooms"/> rooms, or when the owner has made too many.</returns>
    public async Task<Result<Room>> CreateAsync(Room room, RoomMember? owner, CancellationToken cancellationToken)
    {
        await _order.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return owner is not null && CountMadeBy(owner.PersonId) >= options.Value.MaxPerPerson
                ? new RoomError(RoomErrorKind.Limit, $"You have made {options.Value.MaxPerPerson:N0} rooms here, which is the maximum. Please delete one first.")
                : await StoreAsync(room, owner, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _order.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _order.Dispose();

    // Those that somebody else handed over do not count: nobody can use up what others may have.
    private int CountMadeBy(Guid personId) => directory.Rooms.Count(summary =>
        access.Find(summary.Room.Id)?.Members.GetValueOrDefault(personId) is { Role: RoomRole.Owner } member && member.Since == summary.Room.CreatedAt);

    private async Task<Result<Room>> StoreAsync(Room room, RoomMember? owner, CancellationToken cancellationToken)
    {
        var created = (await store.ChangeAsync<Room>(room.Id, async (change, token) =>
        {
            if (await change.CountRoomsAsync(token).ConfigureAwait(false) >= RoomLimits.Rooms)
            {
                return RoomErrors.TooManyRooms;
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
