using System.Text.RegularExpressions;
using BlazorChat.Assistants.Mcp;
using BlazorChat.Tests.Support;
using BlazorChat.Turns.Tools;
using BlazorChat.Rooms;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Tests.Assistants.Mcp;

/// <summary>Servers that lie, shout, stay silent or never end.</summary>
[Trait(nameof(Kind), Kind.Process)]
public sealed class McpHostileServerTests
{
    [Fact]
    public async Task Ten_thousand_tools_are_refused_but_for_the_first_two_hundred_and_it_is_said()
    {
        await using var host = await McpHost.StartOddAsync("many");
        var state = await host.ConnectedAsync();
        Assert.Equal((200, 200), (state.Tools, host.Source.Tools.Count));
        Assert.Equal("It has 10,000 tools; the first 200 are offered. List the ones you want in the setting Tools.", state.Notice);
        Assert.Contains(host.Log.Lines, line => line.Level == LogLevel.Warning && line.Text.Contains("It has 10,000 tools", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_ten_thousand_tools_those_on_the_list_are_offered()
    {
        await using var host = await McpHost.StartOddAsync("many", new { Tools = new[] { "t999*" } });
        var state = await host.ConnectedAsync();
        Assert.Equal((11, null), (state.Tools, state.Notice));
    }

    [Fact]
    public async Task A_tool_that_is_not_valid_is_left_out_by_its_name_and_the_others_are_offered()
    {
        await using var host = await McpHost.StartOddAsync("oneBad");
        var state = await host.ConnectedAsync();
        Assert.Equal(["odd_good", "odd_7", "odd_hinted", "odd_last"], host.Source.Tools.Select(tool => tool.Name));
        Assert.Equal("Tools left out because their inputSchema is not the schema of an object: empty, nothing, text, none, word, , , .", state.Notice);
        Assert.Contains(host.Log.Lines, line => line.Level == LogLevel.Warning && line.Text.Contains("empty, nothing, text, none", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Half_a_character_in_a_result_costs_one_sign()
    {
        await using var host = await McpHost.StartOddAsync("plain");
        await host.ConnectedAsync();
        Assert.Equal("ok \uFFFD! \U0001F600 \\ud83d", await host.CallAsync("odd_half", new { }));
    }

    [Fact]
    public async Task A_list_that_never_ends_is_left()
    {
        await using var host = await McpHost.StartOddAsync("pages");
        var state = await host.ConnectedAsync();
        Assert.Equal(McpCatalog.MaxPages, state.Tools);
        Assert.StartsWith("Its list of tools does not end", state.Notice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_are_made_to_fit_and_stay_the_same_after_a_reconnect()
    {
        await using var host = await McpHost.StartOddAsync("names");
        var state = await host.ConnectedAsync();
        var names = host.Source.Tools.Select(tool => tool.Name).ToList();
        Assert.Equal(11, names.Count);
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.All(names, name => Assert.Matches(new Regex("^odd_[a-zA-Z0-9_-]{1,60}$", RegexOptions.None, TimeSpan.FromSeconds(1)), name));
        Assert.Contains("odd_plain", names);
        Assert.Contains("odd_odd_plain", names);
        Assert.Contains(names, name => name.StartsWith("odd_a_b_", StringComparison.Ordinal));
        Assert.Equal("Tools left out because another tool has the same name: 1.", state.Notice);

        using (var process = System.Diagnostics.Process.GetProcessById(host.ProcessId))
        {
            process.Kill();
        }

        await host.FailedAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        await host.ConnectedAsync();
        Assert.Equal(names, host.Source.Tools.Select(tool => tool.Name));
    }

    [Fact]
    public async Task Long_descriptions_are_cut_and_tools_with_long_schemas_left_out()
    {
        await using var host = await McpHost.StartOddAsync("long");
        var state = await host.ConnectedAsync();
        Assert.Equal(["odd_told", "odd_short"], host.Source.Tools.Select(tool => tool.Name));
        Assert.Equal(new string('d', McpCatalog.DescriptionLength) + "… (cut)", host.Tool("odd_told").Function.Description);
        Assert.Contains("Tools left out because their schema is longer than 32,000 characters or their name longer than 1,000: 2.", state.Notice, StringComparison.Ordinal);
        Assert.Contains("Descriptions cut to 4,000 characters: 1.", state.Notice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_title_is_the_servers_bounded_and_beside_its_own_name()
    {
        await using var host = await McpHost.StartOddAsync("titles");
        await host.ConnectedAsync();
        var labels = host.Source.Tools.Select(ToolLabels.Of).ToList();
        Assert.Equal(["Delete a file", "Read a file", new string('t', McpCatalog.TitleLength) + "…", null, null], labels.Select(label => label!.Title));
        Assert.Equal(["a", "b", "c", "d e", "f"], labels.Select(label => label!.OwnName));
        Assert.All(labels, label => Assert.Equal("odd", label!.Source));
    }

    [Theory]
    [InlineData("Destructive", new[] { true, false, false, true })]
    [InlineData("Always", new[] { true, true, true, true })]
    [InlineData("Never", new[] { false, false, false, false })]
    public async Task Tools_need_approval_unless_the_server_calls_them_harmless_or_the_configuration_decides(string approval, bool[] needed)
    {
        await using var host = await McpHost.StartOddAsync("hints", new { Approval = approval });
        await host.ConnectedAsync();
        Assert.Equal(["odd_silent", "odd_reads", "odd_adds", "odd_destroys"], host.Source.Tools.Select(tool => tool.Name));
        Assert.Equal(needed, host.Source.Tools.Select(tool => tool.NeedsApproval is not null));
    }

    [Fact]
    public async Task A_result_of_five_megabytes_arrives_and_one_that_is_too_long_is_an_error()
    {
        await using var host = await McpHost.StartOddAsync("plain");
        await host.ConnectedAsync();
        Assert.Equal(5_000_000, (await host.CallAsync("odd_size", new { length = 5_000_000 })).Length);
        var error = await Assert.ThrowsAsync<ToolFailedException>(() => host.CallAsync("odd_size", new { length = RoomLimits.WholeResultLength + 1 }));
        Assert.Equal("The result of 'odd_size' is too long: it has more than 8,000,000 characters.", error.Message);
        Assert.Equal(3, (await host.CallAsync("odd_size", new { length = 3 })).Length);
    }

    [Fact]
    public async Task A_long_error_is_cut_with_a_mark()
    {
        await using var host = await McpHost.StartOddAsync("plain");
        await host.ConnectedAsync();
        var error = await Assert.ThrowsAsync<ToolFailedException>(() => host.CallAsync("odd_fail", new { length = 1_000_000 }));
        Assert.EndsWith("f… (1,000,000 characters in all)", error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Length < 3_000);
        var empty = await Assert.ThrowsAsync<ToolFailedException>(() => host.CallAsync("odd_fail", new { length = 0 }));
        Assert.Equal("'odd_fail' failed without saying why.", empty.Message);
    }

    [Fact]
    public async Task A_result_that_nobody_understands_is_an_error_and_the_server_stays()
    {
        await using var host = await McpHost.StartOddAsync("plain");
        await host.ConnectedAsync();
        var error = await Assert.ThrowsAsync<ToolFailedException>(() => host.CallAsync("odd_strange"));
        Assert.Equal("The tool server 'odd' answered the call of 'odd_strange' with something that could not be understood.", error.Message);
        Assert.Equal("x", await host.CallAsync("odd_size", new { length = 1 }));
    }

    [Fact]
    public async Task A_program_that_ends_in_a_call_is_said_to_have_gone()
    {
        await using var host = await McpHost.StartOddAsync("plain");
        await host.ConnectedAsync();
        var error = await Assert.ThrowsAsync<ToolFailedException>(() => host.CallAsync("odd_exit"));
        Assert.Contains("was lost while 'odd_exit' ran", error.Message, StringComparison.Ordinal);
        Assert.Equal("The program of 'odd' ended (exit code 7).", (await host.FailedAsync()).Message);
    }

    [Fact]
    public async Task Lines_that_are_no_messages_are_passed_over()
    {
        await using var host = await McpHost.StartOddAsync("garbage");
        await host.ConnectedAsync();
        Assert.Equal("x", await host.CallAsync("odd_size", new { length = 1 }));
    }

    [Theory]
    [InlineData("exits", "The program of 'odd' ended (exit code 3).")]
    [InlineData("endless", "'odd' sent a message of more than 64,000,000 bytes.")]
    public async Task A_server_that_cannot_be_talked_to_is_away_with_a_sentence(string mode, string sentence)
    {
        await using var host = await McpHost.StartOddAsync(mode);
        Assert.Equal(sentence, (await host.FailedAsync()).Message);
        Assert.Empty(host.Source.Tools);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up()
    {
        await using var host = await McpHost.StartOddAsync("mute", new { ConnectTimeout = "00:00:07" });
        await host.Clock.WaitForTimerAsync(due => due == TimeSpan.FromSeconds(7));
        host.Clock.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal("'odd' did not answer within 7 seconds.", (await host.FailedAsync()).Message);
    }

    [Fact]
    public async Task The_wait_between_attempts_doubles_to_a_minute()
    {
        await using var host = await McpHost.StartAsync(new { Name = "odd", Command = "/no/such/program", Environment = new { TOKEN = "sk-very-secret" } });
        foreach (var seconds in new[] { 1, 2, 4, 8, 16, 32, 60, 60 })
        {
            var now = host.Clock.GetUtcNow();
            await host.UntilAsync(() => host.Server.State is McpServerState.Failed failed && failed.NextTry == now + TimeSpan.FromSeconds(seconds));
            Assert.Equal("The program of 'odd' or its working directory was not found.", ((McpServerState.Failed)host.Server.State).Message);
            host.Clock.Advance(TimeSpan.FromSeconds(seconds));
        }

        Assert.DoesNotContain(host.Log.Lines, line => line.Everything.Contains("sk-very", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_is_switched_off_is_left_alone()
    {
        await using var host = await McpHost.StartOddAsync("plain", new { Enabled = false });
        Assert.IsType<McpServerState.Disabled>(host.Server.State);
        Assert.Equal("Healthy", (await host.HealthAsync()).Status.ToString());
        Assert.DoesNotContain(host.Log.Lines, line => line.Text.Contains("is running as process", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_server_s_trouble_is_not_another_s()
    {
        await using var host = await McpHost.StartAsync(new { Name = "gone", Command = "/no/such/program" }, McpHost.Odd("plain"));
        await host.UntilAsync(() => host.Servers.All[0].State is McpServerState.Failed && host.Servers.All[1].State is McpServerState.Connected);
        Assert.All(host.Source.Tools, tool => Assert.Equal("odd", tool.Source));
        var health = await host.HealthAsync();
        Assert.Equal("Not connected: gone.", health.Entries["mcp"].Description);
    }
}
