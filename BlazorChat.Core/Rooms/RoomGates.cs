namespace BlazorChat.Rooms;

/// <summary>
/// One gate per room. Every change of a room's stored data happens inside its gate: it is stored first, then told. Events are therefore
/// told in the order of storing, and no reader sees a state that never existed. Tokens do not pass the gate.
/// </summary>
internal sealed class RoomGates
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Gate> _gates = [];

    /// <summary>Waits for the room's gate. Not reentrant: entering twice in one flow would wait forever.</summary>
    /// <returns>Dispose it to leave.</returns>
    public async Task<IDisposable> EnterAsync(Guid roomId, CancellationToken cancellationToken)
    {
        Gate gate;
        lock (_lock)
        {
            if (!_gates.TryGetValue(roomId, out gate!))
            {
                _gates[roomId] = gate = new Gate();
            }

            gate.Users++;
        }

        try
        {
            await gate.Semaphore.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Forget(roomId, gate);
            throw;
        }

        return new Pass(this, roomId, gate);
    }

    private void Forget(Guid roomId, Gate gate)
    {
        lock (_lock)
        {
            if (--gate.Users == 0)
            {
                _gates.Remove(roomId);
                gate.Semaphore.Dispose();
            }
        }
    }

    private sealed class Gate
    {
        public SemaphoreSlim Semaphore { get; } = new(1, 1);

        public int Users { get; set; }
    }

    private sealed class Pass(RoomGates gates, Guid roomId, Gate gate) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                gate.Semaphore.Release();
                gates.Forget(roomId, gate);
            }
        }
    }
}
