using System.Reflection;
using System.Collections.Concurrent;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Turns.Tools;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Turns.Flow;

/// <summary>A room, a viewer and two assistants with two tools, for tests of how turns go.</summary>
public abstract class FlowTests : IAsyncLifetime
{
    private readonly List<ChatHost> _hosts = [];

    protected static readonly string[] Settings = ["--Turns:JournalInterval=00:00:00.010", "--Turns:ShutdownGrace=00:00:00"];

    /// <summary>What they run on; each class of them has another one for PostgreSQL.</summary>
    protected virtual TestDatabase Database => TestDatabase.Sqlite;

    protected ChatHost Host { get; private set; } = null!;

    protected Room Room { get; set; } = null!;

    protected RoomWatch Watch { get; private set; } = null!;

    protected FakeChatClient Model => Host.Model;

    /// <summary>How often each call has begun to run, in all processes of the test.</summary>
    protected ConcurrentDictionary<string, int> Runs { get; } = new(StringComparer.Ordinal);

    /// <summary>What the tool named slow waits for.</summary>
    protected TaskCompletionSource Slow { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when the tool named slow runs.</summary>
    protected TaskCompletionSource SlowRuns { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task InitializeAsync()
    {
        Host = Keep(await ChatHost.StartAsync(Database, Configure, Settings, "Demo", "Other"));
        Host.Assistants.Change = Change;
        Room = await Host.RoomAsync();
        Watch = await Host.WatchAsync(Room);
    }

    public async Task DisposeAsync()
    {
        Slow.TrySetResult();
        Watch.Dispose();
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }
    }

    protected virtual Assistant Change(Assistant assistant) => assistant with { Recovery = RecoveryMode.Continue };

    protected virtual void Configure(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(new ChatTool(ChatFunctions.Create(
            (ToolCallContext call) => $"quick {Runs.AddOrUpdate(call.CallId, 1, (_, n) => n + 1)}", "quick", "Gives a result.")));
        builder.Services.AddSingleton(new ChatTool(ChatFunctions.Create(
            async (ToolCallContext call, CancellationToken stop) =>
            {
                Runs.AddOrUpdate(call.CallId, 1, (_, n) => n + 1);
                SlowRuns.TrySetResult();
                await Slow.Task.WaitAsync(stop);
                return "slow";
            }, "slow", "Takes its time.")));
        builder.Services.AddSingleton(new ChatTool(ChatFunctions.Create(
            (ToolCallContext call) => $"asked {Runs.AddOrUpdate(call.CallId, 1, (_, n) => n + 1)}", "asks", "Needs a yes."))
        {
            NeedsApproval = ChatTool.Always,
        });
    }

    protected ChatHost Keep(ChatHost host)
    {
        _hosts.Add(host);
        return host;
    }

    /// <summary>Goes on with another process.</summary>
    protected async Task GoOnAsync(ChatHost host)
    {
        Watch.Dispose();
        Host = Keep(host);
        Watch = await host.WatchAsync(Room);
    }

    /// <summary>The power goes; another process starts on what is on disk.</summary>
    protected async Task CrashAsync(Func<Assistant, Assistant>? change = null) => await GoOnAsync(await Host.CrashAsync(change, Configure, Settings));

    /// <summary>A clean stop and a start.</summary>
    protected async Task RestartAsync()
    {
        _hosts.Remove(Host);
        await GoOnAsync(await Host.RestartAsync(Configure, Settings));
    }

    protected Task SetAsync(RoomSettingsChange change) => Host.Rooms.ChangeAsync(ChatHost.Ada, Room.Id, null, change, default);

    /// <summary>Asks, and answers.</summary>
    protected async Task<Message> AskAsync(string question, string response, Person? by = null)
    {
        var responses = Watch.Now.Messages.Count(m => m.Message.Author.Kind == AuthorKind.Assistant);
        await Host.PostAsync(Room, question, by);
        (await Model.NextAsync()).Finish(response);
        return await Watch.EndedAsync(responses + 1);
    }

    protected Task<RoomFrame> UntilAsync(Func<RoomFrame, bool> wanted) => Watch.UntilAsync(wanted);

    /// <summary>Waits until the running response shows something that is on disk, too.</summary>
    protected async Task UntilJournaledAsync(string end)
    {
        await using var db = Host.OpenDatabase();
        while (!string.Concat(await db.Journal.OrderBy(p => p.Ordinal).Select(p => p.Text).ToListAsync()).EndsWith(end, StringComparison.Ordinal))
        {
            await Task.Yield();
        }
    }

    /// <summary>Waits until nothing runs, and sees that nothing was left behind.</summary>
    protected async Task NothingIsLeftAsync()
    {
        var running = Host.App.Services.GetRequiredService<RunningTurns>();
        while (running.Count > 0)
        {
            await Task.Yield();
        }

        // What is left is looked for within the gate: whoever has it is done first.
        using (await Host.App.Services.GetRequiredService<RoomGates>().EnterAsync(Room.Id, default).Soon())
        {
        }

        await using var db = Host.OpenDatabase();
        Assert.Empty(await db.Turns.ToListAsync());
        Assert.Empty(await db.Journal.ToListAsync());
        Assert.DoesNotContain(await db.Messages.ToListAsync(), m => m.Status is StoredStatus.Streaming or StoredStatus.Recovering);
    }

    protected static ChatResponseUpdate Call(string id, string name) =>
        new(ChatRole.Assistant, [new FunctionCallContent(id, name, new Dictionary<string, object?>(StringComparer.Ordinal))]);

    protected static IEnumerable<string> Results(FakeAnswer request) =>
        request.Messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().Select(r => $"{r.CallId}: {r.Result}");

    /// <summary>How many rooms are being changed, or were and have not been let go of.</summary>
    protected int GateCount() =>
        ((System.Collections.ICollection)typeof(RoomGates).GetField("_gates", BindingFlags.NonPublic | BindingFlags.Instance)!
            .GetValue(Host.App.Services.GetRequiredService<RoomGates>())!).Count;
}
