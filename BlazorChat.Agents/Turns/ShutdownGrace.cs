using Microsoft.Extensions.Options;

namespace BlazorChat.Turns;

/// <summary>
/// The time that running responses have when the server stops. It begins when somebody first learns of the stop: open pages are
/// told before the host's services, and what they need must not be added to it.
/// </summary>
internal sealed class ShutdownGrace(IOptions<TurnsOptions> options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private long? _begun;

    /// <summary>What is left of it; all of it before it has begun.</summary>
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

    /// <summary>The server was asked to stop. Only the first call counts.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            _begun ??= time.GetTimestamp();
        }
    }
}
