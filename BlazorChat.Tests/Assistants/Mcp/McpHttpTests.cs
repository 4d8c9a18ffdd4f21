using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using BlazorChat.Assistants.Mcp;
using BlazorChat.Turns.Tools;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Tests.Assistants.Mcp;

/// <summary>A server that runs elsewhere.</summary>
[Trait(nameof(Kind), Kind.Process)]
public sealed class McpHttpTests
{
    [Theory]
    [InlineData("streamableHttp", "/mcp", "streamable-http")]
    [InlineData("streamableHttp", "/mcp", "auto")]
    [InlineData("sse", "/sse", "sse")]
    public async Task Its_tools_are_listed_and_called(string mode, string path, string transport)
    {
        var port = AppProcess.FreePort();
        using var server = await StartServerAsync(mode, port);
        await using (var host = await McpHost.StartAsync(new { Name = "far", Url = $"http://127.0.0.1:{port}{path}", Transport = transport }))
        {
            await host.ConnectedAsync();
            Assert.False(host.Server.IsProgram);
            Assert.Equal("Echo: hello", await host.CallAsync("far_echo", new { message = "hello" }));
            var shown = new ConcurrentQueue<string>();
            // Progress that comes with the result may be read after it: the first step is over long before.
            await host.CallAsync("far_trigger-long-running-operation", new { duration = 2, steps = 2 }, shown.Enqueue);
            Assert.Contains("1 of 2", shown);
        }

        await EndAsync(server);
    }

    [Fact]
    public async Task One_that_is_gone_is_noticed_while_idle_and_comes_back()
    {
        var port = AppProcess.FreePort();
        var first = await StartServerAsync("streamableHttp", port);
        await using var host = await McpHost.StartAsync(new { Name = "far", Url = $"http://127.0.0.1:{port}/mcp" });
        await host.ConnectedAsync();
        var echo = host.Tool("far_echo");
        await EndAsync(first);

        host.Clock.Advance(McpConnection.LookPause);
        await host.Clock.WaitForTimerAsync(due => due == McpConnection.LookInterval - McpConnection.LookPause);
        host.Clock.Advance(McpConnection.LookInterval - McpConnection.LookPause);
        Assert.Equal("'far' could not be reached.", (await host.FailedAsync()).Message);

        using var second = await StartServerAsync("streamableHttp", port);
        host.Clock.Advance(McpConnection.FirstDelay);
        await host.ConnectedAsync();
        Assert.Equal("Echo: again", await McpHost.CallAsync(echo, new { message = "again" }));
        await host.DisposeAsync();
        await EndAsync(second);
    }

    [Fact]
    public async Task A_lost_session_is_replaced_and_the_call_is_made_in_the_new_one()
    {
        var port = AppProcess.FreePort();
        var first = await StartServerAsync("streamableHttp", port);
        await using var host = await McpHost.StartAsync(new { Name = "far", Url = $"http://127.0.0.1:{port}/mcp" });
        await host.ConnectedAsync();
        var echo = host.Tool("far_echo");

        // A restart that nobody noticed: the new one does not know the session.
        await EndAsync(first);
        using var second = await StartServerAsync("streamableHttp", port);
        Assert.Equal("Echo: lost", await McpHost.CallAsync(echo, new { message = "lost" }));
        Assert.Equal("Echo: found", await McpHost.CallAsync(echo, new { message = "found" }));
        await host.DisposeAsync();
        await EndAsync(second);
    }

    [Theory]
    [InlineData(404, "", "other", "is not connected, so 'far_echo' was not run")]
    [InlineData(404, "", "same", null)]
    [InlineData(400, """{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}""", "same", null)]
    [InlineData(400, """{"jsonrpc":"2.0","error":{"code":-32602,"message":"No such thing"},"id":"call-1"}""", "same", "No such thing")]
    public async Task A_call_that_a_forgetful_server_has_not_made_is_made_once_if_the_tool_is_the_same(int status, string body, string description, string? failure)
    {
        var sessions = 0;
        var known = "";
        var made = 0;
        await using var forgetful = await ListenAsync(async context =>
        {
            if (context.Request.Method != "POST")
            {
                context.Response.StatusCode = 405;
                return;
            }

            var request = await context.Request.ReadFromJsonAsync<JsonElement>();
            var method = request.GetProperty("method").GetString();
            if (method == "initialize")
            {
                context.Response.Headers["Mcp-Session-Id"] = known = $"s{++sessions}";
            }
            else if (context.Request.Headers["Mcp-Session-Id"] != known)
            {
                context.Response.StatusCode = status;
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync(body);
                return;
            }

            object? result = method switch
            {
                "initialize" => new { protocolVersion = request.GetProperty("params").GetProperty("protocolVersion"), capabilities = new { tools = new { } }, serverInfo = new { name = "forgetful", version = "1" } },
                "tools/list" => new { tools = new[] { new { name = "echo", description = sessions == 1 ? "same" : description, inputSchema = new { type = "object" } } } },
                "tools/call" => new { content = new[] { new { type = "text", text = $"made {Interlocked.Increment(ref made)}" } } },
                _ => null,
            };
            if (result is null)
            {
                context.Response.StatusCode = 202;
                return;
            }

            await context.Response.WriteAsJsonAsync(new { jsonrpc = "2.0", id = request.GetProperty("id"), result });
        });
        await using var host = await McpHost.StartAsync(new { Name = "far", Url = forgetful.Urls.First() + "/mcp", Transport = "streamable-http" });
        await host.ConnectedAsync();
        known = "another";
        if (failure is null)
        {
            Assert.Equal("made 1", await host.CallAsync("far_echo", new { }));
            Assert.Equal((2, 1), (sessions, made));
            return;
        }

        var error = await Assert.ThrowsAsync<ToolFailedException>(() => host.CallAsync("far_echo", new { }));
        Assert.Contains(failure, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, made);
    }

    [Fact]
    public async Task One_that_dies_in_the_middle_of_a_call_makes_it_fail()
    {
        var port = AppProcess.FreePort();
        using var server = await StartServerAsync("streamableHttp", port);
        await using var host = await McpHost.StartAsync(new { Name = "far", Url = $"http://127.0.0.1:{port}/mcp" });
        await host.ConnectedAsync();
        var progress = Channel.CreateUnbounded<string>();
        var call = host.CallAsync("far_trigger-long-running-operation", new { duration = 60, steps = 600 }, text => progress.Writer.TryWrite(text));
        await progress.Reader.ReadAsync().AsTask().Soon();
        server.Kill();
        var error = await Assert.ThrowsAsync<ToolFailedException>(() => call.Soon());
        Assert.Contains("was lost while 'far_trigger-long-running-operation' ran", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_told_without_the_headers_that_were_sent()
    {
        await using var refusing = await ListenAsync(context =>
        {
            context.Response.StatusCode = 401;
            return context.Response.WriteAsync($"I do not like {context.Request.Headers.Authorization}");
        });
        await using var host = await McpHost.StartAsync(new { Name = "far", Url = refusing.Urls.First() + "/mcp", Headers = new { Authorization = "Bearer sk-very-secret" } });
        Assert.Equal("'far' answered with HTTP status 401 (Unauthorized).", (await host.FailedAsync()).Message);
        Assert.DoesNotContain(host.Log.Lines, line => line.Everything.Contains("sk-very", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Headers_go_to_no_other_host(bool byRedirect)
    {
        var asked = 0;
        await using var thief = await ListenAsync(context =>
        {
            Interlocked.Increment(ref asked);
            return Task.CompletedTask;
        });
        await using var luring = await ListenAsync(async context =>
        {
            if (byRedirect)
            {
                context.Response.Redirect(thief.Urls.First() + "/mcp", permanent: false, preserveMethod: true);
                return;
            }

            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync($"event: endpoint\ndata: {thief.Urls.First()}/messages\n\n");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        await using var host = await McpHost.StartAsync(new
        {
            Name = "far",
            Url = luring.Urls.First() + "/mcp",
            Transport = byRedirect ? "streamable-http" : "sse",
            Headers = new { Authorization = "Bearer sk-very-secret" },
        });
        await host.FailedAsync();
        Assert.Equal(0, asked);
    }

    [Theory]
    [InlineData("application/json", "\n\n", "'far' sent a message of more than 64,000,000 bytes.")]
    [InlineData("text/event-stream", "\n", "'far' sent something that could not be understood.")]
    public async Task An_answer_without_end_is_given_up(string type, string end, string sentence)
    {
        var piece = new string('x', 1_000_000) + end;
        await using var endless = await ListenAsync(async context =>
        {
            context.Response.ContentType = type;
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync(piece, context.RequestAborted);
            }
        });
        await using var host = await McpHost.StartAsync(new { Name = "far", Url = endless.Urls.First() + "/mcp", Transport = "streamable-http" });
        Assert.Equal(sentence, (await host.FailedAsync()).Message);
    }

    [Fact]
    public async Task One_that_does_not_answer_the_goodbye_does_not_hold_up_the_end()
    {
        await using var rude = await ListenAsync(async context =>
        {
            if (context.Request.Method != "POST")
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
            }

            var request = await context.Request.ReadFromJsonAsync<JsonElement>();
            var method = request.GetProperty("method").GetString();
            context.Response.Headers["Mcp-Session-Id"] = method == "initialize" ? "one" : default(Microsoft.Extensions.Primitives.StringValues);
            object? result = method switch
            {
                "initialize" => new { protocolVersion = request.GetProperty("params").GetProperty("protocolVersion"), capabilities = new { tools = new { } }, serverInfo = new { name = "rude", version = "1" } },
                "tools/list" => new { tools = Array.Empty<object>() },
                _ => null,
            };
            if (result is null)
            {
                context.Response.StatusCode = request.TryGetProperty("id", out _) ? 400 : 202;
                return;
            }

            await context.Response.WriteAsJsonAsync(new { jsonrpc = "2.0", id = request.GetProperty("id"), result });
        });
        var host = await McpHost.StartAsync(new { Name = "far", Url = rude.Urls.First() + "/mcp", Transport = "streamable-http" });
        Assert.Equal(0, (await host.ConnectedAsync()).Tools);
        await host.DisposeAsync();
    }

    private static async Task<WebApplication> ListenAsync(RequestDelegate response)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(response);
        await app.StartAsync();
        return app;
    }

    private static async Task<Process> StartServerAsync(string mode, int port)
    {
        var server = NodePackage.Run([new("PORT", port.ToString())], await McpHost.EverythingScriptAsync(), mode);
        var output = new List<string>();
        _ = server.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        while (await server.StandardError.ReadLineAsync().Soon() is { } line)
        {
            output.Add(line);
            if (line.Contains($"port {port}", StringComparison.Ordinal))
            {
                _ = server.StandardError.BaseStream.CopyToAsync(Stream.Null);
                return server;
            }
        }

        throw new InvalidOperationException($"The server did not start: {string.Join('\n', output)}");
    }

    private static async Task EndAsync(Process server)
    {
        server.StandardInput.Close();
        await server.WaitForExitAsync().Soon();
    }
}
