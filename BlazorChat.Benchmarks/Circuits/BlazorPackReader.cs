using System.Buffers.Binary;
using System.Text;

namespace BlazorChat.Benchmarks.Circuits;

/// <summary>
/// Reads one hub message in MessagePack, forward only and without copying: the subset that "blazorpack", the protocol
/// of Blazor Server's circuits, is made of (integers, strings, binaries, booleans, nil, arrays, maps).
/// Anything else, and a message that ends too early, is a <see cref="FormatException"/>.
/// Format: https://github.com/msgpack/msgpack/blob/master/spec.md.
/// </summary>
internal ref struct BlazorPackReader(ReadOnlySpan<byte> message)
{
    /// <summary>Deeper nesting than this is no hub message; it bounds the recursion of <see cref="Skip()"/>.</summary>
    private const int MaxDepth = 16;

    private ReadOnlySpan<byte> _rest = message;

    /// <summary>Whether everything was read.</summary>
    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>Reads the head of an array; its items follow.</summary>
    /// <returns>The number of items.</returns>
    public int ReadArrayHeader()
    {
        var code = Take(1)[0];
        return code switch
        {
            >= 0x90 and <= 0x9f => code & 0x0f,
            0xdc => BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
            0xdd => Length(BinaryPrimitives.ReadUInt32BigEndian(Take(4))),
            _ => throw Unexpected("an array", code),
        };
    }

    /// <summary>Reads an integer of any width.</summary>
    public long ReadInt64()
    {
        var code = Take(1)[0];
        return code switch
        {
            <= 0x7f => code,
            >= 0xe0 => (sbyte)code,
            0xcc => Take(1)[0],
            0xcd => BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
            0xce => BinaryPrimitives.ReadUInt32BigEndian(Take(4)),
            0xcf => checked((long)BinaryPrimitives.ReadUInt64BigEndian(Take(8))),
            0xd0 => (sbyte)Take(1)[0],
            0xd1 => BinaryPrimitives.ReadInt16BigEndian(Take(2)),
            0xd2 => BinaryPrimitives.ReadInt32BigEndian(Take(4)),
            0xd3 => BinaryPrimitives.ReadInt64BigEndian(Take(8)),
            _ => throw Unexpected("an integer", code),
        };
    }

    /// <summary>Reads a boolean.</summary>
    public bool ReadBoolean()
    {
        var code = Take(1)[0];
        return code switch
        {
            0xc2 => false,
            0xc3 => true,
            _ => throw Unexpected("a boolean", code),
        };
    }

    /// <summary>Reads a string's UTF-8 or a binary. Nil is read as an empty span.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        var code = Take(1)[0];
        return code switch
        {
            0xc0 => [],
            >= 0xa0 and <= 0xbf => Take(code & 0x1f),
            0xc4 or 0xd9 => Take(Take(1)[0]),
            0xc5 or 0xda => Take(BinaryPrimitives.ReadUInt16BigEndian(Take(2))),
            0xc6 or 0xdb => Take(Length(BinaryPrimitives.ReadUInt32BigEndian(Take(4)))),
            _ => throw Unexpected("a string or a binary", code),
        };
    }

    /// <summary>Reads a string, or null for nil.</summary>
    public string? ReadString()
    {
        if (!_rest.IsEmpty && _rest[0] == 0xc0)
        {
            Take(1);
            return null;
        }

        return Encoding.UTF8.GetString(ReadBytes());
    }

    /// <summary>Passes over one value of any kind, with everything inside it.</summary>
    public void Skip() => Skip(MaxDepth);

    private void Skip(int depth)
    {
        if (depth == 0)
        {
            throw new FormatException("A hub message is nested too deep.");
        }

        var code = _rest.IsEmpty ? throw new FormatException("A hub message ends too early.") : _rest[0];
        switch (code)
        {
            case 0xc2 or 0xc3:
                Take(1);
                break;
            case <= 0x7f or >= 0xe0 or (>= 0xcc and <= 0xd3):
                ReadInt64();
                break;
            case 0xca:
                Take(5);
                break;
            case 0xcb:
                Take(9);
                break;
            case >= 0x90 and <= 0x9f or 0xdc or 0xdd:
                SkipItems(ReadArrayHeader(), depth);
                break;
            case >= 0x80 and <= 0x8f:
                Take(1);
                SkipItems((code & 0x0f) * 2, depth);
                break;
            case 0xde:
                Take(1);
                SkipItems(BinaryPrimitives.ReadUInt16BigEndian(Take(2)) * 2, depth);
                break;
            default:
                ReadBytes();
                break;
        }
    }

    private void SkipItems(int count, int depth)
    {
        for (var i = 0; i < count; i++)
        {
            Skip(depth - 1);
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw new FormatException("A hub message ends too early.");
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private static int Length(uint value) =>
        value <= int.MaxValue ? (int)value : throw new FormatException("A length in a hub message is out of range.");

    private static FormatException Unexpected(string expected, byte code) =>
        new($"A hub message has the code 0x{code:x2} where {expected} was expected.");
}
