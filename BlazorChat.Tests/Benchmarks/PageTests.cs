using BlazorChat.Benchmarks.Circuits;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Benchmarks;

[Trait(nameof(Kind), Kind.Unit)]
public class PageTests
{
    private static readonly Uri Address = new("http://127.0.0.1:5000/rooms/1?x=1");

    [Fact]
    public void Markers_of_server_components_are_taken_as_they_stand_and_in_order()
    {
        const string First = """{"type":"server","prerenderId":"a","key":{"locationHash":"x:0","formattedComponentKey":""},"sequence":0,"descriptor":"CfDJ8\u002B"}""";
        const string Second = """{"type":"server","sequence":1,"descriptor":"CfDJ9"}""";
        var page = PageMarkers.Parse(
            $"<head><!--Blazor:{First}--><title>x</title><!--Blazor:{"""{"prerenderId":"a"}"""}--></head><p><!-- Blazor: no --><!--Blazor:{Second}--></p>",
            Address);

        Assert.Equal([First, Second], page.Components);
    }

    [Fact]
    public void Markers_of_other_kinds_of_components_are_left_alone()
    {
        var page = PageMarkers.Parse("""<!--Blazor:{"type":"webassembly","assembly":"x"}-->""", Address);

        Assert.Empty(page.Components);
    }

    [Fact]
    public void A_marker_that_is_no_json_is_a_format_error()
    {
        Assert.Throws<FormatException>(() => PageMarkers.Parse("<!--Blazor:{type}-->", Address));
    }

    [Fact]
    public void The_persisted_state_for_the_server_is_found()
    {
        var page = PageMarkers.Parse("<!--Blazor-WebAssembly-Component-State:no--><!--Blazor-Server-Component-State:CfDJ8+/x==-->", Address);

        Assert.Equal("CfDJ8+/x==", page.State);
    }

    [Theory]
    [InlineData("", "http://127.0.0.1:5000/")]
    [InlineData("""<base href="/" />""", "http://127.0.0.1:5000/")]
    [InlineData("""<base target="_self" href="/chat/">""", "http://127.0.0.1:5000/chat/")]
    public void The_base_address_is_the_pages_own(string html, string expected)
    {
        Assert.Equal(expected, PageMarkers.Parse(html, Address).BaseUri.ToString());
    }

    [Fact]
    public void The_join_form_is_posted_with_its_hidden_fields_and_the_name()
    {
        const string Html = """
            <form action="/search"><input type="search" name="q"></form>
            <form method="post" action="join?to=%2Fa&amp;x=1">
              <input type="hidden" name="_handler" value="join" /><input name='Name' class="a b" value="">
              <input type=hidden name=token value="a&quot;b"><input type="checkbox" name="no" value="1"><button type="submit" name="b">Join</button>
            </form>
            """;

        var form = JoinForm.Fill(Html, Address, "Ada");

        Assert.Equal("http://127.0.0.1:5000/rooms/join?to=%2Fa&x=1", form.Action.ToString());
        Assert.Equal(
            [KeyValuePair.Create("_handler", "join"), KeyValuePair.Create("Name", "Ada"), KeyValuePair.Create("token", "a\"b")],
            form.Fields);
    }

    [Fact]
    public void A_form_without_an_action_is_posted_to_its_page()
    {
        Assert.Equal(Address, JoinForm.Fill("""<form method="post"><input type="text" name="n"></form>""", Address, "Ada").Action);
    }

    [Fact]
    public void A_form_that_asks_for_a_password_is_not_the_join_form()
    {
        const string Html = """<form><input name="user"><input type="password" name="secret"></form>""";

        Assert.Throws<FormatException>(() => JoinForm.Fill(Html, Address, "Ada"));
    }
}
