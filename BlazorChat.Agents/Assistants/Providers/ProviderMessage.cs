using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using BlazorChat.Text;

namespace BlazorChat.Assistants.Providers;

/// <summary>Extracts what may be shown of a provider's error message.</summary>
internal static partial class ProviderMessage
{
    /// <summary>The most characters that are shown.</summary>
    public const int MaxLength = 300;

    /// <summary>
    /// One line of plain text: control and formatting characters become spaces; keys, addresses and ids are removed; text beyond
    /// <see cref="MaxLength"/> is cut, with an ellipsis.
    /// </summary>
    public static string Sanitize(string? message)
    {
        if (string.IsNullOrWhiteSpace(message))
        {
            return "";
        }

        // Bounded before the search. If this cuts a key in half, the cut below removes the rest.
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
    /// The code and the message of an error body in the forms that providers, their frameworks and proxies use:
    /// <c>{"error":{"message","code","type"}}</c>, <c>{"error":"…"}</c>, <c>{"message":"…"}</c>, <c>{"detail":"…"}</c>,
    /// <c>{"detail":[{"loc","msg"}]}</c>, <c>{"errors":[…]}</c>, a list of these, plain text, and the title of a page.
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
            var text = Encoding.UTF8.GetString(body.Span).Trim('\uFEFF', ' ', '\t', '\r', '\n');
            if (Data().Match(text) is { Success: true } data && Parse(Encoding.UTF8.GetBytes(data.Groups["data"].Value)) is { Message.Length: > 0 } said)
            {
                // An event, although its status is an error.
                return said;
            }

            return (null, !text.StartsWith('<') ? text : Title().Match(text) is { Success: true } title ? WebUtility.HtmlDecode(title.Groups["title"].Value) : "");
        }
    }

    /// <inheritdoc cref="Parse(ReadOnlyMemory{byte})"/>
    public static (string? Code, string Message) Parse(JsonElement root)
    {
        switch (root.ValueKind)
        {
            case JsonValueKind.String:
                return OfText(WireText.Of(root));
            case JsonValueKind.Array:
                return root.EnumerateArray().FirstOrDefault() is { ValueKind: not JsonValueKind.Undefined } first ? Parse(first) : (null, "");
            case not JsonValueKind.Object:
                return (null, "");
        }

        foreach (var name in (ReadOnlySpan<string>)["error", "errors"])
        {
            if (root.TryGetProperty(name, out var inner) && Parse(inner) is { Message.Length: > 0 } said)
            {
                return (said.Code ?? Code(root), said.Message);
            }
        }

        return (Code(root), Message(root));
    }

    /// <summary>The request field that an error body in OpenAI's form names; null if it names none.</summary>
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

    private static string? Code(JsonElement root) =>
        root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object ? Code(error) : Text(root, "code") ?? Text(root, "type");

    // Proxies pass on what the provider said as JSON in a text.
    private static (string? Code, string Message) OfText(string text)
    {
        if (text.TrimStart() is not ['{' or '[', ..])
        {
            return (null, text);
        }

        try
        {
            using var document = Read(Encoding.UTF8.GetBytes(text));
            return Parse(document.RootElement) is { Message.Length: > 0 } said ? said : (null, text);
        }
        catch (JsonException)
        {
            return (null, text);
        }
    }

    private static string Message(JsonElement root)
    {
        foreach (var name in (ReadOnlySpan<string>)
            ["message", "Message", "detail", "msg", "error_description", "error_msg", "error_message", "errorMessage", "status_msg", "faultstring", "description", "reason", "title"])
        {
            if (root.TryGetProperty(name, out var value) && Words(value) is { Length: > 0 } words)
            {
                // A router's own words are "Provider returned error"; the provider's are beside them.
                return root.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object && Text(metadata, "raw") is { Length: > 0 } raw
                    ? $"{words}: {raw}" : words;
            }
        }

        // Other servers' names for it: whatever is an object of its own, then whatever has words.
        var inner = root.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.Object).Select(property => Parse(property.Value).Message).FirstOrDefault(words => words.Length > 0);
        return inner ?? root.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.String)
            .Select(property => WireText.Of(property.Value)).FirstOrDefault(words => words.Contains(' ', StringComparison.Ordinal)) ?? "";
    }

    private static string Words(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => OfText(WireText.Of(value)).Message,
        JsonValueKind.Object => Parse(value).Message,

        // Each names the field that it is about.
        JsonValueKind.Array => string.Join("; ", value.EnumerateArray().Take(5).Select(one =>
            one.ValueKind == JsonValueKind.Object && one.TryGetProperty("loc", out var place) && place.ValueKind == JsonValueKind.Array
                ? $"{string.Join('.', place.EnumerateArray())}: {Words(one)}" : Words(one))),
        _ => "",
    };

    // Replaced here: invalid UTF-8 and halves of surrogate pairs would otherwise fail later, when a name or a text is read.
    private static JsonDocument Read(ReadOnlyMemory<byte> body) => JsonDocument.Parse(WireText.WithoutHalves(Encoding.UTF8.GetString(body.Span).TrimStart('\uFEFF')));

    private static string? Text(JsonElement element, string name) =>
        !element.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? WireText.Of(value)
        : value.ValueKind == JsonValueKind.Number ? value.GetRawText()
        : null;

    // Addresses; "Bearer x"; anything with a key's prefix; anything of 20 or more characters with a digit, which is no word, including
    // masked keys ("sk-abc***xyz").
    [GeneratedRegex(@"\b\w+://\S+|\bBearer\s+\S+|\b(sk|pk|key|org|proj|req|AIza)[-_]\S+|(?=\S*[0-9*])[A-Za-z0-9_\-+/=*]{20,}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Secrets();

    [GeneratedRegex(@"(\A|\n)data:[ \t]*(?<data>[{\[""].*)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Data();

    // The title of a page, and what XML has for it.
    [GeneratedRegex(@"<(title|message)\b[^>]*>(?<title>[^<]*)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Title();

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spaces();
}
