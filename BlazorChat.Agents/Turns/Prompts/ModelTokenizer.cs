using Microsoft.ML.Tokenizers;

namespace BlazorChat.Turns.Prompts;

/// <summary>
/// A tokenizer whose vocabulary ships with the application. It takes some 40 MB and half a second to load, so it is loaded in the
/// background when the first assistant needs it. Until then, tokens are estimated.
/// </summary>
internal sealed class ModelTokenizer
{
    /// <summary>For OpenAI's models since GPT-4o, and for gpt-oss.</summary>
    public static readonly ModelTokenizer O200k = new("o200k_base");

    /// <summary>For GPT-4 and GPT-3.5.</summary>
    public static readonly ModelTokenizer Cl100k = new("cl100k_base");

    /// <summary>
    /// Encoding time grows with the square of a run without boundaries (16,000 times the same ideograph: 1.5 s). In pieces of this many
    /// characters it grows linearly. A cut adds at most one token.
    /// </summary>
    private const int PieceLength = 128;

    /// <summary>The most characters of a text that are counted; the rest is assumed to be similar.</summary>
    private const int CountedLength = 50_000;

    // Longest prefixes first.
    private static readonly (string Beginning, ModelTokenizer Tokenizer)[] ByModel =
    [
        ("gpt-4o", O200k), ("gpt-4.", O200k), ("gpt-5", O200k), ("gpt-6", O200k), ("gpt-oss", O200k), ("chatgpt-4o", O200k),
        ("o1", O200k), ("o3", O200k), ("o4", O200k),
        ("gpt-4", Cl100k), ("gpt-3.5", Cl100k), ("gpt-35", Cl100k),
    ];

    private readonly Lazy<Task> _loading;
    private volatile Tokenizer? _tokenizer;

    private ModelTokenizer(string encoding) =>
        _loading = new Lazy<Task>(() => Task.Run(() => { _tokenizer = TiktokenTokenizer.CreateForEncoding(encoding); }));

    /// <summary>Whether it is loaded and can count.</summary>
    public bool IsLoaded => _tokenizer is not null;

    /// <summary>The tokenizer of a model, or null if there is none here. A vendor prefix (<c>openai/gpt-4o</c>) is ignored.</summary>
    /// <param name="model">The provider's name for the model.</param>
    public static ModelTokenizer? Of(string model)
    {
        var name = model.AsSpan(model.LastIndexOf('/') + 1);
        foreach (var (beginning, tokenizer) in ByModel)
        {
            if (name.StartsWith(beginning, StringComparison.OrdinalIgnoreCase) && (name.Length == beginning.Length || beginning[^1] == '.' || !char.IsAsciiDigit(name[beginning.Length])))
            {
                return tokenizer;
            }
        }

        return null;
    }

    /// <summary>Starts loading, once. The task completes when the tokenizer can count.</summary>
    public Task LoadAsync() => _loading.Value;

    /// <summary>The number of tokens in a text. Call it only when it <see cref="IsLoaded"/>. Takes a few tenths of a second at most, whatever the text.</summary>
    public int Count(string text)
    {
        var tokenizer = _tokenizer!;
        var counted = Math.Min(text.Length, CountedLength);
        var tokens = 0L;
        for (var start = 0; start < counted;)
        {
            var end = EndOfPiece(text, start, counted);
            tokens += tokenizer.CountTokens(text.AsSpan(start, end - start), considerNormalization: false);
            start = end;
        }

        return (int)Math.Min(int.MaxValue, counted == text.Length ? tokens : tokens * text.Length / counted);
    }

    /// <summary>Cuts before a space if there is one, because tokens begin there, and never within a surrogate pair.</summary>
    private static int EndOfPiece(string text, int start, int limit)
    {
        if (limit - start <= PieceLength)
        {
            return limit;
        }

        var end = start + PieceLength;
        var blank = text.AsSpan(start, PieceLength).LastIndexOfAny(' ', '\n');
        return blank > PieceLength / 2 ? start + blank : char.IsLowSurrogate(text[end]) ? end - 1 : end;
    }
}
