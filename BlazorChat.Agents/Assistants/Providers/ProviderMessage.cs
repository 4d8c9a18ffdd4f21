using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using BlazorChat.Text;

namespace BlazorChat.Assistants.Providers;

/// <summary>What may be shown of the words that a provider sends with an error.</summary>
internal static partial class ProviderMessage
{
    /// <summary>The most characters that are shown.</summary>
    public const int MaxLength = 300;

    /// <summary>
    /// One line of plain words: control and formatting characters become spaces, everything that looks like a key, an
    /// address or an id is left out, and what is longer than <see cref="MaxLength"/> is cut with an ellipsis.
    /// </summary>
    public static string Sanitise(string? message)
    {
        if (string.IsNullOrWhiteSpace(message))
        {
            return "";
        }

        // Bounded before anything is searched in it; a key cut in half at this place falls to the cut below.
        var line = new StringBuilder();
        foreach (var rune in message.AsSpan(0, Math.Min(message.Length, 4 * MaxLength)).EnumerateRunes())
        {
            var visible = Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse);
            line.Append(visible ? rune.ToString() : " ");
        }

        var words = Secrets().Replace(line.ToString(), "…");
        words = Spaces().Replace(words, " ").Trim();
        return TextCut.Excerpt(words, MaxLength);
    }

    /// <summary>
    /// The code and the message of an error body in the forms that providers use: <c>{"error":{"message","code","type"}}</c>,
    /// <c>{"error":"…"}</c>, <c>{"message":"…"}</c>, <c>{"detail":"…"}</c>. Nulls and empty when it is none of these.
    /// </summary>
    public static (string? Code, string Message) Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = Read(body);
            return Parse(document.RootElement);
        }
        catch (JsonException)
        {
            return (null, "");
        }
    }

    /// <inheritdoc cref="Parse(ReadOnlyMemory{byte})"/>
    public static (string? Code, string Message) Parse(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return (null, root.ValueKind == JsonValueKind.String ? WireText.Of(root) : "");
        }

        if (root.TryGetProperty("error", out var error))
        {
            return Parse(error);
        }

        return (Text(root, "code") ?? Text(root, "type"), Text(root, "message") ?? Text(root, "detail") ?? "");
    }

    /// <summary>The field of the request that an error body of OpenAI's form blames; null when it names none.</summary>
    public static string? Parameter(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = Read(body);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("error", out var error)
                && error.ValueKind == JsonValueKind.Object ? Text(error, "param") : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Bytes that are no UTF-8 and halves of surrogate pairs would be found out when a name or a text is looked at.
    private static JsonDocument Read(ReadOnlyMemory<byte> body) => JsonDocument.Parse(WireText.WithoutHalves(Encoding.UTF8.GetString(body.Span)));

    private static string? Text(JsonElement element, string name) =>
        !element.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? WireText.Of(value)
        : value.ValueKind == JsonValueKind.Number ? value.GetRawText()
        : null;

    // Addresses; "Bearer x"; anything with a key's prefix; anything of 20 or more characters that no word has together
    // with a digit, masked keys ("sk-abc***xyz") included.
    [GeneratedRegex(@"\b\w+://\S+|\bBearer\s+\S+|\b(sk|pk|key|org|proj|req|AIza)[-_]\S+|(?=\S*[0-9*])[A-Za-z0-9_\-+/=*]{20,}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Secrets();

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spaces();
}
