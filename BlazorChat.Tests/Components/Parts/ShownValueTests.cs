using AngleSharp.Dom;
using BlazorChat.Components.Messages.Parts;
using BlazorChat.Tests.Support;
using Bunit;

namespace BlazorChat.Tests.Components.Parts;

/// <summary>Arguments and results as people read them: by their type, whole, and without a sign that is not there.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class ShownValueTests : IAsyncDisposable
{
    private readonly BunitContext _page = Frames.Page();

    public ValueTask DisposeAsync() => _page.DisposeAsync();

    [Theory]
    [InlineData("""{"to":"Grace","accuracyInMetres":12,"is_urgent":true,"URLOf":null}""", "To|Grace|Accuracy in metres|12|Is urgent|true|URLOf|null")]
    [InlineData("""{"a":{"b":{"c":1}}}""", "A|B C 1|B|C 1|C|1")]
    [InlineData("""{"list":["x",2,[]],"none":{}}""", "List|x2Empty|None|Empty")]
    // Labels that are alike, or that are no names of programs, stay as they are.
    [InlineData("""{"to_whom":1,"toWhom":2}""", "\"to_whom\"|1|\"toWhom\"|2")]
    [InlineData("""{"to\u202e":1,"b":2}""", "\"to\\u202E\"|1|\"b\"|2")]
    [InlineData("""{"":1}""", "\"\"|1")]
    // Texts that would look like something else are quoted.
    [InlineData("""{"a":"","b":" x","c":"x ","d":"17","e":"true","f":"null","g":"1e5"}""", "A|\"\"|B|\" x\"|C|\"x \"|D|\"17\"|E|\"true\"|F|\"null\"|G|\"1e5\"")]
    [InlineData("""{"a":"rm\u202e -rf\u200b","b":"rm [U+202E]","c":"two\nlines"}""", "A|rm[U+202E] -rf[U+200B]|B|\"rm [U+202E]\"|C|two lines")]
    [InlineData("""{"a":"<img src=x onerror=y>&amp;"}""", "A|<img src=x onerror=y>&amp;")]
    [InlineData("""{"n":0.10,"m":1E400}""", "N|0.10|M|1E400")]
    public void An_object_is_labels_with_values(string json, string expected)
    {
        var values = Show(json);
        Assert.Equal(expected, string.Join('|', values.FindAll("dt, dd").Select(Words)));
        Assert.Empty(values.FindAll("img, pre"));
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""[{"a":1},{"a":1,"b":{"c":{"d":{}}}}]""")]
    [InlineData("""{"a":{"b":{"c":{"d":1}}}}""")]
    [InlineData("""{"half":"an obj""")]
    [InlineData("""{"half":"\ud800"}""")]
    [InlineData("17")]
    [InlineData("Plain text")]
    [InlineData("\"a text\"")]
    [InlineData("")]
    public void What_cannot_be_shown_in_full_is_shown_as_it_is(string json)
    {
        var values = Show(json);
        Assert.Equal(JsonText.Of(json).ToString(), values.Find("pre").TextContent);
        Assert.Empty(values.FindAll("dl, table"));
    }

    [Theory]
    [InlineData(199, true)]
    [InlineData(200, false)]
    public void A_value_is_whole_or_it_is_text(int count, bool isList)
    {
        var json = $"[{string.Join(',', Enumerable.Range(0, count))}]";
        var values = Show(json);
        Assert.Equal(isList ? count : 0, values.FindAll("li").Count);
        Assert.Equal(isList ? 0 : 1, values.FindAll("pre").Count);
    }

    [Theory]
    [InlineData(50, 20, true)]
    [InlineData(51, 20, false)]
    [InlineData(2, 600, false)]
    public void Rows_that_are_alike_are_a_table_unless_it_would_be_large(int rows, int length, bool isTable)
    {
        var text = new string('x', length);
        var values = Show($"[{string.Join(',', Enumerable.Range(0, rows).Select(i => $$"""{"author":"Ada","number":{{i}},"text":"{{text}}"}"""))}]");
        Assert.Equal(isTable ? 1 : 0, values.FindAll("table").Count);
        if (isTable)
        {
            Assert.Equal(["Author", "Number", "Text"], values.FindAll("th[scope=col]").Select(Words));
            Assert.Equal(rows * 3, values.FindAll("td").Count);
            Assert.Equal("0", values.Find("[role=group].rows").GetAttribute("tabindex"));
        }
    }

    [Theory]
    [InlineData("https://example.org/a?b=c", null)]
    [InlineData("https://b\u00FCcher.example/", "xn--bcher-kva.example")]
    public void An_address_is_a_link_that_shows_all_of_itself_and_where_it_leads(string url, string? host)
    {
        var values = Show($$"""{"url":"{{url}}"}""");
        var link = values.Find("dd a");
        Assert.Equal((url, url, "noopener noreferrer nofollow ugc"), (link.TextContent, link.GetAttribute("href"), link.GetAttribute("rel")));
        Assert.Equal(host, values.FindAll(".host").SingleOrDefault()?.TextContent);
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://example.org/\\u202egpj.exe")]
    [InlineData("data:text/html,<script>x</script>")]
    [InlineData("//example.org")]
    public void What_is_no_address_of_the_web_is_text(string text) => Assert.Empty(Show($$"""{"url":"{{text}}"}""").FindAll("a, img"));

    [Theory]
    [InlineData(40, 30, true)]
    [InlineData(100_000, 100_000, false)]
    [InlineData(0, 30, false)]
    [InlineData(-1, 30, false)]
    public void A_picture_is_shown_if_it_says_that_it_is_small(int width, int height, bool isShown)
    {
        var file = new byte[64];
        byte[] head = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52];
        head.CopyTo(file, 0);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), width);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), height);
        var values = Show($$"""{"chart":"data:image/png;base64,{{Convert.ToBase64String(file)}}"}""");
        Assert.Equal(isShown ? 1 : 0, values.FindAll("img[alt]").Count);
        Assert.Equal(isShown, values.Markup.Contains("40 × 30 pixels, 64 bytes", StringComparison.Ordinal));
        Assert.Empty(Show("""{"chart":"data:image/svg+xml;base64,PHN2Zy8+"}""").FindAll("img"));
    }

    private IRenderedComponent<ToolValues> Show(string json) => _page.Render<ToolValues>(p => p.Add(v => v.Text, json).Add(v => v.Label, "Arguments"));

    private static string Words(IElement element) => string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
