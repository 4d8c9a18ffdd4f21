using Microsoft.Extensions.Options;

namespace BlazorChat.Turns;

/// <summary>
/// The time that running responses get when the server stops. It starts at the first notice of the stop: open pages are told before the
/// host's services, and that time must not be added.
/// </summary>
internal sealed class ShutdownGrace(IOptions<TurnsOptions> options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private long? _begun;

    /// <summary>The remaining time; all of it if it has not started.</summary>
    public TimeSpan Left
    {
        get
        {
            lock (_lock)
            {
                var left = options.Value.ShutdownGrace - (_begun is { } begun ? time.GetElapsedTime(begun) : TimeSpan.Zero);
                return left > TimeSpan.Zero ? left : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Starts the time. Only the first call counts.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            _begun ??= time.GetTimestamp();
        }
    }
}
