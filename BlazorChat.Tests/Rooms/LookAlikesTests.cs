using BlazorChat.Components.Layout;
using BlazorChat.Languages;
using BlazorChat.Messages;
using BlazorChat.Tests.Support;
using BlazorChat.Text;

namespace BlazorChat.Tests.Rooms;

/// <summary>Nobody is taken for somebody else because their names look alike.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class LookAlikesTests
{
    [Theory]
    [InlineData("Ann", "ann")]
    [InlineData("Ann", "А\u200Dnn")]
    [InlineData("Demo", "Dеmо")]
    [InlineData("Demo", "Ｄｅｍｏ")]
    [InlineData("Demo", "𝐃𝗲𝑚𝓸")]
    [InlineData("Demo", "DEM0")]
    [InlineData("Demo", "Ⓓⓔⓜⓞ")]
    [InlineData("Demo", "D e m o")]
    [InlineData("Demo", "De\uFE0Fmo\u0307")]
    [InlineData("Bill", "BiII")]
    [InlineData("Carl", "Саrӏ")]
    [InlineData("Carmen", "Carrnen")]
    [InlineData("Nora", "Νοrа")]
    [InlineData("Jos\u00E9", "Jose\u0301")]
    [InlineData("\u00C5sa", "A\u030Asa")]
    [InlineData("\u00C5sa", "\u212Bsa")]
    [InlineData("\u0160imon", "S\u030Cimon")]
    [InlineData("Nguy\u1EC5n", "Nguye\u0302\u0303n")]
    [InlineData("\u0419\u043E\u0432", "\u0418\u0306\u043E\u0432")]
    [InlineData("\u03A6\u03AF\u03BB", "\u03A6\u03B9\u0301\u03BB")]
    [InlineData("\uD558\uB298", "\u1112\u1161\u1102\u1173\u11AF")]
    public void These_look_alike(string name, string other) => Assert.Equal(LookAlikes.SkeletonOf(name), LookAlikes.SkeletonOf(other));

    [Theory]
    [InlineData("Ann", "Anna")]
    [InlineData("Ada", "Eda")]
    [InlineData("Müller", "Miller")]
    [InlineData("김하늘", "김하나")]
    [InlineData("Иван", "Ivan")]
    [InlineData("👩", "👨")]
    public void These_do_not(string name, string other) => Assert.NotEqual(LookAlikes.SkeletonOf(name), LookAlikes.SkeletonOf(other));

    [Fact]
    public void A_name_like_an_assistants_or_somebody_elses_is_marked_and_ones_own_is_not()
    {
        var faces = new AssistantFaces(new FakeAssistants(["Demo"]));
        Assert.Equal("not the assistant", faces.LikenessOf(new Author(AuthorKind.Person, "1", "Dеmo"), Words.English));
        Assert.Null(faces.LikenessOf(new Author(AuthorKind.Assistant, "demo", "Demo"), Words.English));
        Assert.Null(faces.LikenessOf(new Author(AuthorKind.Person, "2", "Ada"), Words.English));
        Assert.Equal("not the only one with this name", faces.LikenessOf(new Author(AuthorKind.Person, "3", "Аdа"), Words.English));
        Assert.Null(faces.LikenessOf(new Author(AuthorKind.Person, "2", "Ada"), Words.English));
    }
}
