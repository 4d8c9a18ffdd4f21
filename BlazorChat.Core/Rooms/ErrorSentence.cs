using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace BlazorChat.Rooms;

/// <summary>
/// The English sentence of an error, with its placeholders kept apart from what stands for them: pages find the same sentence in other languages by
/// <see cref="Pattern"/>. The compiler makes one of an interpolated string.
/// </summary>
[InterpolatedStringHandler]
public readonly struct ErrorSentence
{
    private readonly StringBuilder? _pattern;
    private readonly List<object?>? _arguments;
    private readonly string? _sentence;

    /// <summary>Called by the compiler at the beginning of an interpolated string.</summary>
    public ErrorSentence(int literalLength, int formattedCount)
    {
        _pattern = new StringBuilder(literalLength + (formattedCount * 4));
        _arguments = new List<object?>(formattedCount);
    }

    private ErrorSentence(string sentence) => _sentence = sentence;

    /// <summary>The sentence with {0}, {1:N0} and so on; the sentence itself if it has no placeholders.</summary>
    public string Pattern => _sentence ?? _pattern?.ToString() ?? string.Empty;

    /// <summary>What the placeholders stand for. A text that is itself a sentence of an error is translated as well.</summary>
    public ImmutableArray<object?> Arguments => _arguments is null ? [] : [.. _arguments];

    /// <summary>A sentence without placeholders.</summary>
    public static implicit operator ErrorSentence(string sentence) => new(sentence);

    /// <summary>Called by the compiler.</summary>
    public void AppendLiteral(string text) => _pattern!.Append(text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));

    /// <summary>Called by the compiler.</summary>
    public void AppendFormatted<T>(T value, string? format = null)
    {
        _pattern!.Append(CultureInfo.InvariantCulture, $"{{{_arguments!.Count}{(format is null ? "" : ":")}{format}}}");
        _arguments.Add(value);
    }

    /// <inheritdoc />
    public override string ToString() => _sentence ?? string.Format(CultureInfo.InvariantCulture, Pattern, [.. Arguments]);
}
