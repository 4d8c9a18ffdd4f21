using System.Text.Json;
using BlazorChat.Assistants.Tools;
using BlazorChat.Turns.Tools;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Assistants.Tools;

[Trait(nameof(Kind), Kind.Unit)]
public sealed class BuiltInToolsTests
{
    [Theory]
    [InlineData("Europe/Vienna", "{}", "2026-01-01T01:00:00+01:00, Thursday, 1 January 2026, 01:00 in Europe/Vienna")]
    [InlineData("Europe/Vienna", """{"zone":"America/New_York"}""", "2025-12-31T19:00:00-05:00, Wednesday, 31 December 2025, 19:00 in America/New_York")]
    [InlineData("Europe/Vienna", """{"zone":null}""", "2026-01-01T01:00:00+01:00, Thursday, 1 January 2026, 01:00 in Europe/Vienna")]
    [InlineData(null, "{}", "2026-01-01T00:00:00+00:00, Thursday, 1 January 2026, 00:00 in UTC (the time zone of the person who asked is unknown)")]
    [InlineData("../../etc/passwd", "{}", "2026-01-01T00:00:00+00:00, Thursday, 1 January 2026, 00:00 in UTC (the time zone of the person who asked is unknown)")]
    public async Task The_time_is_that_of_whoever_asked(string? timeZone, string arguments, string expected)
    {
        await using var bench = new ToolBench();
        var tool = CurrentTimeTool.Create(bench.Time);
        Assert.Equal(new ToolOutcome(expected, IsError: false), await bench.Execution.RunAsync(tool, bench.Call(arguments, timeZone: timeZone), ToolBench.Timeout, bench.Kernel, default));
    }

    [Theory]
    [InlineData("Middle-earth/Shire")]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/localtime")]
    [InlineData("Europe/../../x")]
    public async Task A_time_zone_that_does_not_exist_is_an_error(string zone)
    {
        await using var bench = new ToolBench();
        var outcome = await bench.RunAsync(CurrentTimeTool.Create(bench.Time), JsonSerializer.Serialize(new { zone }));
        Assert.True(outcome.IsError);
        Assert.Contains("no such time zone", outcome.Result, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "1-6")]
    [InlineData("""{"count":3,"sides":20}""", "1-20, 1-20, 1-20")]
    public async Task Dice_are_rolled_by_chance(string arguments, string expected)
    {
        await using var bench = new ToolBench();
        var asked = new List<string>();
        var outcome = await bench.RunAsync(DiceTool.Create((from, to) => { asked.Add($"{from}-{to - 1}"); return asked.Count; }), arguments);
        Assert.Equal(expected, string.Join(", ", asked));
        Assert.Equal(asked.Count == 1 ? "1" : "1, 2, 3 (sum 6)", outcome.Result);
    }

    [Theory]
    [InlineData("""{"count":0}""", "1 to 20")]
    [InlineData("""{"count":21}""", "1 to 20")]
    [InlineData("""{"sides":1}""", "2 to 1000")]
    [InlineData("""{"sides":2147483647}""", "2 to 1000")]
    [InlineData("""{"count":99999999999}""", "failed")]
    public async Task Dice_that_nobody_has_are_an_error(string arguments, string expected)
    {
        await using var bench = new ToolBench();
        var outcome = await bench.RunAsync(DiceTool.Create((_, _) => 1), arguments);
        Assert.True(outcome.IsError);
        Assert.Contains(expected, outcome.Result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_postcard_needs_approval_and_says_that_it_is_a_demo()
    {
        await using var bench = new ToolBench();
        var tool = PostcardTool.Create();
        Assert.True(await tool.NeedsApproval!(bench.Call(), default));
        var outcome = await bench.RunAsync(tool, """{"to":"Ada","text":"Hello"}""");
        Assert.Equal("A postcard to Ada with 5 characters was “sent”. This is a demo: nothing has left this server.", outcome.Result);
        Assert.True((await bench.RunAsync(tool, """{"to":" ","text":"Hello"}""")).IsError);
        Assert.True((await bench.RunAsync(tool, JsonSerializer.Serialize(new { to = "Ada", text = new string('x', 2_001) }))).IsError);
    }
}
