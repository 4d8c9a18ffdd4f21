using System.Runtime.InteropServices;

namespace BlazorChat.Benchmarks.Circuits;

/// <summary>Where the next hub message lies in the bytes received so far: behind its length prefix, up to its end.</summary>
/// <param name="Start">The message's first byte, counted from the start of its prefix.</param>
/// <param name="End">One past its last byte.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HubFrame(int Start, int End)
{
    /// <summary>A larger message than this is refused: the largest honest one, a page's first batch, has some 100 KB.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    /// <summary>Finds the first whole message.</summary>
    /// <param name="received">Bytes that begin with a length prefix.</param>
    /// <param name="frame">Where the message lies.</param>
    /// <returns>False when more bytes must come first.</returns>
    /// <exception cref="FormatException">The prefix is no length, or one above <see cref="MaxLength"/>.</exception>
    public static bool TryFind(ReadOnlySpan<byte> received, out HubFrame frame)
    {
        frame = default;
        long length = 0;
        for (var i = 0; i < received.Length; i++)
        {
            length |= (long)(received[i] & 0x7f) << (7 * i);
            if (length > MaxLength || i > 4)
            {
                throw new FormatException("A hub message claims to be longer than any can be.");
            }

            if (received[i] < 0x80)
            {
                frame = new HubFrame(i + 1, i + 1 + (int)length);
                return frame.End <= received.Length;
            }
        }

        return false;
    }
}
