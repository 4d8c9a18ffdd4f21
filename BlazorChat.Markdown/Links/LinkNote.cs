using System.Buffers;
using System.Globalization;
using System.Text;

namespace BlazorChat.Markdown;

/// <summary>
/// What a reader should know before following a link: the real host, if the text names another one or the link is an image that is not
/// shown, and how much text goes along in the address. Otherwise a text that claims an address could lead somewhere else, and take a
/// conversation with it.
/// </summary>
internal static class LinkNote
{
    /// <summary>From this many characters behind the host on, their number is shown.</summary>
    public const int ManyCharacters = 100;

    // Without a scheme, a word with dots is a host if it ends as hosts do: 'bank.example', but not 'System.Text.Json'. Two letters are a
    // country, unless they are rather the ending of a file.
    private static readonly string[] HostEndings =
    [
        "com", "net", "org", "info", "biz", "edu", "gov", "mil", "int", "app", "dev", "cloud", "online", "site", "shop", "store", "tech", "bank",
        "xyz", "page", "blog", "news", "link", "click", "live", "world", "email", "chat", "top", "pro", "name", "example", "test", "local",
        "internal", "localhost",
    ];

    private static readonly SearchValues<char> HostEnds = SearchValues.Create("/?#:@\\");

    private static readonly string[] FileEndings = ["cs", "js", "ts", "md", "py", "rs", "sh", "rb", "fs", "vb", "go"];

    /// <summary>The note for a link, or null when its text is enough.</summary>
    /// <param name="url">Where it leads; an address that <see cref="SafeLinks"/> allows.</param>
    /// <param name="text">What the reader sees of it.</param>
    /// <param name="isImage">Whether it stands for an image.</param>
    /// <param name="isAddress">Whether its text is the address itself.</param>
    public static string? For(string url, string text, bool isImage, bool isAddress)
    {
        if (isAddress && !isImage && IsPlain(url))
        {
            return null;
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme == Uri.UriSchemeMailto)
        {
            return NoteOfMail(url, text, isAddress);
        }

        var host = uri.IdnHost;
        var carried = isAddress ? 0 : Carried(uri);
        var isOther = isImage || (!isAddress && HidesDirection(text)) || !IsAscii(uri.Host) || uri.UserInfo.Length > 0 || NamesOther(text, host);
        if (!isOther && carried < ManyCharacters)
        {
            return null;
        }

        return carried == 0 ? host : string.Create(CultureInfo.InvariantCulture, $"{host}, sends {carried:n0} {(carried == 1 ? "character" : "characters")}");
    }

    // An address that shows its host itself.
    private static bool IsPlain(string url) => IsAscii(url) && !url.Contains('@', StringComparison.Ordinal);

    private static string? NoteOfMail(string url, string text, bool isAddress)
    {
        var address = url["mailto:".Length..];
        var query = address.IndexOf('?', StringComparison.Ordinal);
        var name = query < 0 ? address : address[..query];
        return isAddress || !text.Contains('@', StringComparison.Ordinal) || text.Contains(name, StringComparison.OrdinalIgnoreCase) ? null : name;
    }

    // What the text's author can put into the address: all of a query, and a path that is longer than a path.
    private static int Carried(Uri uri)
    {
        var query = uri.Query.Length > 1 ? uri.Query.Length - 1 : 0;
        var fragment = uri.Fragment.Length > 1 ? uri.Fragment.Length - 1 : 0;
        var path = uri.AbsolutePath.Length > ManyCharacters ? uri.AbsolutePath.Length - 1 : 0;
        // A name before the host, and labels of the host itself, go along as well.
        var host = uri.Host.Length > ManyCharacters ? uri.Host.Length : 0;
        return query + fragment + path + uri.UserInfo.Length + host;
    }

    // Characters that change the direction or are not seen can make one host look like another.
    private static bool HidesDirection(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is >= 0x202A and <= 0x202E or >= 0x2066 and <= 0x2069 or 0x200E or 0x200F or 0x061C)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsAscii(string host) => !host.AsSpan().ContainsAnyExceptInRange('\0', '\u007F');

    private static bool NamesOther(string text, string host)
    {
        foreach (var word in Words(text))
        {
            if (HostIn(word) is { } named && !IsSame(named, host))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSame(string named, string host)
    {
        named = named.StartsWith("www.", StringComparison.Ordinal) ? named[4..] : named;
        return host.Equals(named, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + named, StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<string> Words(string text)
    {
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (Rune.IsWhiteSpace(rune) || rune.Value is '(' or ')' or '<' or '>' or '[' or ']' or '"' or ',')
            {
                yield return word.ToString();
                word.Clear();
            }
            else if (category is not (UnicodeCategory.Format or UnicodeCategory.Control))
            {
                word.Append(rune.Value switch
                {
                    // What browsers and readers take for a dot or a slash.
                    0x3002 or 0xFF0E or 0xFF61 or 0x2024 => ".",
                    0x2044 or 0x2215 or 0xFF0F => "/",
                    _ => rune.ToString(),
                });
            }
        }

        yield return word.ToString();
    }

    // The host that a word names: 'https://user@host:1/…' names what stands before the '@', because that is what people read.
    private static string? HostIn(string word)
    {
        var start = StartOfHost(word);
        var isAddress = start > 0;
        var end = word.AsSpan(start).IndexOfAny(HostEnds);
        var name = (end < 0 ? word[start..] : word.Substring(start, end)).Trim('.', '*', '_', '\'', '!', '-', ';').ToLowerInvariant();
        if (!isAddress && end >= 0 && word[end] == ':' && !name.Contains('.', StringComparison.Ordinal))
        {
            // 'visit:bank.example'
            return HostIn(word[(end + 1)..]);
        }

        if (end >= 0 && word[start + end] == '@' && !isAddress)
        {
            return null;
        }

        var labels = name.Split('.');
        if (labels.Length < 2 || labels.Any(label => label.Length == 0))
        {
            return isAddress && name.Length > 0 ? name : null;
        }

        var isHost = isAddress || IsHostEnding(labels[^1]) || labels[0] == "www" || (labels.Length == 4 && labels.All(label => label.All(char.IsAsciiDigit)));
        return isHost ? name : null;
    }

    // Readers, and most browsers, take 'https:/host', 'https:host' and '//host' for addresses, too.
    private static int StartOfHost(string word)
    {
        var scheme = word.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
        {
            return scheme + 3;
        }

        var start = word.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? 6 : word.StartsWith("http:", StringComparison.OrdinalIgnoreCase) ? 5 : 0;
        var slashes = word.AsSpan(start).IndexOfAnyExcept("/\\");
        return slashes < 0 ? 0 : start > 0 || slashes > 1 ? start + slashes : 0;
    }

    private static bool IsHostEnding(string label) =>
        HostEndings.Contains(label, StringComparer.Ordinal)
        || (label.Length == 2 && label.All(char.IsLetter) && !FileEndings.Contains(label, StringComparer.Ordinal))
        || !IsAscii(label);
}
