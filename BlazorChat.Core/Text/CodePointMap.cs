namespace BlazorChat.Text;

/// <summary>Code points for a code point, in a few arrays: thousands of entries as objects of their own would take several times the memory.</summary>
internal sealed class CodePointMap
{
    // All keys from here on are in one page.
    private const int Rare = 0x20000;
    private const int PageBits = 7;

    private readonly int[] _keys;

    // Where the values of each key end.
    private readonly ushort[] _ends;
    private readonly int[] _values;

    // Where the keys of each page begin.
    private readonly ushort[] _pages = new ushort[(Rare >> PageBits) + 2];

    /// <summary>Reads a map from the beginning of the bytes, and moves them on.</summary>
    public CodePointMap(ref ReadOnlySpan<byte> bytes)
    {
        _keys = new int[Read(ref bytes)];
        _ends = new ushort[_keys.Length];
        var values = new List<int>(_keys.Length * 2);
        var (key, page) = (0, 0);
        for (var at = 0; at < _keys.Length; at++)
        {
            key += Read(ref bytes);
            _keys[at] = key;
            while (page <= PageOf(key))
            {
                _pages[page++] = checked((ushort)at);
            }

            for (var left = Read(ref bytes); left > 0; left--)
            {
                values.Add(Read(ref bytes));
            }

            _ends[at] = checked((ushort)values.Count);
        }

        _pages.AsSpan(page).Fill((ushort)_keys.Length);
        _values = [.. values];
    }

    /// <summary>The values of a code point.</summary>
    public bool TryGet(int codePoint, out ReadOnlySpan<int> values)
    {
        var at = LastUpTo(codePoint);
        if (at < 0 || _keys[at] != codePoint)
        {
            values = default;
            return false;
        }

        values = ValuesAt(at);
        return true;
    }

    /// <summary>The last key that is not after the code point, and its first value.</summary>
    public bool TryGetBefore(int codePoint, out int key, out int value)
    {
        var at = LastUpTo(codePoint);
        (key, value) = at < 0 ? (0, 0) : (_keys[at], ValuesAt(at)[0]);
        return at >= 0;
    }

    private static int PageOf(int codePoint) => Math.Min(codePoint, Rare) >> PageBits;

    // The place of the last key that is not after the code point; -1 for none.
    private int LastUpTo(int codePoint)
    {
        var page = PageOf(codePoint);
        var (from, to) = ((int)_pages[page], (int)_pages[page + 1]);
        while (from < to)
        {
            var middle = (from + to) >>> 1;
            if (_keys[middle] <= codePoint)
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }

        return from - 1;
    }

    private ReadOnlySpan<int> ValuesAt(int at)
    {
        var start = at == 0 ? 0 : _ends[at - 1];
        return _values.AsSpan(start, _ends[at] - start);
    }

    // Seven bits in each byte, the lowest first.
    private static int Read(ref ReadOnlySpan<byte> bytes)
    {
        for (int result = 0, at = 0; ; at++)
        {
            result |= (bytes[at] & 0x7F) << (7 * at);
            if (bytes[at] < 0x80)
            {
                bytes = bytes[(at + 1)..];
                return result;
            }
        }
    }
}
