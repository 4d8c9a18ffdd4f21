using System.Buffers.Binary;

namespace BlazorChat.Benchmarks.Circuits;

/// <summary>
/// Walks through the strings of one render batch: all the text, markup, names and attribute values that it brings.
/// A batch ends with five little-endian 32-bit offsets: updated components, reference frames, disposed components,
/// disposed event handlers, string table. The table is the offsets of its strings, each of which is a length
/// (seven bits to a byte, least significant first) and UTF-8. Written by ASP.NET Core's RenderBatchWriter.
/// </summary>
internal ref struct RenderBatchText
{
    private const int TrailerLength = 5 * sizeof(int);

    private readonly ReadOnlySpan<byte> _batch;
    private readonly int _count;
    private readonly int _table;
    private int _next;

    /// <summary>Begins before the batch's first string.</summary>
    /// <exception cref="FormatException">These bytes are no render batch.</exception>
    public RenderBatchText(ReadOnlySpan<byte> batch)
    {
        if (batch.Length < TrailerLength)
        {
            throw new FormatException("A render batch is shorter than its own trailer.");
        }

        _batch = batch;
        _table = Int32At(batch.Length - sizeof(int));
        var tableLength = batch.Length - TrailerLength - _table;
        if (_table < 0 || tableLength < 0 || tableLength % sizeof(int) != 0)
        {
            throw new FormatException("A render batch has its string table outside of itself.");
        }

        _count = tableLength / sizeof(int);
    }

    /// <summary>The string that <see cref="MoveNext"/> came to, as UTF-8.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>How many frames (elements, texts, attributes …) the batch brings: none when it only removes or calls.</summary>
    public readonly int ReferenceFrames => Int32At(Int32At(_batch.Length - (4 * sizeof(int))));

    /// <summary>Goes on to the next string.</summary>
    /// <returns>False after the last.</returns>
    /// <exception cref="FormatException">The string does not lie in the batch.</exception>
    public bool MoveNext()
    {
        if (_next == _count)
        {
            Current = [];
            return false;
        }

        var position = Int32At(_table + (sizeof(int) * _next));
        if (position < 0 || position >= _batch.Length)
        {
            throw new FormatException("A render batch has a string outside of itself.");
        }

        if (!HubFrame.TryFind(_batch[position..], out var text))
        {
            throw new FormatException("A render batch has a string that ends outside of it.");
        }

        Current = _batch[(position + text.Start)..(position + text.End)];
        _next++;
        return true;
    }

    private readonly int Int32At(int position) =>
        position >= 0 && position <= _batch.Length - sizeof(int)
            ? BinaryPrimitives.ReadInt32LittleEndian(_batch[position..])
            : throw new FormatException("A render batch points outside of itself.");
}
