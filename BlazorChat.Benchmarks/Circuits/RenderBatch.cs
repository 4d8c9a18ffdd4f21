using System.Buffers.Binary;

namespace BlazorChat.Benchmarks.Circuits;

/// <summary>
/// One render batch as the server's RenderBatchWriter lays it out: sections, then a trailer of five little-endian 32-bit
/// offsets (updated components, reference frames, disposed components, disposed event handlers, string table).
/// Everything is a 32-bit number; a string is its index in the table, whose entries are offsets of a length (seven bits
/// to a byte, least significant first) and UTF-8. Whatever points outside of the batch is a <see cref="FormatException"/>.
/// </summary>
internal readonly ref struct RenderBatch
{
    /// <summary>The length of one edit: its type, the sibling's index, a frame's index or another number, a string.</summary>
    public const int EditLength = 4 * sizeof(int);

    private const int FrameLength = 5 * sizeof(int);
    private const int TrailerLength = 5 * sizeof(int);

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _frames;
    private readonly int _strings;

    /// <summary>Finds the batch's sections.</summary>
    public RenderBatch(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < TrailerLength)
        {
            throw new FormatException("A render batch is shorter than its own trailer.");
        }

        _bytes = bytes;
        _frames = TrailerAt(1);
        _strings = TrailerAt(4);
        var tableLength = bytes.Length - TrailerLength - _strings;
        if (_strings < 0 || tableLength < 0 || tableLength % sizeof(int) != 0)
        {
            throw new FormatException("A render batch has its string table outside of itself.");
        }

        StringCount = tableLength / sizeof(int);
        FrameCount = Int32At(_frames);
        UpdatedCount = Int32At(TrailerAt(0));
        DisposedCount = Int32At(TrailerAt(2));
    }

    /// <summary>How many strings the batch brings: text, markup, names and attributes' values.</summary>
    public int StringCount { get; }

    /// <summary>How many frames (elements, texts, attributes …) it brings: none when it only removes.</summary>
    public int FrameCount { get; }

    /// <summary>How many components it changes.</summary>
    public int UpdatedCount { get; }

    /// <summary>How many components it ends.</summary>
    public int DisposedCount { get; }

    /// <summary>One of its strings, as UTF-8.</summary>
    public ReadOnlySpan<byte> StringAt(int index)
    {
        var position = index >= 0 && index < StringCount ? Int32At(_strings + (sizeof(int) * index)) : -1;
        if (position < 0 || position >= _bytes.Length || !HubFrame.TryFind(_bytes[position..], out var text))
        {
            throw new FormatException("A render batch has a string outside of itself.");
        }

        return _bytes[(position + text.Start)..(position + text.End)];
    }

    /// <summary>Where one changed component's part begins: its id, the number of its edits, the edits.</summary>
    public int UpdatedAt(int index) => Int32At(TrailerAt(0) + (sizeof(int) * (index + 1)));

    /// <summary>The id of one component that ended.</summary>
    public int DisposedAt(int index) => Int32At(TrailerAt(2) + (sizeof(int) * (index + 1)));

    /// <summary>One of a frame's five numbers: its type, then what the type says.</summary>
    public int Frame(int index, int field) =>
        index >= 0 && index < FrameCount
            ? Int32At(_frames + sizeof(int) + (FrameLength * index) + (sizeof(int) * field))
            : throw new FormatException("A render batch has a frame outside of itself.");

    /// <summary>The number at a place in the batch.</summary>
    public int Int32At(int position) =>
        position >= 0 && position <= _bytes.Length - sizeof(int)
            ? BinaryPrimitives.ReadInt32LittleEndian(_bytes[position..])
            : throw new FormatException("A render batch points outside of itself.");

    private int TrailerAt(int section) => Int32At(_bytes.Length - TrailerLength + (sizeof(int) * section));
}
