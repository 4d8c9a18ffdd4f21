using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using BlazorChat.Messages;
using BlazorChat.Text;
using BlazorChat.Turns.Tools;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Turns.Tools;

[Trait(nameof(Kind), Kind.Unit)]
public sealed class ToolExecutionTests
{
    [Fact]
    public async Task A_tool_gets_its_arguments_its_call_and_the_services_of_a_scope_of_its_own()
    {
        await using var bench = new ToolBench(s => s.AddScoped<Scoped>());
        var seen = new List<Scoped>();
        var tool = ToolBench.Tool((int a, ToolCallContext call, IServiceProvider services) =>
        {
            seen.Add(services.GetRequiredService<Scoped>());
            return $"{a} {call.CallId} {services.GetRequiredService<ToolCallContext>().ToolName}";
        });
        Assert.Equal(new ToolOutcome("7 call-1 tool", IsError: false), await bench.RunAsync(tool, """{"a":7}"""));
        await bench.RunAsync(tool, """{"a":7}""");
        Assert.Equal(2, seen.Distinct().Count());
        Assert.All(seen, scoped => Assert.True(scoped.Ended.IsCompleted));
    }

    [Fact]
    public async Task A_tool_takes_services_as_parameters()
    {
        await using var bench = new ToolBench(s => s.AddScoped<Scoped>());
        var tool = ToolBench.Tool(([FromServices] Scoped scoped, int a) => $"{scoped.Ended.IsCompleted} {a}");
        Assert.DoesNotContain("scoped", tool.Function.JsonSchema.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("False 1", (await bench.RunAsync(tool, """{"a":1}""")).Result);
    }

    [Fact]
    public async Task A_plain_function_finds_the_call_in_its_context()
    {
        await using var bench = new ToolBench();
        var tool = new ChatTool(new RawFunction("raw", (arguments, _) => new(((ToolCallContext)arguments.Context![typeof(ToolCallContext)]!).CallId)));
        Assert.Equal("call-1", (await bench.RunAsync(tool)).Result);
    }

    [Theory]
    [InlineData("[1]", "must be a JSON object, not an array")]
    [InlineData("null", "must be a JSON object, not null")]
    [InlineData("""{"a":1""", "not valid JSON (line 1")]
    [InlineData("""{"a":1}{"a":2}""", "not valid JSON")]
    [InlineData("{}", "lack \"a\"")]
    [InlineData("""{"a":"seven"}""", "\"a\" must be of the type integer, not a string")]
    [InlineData("""{"a":{"b":1}}""", "\"a\" must be of the type integer, not an object")]
    [InlineData("""{"a":"\ud800"}""", "\"a\" must be of the type integer")]
    [InlineData("""{"\ud800":1}""", "not valid Unicode")]
    public async Task Arguments_that_cannot_be_used_are_explained_to_the_model_and_nothing_runs(string arguments, string expected)
    {
        await using var bench = new ToolBench();
        var ran = false;
        var outcome = await bench.RunAsync((int a) => { ran = true; return a; }, arguments);
        Assert.True(outcome.IsError);
        Assert.Contains(expected, outcome.Result, StringComparison.Ordinal);
        Assert.False(ran);
    }

    [Fact]
    public async Task Arguments_nested_without_end_are_refused()
    {
        await using var bench = new ToolBench();
        var deep = $$"""{"a":{{new string('[', 100_000)}}""";
        Assert.Contains("not valid JSON", (await bench.RunAsync((string a) => a, deep)).Result, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public async Task A_model_that_writes_nothing_means_no_arguments(string arguments)
    {
        await using var bench = new ToolBench();
        Assert.Equal(new ToolOutcome("ran", IsError: false), await bench.RunAsync(() => "ran", arguments));
    }

    [Fact]
    public async Task A_number_written_as_text_is_a_number()
    {
        await using var bench = new ToolBench();
        Assert.Equal("8", (await bench.RunAsync((int a) => a + 1, """{"a":"7"}""")).Result);
    }

    [Fact]
    public async Task A_stuck_tool_times_out_and_is_told_so()
    {
        await using var bench = new ToolBench();
        var told = new TaskCompletionSource();
        var outcome = bench.RunAsync(async (CancellationToken token) =>
        {
            token.Register(() => told.TrySetResult());
            await Task.Delay(Timeout.Infinite, token);
        });
        await bench.Time.WaitForTimerAsync(due => due == ToolBench.Timeout);
        Assert.False(outcome.IsCompleted);
        bench.Time.Advance(ToolBench.Timeout);
        Assert.Equal(new ToolOutcome("The tool returned no result within 60 seconds and was stopped.", IsError: true), await outcome);
        await told.Task.Soon();
        Assert.Contains(bench.Log.Lines, line => line.Text.Contains("Tool tool timed out: call call-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_tool_that_ignores_its_token_is_left_to_itself_and_its_scope_ends_with_it()
    {
        await using var bench = new ToolBench(s => s.AddScoped<Scoped>());
        var release = new TaskCompletionSource();
        var began = new TaskCompletionSource<Scoped>(TaskCreationOptions.RunContinuationsAsynchronously);
        var outcome = bench.RunAsync(async (IServiceProvider services, ToolCallContext call) =>
        {
            began.SetResult(services.GetRequiredService<Scoped>());
            await release.Task;
            call.ShowPreliminary("too late");
            call.Publish(new DataPart("late", null, "1"));
            return "too late";
        });
        // On a thread of its own: it may begin after its time began.
        var scoped = await began.Task.Soon();
        await bench.Time.WaitForTimerAsync(due => due == ToolBench.Timeout);
        bench.Time.Advance(ToolBench.Timeout);
        Assert.True((await outcome).IsError);
        Assert.False(scoped.Ended.IsCompleted);
        release.SetResult();
        await scoped.Ended.Soon();
        Assert.Empty(bench.Shown);
        Assert.Empty(bench.Data);
    }

    [Fact]
    public async Task Stop_ends_a_call_at_once_whatever_the_tool_does()
    {
        await using var bench = new ToolBench();
        using var stop = new CancellationTokenSource();
        using var release = new ManualResetEventSlim();
        var began = new TaskCompletionSource();
        var outcome = bench.RunAsync(
            (CancellationToken token) =>
            {
                token.Register(() => throw new InvalidOperationException("I will not be stopped."));
                began.SetResult();
                release.Wait(Guard.Patience, CancellationToken.None);
            },
            stop: stop.Token);
        await began.Task.Soon();
        // Does not throw: the tool's own callback is not run in here.
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => outcome);
        release.Set();
    }

    [Fact]
    public async Task A_call_that_was_stopped_before_does_not_begin()
    {
        await using var bench = new ToolBench();
        var ran = false;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.RunAsync(() => { ran = true; }, stop: new CancellationToken(canceled: true)));
        Assert.False(ran);
    }

    [Fact]
    public async Task A_tool_whose_calls_never_end_is_not_called_any_more_until_they_do()
    {
        await using var bench = new ToolBench();
        var release = new TaskCompletionSource<string>();
        using var began = new SemaphoreSlim(0);
        var tool = ToolBench.Tool(() =>
        {
            began.Release();
            return release.Task;
        });
        for (var i = 0; i < ToolExecution.MostAbandoned; i++)
        {
            using var stop = new CancellationTokenSource();
            var stopped = bench.RunAsync(tool, stop: stop.Token);
            await began.WaitAsync().Soon();
            stop.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);
        }

        Assert.Contains("have not ended", (await bench.RunAsync(tool)).Result, StringComparison.Ordinal);
        Assert.Equal("other", (await bench.RunAsync(ToolBench.Tool(() => "other", "other"))).Result);
        release.SetResult("at last");
        while ((await bench.RunAsync(tool)).IsError)
        {
            await Task.Yield();
        }
    }

    [Fact]
    public async Task What_a_tool_throws_is_logged_and_never_told()
    {
        await using var bench = new ToolBench();
        var outcome = await bench.RunAsync(string () => throw new InvalidOperationException("password=hunter2"));
        Assert.Equal(new ToolOutcome("The tool failed.", IsError: true), outcome);
        var line = Assert.Single(bench.Log.Lines);
        Assert.Contains("Tool tool failed: call call-1 of response 018f0000-0000-7000-8000-000000000002 in room 018f0000-0000-7000-8000-000000000001", line.Text, StringComparison.Ordinal);
        Assert.Contains("hunter2", line.Everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sentence_that_a_tool_throws_for_the_model_is_told()
    {
        await using var bench = new ToolBench();
        var outcome = await bench.RunAsync(string () => throw new ToolFailedException("There is no such\0 city.\ud800"));
        Assert.Equal(new ToolOutcome("The tool failed. There is no such\uFFFD city.\uFFFD", IsError: true), outcome);
    }

    [Fact]
    public async Task A_tool_that_cancels_itself_has_failed()
    {
        await using var bench = new ToolBench();
        Assert.Equal("The tool failed.", (await bench.RunAsync(string () => throw new TaskCanceledException())).Result);
    }

    [Fact]
    public async Task A_tool_of_the_browser_does_not_run_here()
    {
        await using var bench = new ToolBench();
        var declared = new ChatTool(AIFunctionFactory.Create(() => "x", "there").AsDeclarationOnly()) { Site = ToolSite.Browser };
        Assert.Equal(ToolOutcome.Failed("This tool does not run on the server."), await bench.RunAsync(declared));
    }

    public static TheoryData<object?, string> Results => new()
    {
        { "plain", "plain" },
        { null, ToolResults.Nothing },
        { System.Text.Json.JsonElement.Parse("\"text\""), "text" },
        { System.Text.Json.JsonElement.Parse("null"), ToolResults.Nothing },
        { System.Text.Json.JsonElement.Parse("{ \"a\": [1, \"ä<\"] }"), """{"a":[1,"ä<"]}""" },
        { new TextContent("text"), "text" },
        { new List<AIContent> { new TextContent("one"), new TextContent("two") }, "one\ntwo" },
        { new List<AIContent> { new DataContent(new byte[3], "image/png") }, "(image/png, 3 bytes, which is not text)" },
        { new List<AIContent>(), ToolResults.Nothing },
        { 12, "12" },
        { new Dictionary<string, object> { ["a"] = true }, """{"a":true}""" },
        { "half \ud83d and \0", "half \uFFFD and \uFFFD" },
        { "whole 😀", "whole 😀" },
    };

    [Theory]
    [MemberData(nameof(Results))]
    [SuppressMessage("Usage", "xUnit1045", Justification = "The values need not be serialised.")]
    public async Task Results_of_every_kind_become_text(object? result, string expected)
    {
        await using var bench = new ToolBench();
        Assert.Equal(new ToolOutcome(expected, IsError: false), await bench.RunAsync(new ChatTool(new RawFunction("raw", (_, _) => new(result)))));
    }

    [Fact]
    public async Task A_result_that_cannot_be_written_is_an_error()
    {
        await using var bench = new ToolBench();
        var circle = new List<object>();
        circle.Add(circle);
        var outcome = await bench.RunAsync(new ChatTool(new RawFunction("raw", (_, _) => new(circle))));
        Assert.Equal(ToolOutcome.Failed("The tool failed. Its result cannot be written as text."), outcome);
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    [InlineData(RoomLimits.WholeResultLength)]
    public async Task Large_results_come_whole(int length)
    {
        await using var bench = new ToolBench();
        var outcome = await bench.RunAsync(() => new string('x', length));
        Assert.False(outcome.IsError);
        Assert.Equal(length, outcome.Result.Length);
    }

    [Fact]
    public async Task A_result_past_the_limit_is_an_error_that_says_how_long_it_is()
    {
        await using var bench = new ToolBench();
        var outcome = await bench.RunAsync(() => new string('x', 9_000_000));
        Assert.Equal(ToolOutcome.Failed("The tool failed. Its result has 9,000,000 characters; at most 8,000,000 are allowed. Ask for less."), outcome);
    }

    [Fact]
    public async Task A_stream_shows_each_item_and_ends_with_the_last()
    {
        await using var bench = new ToolBench();
        Assert.Equal(new ToolOutcome("3", IsError: false), await bench.RunAsync(Numbers));
        Assert.Equal(["1", "2", "3"], bench.Shown);

        static async IAsyncEnumerable<int> Numbers()
        {
            for (var i = 1; i <= 3; i++)
            {
                await Task.Yield();
                yield return i;
            }
        }
    }

    [Fact]
    public async Task A_stream_of_nothing_gives_no_result()
    {
        await using var bench = new ToolBench();
        Assert.Equal(new ToolOutcome(ToolResults.Nothing, IsError: false), await bench.RunAsync(() => AsyncEnumerable.Empty<string>()));
    }

    [Fact]
    public async Task A_stream_that_breaks_is_an_error()
    {
        await using var bench = new ToolBench();
        Assert.Equal(ToolOutcome.Failed("The tool failed."), await bench.RunAsync(Broken));
        Assert.Equal(["one"], bench.Shown);

        static async IAsyncEnumerable<string> Broken()
        {
            yield return "one";
            await Task.Yield();
            throw new InvalidOperationException();
        }
    }

    [Fact]
    public async Task A_stream_without_end_is_read_until_it_is_stopped_and_no_further()
    {
        await using var bench = new ToolBench();
        using var stop = new CancellationTokenSource();
        var ended = new TaskCompletionSource();
        bench.OnShown = _ => stop.Cancel();
        var outcome = bench.RunAsync(Endless, stop: stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => outcome);
        await ended.Task.Soon();

        async IAsyncEnumerable<string> Endless()
        {
            try
            {
                while (true)
                {
                    await Task.Yield();
                    yield return "again";
                }
            }
            finally
            {
                ended.SetResult();
            }
        }
    }

    [Fact]
    public async Task A_stream_is_read_no_further_than_an_item_past_the_limit()
    {
        await using var bench = new ToolBench();
        var went = 0;
        var outcome = await bench.RunAsync(Large);
        Assert.Contains("at most 8,000,000 are allowed", outcome.Result, StringComparison.Ordinal);
        Assert.True(outcome.IsError);
        Assert.Equal(2, went);

        async IAsyncEnumerable<string> Large([EnumeratorCancellation] CancellationToken token = default)
        {
            for (var length = 20_000; ; length += 8_000_000)
            {
                await Task.Yield();
                went++;
                yield return new string('x', length);
            }
        }
    }

    [Fact]
    public async Task Of_a_long_preliminary_result_the_beginning_is_shown_with_a_mark()
    {
        await using var bench = new ToolBench();
        var outcome = await bench.RunAsync((ToolCallContext call) => call.ShowPreliminary(string.Concat(Enumerable.Repeat("😀b😀", 4_000))));
        Assert.Equal(ToolResults.Nothing, outcome.Result);
        var shown = Assert.Single(bench.Shown);
        Assert.InRange(shown.Length, RoomLimits.ToolResultLength - 1, RoomLimits.ToolResultLength);
        Assert.Matches(@"\n… \(the first 15,9\d\d of 20,000 characters\)$", shown);
        Assert.False(Names.HasLoneSurrogate(shown));
    }

    private sealed class Scoped : IAsyncDisposable
    {
        private readonly TaskCompletionSource _ended = new();

        public Task Ended => _ended.Task;

        public ValueTask DisposeAsync()
        {
            _ended.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }
}
