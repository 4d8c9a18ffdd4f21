using BlazorChat.Components.Layout;
using BlazorChat.Messages;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Components;

/// <summary>The picture that everybody has without doing anything: a letter of the name, and a color of their own.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class AvatarTests
{
    [Theory]
    [InlineData("Ada", "A")]
    [InlineData("ada lovelace", "A")]
    [InlineData("élan", "É")]
    [InlineData("e\u0301lan", "E")]
    [InlineData("ярослав", "Я")]
    [InlineData("李小龙", "李")]
    [InlineData("7 of 9", "7")]
    // What nobody reads as a letter is passed over…
    [InlineData("“@home”", "H")]
    [InlineData("🦊 fox", "F")]
    // … unless there is nothing else: then the whole of what people see as one character.
    [InlineData("🦊", "🦊")]
    [InlineData("👩‍🚀👩‍🚀", "👩‍🚀")]
    [InlineData("!?", "!")]
    // Outside the first plane, two halves make one letter.
    [InlineData("𝒜da", "𝒜")]
    [InlineData("𐐨𐐨", "𐐀")]
    [InlineData("", "?")]
    [InlineData(null, "?")]
    public void The_letter_is_the_first_one_of_the_name(string? name, string letter) => Assert.Equal(letter, Avatar.LetterOf(name));

    [Fact]
    public void The_color_is_the_persons_whatever_they_are_called_also_after_a_restart()
    {
        var ada = new Person(Guid.Parse("018f0000-0000-7000-8000-00000000000a"), "Ada");
        Assert.Equal("c2", Avatar.ColorOf(ada));
        Assert.Equal(Avatar.ColorOf(ada), Avatar.ColorOf(ada with { Name = "Ada Lovelace" }));
        Assert.Equal(Avatar.ColorOf(ada), Avatar.ColorOf(ada.AsAuthor()));
        Assert.Equal("c0", Avatar.ColorOf((Person?)null));
    }

    [Fact]
    public void Each_color_of_the_style_sheet_is_used_and_no_other()
    {
        var used = Enumerable.Range(0, 1_000).Select(i => Avatar.ColorOf(new Author(AuthorKind.Person, $"{i}", "Ada"))).ToHashSet();
        var css = File.ReadAllText(Repository.File("BlazorChat/wwwroot/css/app.css"));
        Assert.Equal(10, used.Count);
        Assert.All(used, color => Assert.Contains($".{color} {{", css, StringComparison.Ordinal));
    }
}
