using AngleSharp.Dom;
using BlazorChat.Components.Messages.Parts;
using BlazorChat.Languages;
using BlazorChat.Markdown;
using BlazorChat.Messages;
using BlazorChat.Tests.Support;
using Bunit;

namespace BlazorChat.Tests.Components.Parts;

/// <summary>Thoughts, files, sources, errors, damaged parts, and what is known of a response and its versions.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class SmallPartsTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 3, 0, TimeSpan.Zero);

    private readonly BunitContext _page = Frames.Page();

    public ValueTask DisposeAsync() => _page.DisposeAsync();

    [Fact]
    public void Thoughts_are_folded_under_a_line_that_stays_true()
    {
        var view = _page.Render<ReasoningView>(p => p.Add(v => v.IsLive, true).Add(v => v.Blocks, []).AddChildContent("<p>The end</p>"));
        Assert.Equal("Thinking…", view.Find("summary").TextContent);
        Assert.False(view.Find("details").HasAttribute("open"));
        Assert.Empty(view.FindAll("p"));

        view.Find("details").TriggerEvent("ontoggle", EventArgs.Empty);
        Assert.Equal("The end", view.Find(".blocks p").TextContent);

        view.Render(p => p.Add(v => v.IsLive, false).Add(v => v.Took, TimeSpan.FromSeconds(4.2)).Add(v => v.Blocks, MarkdownRenderer.Render("I *think* <script>x</script>")).Add(v => v.ChildContent, (Microsoft.AspNetCore.Components.RenderFragment?)null));
        Assert.Equal("Thought for 4 s", view.Find("summary").TextContent);
        Assert.Equal("think", view.Find(".blocks.settled em").TextContent);
        Assert.Empty(view.FindAll("script"));
    }

    [Fact]
    public void Thoughts_of_unknown_length_and_those_that_nobody_may_read()
    {
        var view = _page.Render<ReasoningView>(p => p.Add(v => v.Blocks, []));
        Assert.Equal("Thought about it", view.Find("summary").TextContent);
        view.Find("details").TriggerEvent("ontoggle", EventArgs.Empty);
        Assert.Equal("The provider keeps these thoughts to itself.", view.Find("p").TextContent);
    }

    [Theory]
    [InlineData("https://example.org/x", "Title \u202E", "Title [U+202E] example.org", true)]
    [InlineData("https://bank.example@evil.example/", "https://bank.example", "https://bank.example evil.example", true)]
    [InlineData("javascript:alert(1)", null, "javascript:alert(1)", false)]
    [InlineData("ftp://example.org", "Files", "Files ftp://example.org", false)]
    public void A_source_shows_where_it_leads(string url, string? title, string text, bool isLink)
    {
        var view = _page.Render<SourceView>(p => p.Add(v => v.Part, new SourcePart(url, title)));
        Assert.Equal(text, view.Find(".source").TextContent);
        Assert.Equal(isLink ? url : null, view.Find(".source").GetAttribute("href"));
    }

    [Fact]
    public void A_file_has_a_name_a_size_and_a_link()
    {
        var part = new FilePart(Guid.NewGuid(), "<b>\u202Efdp.exe", "application/pdf", 3_100_000);
        var view = _page.Render<FileView>(p => p.Add(v => v.Part, part).Add(v => v.Url, "/files/1"));
        Assert.Equal("<b>[U+202E]fdp.exe", view.Find(".name").TextContent);
        Assert.Equal("3.1 MB", view.Find(".size").TextContent);
        Assert.Equal("/files/1", view.Find("a[download][aria-label='Download <b>[U+202E]fdp.exe']").GetAttribute("href"));
        view.Render(p => p.Add(v => v.Url, null));
        Assert.Empty(view.FindAll("a"));
    }

    [Fact]
    public void Errors_and_damaged_parts_are_text()
    {
        Assert.Equal("<b>No</b>", _page.Render<ErrorPartView>(p => p.Add(v => v.Part, new ErrorPart("<b>No</b>"))).Find("p").TextContent);

        var unknown = _page.Render<UnknownPartView>(p => p.Add(v => v.Part, new UnknownPart("{\"type\":\"<img>\"")));
        Assert.Equal("A part of this message was written by a newer version or is damaged.", unknown.Find("summary").TextContent);
        Assert.Empty(unknown.FindAll("pre"));
        unknown.Find("details").TriggerEvent("ontoggle", EventArgs.Empty);
        Assert.Equal("{\"type\":\"<img>\"", unknown.Find("pre").TextContent);
    }

    [Fact]
    public void Details_say_what_is_known_of_an_answer()
    {
        var metadata = new ResponseMetadata { Model = "large-4", Provider = "Some", FirstTokenAt = Noon.AddSeconds(0.7), Tokens = new TokenCounts(12034, 981, 8000, 120), Cost = 1234.0421m, Steps = 3 };
        Assert.Equal(
            [
                "Model: large-4", "Provider: Some", "Started: 2026-01-02 13:03", "Time to first token: 0.7 s", "Duration: 1 min 14 s",
                "Input tokens: 12,034 (8,000 cached)", "Output tokens: 981 (120 reasoning)", "Cost: 1,234.0421 USD", "Steps: 3",
            ],
            Details(metadata, Noon.AddSeconds(74), "USD"));
    }

    [Fact]
    public void What_is_not_known_of_an_answer_has_no_row()
    {
        Assert.Equal(["Started: 2026-01-02 13:03"], Details(new ResponseMetadata(), null, null));
        Assert.Contains("Cost: less than 0.0001", Details(new ResponseMetadata { Cost = 0.00002m }, null, null));
        Assert.Contains("Cost: 0.00", Details(new ResponseMetadata { Cost = 0 }, null, null));
        Assert.Contains("Input tokens: 5", Details(new ResponseMetadata { Tokens = new TokenCounts(5, 0, 0, 0) }, null, null));
    }

    [Fact]
    public async Task Versions_are_moved_through_one_by_one_and_not_past_the_ends()
    {
        var moves = new List<int>();
        var view = _page.Render<VersionSwitch>(p => p.Add(v => v.Number, 2).Add(v => v.Count, 3).Add(v => v.OnMove, moves.Add));
        Assert.Equal("2 of 3", view.Find(".number").TextContent);
        await view.Find("button[aria-label='Previous version']").ClickAsync(new());
        await view.Find("button[aria-label='Next version']").ClickAsync(new());
        Assert.Equal([1, 3], moves);

        view.Render(p => p.Add(v => v.Number, 3));
        var next = view.Find("button[aria-label='Next version']");
        Assert.Equal("true", next.GetAttribute("aria-disabled"));
        await next.ClickAsync(new());
        Assert.Equal([1, 3], moves);

        view.Render(p => p.Add(v => v.Number, 1).Add(v => v.Count, 1));
        Assert.Empty(view.FindAll("button"));
    }

    [Theory]
    [InlineData(-3, "0 s")]
    [InlineData(0.04, "under 0.1 s")]
    [InlineData(9.94, "9.9 s")]
    [InlineData(9.96, "10 s")]
    [InlineData(59.4, "59 s")]
    [InlineData(59.6, "1 min 0 s")]
    [InlineData(119.7, "2 min 0 s")]
    [InlineData(3599.7, "1 h 0 min")]
    [InlineData(7_800, "2 h 10 min")]
    public void Times_are_as_people_say_them(double seconds, string text) => Assert.Equal(text, Quantity.Of(Words.English, TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(1, "1 byte")]
    [InlineData(999, "999 bytes")]
    [InlineData(1_500, "1.5 KB")]
    [InlineData(14_200, "14 KB")]
    [InlineData(999_600, "1.0 MB")]
    [InlineData(3_100_000, "3.1 MB")]
    [InlineData(5_000_000_000, "5.0 GB")]
    public void Sizes_are_as_people_say_them(long bytes, string text) => Assert.Equal(text, Quantity.Size(Words.English, bytes));

    private List<string> Details(ResponseMetadata metadata, DateTimeOffset? ended, string? currency)
    {
        var message = new Message
        {
            Id = Guid.NewGuid(),
            RoomId = Guid.Empty,
            Sequence = 1,
            Author = new Author(AuthorKind.Assistant, "a", "Demo"),
            Parts = [],
            Status = MessageStatus.Complete.Instance,
            CreatedAt = Noon,
            EndedAt = ended,
        };
        var zone = TimeZoneInfo.CreateCustomTimeZone("One", TimeSpan.FromHours(1), null, null);
        var view = _page.Render<ResponseDetails>(p => p.Add(v => v.Message, message).Add(v => v.Metadata, metadata).Add(v => v.Zone, zone).Add(v => v.Currency, currency));
        return [.. view.FindAll("dt").Zip(view.FindAll("dd"), (term, value) => $"{term.TextContent}: {value.TextContent}")];
    }
}
