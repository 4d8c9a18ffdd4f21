namespace BlazorChat.Assistants.Middleware.Redaction;

/// <summary>The named patterns.</summary>
internal static class RedactionPatterns
{
    /// <summary>The patterns by name.</summary>
    public static IReadOnlyDictionary<string, RedactionPattern> All { get; } = new Dictionary<string, RedactionPattern>(StringComparer.OrdinalIgnoreCase)
    {
        // The usual form of an address, also in a link's or a page's source; the standard allows more than anyone uses.
        ["email"] = New(
            @"(?<![\w.%+-])(?:[\w.%+-]{1,128}|""[^""\r\n]{1,64}"")(?:@|%40|&#64;|&#[xX]40;|&commat;| ?[\[(]at[\])] ?)(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?(?:\.|%2[eE]))+\p{L}{2,24}(?![\w-])",
            "[e-mail]"),

        // International, North American, and with a national prefix of 0.
        ["phone"] = New(
            @"(?<![\w.+-])(?:(?:\+|00)[1-9](?:[ .()/-]{0,2}[0-9]){6,14}|\(?[0-9]{3}\)?[ .-][0-9]{3}[ .-][0-9]{4}|0[1-9](?:[ ./-]?[0-9]){7,10})(?![0-9])",
            "[phone]"),
        ["credit-card"] = New("(?<![0-9])[0-9](?:[ .-]?[0-9]){12,18}(?![0-9])", "[card]", IsLuhn),
        ["iban"] = New("(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?:[ .-]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])", "[IBAN]", IsIban),

        // OpenAI, Anthropic, Stripe and similar; GitHub; GitLab; Slack; AWS; Google; tokens with a signature (JWT) and of a header; private keys.
        ["api-key"] = New(
            "(?<![A-Za-z0-9])(?:[sSrRpP][kK][-_][A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,}|glpat-[A-Za-z0-9_-]{20,}|xox[abeprs]-[A-Za-z0-9-]{10,}|A[KS]IA[0-9A-Z]{16}|AIza[A-Za-z0-9_-]{35}"
            + @"|eyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*){0,4}|[bB]earer [A-Za-z0-9._~+/-]{20,}=*"
            + @"|-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----[A-Za-z0-9+/=\r\n\\]*(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----)?)",
            "[key]"),
    };

    /// <summary>Whether a card number has a valid checksum (Luhn).</summary>
    internal static bool IsLuhn(string text)
    {
        var sum = 0;
        var isDoubled = false;
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if (!char.IsAsciiDigit(text[i]))
            {
                continue;
            }

            var digit = text[i] - '0';
            sum += isDoubled ? (digit > 4 ? (2 * digit) - 9 : 2 * digit) : digit;
            isDoubled = !isDoubled;
        }

        // Zeros alone pass the checksum too.
        return sum > 0 && sum % 10 == 0;
    }

    /// <summary>Whether an account number has a valid checksum (ISO 7064, MOD 97-10).</summary>
    internal static bool IsIban(string text)
    {
        var compact = string.Concat(text.Where(char.IsAsciiLetterOrDigit));
        var remainder = 0;
        foreach (var character in compact[4..] + compact[..4])
        {
            remainder = char.IsAsciiDigit(character)
                ? ((remainder * 10) + (character - '0')) % 97
                : ((remainder * 100) + (char.ToUpperInvariant(character) - 'A' + 10)) % 97;
        }

        return remainder == 1;
    }

    private static RedactionPattern New(string expression, string replacement, Func<string, bool>? isValid = null) =>
        new(PatternParser.Parse(expression, ignoreCase: false), replacement, isValid);
}
