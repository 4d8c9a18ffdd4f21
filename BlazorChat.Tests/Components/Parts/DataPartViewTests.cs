using BlazorChat.Components.Messages.Parts;
using BlazorChat.Messages;
using BlazorChat.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Components.Parts;

/// <summary>Data are shown by the renderer of their type; without one, or when it cannot, as a tree. Whatever they are, the page stays.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class DataPartViewTests : IAsyncDisposable
{
    private readonly BunitContext _page = Frames.Page();

    public DataPartViewTests() => _page.Services.AddDataPartRenderers();

    public ValueTask DisposeAsync() => _page.DisposeAsync();

    [Fact]
    public void Sources_are_links_with_the_host_they_lead_to()
    {
        var view = Show(DataPart.Sources, """[{"url":"https://example.org/a","title":"<b>How</b> to"},{"url":"http://user@аррӏе.com/","title":null}]""");
        var links = view.FindAll("a");
        Assert.Equal(["<b>How</b> to example.org", "xn--80ak6aa92e.com"], links.Select(a => a.TextContent));
        Assert.All(links, a => Assert.Equal("noopener noreferrer nofollow ugc", a.GetAttribute("rel")));
        Assert.All(links, a => Assert.Equal("_blank", a.GetAttribute("target")));
        Assert.Empty(view.FindAll("b"));
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("JaVaScRiPt:alert(1)")]
    [InlineData(" javascript:alert(1)")]
    [InlineData("java\\tscript:alert(1)")]
    [InlineData("data:text/html,<script>alert(1)</script>")]
    [InlineData("vbscript:x")]
    [InlineData("//example.org")]
    [InlineData("/rooms")]
    [InlineData("mailto:ada@example.org")]
    [InlineData("https://")]
    [InlineData("https:\\\\\\\\example.org")]
    [InlineData("")]
    public void An_address_that_is_not_http_is_no_link(string url)
    {
        var view = Show(DataPart.Sources, $$"""[{"url":"{{url}}","title":"Click me"}]""");
        Assert.Empty(view.FindAll("a, script"));
        Assert.Contains("Click me", view.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_very_many_sources_the_first_are_shown_and_the_number_of_the_others()
    {
        var view = Show(DataPart.Sources, "[" + string.Join(',', Enumerable.Range(0, 1_200).Select(i => $$"""{"url":"https://example.org/{{i}}"}""")) + "]");
        Assert.Equal(50, view.FindAll("a").Count);
        Assert.Equal("… and 1,150 more", view.Find(".more").TextContent);
    }

    [Theory]
    [InlineData("""{"label":"Reading","value":42,"max":120}""", "Reading", "42", "120", "42 of 120")]
    [InlineData("""{"label":"<b>","value":-5,"max":10}""", "<b>", "0", "10", "0 of 10")]
    [InlineData("""{"value":1e300,"max":2.5}""", "Progress", "2.5", "2.5", "2.5 of 2.5")]
    [InlineData("""{"label":"Waiting"}""", "Waiting", null, null, null)]
    [InlineData("""{"label":"Waiting","value":3}""", "Waiting", null, null, null)]
    [InlineData("""{"label":"Waiting","value":3,"max":0}""", "Waiting", null, null, null)]
    public void Progress_is_a_labelled_bar(string json, string label, string? value, string? max, string? text)
    {
        var view = Show(DataPart.Progress, json);
        var bar = view.Find("label progress");
        Assert.Equal(label, view.Find(".label").TextContent);
        Assert.Equal((value, max), (bar.GetAttribute("value"), bar.GetAttribute("max")));
        Assert.Equal(text, view.FindAll(".value").SingleOrDefault()?.TextContent);
    }

    [Fact]
    public void Usage_is_a_table_of_what_is_known()
    {
        var view = Show(DataPart.Usage, """{"input":12034,"output":981,"cached":null}""");
        Assert.Equal(["Input12,034", "Output981"], view.FindAll("tr").Select(r => r.TextContent));
        Assert.Equal(2, view.FindAll("th[scope=row]").Count);
    }

    [Theory]
    [InlineData(DataPart.Sources, "{}")]
    [InlineData(DataPart.Sources, "[1]")]
    [InlineData(DataPart.Sources, """[{"title":"No address"}]""")]
    [InlineData(DataPart.Sources, """[{"url":5}]""")]
    [InlineData(DataPart.Sources, """[{"url":null}]""")]
    [InlineData(DataPart.Sources, "[null]")]
    [InlineData(DataPart.Sources, """[{"Url":"https://example.org"}]""")]
    [InlineData(DataPart.Progress, "null")]
    [InlineData(DataPart.Progress, """{"label":"\ud800"}""")]
    [InlineData(DataPart.Progress, "[]")]
    [InlineData(DataPart.Progress, """{"percent":5}""")]
    [InlineData(DataPart.Progress, """{"label":{}}""")]
    [InlineData(DataPart.Progress, """{"value":"1","max":2}""")]
    [InlineData(DataPart.Progress, """{"value":1e999,"max":2}""")]
    [InlineData(DataPart.Usage, "{}")]
    [InlineData(DataPart.Usage, "null")]
    [InlineData(DataPart.Usage, """{"input":-1}""")]
    [InlineData(DataPart.Usage, """{"input":1.5}""")]
    [InlineData(DataPart.Usage, """{"input":"5"}""")]
    [InlineData("no-such-type", "{}")]
    public void Data_of_another_shape_are_a_tree(string type, string json)
    {
        var view = Show(type, json);
        Assert.Equal(type, view.Find(".type").TextContent);
        Assert.NotNull(view.Find($"[role=group][aria-label='Data: {type}']"));
        Assert.Empty(view.FindAll("progress, table, a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"a\":")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"\\udc00\":1}")]
    public void What_is_no_JSON_is_shown_as_text(string json)
    {
        foreach (var type in new[] { DataPart.Sources, DataPart.Progress, DataPart.Usage, "other" })
        {
            var view = Show(type, json);
            Assert.Contains("This data can’t be shown as a tree.", view.Markup, StringComparison.Ordinal);
            Assert.Equal(json, view.Find("pre").TextContent);
            Assert.Empty(view.FindAll("script"));
        }
    }

    [Fact]
    public void The_renderer_that_was_registered_last_shows_a_type()
    {
        _page.Services.AddSingleton<IDataPartRenderer>(new Own(DataPart.Progress, typeof(Shout)));
        Assert.Equal("<p>5!</p>", Show(DataPart.Progress, "5").Markup);
    }

    [Fact]
    public void A_renderer_that_throws_leaves_the_tree_until_there_are_other_data()
    {
        _page.Services.AddSingleton<IDataPartRenderer>(new Own("shout", typeof(Shout)));
        var view = Show("shout", "null");
        Assert.Equal("null", view.Find(".tree").TextContent.Trim());

        view.Render(p => p.Add(v => v.Part, new DataPart("shout", null, "7")));
        Assert.Equal("<p>7!</p>", view.Markup);
    }

    [Fact]
    public void The_same_data_are_read_once()
    {
        _page.Services.AddSingleton<IDataPartRenderer>(new Own("shout", typeof(Shout)));
        var part = new DataPart("shout", null, "7");
        var view = _page.Render<DataPartView>(p => p.Add(v => v.Part, part));
        var shout = view.FindComponent<Shout>();
        var renders = shout.RenderCount;
        view.Render(p => p.Add(v => v.Part, part));
        Assert.Equal(renders, shout.RenderCount);
    }

    [Theory]
    [InlineData("Shout", typeof(Shout), "Type is 'Shout'")]
    [InlineData("", typeof(Shout), "Type is ''")]
    [InlineData("shout\n", typeof(Shout), "Type is")]
    [InlineData("shout", typeof(string), "Component is String")]
    [InlineData("shout", typeof(ErrorPartView), "Component is ErrorPartView")]
    public void A_renderer_that_cannot_work_is_refused(string type, Type component, string sentence)
    {
        var refused = Assert.Throws<InvalidOperationException>(() => new DataPartRenderers([new Own(type, component)]));
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
    }

    private IRenderedComponent<DataPartView> Show(string type, string json) => _page.Render<DataPartView>(p => p.Add(v => v.Part, new DataPart(type, null, json)));

    private sealed record Own(string Type, Type Component) : IDataPartRenderer;

    private sealed class Shout : ComponentBase
    {
        [Parameter]
        public DataPart Part { get; set; } = null!;

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.OpenElement(0, "p");
            builder.AddContent(1, int.Parse(Part.Json) + "!");
            builder.CloseElement();
        }
    }
}
