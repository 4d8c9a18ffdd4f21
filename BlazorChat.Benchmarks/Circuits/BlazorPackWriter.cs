using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace BlazorChat.Benchmarks.Circuits;

/// <summary>
/// Writes one hub message in MessagePack (see <see cref="BlazorPackReader"/>) and frames it as SignalR's binary
/// protocols do: the message's length in front, seven bits to a byte, least significant first.
/// </summary>
internal sealed class BlazorPackWriter
{
    private readonly ArrayBufferWriter<byte> _message = new(64);

    /// <summary>Begins an array of that many items, which the caller writes next.</summary>
    /// <param name="count">0 to 15: no hub message needs more.</param>
    public BlazorPackWriter Array(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 15);
        return Code((byte)(0x90 | count));
    }

    /// <summary>Writes a map without entries: the headers of every hub message here.</summary>
    public BlazorPackWriter EmptyMap() => Code(0x80);

    /// <summary>Writes nil.</summary>
    public BlazorPackWriter Nil() => Code(0xc0);

    /// <summary>Writes a boolean.</summary>
    public BlazorPackWriter Boolean(bool value) => Code(value ? (byte)0xc3 : (byte)0xc2);

    /// <summary>Writes an integer: in one byte where that is enough, else in nine.</summary>
    public BlazorPackWriter Int64(long value)
    {
        if (value is >= 0 and <= 0x7f)
        {
            return Code((byte)value);
        }

        Code(0xd3);
        BinaryPrimitives.WriteInt64BigEndian(_message.GetSpan(8), value);
        _message.Advance(8);
        return this;
    }

    /// <summary>Writes a string, or nil for null.</summary>
    public BlazorPackWriter String(string? value)
    {
        if (value is null)
        {
            return Nil();
        }

        var length = Encoding.UTF8.GetByteCount(value);
        switch (length)
        {
            case <= 31:
                Code((byte)(0xa0 | length));
                break;
            case <= byte.MaxValue:
                Code(0xd9).Code((byte)length);
                break;
            case <= ushort.MaxValue:
                Code(0xda);
                BinaryPrimitives.WriteUInt16BigEndian(_message.GetSpan(2), (ushort)length);
                _message.Advance(2);
                break;
            default:
                Code(0xdb);
                BinaryPrimitives.WriteUInt32BigEndian(_message.GetSpan(4), (uint)length);
                _message.Advance(4);
                break;
        }

        _message.Advance(Encoding.UTF8.GetBytes(value, _message.GetSpan(length)));
        return this;
    }

    /// <summary>The message written so far, with its length in front, as it goes on the WebSocket.</summary>
    public byte[] ToFrame()
    {
        Span<byte> prefix = stackalloc byte[5];
        var used = 0;
        var rest = (uint)_message.WrittenCount;
        while (rest > 0x7f)
        {
            prefix[used++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        prefix[used++] = (byte)rest;
        return [.. prefix[..used], .. _message.WrittenSpan];
    }

    private BlazorPackWriter Code(byte code)
    {
        _message.GetSpan(1)[0] = code;
        _message.Advance(1);
        return this;
    }
}
