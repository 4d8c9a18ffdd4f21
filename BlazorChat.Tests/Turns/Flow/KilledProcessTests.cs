using System.Text.Json;
using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Tests.Assistants.Mcp;
using BlazorChat.Tests.Browser;
using BlazorChat.Tests.EndToEnd;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Turns.Flow;

/// <summary>The real process is killed in the middle of a response, and another one goes on with it.</summary>
[Trait(nameof(Kind), Kind.Process)]
public sealed class KilledProcessTests : IAsyncLifetime
{
    private TestData? _data;
    private LiveModel _model = null!;
    private AppProcess? _app;

    public async Task InitializeAsync() => _model = await LiveModel.StartAsync();

    public async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        await _model.DisposeAsync();
        if (_data is not null)
        {
            await _data.DisposeAsync();
        }
    }

    [Theory]
    [EveryDatabase]
    public async Task Killed_in_the_middle_of_a_call_finished_tools_do_not_run_again_and_the_model_is_told_of_the_other(TestDatabase database)
    {
        await AskAsync(database);
        await StartAsync();
        var first = await _model.NextAsync();
        await ToolsAsync();
        // Chance: run again, it would be another result.
        first.Call("c1", "roll_dice", """{"count":20,"sides":1000}""");
        (await _model.NextAsync()).Call("c2", "odd_wait", "{}");
        var before = await UntilAsync(m => m.Calls.Any(c => c is { CallId: "c2", State: ToolCallState.Running }));
        await _app!.KillAsync();
        await StartAsync();

        var next = await GoesOnAsync();
        var told = SentResults.Of(JsonDocument.Parse(next.Request).RootElement);
        Assert.Equal(["c1", "c2"], told.Select(r => r.Id));
        Assert.Equal(before.Calls.First().Result, told[0].Text);
        next.Finish("I could not wait.");
        var ended = await UntilAsync(m => m.Status.IsEnded);
        Assert.Equal((before.Id, "I could not wait.", MessageStatus.Complete.Instance), (ended.Id, ended.Text, ended.Status));
        Assert.Equal(["c1", "c2"], ended.Calls.Select(c => c.CallId));
        Assert.Equal(before.Calls.First(), ended.Calls.First());
        Assert.Equal((ToolCallState.Failed, told[1].Text), (ended.Calls.Last().State, ended.Calls.Last().Result));
    }

    [Theory]
    [EveryDatabase]
    public async Task Killed_in_the_middle_of_text_it_goes_on_once_and_nothing_is_doubled(TestDatabase database)
    {
        await AskAsync(database);
        await StartAsync(hasTools: false);
        (await _model.NextAsync()).Say("One, two, th");
        var before = await UntilAsync(m => m.Text == "One, two, th");
        await _app!.KillAsync();
        await StartAsync(hasTools: false);

        var next = await GoesOnAsync();
        var messages = JsonDocument.Parse(next.Request).RootElement.GetProperty("messages").EnumerateArray().ToList();
        Assert.Single(messages, m => m.ToString().Contains("One, two, th", StringComparison.Ordinal));
        Assert.Contains("Go on", messages[^1].ToString(), StringComparison.Ordinal);
        next.Finish("ree");
        var ended = await UntilAsync(m => m.Status.IsEnded);
        Assert.Equal((before.Id, "One, two, three", MessageStatus.Complete.Instance), (ended.Id, ended.Text, ended.Status));
    }

    // Says what the new process did instead, if it does not ask the model.
    private async Task<LiveAnswer> GoesOnAsync()
    {
        try
        {
            return await _model.NextAsync();
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"The response did not go on. {_app!.Output}", e);
        }
    }

    /// <summary>Asks in a process that ends before there is a response: the next one finds the question waiting.</summary>
    private async Task AskAsync(TestDatabase database)
    {
        _data = await TestData.CreateAsync(database);
        await using var host = await ChatHost.StartAsync(_data, settings: ["--Turns:ShutdownGrace=00:00:00"]);
        host.Assistants.Change = static r => r with { Recovery = RecoveryMode.Continue };
        await host.PostAsync(await host.RoomAsync(), "Go");
        await host.Model.NextAsync();
    }

    private async Task StartAsync(bool hasTools = true)
    {
        var environment = _model.Environment;
        foreach (var (name, value) in _data!.Environment)
        {
            environment[name] = value;
        }

        environment["Assistants__Items__0__Recovery"] = "Continue";
        if (hasTools)
        {
            environment["Mcp__Servers__0__Name"] = "odd";
            environment["Mcp__Servers__0__Command"] = "node";
            environment["Mcp__Servers__0__Arguments__0"] = McpHost.OddScript;
            environment["Mcp__Servers__0__Arguments__1"] = "standard";
            environment["Mcp__Servers__0__Approval"] = "Never";
        }

        _app = await AppProcess.StartAsync(_data.Folder, 0, environment);
    }

    private async Task ToolsAsync()
    {
        using var tooLong = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!_app!.Output.Contains("MCP server odd is connected", StringComparison.Ordinal))
        {
            await look.WaitForNextTickAsync(tooLong.Token);
        }
    }

    /// <summary>Waits until the only answer is on disk as wanted, its journal included.</summary>
    private async Task<Message> UntilAsync(Func<Message, bool> wanted)
    {
        using var tooLong = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await look.WaitForNextTickAsync(tooLong.Token))
        {
            await using var db = _data!.Open();
            var response = (await db.Messages.AsNoTracking().SingleAsync(m => m.AuthorKind == AuthorKind.Assistant, tooLong.Token)).ToMessage();
            var journal = await db.Journal.AsNoTracking().Where(j => j.MessageId == response.Id).OrderBy(j => j.Ordinal).ToListAsync(tooLong.Token);
            if (journal.Count > 0)
            {
                response = response with { Parts = response.Parts.Add(new TextPart(string.Concat(journal.Select(j => j.Text)))) };
            }

            if (wanted(response))
            {
                return response;
            }
        }

        throw new TimeoutException();
    }
}
