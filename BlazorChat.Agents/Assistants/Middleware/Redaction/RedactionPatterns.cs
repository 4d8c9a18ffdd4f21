namespace BlazorChat.Assistants.Middleware.Redaction;

/// <summary>The named patterns.</summary>
internal static class RedactionPatterns
{
    /// <summary>The patterns by name.</summary>
    public static IReadOnlyDictionary<string, RedactionPattern> All { get; } = new Dictionary<string, RedactionPattern>(StringComparer.OrdinalIgnoreCase)
    {
        // The usual form of an address, also in a link's or a page's source; the standard allows more than anyone uses.
        ["email"] = New(
            @"(?<![\w.%+-])(?:[\w.%+-]{1,128}(?:'[\w.%+-]{1,64})?|""[^""\r\n]{1,64}"")(?:@|%(?:25)?40|&#0{0,5}64;|&#[xX]0{0,4}40;|\\u0040|&commat;| ?[\[({](?:at|At|AT)[\])}] ?)"
            + @"(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?(?:\.|%2[eE]|&#0{0,5}46;|&period;| ?[\[({](?:dot|Dot|DOT)[\])}] ?))+\p{L}{2,24}(?![\w-])",
            "[e-mail]"),

        // International, North American, and with a national prefix of 0.
        ["phone"] = New(
            @"(?<![\w.+-])(?:(?:\+|%2[bB]|00)[1-9](?:[ .()/-]{0,3}[0-9]){6,14}|(?:1[ .-])?\(?[0-9]{3}\)?[ .-][0-9]{3}[ .-][0-9]{4}|\(0[1-9][0-9]{0,4}\)(?:[ ./-]?[0-9]){5,9}|0[1-9](?:[ ./-]?[0-9]){7,10})(?![0-9])",
            "[phone]"),
        ["credit-card"] = New(
            @"(?<![0-9])(?:[0-9](?:[ .-]?[0-9]){12,18}|[0-9]{4}(?:(?:  | ?- ?|[_\t]|%20|&nbsp;)[0-9]{4}){2}(?:  | ?- ?|[_\t]|%20|&nbsp;)[0-9]{1,7})(?![0-9])", "[card]", IsLuhn),
        ["iban"] = New(
            @"(?<![A-Za-z0-9])[A-Za-z]{2} ?[0-9]{2}(?:(?: {1,2}|[._/\t-]|%20|&nbsp;)?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])", "[IBAN]", IsIban),

        // OpenAI, Anthropic, Stripe and similar; GitHub; GitLab; Slack; AWS; Google; Hugging Face, Groq, xAI, NVIDIA, Perplexity; npm, PyPI,
        // DigitalOcean, Shopify, SendGrid; tokens with a signature (JWT) and of a header; passwords in addresses; private keys.
        ["api-key"] = New(
            "(?<![A-Za-z0-9])(?:[sSrRpP][kK][-_][A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,}|gl(?:pat|ptt|rt|dt)-[A-Za-z0-9_-]{20,}|(?:xox[abeprs]|xapp)-[A-Za-z0-9-]{10,}|A[KS]IA[0-9A-Z]{16}|AIza[A-Za-z0-9_-]{35}|GOCSPX-[A-Za-z0-9_-]{20,}|ya29\\.[A-Za-z0-9_-]{20,}"
            + @"|(?:hf|gsk|npm|whsec|shp(?:at|ca|pa|ss))_[A-Za-z0-9]{30,}|do[opr]_v1_[0-9a-f]{40,}|(?:xai|nvapi|pplx|pypi)-[A-Za-z0-9_-]{30,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"
            + @"|eyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*){0,4}|(?:[bB]earer|BEARER):? {1,3}[A-Za-z0-9._~+/-]{20,}=*|[aA]uthorization: {0,3}[bB]asic {1,3}[A-Za-z0-9+/]{8,}=*"
            + @"|[a-z][a-z0-9+.-]{1,20}://[^\s/:@]{1,64}:[^\s/@]{1,128}@"
            + @"|-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:(?:\r|\n|\\r|\\n)+[A-Za-z-]{1,40}: [^\r\n\\]{0,200})*[A-Za-z0-9+/=\r\n\\]*(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----)?)",
            "[key]"),
    };

    /// <summary>Whether a card number has a valid checksum (Luhn).</summary>
    internal static bool IsLuhn(string text)
    {
        var sum = 0;
        var isDoubled = false;
        text = WithoutEscapes(text);
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
        var compact = string.Concat(WithoutEscapes(text).Where(char.IsAsciiLetterOrDigit));
        var remainder = 0;
        foreach (var character in compact[4..] + compact[..4])
        {
            remainder = char.IsAsciiDigit(character)
                ? ((remainder * 10) + (character - '0')) % 97
                : ((remainder * 100) + (char.ToUpperInvariant(character) - 'A' + 10)) % 97;
        }

        return remainder == 1;
    }

    // Their letters and digits are none of the number's.
    private static string WithoutEscapes(string text) => text.Replace("%20", " ", StringComparison.Ordinal).Replace("&nbsp;", " ", StringComparison.Ordinal);

    private static RedactionPattern New(string expression, string replacement, Func<string, bool>? isValid = null) =>
        new(PatternParser.Parse(expression, ignoreCase: false), replacement, isValid);
}
