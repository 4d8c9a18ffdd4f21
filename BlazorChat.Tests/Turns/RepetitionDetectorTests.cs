using System.Text;
using BlazorChat.Assistants.Providers.Demo;
using BlazorChat.Tests.Support;
using BlazorChat.Turns;

namespace BlazorChat.Tests.Turns;

/// <summary>What counts as a text that goes round in circles, and what repeats legitimately.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class RepetitionDetectorTests
{
    private const string Sentence = "I am sorry, but as far as I know the answer to this is not known. ";

    // No block of it occurs twice.
    private static readonly string Ordinary = string.Join(' ', Enumerable.Range(0, 3_000).Select(i => $"word{i * 7919 % 4001}{(i % 13 == 0 ? ".\n\n" : "")}"));

    public static TheoryData<string> Loops => new(
        Sentence,
        $"{Sentence}\n\n",
        "ha ha, or ha? ",
        "我不知道这个问题的答案。",
        string.Concat(Enumerable.Range(0, 60).Select(i => $"p{i} "))[..200],
        Ordinary[..1_500],
        Ordinary[..2_900],
        // A block that has the same words at both ends and in its middle.
        $"{Sentence}{Ordinary[..200]}{Sentence}{Ordinary[200..400]}",
        "## Step\n\nNow I look at the file again, and then I look at what it says about it.\n\n");

    public static TheoryData<string> Rows => new(
        "| 0 | 0 | none |\n", "- [ ] to do\n", "* yes, yes\n", "> quoted\n", "1. item\n", "0.0, 1.0, 2.0, ", "|:-------:|:------:", "| 0.0 | 1.5 | yes | no | perhaps | never | always |\n");

    [Theory]
    [MemberData(nameof(Loops))]
    public void A_text_that_repeats_itself_is_found_soon_in_pieces_of_any_size(string block)
    {
        var text = Ordinary[..777] + string.Concat(Enumerable.Repeat(block, 1 + (60_000 / block.Length)));
        foreach (var size in new[] { 1, 7, 100, text.Length })
        {
            Assert.InRange(Taken(text, size), 777, 777 + Math.Max(RepetitionDetector.Prose, 5 * block.Length) + (2 * block.Length) + 200);
        }
    }

    [Fact]
    public void Four_times_the_same_is_not_five()
    {
        var block = Ordinary[..200];
        Assert.Equal(800 + 400, Taken(string.Concat(Enumerable.Repeat(block, 4)) + Ordinary[1_000..1_400], 5));
        Assert.InRange(Taken(string.Concat(Enumerable.Repeat(block, 7)), 5), 1_000, 1_200);
    }

    [Fact]
    public void An_ordinary_text_is_never_ended() => Assert.Equal(Ordinary.Length, Taken(Ordinary, 4));

    [Theory]
    [MemberData(nameof(Rows))]
    public void Rows_that_are_the_same_are_not_a_loop_until_there_are_far_too_many(string row)
    {
        var rows = "Here they are:\n\n" + string.Concat(Enumerable.Repeat(row, 1 + (8_000 / row.Length)));
        Assert.Equal(rows.Length, Taken(rows, 3));
        var endless = "Here they are:\n\n" + string.Concat(Enumerable.Repeat(row, 1 + (60_000 / row.Length)));
        Assert.InRange(Taken(endless, 3), RepetitionDetector.Rows, RepetitionDetector.Rows + 500);
    }

    [Theory]
    [InlineData("-")]
    [InlineData("z")]
    [InlineData("ha ")]
    [InlineData("0, ")]
    public void Single_characters_may_go_on_for_very_long_but_not_for_ever(string characters)
    {
        var text = string.Concat(Enumerable.Repeat(characters, 90_000 / characters.Length));
        Assert.Equal(text.Length, Taken(text, 9));
        Assert.InRange(Taken(text + text, 9), RepetitionDetector.Characters, RepetitionDetector.Characters + 500);
        // A run that ended does not count for the next one.
        Assert.Equal((2 * text.Length) + Ordinary.Length, Taken(text + Ordinary + text, 9));
    }

    [Fact]
    public void Nothing_that_the_demo_assistant_says_is_a_loop() =>
        Assert.All([DemoTexts.Help, DemoTexts.Markdown, DemoTexts.Code, DemoTexts.Table, DemoTexts.Long], text => Assert.Equal(text.Length, Taken(text, 4)));

    [Fact]
    public void Lines_of_code_may_repeat_and_after_the_code_it_is_prose_again()
    {
        var code = "```c\n" + string.Concat(Enumerable.Repeat("    push(stack, zero);\n", 300)) + "```\n\n";
        Assert.Equal(code.Length, Taken(code, 3));
        var text = code + string.Concat(Enumerable.Repeat(Sentence, 900));
        Assert.InRange(Taken(text, 3), code.Length + 900, code.Length + 1_300);
        // Three back quotes inside a line begin no code.
        var inline = "This is a fence: ``` and so on.\n" + string.Concat(Enumerable.Repeat(Sentence, 900));
        Assert.InRange(Taken(inline, 3), 900, 1_300);
    }

    [Fact]
    public void A_character_is_not_cut_in_half()
    {
        var text = new StringBuilder().Insert(0, "Look, a \U0001F980!\U0001F980", 2_000).ToString();
        var taken = Taken(text, text.Length);
        Assert.False(char.IsHighSurrogate(text[taken - 1]));
    }

    // How much of a text that comes in pieces is taken.
    private static int Taken(string text, int size)
    {
        var detector = new RepetitionDetector();
        var taken = 0;
        while (taken < text.Length && !detector.Repeats)
        {
            var piece = text.AsSpan(taken, Math.Min(size, text.Length - taken));
            taken += detector.Take(piece);
        }

        return taken;
    }
}
