using BlazorChat.Tests.Support;
using BlazorChat.Text;

namespace BlazorChat.Tests.Rooms;

/// <summary>What shows nothing is neither a name nor a message, and nothing invisible makes two names differ.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("\u2800")]
    [InlineData("\u3164")]
    [InlineData("\u115F\u1160")]
    [InlineData("\uFFA0")]
    [InlineData("\u200B\u2060\uFEFF")]
    [InlineData("\u200C\u200D")]
    [InlineData("\u00AD\u061C\u200E\u200F")]
    [InlineData("\U000E0041\U000E0042")]
    [InlineData("\uFE0F")]
    [InlineData("\U000E0100")]
    [InlineData("\u034F\u180E\u2065")]
    [InlineData("\u00A0\u2003\u3000")]
    [InlineData("\u0301")]
    [InlineData("\u0001\u0002")]
    [InlineData("\u2028")]
    public void Blank_names_and_messages_are_refused(string blank)
    {
        Assert.Contains("visible", Names.CheckPersonName(blank).Error!.Message, StringComparison.Ordinal);
        Assert.Contains("visible", Names.CheckRoomName($" {blank}{blank} ").Error!.Message, StringComparison.Ordinal);
        Assert.Equal("A message needs some text.", MessageText.Check(Guid.NewGuid(), string.Concat(Enumerable.Repeat(blank, 1_000)))?.Message);
    }

    [Theory]
    [InlineData("Ann\u00AD")]
    [InlineData("A\u200Bnn")]
    [InlineData("Ann\U000E0041")]
    [InlineData("\u200EAnn")]
    [InlineData("Ann\u061C")]
    [InlineData("An\u2060n\uFEFF")]
    [InlineData(" \u200B Ann \u3164 ")]
    public void A_name_loses_what_nobody_sees(string name) => Assert.Equal("Ann", Names.CheckPersonName(name).Value);

    [Theory]
    [InlineData("👨\u200D👩\u200D👧")]
    [InlineData("❤\uFE0F")]
    [InlineData("🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F")]
    [InlineData("نرگس\u200Cها")]
    [InlineData("葛\U000E0100城")]
    [InlineData("Zoë O’Neil-Müller")]
    [InlineData("김하늘")]
    public void What_writing_and_emoji_need_stays(string name) => Assert.Equal(name, Names.CheckPersonName(name).Value);

    [Fact]
    public void Control_characters_of_a_message_become_their_symbols()
    {
        Assert.Equal("\u241B[1mBold\u241B[0m\tand\r\nnext\u2421\uFFFD", MessageText.Shown("\u001B[1mBold\u001B[0m\tand\r\nnext\u007F\u0085"));
        Assert.Equal("Plain ünïcode 👍", MessageText.Shown("Plain ünïcode 👍"));
    }
}
