using System.Buffers.Binary;

namespace BlazorChat.Storage.Sqlite;

/// <summary>
/// The first 100 bytes of a SQLite file (https://sqlite.org/fileformat.html, section 1.3). Read without SQLite, which would apply a
/// write-ahead log before it has been checked.
/// </summary>
internal sealed class SqliteHeader
{
    public const int Length = 100;

    private readonly byte[] _bytes;

    private SqliteHeader(byte[] bytes) => _bytes = bytes;

    /// <summary>Page size in bytes.</summary>
    public int PageSize => BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(16)) is var size && size == 1 ? 65_536 : size;

    public uint ChangeCounter => Field(24);

    /// <summary>Number of pages in the database, or null when an old SQLite wrote the file without keeping the number.</summary>
    public uint? Pages => Field(92) == ChangeCounter ? Field(28) : null;

    public uint SchemaCookie => Field(40);

    /// <summary>The mark (<see cref="SqliteWal"/>) of the last applied write-ahead log; 0 in files from before marks.</summary>
    public uint Mark => Field(60);

    /// <summary>The previous mark.</summary>
    public uint MarkBefore => Field(68);

    /// <summary>Reads a header; null when there is none.</summary>
    /// <param name="bytes">At least <see cref="Length"/> bytes, or the whole file if it is shorter.</param>
    public static SqliteHeader? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Length || !bytes.StartsWith("SQLite format 3\0"u8))
        {
            return null;
        }

        var header = new SqliteHeader(bytes[..Length].ToArray());
        return IsPageSize(header.PageSize) ? header : null;
    }

    public static bool IsPageSize(long size) => size is >= 512 and <= 65_536 && (size & (size - 1)) == 0;

    /// <summary>Whether both headers describe the same state of the database: counters, size, schema, marks.</summary>
    public bool Matches(SqliteHeader other) => _bytes.AsSpan(16).SequenceEqual(other._bytes.AsSpan(16));

    private uint Field(int offset) => BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(offset));
}
