using BlazorChat.Access;
using Microsoft.Extensions.Options;

namespace BlazorChat.Rooms;

/// <summary>Creates rooms.</summary>
internal sealed class RoomCreation(IRoomStore store, RoomDirectory directory, RoomAccessDirectory access, PostingRate rate, IOptions<RoomsOptions> options) : IDisposable
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
            return (owner is null ? null : Refuse(owner.PersonId)) is { } no ? no : await StoreAsync(room, owner, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _order.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _order.Dispose();

    // Rooms that somebody else handed over do not count: nobody can use up what others may have. Those who handed them over have used up a place
    // of the day.
    private RoomError? Refuse(Guid personId)
    {
        var most = options.Value.MaxPerPerson;
        return access.CountMadeBy(personId) >= most
            ? options.Value.KeepRemovedFor > TimeSpan.Zero
                ? new RoomError(RoomErrorKind.Limit, $"You have made {most:N0} rooms here, which is the maximum. Rooms that you deleted count until they are removed for good.")
                : new RoomError(RoomErrorKind.Limit, $"You have made {most:N0} rooms here, which is the maximum. Please delete one first.")
            : rate.TryTakeRoom(personId) ? null
            : RoomErrors.TooManyNewRooms(most);
    }

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
