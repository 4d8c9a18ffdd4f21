using System.Buffers.Binary;

namespace BlazorChat.Storage.Sqlite;

/// <summary>
/// What the first 100 bytes of a SQLite file say (https://sqlite.org/fileformat.html, section 1.3). Read without SQLite, which
/// would bring in a write-ahead log before anybody has looked at it.
/// </summary>
internal sealed class SqliteHeader
{
    public const int Length = 100;

    private readonly byte[] _bytes;

    private SqliteHeader(byte[] bytes) => _bytes = bytes;

    /// <summary>Bytes of a page.</summary>
    public int PageSize => BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(16)) is var size && size == 1 ? 65_536 : size;

    public uint ChangeCounter => Field(24);

    /// <summary>Pages of the database, or null when something old wrote it and did not keep the number.</summary>
    public uint? Pages => Field(92) == ChangeCounter ? Field(28) : null;

    public uint SchemaCookie => Field(40);

    /// <summary>The mark (<see cref="SqliteWal"/>) of the write-ahead log that was last brought in; 0 before there were marks.</summary>
    public uint Mark => Field(60);

    /// <summary>The mark before it.</summary>
    public uint MarkBefore => Field(68);

    /// <summary>Reads a header, or null where there is none.</summary>
    /// <param name="bytes">At least <see cref="Length"/> bytes, or what there is.</param>
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

    /// <summary>Whether both say the same of the database: its counters, its size, its schema, its marks.</summary>
    public bool Matches(SqliteHeader other) => _bytes.AsSpan(16).SequenceEqual(other._bytes.AsSpan(16));

    private uint Field(int offset) => BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(offset));
}
