using System.Text;
using System.Text.RegularExpressions;
using BlazorChat.Assistants.Middleware.Redaction;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Assistants.Middleware.Redaction;

[Trait(nameof(Kind), Kind.Unit)]
public sealed class MiddlewareRedactionTests
{
    private static readonly PatternProgram BuiltIn = new([.. RedactionPatterns.All.Values]);

    [Theory]
    [InlineData("Write to ada@example.org, please.", "Write to [e-mail], please.")]
    [InlineData("ada.lovelace+x@mail.example.co.uk", "[e-mail]")]
    [InlineData("<müller@bücher.example>.", "<[e-mail]>.")]
    [InlineData("not @ an a@b address@", "not @ an a@b address@")]
    [InlineData("Call +49 (30) 123456-78!", "Call [phone]!")]
    [InlineData("Call (555) 123-4567 or 030 12345678.", "Call [phone] or [phone].")]
    [InlineData("In 2026 there were 1234567 people, pi is 3.14159265358979", "In 2026 there were 1234567 people, pi is 3.14159265358979")]
    [InlineData("My card is 4111 1111 1111 1111 5 times", "My card is [card] 5 times")]
    [InlineData("4111-1111-1111-1112", "4111-1111-1111-1112")]
    [InlineData("12 4111111111111111", "12 [card]")]
    [InlineData("DE89 3704 0044 0532 0130 00 is mine", "[IBAN] is mine")]
    [InlineData("GB82WEST12345698765432.", "[IBAN].")]
    [InlineData("DE88370400440532013000", "DE88370400440532013000")]
    [InlineData("key sk-proj-abcDEF0123456789_-xyz?", "key [key]?")]
    [InlineData("task-force-one-two-three-four", "task-force-one-two-three-four")]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "[key]")]

    // Forms in which people and pages write the same.
    [InlineData("4111\u00A01111\u00A01111\u00A01111 or 4111.1111.1111.1111", "[card] or [card]")]
    [InlineData("４１１１ １１１１ １１１１ １１１１、", "[card]、")]
    [InlineData("4111‑1111‑1111‑1111", "[card]")]
    [InlineData("٤١١١ ١١١١ ١١١١ ١١١١", "[card]")]
    [InlineData("DE89-3704-0044-0532-0130-00 and DE89\u202F3704\u202F0044\u202F0532\u202F0130\u202F00", "[IBAN] and [IBAN]")]
    [InlineData("mailto:ann%40example.com or ann&#64;example.com or ann&#x40;example.com", "mailto:[e-mail] or [e-mail] or [e-mail]")]
    [InlineData("\"ann smith\"@example.com and ann＠example.com and ann [at] example.com", "[e-mail] and [e-mail] and [e-mail]")]
    [InlineData("ann\u200B@exa\u00ADmple.com, \u2060sk-proj-abcDEF\u200B0123456789", "[e-mail], \u2060[key]")]
    [InlineData("\u200Bnothing\u200B here\u00AD", "\u200Bnothing\u200B here\u00AD")]
    [InlineData("SK-PROJ-ABCDEF0123456789 glpat-abcdefghij0123456789", "[key] [key]")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-bmF0dXJl.", "[key]")]
    [InlineData("Authorization: Bearer abcdef0123456789abcdef==", "Authorization: [key]")]
    [InlineData("Bearer of good news", "Bearer of good news")]
    [InlineData("ada (at) example (dot) com, ada{AT}example.com", "[e-mail], [e-mail]")]
    [InlineData("ada\\u0040example.com ada&#x0040;example&#46;com ada%2540example.com", "[e-mail] [e-mail] [e-mail]")]
    [InlineData("'o'brien@example.com' ada\uFE6Bexample.com", "'[e-mail]' [e-mail]")]
    [InlineData("4111  1111  1111  1111", "[card]")]
    [InlineData("4111 - 1111 - 1111 - 1111", "[card]")]
    [InlineData("4111%201111%201111%201111", "[card]")]
    [InlineData("4111_1111_1111_1111", "[card]")]
    [InlineData("2019, 2020, 2021, 2022", "2019, 2020, 2021, 2022")]
    [InlineData("DE 89 3704 0044 0532 0130 00", "[IBAN]")]
    [InlineData("DE89/3704/0044/0532/0130/00", "[IBAN]")]
    [InlineData("DE89&nbsp;3704&nbsp;0044&nbsp;0532&nbsp;0130&nbsp;00", "[IBAN]")]
    [InlineData("(030) 1234567, (020) 7946 0958", "[phone], [phone]")]
    [InlineData("+44 - 20 - 7946 0958 or 1-800-555-0199", "[phone] or [phone]")]
    [InlineData("%2B491701234567", "[phone]")]
    [InlineData("gsk_abcdefghijklmnopqrstuvwxyz0123456789!", "[key]!")]
    [InlineData("xai-abcdefghijklmnopqrstuvwxyz0123456789!", "[key]!")]
    [InlineData("SG.abcdefghijklmnopqrstuv.abcdefghijklmnopqrstuv!", "[key]!")]
    [InlineData("hf_hub and npm_config are names", "hf_hub and npm_config are names")]
    [InlineData("BEARER  abcdef0123456789abcdef", "[key]")]
    [InlineData("Authorization: Basic YWRhOnNlY3JldA==", "[key]")]
    [InlineData("basic internationalization", "basic internationalization")]
    [InlineData("https://ada:hunter2@localhost/x", "[key]localhost/x")]
    [InlineData("see https://example.com:8080/a@b", "see https://example.com:8080/a@b")]
    public void What_has_a_form_is_found_and_nothing_else(string text, string expected)
    {
        Assert.Equal(expected, TextRedactor.Redact(BuiltIn, text));

        // However it is split into two or three.
        for (var i = 0; i <= text.Length; i++)
        {
            for (var j = i; j <= text.Length; j++)
            {
                Assert.Equal(expected, string.Concat(Stream(BuiltIn, [text[..i], text[i..j], text[j..]])));
            }
        }
    }

    [Fact]
    public void A_private_key_is_replaced_to_its_end()
    {
        var body = string.Join('\n', Enumerable.Repeat(new string('k', 64), 30));
        Assert.Equal("Here: [key]\nand more", TextRedactor.Redact(BuiltIn, $"Here: -----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\nand more"));
        Assert.Equal("{\"key\":\"[key]\"}", TextRedactor.Redact(BuiltIn, "{\"key\":\"-----BEGIN PRIVATE KEY-----\\nMIIE\\nabc=\\n-----END PRIVATE KEY-----\"}"));
        Assert.Equal("[key]\nand", TextRedactor.Redact(BuiltIn, "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,AB\n\nMIIE\n-----END RSA PRIVATE KEY-----\nand"));
        Assert.Equal("[key]\nand", TextRedactor.Redact(BuiltIn, "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOY\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----\nand"));
        Assert.Equal("[key]", TextRedactor.Redact(BuiltIn, $"eyJ{new string('a', 3000)}.{new string('b', 3000)}.{new string('c', 300)}"));
    }

    [Fact]
    public void A_secret_split_over_tokens_is_never_shown_for_a_moment()
    {
        const string secret = "sk-proj-abcDEF0123456789";
        var shown = Stream(BuiltIn, secret.Select(character => character.ToString()).Prepend("The key is "));
        Assert.Equal("The key is [key]", string.Concat(shown));
        Assert.All(shown, piece => Assert.DoesNotContain("sk", piece, StringComparison.Ordinal));
    }

    [Fact]
    public void Ordinary_text_is_held_back_for_no_longer_than_its_word()
    {
        var redactor = new TextRedactor(BuiltIn);
        var output = new StringBuilder();
        redactor.Append("Hello wor", output);
        Assert.Equal("Hello ", output.ToString());
        redactor.Append("ld! ", output);
        Assert.Equal("Hello world! ", output.ToString());

        var other = new TextRedactor(Program(@"EMP-\d{3}"));
        output.Clear();
        other.Append("Hello world, E", output);
        Assert.Equal("Hello world, ", output.ToString());
        other.Append("m", output);
        Assert.Equal("Hello world, Em", output.ToString());
    }

    /// <summary>The reference is .NET's own engine, which knows nothing of pieces.</summary>
    [Theory]
    [InlineData(@"(?<![\w])[ab]{2,5}@(?:b+\.)+c{1,2}(?![\w-])", "ab@.c- ")]
    [InlineData(@"\bab*c\b", "abc -")]
    [InlineData(@"a(?:b|bc|bcd)+e?", "abcde")]
    [InlineData(@"\d{3}-?\d{2,4}", "0123-x")]
    [InlineData(@"[^a-c]x+(?!y)", "abxyz")]
    [InlineData(@"(?:aa|aab|b)*c", "abc")]
    public void Random_texts_in_random_pieces_come_out_as_the_whole_redacted(string pattern, string alphabet)
    {
        // Of the alternatives here the longest is what backtracking finds too, but for the one that is turned around.
        var reference = new Regex(pattern switch
        {
            @"a(?:b|bc|bcd)+e?" => @"a(?:bcd|bc|b)+e?",
            _ => pattern,
        }, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));
        var program = Program(pattern);
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var text = new string([.. Enumerable.Range(0, random.Next(40)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
            var pieces = Pieces(text, random);
            Assert.Equal((text, reference.Replace(text, "#")), (text, string.Concat(Stream(program, pieces))));
        }
    }

    [Fact]
    public void Random_texts_with_everything_in_them_come_out_as_the_whole_redacted()
    {
        string[] parts = ["ada@example.org", "+49 30 1234567", "4111 1111 1111 1111", "DE89370400440532013000", "sk-abcdefghijklmnop1234", " ", ".", "@", "1", "word", "-", "\n", "é", "😀", "sk-"];
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => parts[random.Next(parts.Length)]));
            var shown = Stream(BuiltIn, Pieces(text, random));
            Assert.Equal(TextRedactor.Redact(BuiltIn, text), string.Concat(shown));
        }
    }

    [Fact]
    public void What_is_held_back_is_bounded_and_comes_out_in_the_end()
    {
        var text = new string('a', 100_000);
        var redactor = new TextRedactor(Program("a+b"));
        var output = new StringBuilder();
        redactor.Append(text, output);
        Assert.InRange(text.Length - output.Length, 1, TextRedactor.MaxHeld);
        redactor.End(output);
        Assert.Equal(text, output.ToString());
    }

    [Fact]
    public void A_secret_longer_than_what_is_held_back_is_replaced_to_its_end()
    {
        var key = "sk-" + new string('x', 5000);
        Assert.Equal("a [key] b", TextRedactor.Redact(BuiltIn, $"a {key} b"));
        Assert.Equal("[key]", TextRedactor.Redact(BuiltIn, key));
        Assert.Equal("[redacted]-x", TextRedactor.Redact(Program("a+(?:-b)?"), new string('a', 2000) + "-x"));
        Assert.Equal("[redacted]", TextRedactor.Redact(Program("a+(?:-b)?"), new string('a', 2000) + "-b"));
    }

    [Fact]
    public void A_pattern_that_takes_for_ever_elsewhere_takes_no_time()
    {
        var text = new string('a', 20_000) + "!";
        Assert.Equal(text, TextRedactor.Redact(Program("(?:a|a)*(?:a+)+b"), text));
    }

    [Fact]
    public void Half_a_character_is_never_shown()
    {
        foreach (var piece in Stream(Program("x"), ["a\ud83d", "\ude00b"]))
        {
            Assert.False(piece.Length > 0 && char.IsHighSurrogate(piece[^1]));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a*")]
    [InlineData("(a|)")]
    [InlineData("^a")]
    [InlineData("a+?")]
    [InlineData("(a)\\1")]
    [InlineData("(?=a)b")]
    [InlineData("(?i)a")]
    [InlineData("(?!ab)c")]
    [InlineData("(a")]
    [InlineData("a)")]
    [InlineData("[a")]
    [InlineData("[b-a]")]
    [InlineData("a{2,1}")]
    [InlineData("a{")]
    [InlineData("*a")]
    [InlineData("\\")]
    [InlineData("\\p{Nonsense}")]
    [InlineData("(?:(?:(?:a{100}){100}){100})")]
    public void A_pattern_that_cannot_be_used_is_refused(string pattern) => Assert.Throws<FormatException>(() => Program(pattern));

    private static PatternProgram Program(string pattern) =>
        new([new RedactionPattern(PatternParser.Parse(pattern, ignoreCase: false), pattern.StartsWith("a+(?:-b", StringComparison.Ordinal) ? "[redacted]" : "#")]);

    private static List<string> Pieces(string text, Random random)
    {
        var pieces = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var length = Math.Min(text.Length - at, random.Next(1, 8));
            pieces.Add(text.Substring(at, length));
            at += length;
        }

        return pieces;
    }

    private static List<string> Stream(PatternProgram program, IEnumerable<string> pieces)
    {
        var redactor = new TextRedactor(program);
        var shown = new List<string>();
        foreach (var piece in pieces)
        {
            var output = new StringBuilder();
            redactor.Append(piece, output);
            shown.Add(output.ToString());
        }

        var rest = new StringBuilder();
        redactor.End(rest);
        shown.Add(rest.ToString());
        return shown;
    }
}
