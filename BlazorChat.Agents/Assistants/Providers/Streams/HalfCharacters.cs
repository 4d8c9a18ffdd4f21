namespace BlazorChat.Assistants.Providers.Streams;

/// <summary>
/// Joins characters that a server has split: some escape the two halves of a surrogate pair in two pieces of a text. Not thread-safe.
/// </summary>
internal sealed class HalfCharacters
{
    /// <summary>Stands for what cannot be read.</summary>
    public const string Unknown = "\uFFFD";

    private readonly Dictionary<string, char> _held = new(StringComparer.Ordinal);

    /// <summary>Whether a first half waits for its second.</summary>
    public bool Any => _held.Count > 0;

    /// <summary>Whether this text's first half waits for its second.</summary>
    /// <param name="text">The name of a text that comes in pieces.</param>
    public bool Holds(string text) => _held.ContainsKey(text);

    /// <summary>Reads a piece: joins it with the half before it, holds back a half at its end, and replaces every other half.</summary>
    /// <param name="text">The name of a text that comes in pieces.</param>
    /// <param name="piece">The piece.</param>
    public string Join(string text, string piece)
    {
        if (piece.Length == 0)
        {
            return piece;
        }

        if (_held.Count > 0 && _held.Remove(text, out var first))
        {
            piece = first + piece;
        }

        if (piece.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
        {
            return piece;
        }

        if (char.IsHighSurrogate(piece[^1]))
        {
            _held[text] = piece[^1];
            piece = piece[..^1];
        }

        return WithoutHalves(piece);
    }

    /// <summary>What stands for the half of this text that nothing has completed; empty if there is none.</summary>
    /// <param name="text">The name of a text that comes in pieces.</param>
    public string Release(string text) => _held.Remove(text) ? Unknown : "";

    /// <summary>The names of all texts that still wait, which then wait no longer.</summary>
    public IReadOnlyList<string> ReleaseAll()
    {
        string[] texts = [.. _held.Keys];
        _held.Clear();
        return texts;
    }

    private static string WithoutHalves(string text)
    {
        var characters = text.ToCharArray();
        for (var i = 0; i < characters.Length; i++)
        {
            if (char.IsHighSurrogate(characters[i]) && i + 1 < characters.Length && char.IsLowSurrogate(characters[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(characters[i]))
            {
                characters[i] = Unknown[0];
            }
        }

        return new string(characters);
    }
}
