using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Benchmarks.Server;

/// <inheritdoc cref="IRoomDriver"/>
internal sealed class RoomDriver(RoomService rooms) : IRoomDriver
{
    private readonly Person _person = new(Guid.NewGuid(), "Benchmark");
    private int _created;

    /// <inheritdoc/>
    public async Task<Guid> CreateRoomAsync(CancellationToken cancellationToken) =>
        (await rooms.CreateAsync(_person, $"Benchmark {Interlocked.Increment(ref _created)}", cancellationToken, RoomVisibility.OpenToGuests)).Value.Id;

    /// <inheritdoc/>
    public async Task PostMessageAsync(Guid room, string text, CancellationToken cancellationToken) =>
        _ = (await rooms.PostAsync(_person, room, Guid.NewGuid(), text, cancellationToken)).Value;
}
