using System.Buffers.Binary;

namespace BlazorChat.Storage.Sqlite;

/// <summary>
/// The changes in a write-ahead log, read without SQLite (https://sqlite.org/fileformat.html, section 4): its committed transactions, as
/// far as the checksums are valid. Holds one page in memory at a time.
/// </summary>
internal sealed class WalFile
{
    private const int HeaderLength = 32;
    private const int FrameHeaderLength = 24;

    private readonly List<SqliteHeader> _headers = [];

    private WalFile(int pageSize) => PageSize = pageSize;

    public int PageSize { get; }

    /// <summary>The committed first pages, oldest first.</summary>
    public IReadOnlyList<SqliteHeader> Headers => _headers;

    /// <summary>The smallest database size in pages after any of the transactions.</summary>
    public uint SmallestSize { get; private set; }

    /// <summary>The largest database size in pages after any of the transactions.</summary>
    public uint LargestSize { get; private set; }

    /// <summary>Reads a log.</summary>
    /// <returns>The log, or null when it has no committed transaction.</returns>
    public static WalFile? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
        Span<byte> header = stackalloc byte[HeaderLength];
        if (stream.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength)
        {
            return null;
        }

        var magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        var pageSize = BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
        if ((magic & ~1u) != 0x377f0682 || !SqliteHeader.IsPageSize(pageSize))
        {
            return null;
        }

        var sum = new Checksum(isBigEndian: (magic & 1) != 0);
        sum.Add(header[..24]);
        if (!sum.Equals(header[24..]))
        {
            return null;
        }

        var wal = new WalFile((int)pageSize);
        wal.ReadFrames(stream, header[16..24], sum);
        return wal.LargestSize == 0 ? null : wal;
    }

    private void ReadFrames(FileStream stream, ReadOnlySpan<byte> salts, Checksum sum)
    {
        var uncommitted = new List<SqliteHeader>();
        var frame = new byte[FrameHeaderLength + PageSize];
        while (stream.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length && frame.AsSpan(8, 8).SequenceEqual(salts))
        {
            sum.Add(frame.AsSpan(0, 8));
            sum.Add(frame.AsSpan(FrameHeaderLength));
            if (!sum.Equals(frame.AsSpan(16, 8)))
            {
                return;
            }

            if (BinaryPrimitives.ReadUInt32BigEndian(frame) == 1 && SqliteHeader.Read(frame.AsSpan(FrameHeaderLength)) is { } first)
            {
                uncommitted.Add(first);
            }

            if (BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(4)) is var size and > 0)
            {
                SmallestSize = LargestSize == 0 ? size : Math.Min(SmallestSize, size);
                LargestSize = Math.Max(LargestSize, size);
                _headers.AddRange(uncommitted);
                uncommitted.Clear();
            }
        }
    }

    /// <summary>The running checksum of a log, over its header and each frame, in the byte order given by its magic number.</summary>
    private struct Checksum(bool isBigEndian)
    {
        private uint _first;
        private uint _second;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            for (var i = 0; i < bytes.Length; i += 8)
            {
                _first += Word(bytes[i..]) + _second;
                _second += Word(bytes[(i + 4)..]) + _first;
            }
        }

        public readonly bool Equals(ReadOnlySpan<byte> stored) =>
            BinaryPrimitives.ReadUInt32BigEndian(stored) == _first && BinaryPrimitives.ReadUInt32BigEndian(stored[4..]) == _second;

        private readonly uint Word(ReadOnlySpan<byte> bytes) =>
            isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
