using BlazorChat.Turns.Tools;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Assistants.Tools;

[Trait(nameof(Kind), Kind.Host)]
public sealed class RegisteredToolsTests
{
    [Fact]
    public async Task Built_in_tools_are_registered_with_names_descriptions_and_schemas()
    {
        await using var host = await ChatHost.StartAsync();
        var tools = host.App.Services.GetServices<ChatTool>().Where(t => t.Source == "built-in").ToList();
        Assert.Equal(
            "get_current_time roll_dice search_messages send_postcard get_time_zone get_location read_clipboard write_clipboard get_page_language",
            string.Join(' ', tools.Select(t => t.Name)));
        Assert.All(tools, t => Assert.NotEmpty(t.Function.Description));
        Assert.All(tools, t => Assert.Matches("^[A-Z][a-z ]+$", t.Title));
        Assert.All(tools, t => Assert.Matches("^[A-Z][a-z]+(ing) [a-z ]+$", t.Verb?.Doing));
        Assert.All(tools, t => Assert.Matches("^[A-Z][a-z ]+$", t.Verb?.Done));
        Assert.All(tools, t => Assert.Equal("object", t.Function.JsonSchema.GetProperty("type").GetString()));
        Assert.Equal(["send_postcard"], tools.Where(t => t.NeedsApproval is not null).Select(t => t.Name));
        Assert.Equal(5, tools.Count(t => t is { Site: ToolSite.Browser, Function: not AIFunction }));
        Assert.DoesNotContain(tools, t => t.Function.JsonSchema.GetRawText().Contains("\"call\"", StringComparison.Ordinal));
    }
}
