using System.Buffers.Binary;

namespace BlazorChat.Turns;

/// <summary>
/// Version 7 GUIDs that rise with each one made in this process, even within one millisecond (RFC 9562, section 6.2, a counter in
/// <c>rand_a</c>), so that turns keep the order in which they were requested.
/// </summary>
internal static class OrderedIds
{
    private const int MostPerMillisecond = 0x1000;

    private static readonly Lock Changing = new();
    private static long _milliseconds;
    private static int _counter;

    public static Guid Next(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = Guid.NewGuid().TryWriteBytes(bytes, bigEndian: true, out _);
        lock (Changing)
        {
            if (now.ToUnixTimeMilliseconds() > _milliseconds)
            {
                (_milliseconds, _counter) = (now.ToUnixTimeMilliseconds(), 0);
            }
            else if (++_counter == MostPerMillisecond)
            {
                (_milliseconds, _counter) = (_milliseconds + 1, 0);
            }

            // 48 bits of time, the version, 12 bits of the counter. The variant and the random bits stay.
            BinaryPrimitives.WriteInt64BigEndian(bytes, (_milliseconds << 16) | 0x7000L | (long)_counter);
        }

        return new Guid(bytes, bigEndian: true);
    }
}
