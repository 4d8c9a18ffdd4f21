using BlazorChat.Rooms;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Rooms;

/// <summary>Whatever color somebody chooses can be read, in light and in dark.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class AccentColorTests
{
    [Theory]
    [InlineData("#0f766e", "#0f766e")]
    [InlineData(" 0F766E ", "#0f766e")]
    [InlineData("#abc", "#aabbcc")]
    [InlineData("", null)]
    [InlineData("#12345", null)]
    [InlineData("red", null)]
    [InlineData("#0f766e;}body{display:none", null)]
    [InlineData(null, null)]
    public void A_color_has_three_or_six_digits(string? text, string? expected) => Assert.Equal(expected, AccentColor.Find(text)?.Chosen);

    [Fact]
    public void Every_color_can_be_read_where_it_is_shown()
    {
        for (var value = 0; value <= 0xFFFFFF; value += 4_099)
        {
            var color = AccentColor.Find(value.ToString("x6", null))!;
            foreach (var (text, surface) in new[]
            {
                (color.Light, "#ffffff"), (color.Light, "#f1f3f1"), (color.OnLight, color.Light), (color.StrongLight, color.SoftLight), (color.OnLight, color.StrongLight), ("#16191c", color.SoftLight),
                (color.Dark, "#16181a"), (color.Dark, "#1e2124"), (color.OnDark, color.Dark), (color.StrongDark, color.SoftDark), (color.OnDark, color.StrongDark), ("#eceeef", color.SoftDark), ("#a6afb6", color.SoftDark),
            })
            {
                Assert.True(AccentColor.Contrast(text, surface) >= AccentColor.LeastContrast, $"{color.Chosen}: {text} on {surface} has {AccentColor.Contrast(text, surface):0.00}.");
            }
        }
    }

    [Fact]
    public void What_can_be_read_is_shown_as_it_was_chosen()
    {
        Assert.Equal(("#0f766e", false), (AccentColor.Find("#0f766e")!.Light, AccentColor.Find("#0f766e")!.IsAdjusted));
        var yellow = AccentColor.Find("#ffd400")!;
        Assert.True(yellow.IsAdjusted);
        Assert.NotEqual(yellow.Chosen, yellow.Light);
    }
}
