using System.Globalization;
using System.Text;

namespace BlazorChat.Text;

/// <summary>
/// Finds names that look alike. Small on purpose: without ICU there is neither normalization nor Unicode's table of confusables, so this
/// knows the letters that are used to imitate Latin names, and compares all others as they are.
/// </summary>
internal static class LookAlikes
{
    // Pairs of a lower-case letter and the Latin letter that it looks like. Letters that Latin fonts mix up are one letter here.
    private const string Table =
        "аaвbгrеeёeкkмmнhоoрpсcтtуyхxіlїlјjѕsһhԁdԛqԝwӏlԍgցgօoոnսuհhќkўyґr"
        + "αaβbγyεeηnιlκkνvοoρpτtυuχxωwάaέeήnίlόoύuώw"
        // Capitals that look like another letter than their small ones.
        + "ΝnΗhΥyΜmΖz"
        + "ılɡgɑaɩlʟlᴏoɪl0o1l|l!lil5s$s8b";

    // Letters with marks, each behind the letter without them: a name that was typed on a phone may have them in one character, and the same
    // name from elsewhere in two.
    private static readonly string[] Marked =
    [
        "aàáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ", "cçćĉċčḉ", "eèéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ", "iìíîïĩīĭįǐȉȋḭḯỉị", "nñńņňǹṅṇṉṋ",
        "oòóôõöōŏőơǒǫǭȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ", "uùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự", "yýÿŷȳẏẙỳỵỷỹ", "dďḋḍḏḑḓ", "gĝğġģǧǵḡ", "hĥȟḣḥḧḩḫẖ",
        "jĵǰ", "kķǩḱḳḵ", "lĺļľḷḹḻḽ", "rŕŗřȑȓṙṛṝṟ", "sśŝşšșṡṣṥṧṩ", "tţťțṫṭṯṱẗ", "wŵẁẃẅẇẉẘ", "zźżžẑẓẕ", "æǣǽ", "ʒǯ", "øǿ", "bḃḅḇ", "fḟ",
        "mḿṁṃ", "pṕṗ", "vṽṿ", "xẋẍ", "ſẛ", "ιΐίϊἰἱἲἳἴἵἶἷὶίῐῑῒΐῖῗ", "αάἀἁἂἃἄἅἆἇὰάᾀᾁᾂᾃᾄᾅᾆᾇᾰᾱᾲᾳᾴᾶᾷ", "εέἐἑἒἓἔἕὲέ",
        "ηήἠἡἢἣἤἥἦἧὴήᾐᾑᾒᾓᾔᾕᾖᾗῂῃῄῆῇ", "υΰϋύὐὑὒὓὔὕὖὗὺύῠῡῢΰῦῧ", "οόὀὁὂὃὄὅὸό", "ωώὠὡὢὣὤὥὦὧὼώᾠᾡᾢᾣᾤᾥᾦᾧῲῳῴῶῷ", "ρῤῥ", "ийѝӣӥ", "еѐёӗ", "гѓ",
        "ії", "кќ", "уўӯӱӳ", "ѵѷ", "жӂӝ", "аӑӓ", "әӛ", "зӟ", "оӧ", "өӫ", "эӭ", "чӵ", "ыӹ",
    ];

    private const int FirstSyllable = 0xAC00;
    private const int LastSyllable = 0xD7A3;

    private static readonly Dictionary<int, char> Latin = Read();

    private static readonly Dictionary<int, char> Unmarked = Marked.SelectMany(group => group.Skip(1), (group, letter) => (letter, group[0])).ToDictionary(pair => (int)pair.letter, pair => pair.Item2);

    /// <summary>What is left of a name when everything is taken away that does not change its looks. Names with the same skeleton look alike.</summary>
    public static string SkeletonOf(string name)
    {
        var skeleton = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
                    or UnicodeCategory.Control or UnicodeCategory.SpaceSeparator or UnicodeCategory.OtherNotAssigned
                || !VisibleText.IsIn(rune.ToString()))
            {
                continue;
            }

            if (rune.Value is >= FirstSyllable and <= LastSyllable)
            {
                AppendLetters(skeleton, rune.Value - FirstSyllable);
                continue;
            }

            var plain = new Rune(PlainOf(rune.Value));
            var lower = Rune.ToLowerInvariant(plain);
            lower = Unmarked.TryGetValue(lower.Value, out var unmarked) ? new Rune(unmarked) : lower;
            skeleton.Append(Latin.TryGetValue(plain.Value, out var latin) || Latin.TryGetValue(lower.Value, out latin) ? latin.ToString() : lower.ToString());
        }

        return skeleton.Replace("rn", "m").Replace("vv", "w").ToString();
    }

    // A syllable of Hangul is one character, or the two or three letters that it is made of.
    private static void AppendLetters(StringBuilder skeleton, int syllable)
    {
        skeleton.Append((char)(0x1100 + (syllable / 588))).Append((char)(0x1161 + (syllable % 588 / 28)));
        if (syllable % 28 > 0)
        {
            skeleton.Append((char)(0x11A7 + (syllable % 28)));
        }
    }

    // The same letter in another dress: full width, and the alphabets and digits of mathematics.
    private static int PlainOf(int rune) => rune switch
    {
        >= 0xFF01 and <= 0xFF5E => rune - 0xFF01 + '!',
        >= 0x1D400 and <= 0x1D6A3 => (rune - 0x1D400) % 52 is var letter and < 26 ? 'A' + letter : 'a' + ((rune - 0x1D400) % 52) - 26,
        >= 0x1D7CE and <= 0x1D7FF => '0' + ((rune - 0x1D7CE) % 10),
        >= 0x24B6 and <= 0x24CF => 'a' + rune - 0x24B6,
        >= 0x24D0 and <= 0x24E9 => 'a' + rune - 0x24D0,
        _ => rune,
    };

    private static Dictionary<int, char> Read()
    {
        var latin = new Dictionary<int, char>();
        for (var at = 0; at + 1 < Table.Length; at += 2)
        {
            latin[Table[at]] = Table[at + 1];
        }

        return latin;
    }
}
