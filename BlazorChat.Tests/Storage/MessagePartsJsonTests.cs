using BlazorChat.Rooms;
using BlazorChat.Storage;

namespace BlazorChat.Tests.Storage;

public sealed class MessagePartsJsonTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("\"quotes\" \\ and\nlines\tтекст 日本 👩‍👩‍👧 <script>")]
    public void Text_comes_back_as_it_was(string text) =>
        Assert.Equal(new TextPart(text), Assert.Single(MessagePartsJson.Read(MessagePartsJson.WriteText(text))));

    [Fact]
    public void No_text_is_no_part() => Assert.Empty(MessagePartsJson.Read(MessagePartsJson.WriteText("")));

    [Fact]
    public void The_stored_form_is_versioned_and_readable() =>
        Assert.Equal("""{"v":1,"parts":[{"type":"text","text":"Grüße, 日本"}]}""", MessagePartsJson.WriteText("Grüße, 日本"));

    [Fact]
    public void A_part_of_a_newer_version_is_kept_beside_those_that_can_be_read()
    {
        const string Stored = """{"v":7,"parts":[{"type":"text","text":"a"},{"type":"hologram","data":{"x":1}},{"type":"text","text":"b"}]}""";
        var parts = MessagePartsJson.Read(Stored);
        Assert.Equal([new TextPart("a"), new UnknownPart("""{"type":"hologram","data":{"x":1}}"""), new TextPart("b")], parts.ToArray());
        Assert.Equal(parts.ToArray(), MessagePartsJson.Read(MessagePartsJson.Write(parts)).ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{\"v\":1}")]
    [InlineData("{\"parts\":5}")]
    public void Damage_becomes_an_unknown_part_and_can_be_stored_again(string damaged)
    {
        var part = Assert.IsType<UnknownPart>(Assert.Single(MessagePartsJson.Read(damaged)));
        Assert.Equal(damaged, part.Json);
        Assert.IsType<UnknownPart>(Assert.Single(MessagePartsJson.Read(MessagePartsJson.Write([part]))));
    }

    [Theory]
    [InlineData("""{"v":1,"parts":[{"type":"text"}]}""")]
    [InlineData("""{"v":1,"parts":[{"type":"text","text":5}]}""")]
    [InlineData("""{"v":1,"parts":[{"type":5}]}""")]
    [InlineData("""{"v":1,"parts":[null]}""")]
    public void A_malformed_part_never_throws(string stored) =>
        Assert.IsType<UnknownPart>(Assert.Single(MessagePartsJson.Read(stored)));
}
