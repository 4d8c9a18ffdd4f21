using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using BlazorChat.Assistants.Mcp;
using BlazorChat.Turns.Tools;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Tests.Assistants.Mcp;

/// <summary>A server that nobody here wrote, over its standard input and output.</summary>
[Trait(nameof(Kind), Kind.Process)]
public sealed class McpProgramTests
{
    [Fact]
    public async Task Its_tools_are_offered_with_the_server_s_name_in_front()
    {
        await using var host = await McpHost.StartEverythingAsync(new { CallTimeout = "00:00:20" });
        var echo = host.Tool("everything_echo");
        Assert.Equal(("everything", TimeSpan.FromSeconds(20), ToolSite.Server), (echo.Source, echo.Timeout, echo.Site));
        Assert.NotEmpty(echo.Function.Description);
        Assert.Equal("string", echo.Function.JsonSchema.GetProperty("properties").GetProperty("message").GetProperty("type").GetString());
        var state = await host.ConnectedAsync();
        Assert.Equal(host.Source.Tools.Count, state.Tools);
        Assert.Same(host.Servers, host.Source);
        Assert.Contains(host.Source.Tools, tool => tool.Name == "everything_trigger-long-running-operation");
    }

    [Fact]
    public async Task Results_are_text_and_pictures_and_files_are_described()
    {
        await using var host = await McpHost.StartEverythingAsync();
        Assert.Equal("Echo: Grüße 👋", await host.CallAsync("everything_echo", new { message = "Grüße 👋" }));
        Assert.Contains("5", await host.CallAsync("everything_get-sum", new { a = 2, b = 3 }), StringComparison.Ordinal);

        var picture = await host.CallAsync("everything_get-tiny-image");
        Assert.Contains("[image, image/png, about ", picture, StringComparison.Ordinal);
        Assert.True(picture.Length < 500, picture);

        Assert.Contains("[resource ", await host.CallAsync("everything_get-resource-reference", new { resourceType = "Text", resourceId = 1 }), StringComparison.Ordinal);
        Assert.Contains("[link to ", await host.CallAsync("everything_get-resource-links", new { count = 2 }), StringComparison.Ordinal);
        using var weather = JsonDocument.Parse(await host.CallAsync("everything_get-structured-content", new { location = "Chicago" }));
        Assert.True(weather.RootElement.TryGetProperty("temperature", out _));
    }

    [Fact]
    public async Task An_error_of_the_tool_is_a_failure_with_its_words()
    {
        await using var host = await McpHost.StartEverythingAsync();
        var error = await Assert.ThrowsAsync<ToolFailedException>(() => host.CallAsync("everything_get-sum", new { a = "two" }));
        Assert.Contains("number", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("Echo: on", await host.CallAsync("everything_echo", new { message = "on" }));
    }

    [Fact]
    public async Task Progress_is_shown_while_a_call_runs()
    {
        await using var host = await McpHost.StartEverythingAsync();
        var shown = new ConcurrentQueue<string>();
        var result = await host.CallAsync("everything_trigger-long-running-operation", new { duration = 1, steps = 4 }, shown.Enqueue);
        Assert.Contains("completed", result, StringComparison.Ordinal);
        // News is handled side by side: one that others have overtaken is not shown.
        Assert.Contains(shown, s => s is "1 of 4" or "2 of 4" or "3 of 4");
    }

    [Fact]
    public async Task A_program_that_dies_in_the_middle_of_a_call_makes_it_fail_and_comes_back()
    {
        await using var host = await McpHost.StartEverythingAsync();
        Assert.Equal(HealthStatus.Healthy, (await host.HealthAsync()).Status);
        var echo = host.Tool("everything_echo");
        var (call, killed) = await CallAndKillAsync(host);

        var error = await Assert.ThrowsAsync<ToolFailedException>(() => call.Soon());
        Assert.Equal("The connection to the tool server 'everything' was lost while 'everything_trigger-long-running-operation' ran. The call may or may not have had an effect. BlazorChat will reconnect.", error.Message);
        var failed = await host.FailedAsync();
        Assert.StartsWith("The program of 'everything' ended (exit code ", failed.Message, StringComparison.Ordinal);
        Assert.Equal(host.Clock.GetUtcNow() + TimeSpan.FromSeconds(1), failed.NextTry);
        Assert.Empty(host.Source.Tools);
        Assert.Equal(HealthStatus.Degraded, (await host.HealthAsync()).Status);

        // A turn that has the tool from before: the call is not made now, and works once the server is back.
        var away = await Assert.ThrowsAsync<ToolFailedException>(() => McpHost.CallAsync(echo, new { message = "now" }));
        Assert.Contains("is not connected", away.Message, StringComparison.Ordinal);
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        await host.ConnectedAsync();
        Assert.NotEqual(killed, host.ProcessId);
        Assert.Equal("Echo: again", await McpHost.CallAsync(echo, new { message = "again" }));
    }

    [Fact]
    public async Task The_death_of_an_idle_program_is_noticed()
    {
        await using var host = await McpHost.StartEverythingAsync();
        using (var process = Process.GetProcessById(host.ProcessId))
        {
            process.Kill();
        }

        await host.FailedAsync();
        Assert.Empty(host.Source.Tools);
    }

    [Fact]
    public async Task The_application_s_environment_is_not_handed_on()
    {
        Environment.SetEnvironmentVariable("BLAZORCHAT_TEST_SECRET", "sk-app-secret");
        await using var host = await McpHost.StartEverythingAsync(new { Environment = new { TOKEN = "for-it-alone" } });
        var environment = JsonSerializer.Deserialize<Dictionary<string, string>>(await host.CallAsync("everything_get-env"))!;
        Assert.Equal("for-it-alone", environment["TOKEN"]);
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), environment["PATH"]);
        Assert.Empty(environment.Keys.Except(["TOKEN", "PATH", "HOME", "LANG", "TMPDIR"]));
        Assert.DoesNotContain(host.Log.Lines, line => line.Everything.Contains("for-it-alone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_tools_on_the_list_are_offered_and_the_configured_approval_is_asked_for()
    {
        await using var host = await McpHost.StartEverythingAsync(new { Tools = new[] { "echo", "get-s*" }, Approval = "Always" });
        Assert.Equal(["everything_echo", "everything_get-structured-content", "everything_get-sum"], host.Source.Tools.Select(tool => tool.Name).Order());
        Assert.All(host.Source.Tools, tool => Assert.NotNull(tool.NeedsApproval));
    }

    [Fact]
    public async Task The_program_ends_with_the_application()
    {
        var host = await McpHost.StartEverythingAsync();
        using var process = Process.GetProcessById(host.ProcessId);
        await host.DisposeAsync();
        await process.WaitForExitAsync().Soon();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_program_ends_with_the_application_s_process(bool isCrash)
    {
        var folder = Directory.CreateTempSubdirectory("blazorchat-");
        await using (var app = await AppProcess.StartAsync(folder.FullName, environment: new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Mcp__Servers__0__Name"] = "everything",
            ["Mcp__Servers__0__Command"] = "node",
            ["Mcp__Servers__0__Arguments__0"] = await McpHost.EverythingScriptAsync(),
            ["Logging__LogLevel__BlazorChat.Assistants.Mcp"] = "Debug",
        }))
        {
            using var http = new HttpClient { BaseAddress = app.Address };
            using var patience = new CancellationTokenSource(Guard.Patience);
            while (await http.GetStringAsync(new Uri("/health/ready", UriKind.Relative), patience.Token) != "Healthy")
            {
                patience.Token.ThrowIfCancellationRequested();
            }

            var line = app.Output.Split('\n').Last(text => text.Contains("is running as process", StringComparison.Ordinal));
            using var process = Process.GetProcessById(int.Parse(line.Split("is running as process ")[1].Trim()));
            await (isCrash ? app.KillAsync() : app.StopAsync());
            await process.WaitForExitAsync().Soon();
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Many_calls_run_at_once()
    {
        await using var host = await McpHost.StartEverythingAsync();
        var responses = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => host.CallAsync("everything_echo", new { message = $"{i}" })));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"Echo: {i}"), responses);
    }

    [Fact]
    public async Task A_program_that_does_not_want_to_end_is_killed()
    {
        var host = await McpHost.StartOddAsync("stays");
        await host.ConnectedAsync();
        using var process = Process.GetProcessById(host.ProcessId);
        await host.DisposeAsync();
        await process.WaitForExitAsync().Soon();
    }

    [Fact]
    public async Task Cancelling_a_call_reaches_the_server()
    {
        await using var host = await McpHost.StartOddAsync("plain");
        await host.ConnectedAsync();
        using var stop = new CancellationTokenSource();
        var call = host.CallAsync("odd_wait", new { marked = "stopped-one" }, cancellationToken: stop.Token);
        await HeardAsync(host, message => message.GetRawText().Contains("stopped-one", StringComparison.Ordinal));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.Soon());

        static bool IsCancelled(JsonElement message) => message.GetProperty("method").GetString() == "notifications/cancelled";
        await HeardAsync(host, IsCancelled);
        // A second one would have come before the response to another call.
        var heard = JsonSerializer.Deserialize<JsonElement[]>(await host.CallAsync("odd_heard"))!;
        var id = heard.First(message => message.GetRawText().Contains("stopped-one", StringComparison.Ordinal)).GetProperty("id").GetRawText();
        Assert.Equal(id, Assert.Single(heard, IsCancelled).GetProperty("params").GetProperty("requestId").GetRawText());
        Assert.IsType<McpServerState.Connected>(host.Server.State);
    }

    [Fact]
    public async Task A_notice_of_changed_tools_is_followed()
    {
        await using var host = await McpHost.StartOddAsync("plain");
        await host.ConnectedAsync();
        Assert.Equal("grown", await host.CallAsync("odd_grow"));
        host.Clock.Advance(McpConnection.LookPause);
        await host.UntilAsync(() => host.Source.Tools.Any(tool => tool.Name == "odd_grown0"));
    }

    [Fact]
    public async Task What_a_program_complains_of_goes_to_the_log_without_its_secrets()
    {
        await using var host = await McpHost.StartOddAsync("complains", new { Environment = new { TOKEN = "sk-very-secret" } });
        await host.ConnectedAsync();
        await host.DisposeAsync();
        var lines = host.Log.Lines.Where(line => line.Text.StartsWith("MCP server odd says", StringComparison.Ordinal)).ToList();
        Assert.All(lines, line => Assert.Equal(LogLevel.Debug, line.Level));
        Assert.Equal(
            ["MCP server odd says: my token is ***", "MCP server odd says a line of 1000014 characters, which is too long to log", "MCP server odd says: last words"],
            lines.Select(line => line.Text));
        Assert.DoesNotContain(host.Log.Lines, line => line.Everything.Contains("sk-very", StringComparison.Ordinal));
    }

    private static async Task<(Task<string> Call, int Killed)> CallAndKillAsync(McpHost host)
    {
        var progress = Channel.CreateUnbounded<string>();
        var call = host.CallAsync("everything_trigger-long-running-operation", new { duration = 60, steps = 600 }, text => progress.Writer.TryWrite(text));
        await progress.Reader.ReadAsync().AsTask().Soon();
        var id = host.ProcessId;
        using var process = Process.GetProcessById(id);
        process.Kill();
        return (call, id);
    }

    private static async Task<JsonElement[]> HeardAsync(McpHost host, Func<JsonElement, bool> wanted)
    {
        // Each question is an exchange with the server, so this does not spin.
        using var patience = new CancellationTokenSource(Guard.Patience);
        while (true)
        {
            patience.Token.ThrowIfCancellationRequested();
            var heard = JsonSerializer.Deserialize<JsonElement[]>(await host.CallAsync("odd_heard"))!;
            if (heard.Any(wanted))
            {
                return heard;
            }
        }
    }
}
