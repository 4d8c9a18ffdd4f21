using System.Diagnostics;
using System.IO.Compression;

namespace BlazorChat.Text;

/// <summary>
/// Unicode's data for <see cref="NameKeys"/>, because .NET normalizes nothing without ICU. Unpacked from a resource of 19 KB when it is first
/// needed; eng/unicode/tables.mjs makes the resource and says from which versions of Unicode.
/// </summary>
internal sealed class UnicodeTables
{
    private const string Resource = "UnicodeTables.bin";

    private const int MostBytes = 64 * 1024;

    private static readonly Lazy<UnicodeTables> Loaded = new(() => new UnicodeTables());

    private readonly CodePointMap _classes;
    private readonly CodePointMap _ignorable;

    private UnicodeTables()
    {
        using var packed = typeof(UnicodeTables).Assembly.GetManifestResourceStream(Resource) ?? throw new UnreachableException($"{Resource} is missing.");
        var compressed = new byte[packed.Length];
        packed.ReadExactly(compressed);
        // Not as a stream, which would leave its buffers in pools.
        var unpacked = new byte[MostBytes];
        if (!BrotliDecoder.TryDecompress(compressed, unpacked, out var length))
        {
            throw new UnreachableException($"{Resource} cannot be unpacked.");
        }

        ReadOnlySpan<byte> bytes = unpacked.AsSpan(0, length);
        Decompositions = new CodePointMap(ref bytes);
        Folds = new CodePointMap(ref bytes);
        _classes = new CodePointMap(ref bytes);
        _ignorable = new CodePointMap(ref bytes);
        Looks = new CodePointMap(ref bytes);
        Signs = new CodePointMap(ref bytes);
        Foreign = new CodePointMap(ref bytes);
        Latin = new CodePointMap(ref bytes);
        Accents = new CodePointMap(ref bytes);
    }

    /// <summary>The tables.</summary>
    public static UnicodeTables Shared => Loaded.Value;

    /// <summary>Full compatibility decompositions (NFKD), except those of Hangul syllables.</summary>
    public CodePointMap Decompositions { get; }

    /// <summary>Full case folding: the statuses C and F.</summary>
    public CodePointMap Folds { get; }

    /// <summary>What a character looks like, if the text is decomposed and folded. Nothing in the results has an entry.</summary>
    public CodePointMap Looks { get; }

    /// <summary>What accents that stand alone look like.</summary>
    public CodePointMap Signs { get; }

    /// <summary>Letters of other alphabets that look like other Latin letters than their folded form does.</summary>
    public CodePointMap Foreign { get; }

    /// <summary>Latin letters of which that is true.</summary>
    public CodePointMap Latin { get; }

    /// <summary>The marks that letters have in everyday names, by what the letter looks like.</summary>
    public CodePointMap Accents { get; }

    /// <summary>The canonical combining class.</summary>
    public int ClassOf(int codePoint) => _classes.TryGet(codePoint, out var values) ? values[0] : 0;

    /// <summary>Whether the character is drawn as nothing where it is not supported (Default_Ignorable_Code_Point).</summary>
    public bool IsIgnorable(int codePoint) => codePoint > 0x7F && _ignorable.TryGetBefore(codePoint, out var first, out var length) && codePoint <= first + length;
}
