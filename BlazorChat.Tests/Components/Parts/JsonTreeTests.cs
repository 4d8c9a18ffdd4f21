using BlazorChat.Components.Messages.Parts;
using BlazorChat.Tests.Support;
using Bunit;

namespace BlazorChat.Tests.Components.Parts;

/// <summary>A tree of whatever JSON there is: native elements, bounded, and what is left out says how much it is.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class JsonTreeTests : IAsyncDisposable
{
    private readonly BunitContext _page = Frames.Page();

    public ValueTask DisposeAsync() => _page.DisposeAsync();

    [Fact]
    public void Values_stand_under_their_names_as_text()
    {
        var tree = Show("""{"<b>name</b>":"<i>text</i>","n":1.50,"list":[true,null],"hidden":"\u202e"}""");
        Assert.Equal(["<b>name</b>: \"<i>text</i>\"", "n: 1.50", "0: true", "1: null", "hidden: \"\\u202E\""], tree.FindAll(".leaf").Select(l => l.TextContent));
        Assert.Equal(["{4}", "list: [2]"], tree.FindAll("summary").Select(s => s.TextContent));
        Assert.Empty(tree.FindAll(".tree b, .tree i"));
    }

    [Fact]
    public void The_first_levels_are_open_and_it_can_be_scrolled_by_keyboard()
    {
        var tree = Show("""{"a":{"b":{"c":1}}}""");
        Assert.Equal([true, true, false], tree.FindAll("details").Select(d => d.HasAttribute("open")));
        Assert.Equal("0", tree.Find("[role=group][aria-label=Tree]").GetAttribute("tabindex"));
    }

    [Fact]
    public void Of_many_values_500_are_shown_and_the_number_of_the_others_and_all_of_them_as_text()
    {
        var json = "[" + string.Join(',', Enumerable.Range(0, 10_000)) + "]";
        var tree = Show(json);
        Assert.Equal(JsonTreeNode.MostNodes - 1, tree.FindAll(".leaf").Count);
        Assert.Equal("… and 9,501 more", tree.Find(".more").TextContent);

        tree.Find(".whole").TriggerEvent("ontoggle", EventArgs.Empty);
        Assert.Contains("  9999\n]", tree.Find("pre").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void What_fills_the_bound_leaves_its_siblings_counted()
    {
        var tree = Show($$"""{"first":[{{string.Join(',', Enumerable.Range(0, 600))}}],"second":1,"third":2}""");
        Assert.Equal(["… and 102 more", "… and 2 more"], tree.FindAll(".more").Select(m => m.TextContent));
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void Deep_nesting_ends_where_the_bound_is(string open, string close)
    {
        var depth = 60_000 / (open.Length + close.Length);
        var json = string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
        var tree = Show(json);
        Assert.Equal(JsonTreeNode.MostDepth + 1, tree.FindAll(".tree details").Count);
        Assert.Equal("… and 1 more", tree.Find(".more").TextContent);
        tree.Find(".whole").TriggerEvent("ontoggle", EventArgs.Empty);
        Assert.Equal(json, tree.Find("pre").TextContent);
    }

    [Fact]
    public void A_scalar_alone_is_a_leaf_and_a_small_tree_needs_no_text_beside()
    {
        Assert.Equal("5", Show("5").Find(".leaf").TextContent);
        Assert.Equal("{0}", Show("{}").Find(".leaf").TextContent);
        Assert.Empty(Show("""{"a":1}""").FindAll(".whole"));
    }

    private IRenderedComponent<JsonTree> Show(string json) => _page.Render<JsonTree>(p => p.Add(t => t.Json, json).Add(t => t.Label, "Tree"));
}
