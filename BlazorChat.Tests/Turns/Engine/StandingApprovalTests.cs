using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Turns.Tools;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Turns.Engine;

/// <summary>“Always in this room”: whose it is, what it covers, and how it ends.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class StandingApprovalTests
{
    private const string What = """{"what":"it"}""";

    [Theory]
    [EveryDatabase]
    public async Task A_tool_that_an_owner_allowed_runs_without_asking_and_each_call_says_who_allowed_it(TestDatabase database)
    {
        await using var bench = await TurnBench.ListenAsync(database, TurnBench.Careful());
        (await bench.AskAsync(by: ChatHost.Grace)).Call("c1", "careful", What).Finish();
        var paused = await bench.PausedAsync();
        Assert.Null((await AllowAsync(bench, ChatHost.Ada, paused)).Error);
        (await bench.Host.Model.NextAsync()).Finish("Done.");
        var asked = Assert.Single((await bench.EndedAsync()).Calls);
        Assert.Equal(("Ada", false), (asked.Decision!.By.Name, asked.Decision.IsStanding));

        await bench.RestartAsync();
        var allowed = Assert.Single(await AllowedAsync(bench));
        Assert.Equal(("careful", asked.Tool, "Ada"), (allowed.Name, allowed.Tool, allowed.By.Name));

        // Whoever asks, and whatever the arguments.
        (await bench.AskAsync(by: ChatHost.Grace)).Call("c2", "careful", """{"what":"another"}""").Finish();
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c2: did another"], next.Results.Where(r => r.StartsWith("c2", StringComparison.Ordinal)));
        next.Finish("Done again.");
        var call = Assert.Single((await bench.UntilAsync(m => m.Text == "Done again." && m.Status.IsEnded)).Calls);
        Assert.Equal((ToolCallState.Succeeded, true, allowed.By, allowed.At), (call.State, call.Decision!.IsStanding, call.Decision.By, call.Decision.At));
    }

    [Fact]
    public async Task It_is_the_owners_alone_whoever_may_approve_and_whatever_ids_they_send()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful());
        await SetAsync(bench, new RoomSettingsChange { Approve = TurnPeople.Members });
        var mine = (await bench.Host.Rooms.CreateAsync(ChatHost.Grace, "Hers", default)).Value;
        (await bench.AskAsync(by: ChatHost.Grace)).Call("c1", "careful", What).Finish();
        var paused = await bench.PausedAsync();
        var tool = paused.Calls.Single().Tool!;

        Assert.Equal(RoomErrorKind.Forbidden, (await AllowAsync(bench, ChatHost.Grace, paused)).Error?.Kind);
        Assert.Equal(RoomErrorKind.NotFound, (await bench.Responses.ApproveInRoomAsync(ChatHost.Grace, mine.Id, paused.Id, "c1", What, tool, default)).Error?.Kind);
        // An owner's click about other arguments, another tool, or none.
        Assert.Equal(RoomErrorKind.Conflict, (await bench.Responses.ApproveInRoomAsync(ChatHost.Ada, bench.Room.Id, paused.Id, "c1", """{"what":"other"}""", tool, default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.Conflict, (await bench.Responses.ApproveInRoomAsync(ChatHost.Ada, bench.Room.Id, paused.Id, "c1", What, tool with { Schema = "other" }, default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.Conflict, (await bench.Responses.ApproveInRoomAsync(ChatHost.Ada, bench.Room.Id, paused.Id, "c1", What, null, default)).Error?.Kind);
        Assert.Equal(paused.Calls, (await bench.StoredAsync()).Calls);

        // A call that somebody else has decided already allows nothing.
        Assert.Null((await bench.DecideAsync(ChatHost.Grace, paused, "c1", yes: true)).Error);
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(RoomErrorKind.Conflict, (await AllowAsync(bench, ChatHost.Ada, paused)).Error?.Kind);
        next.Finish("Done.");
        await bench.EndedAsync();
        Assert.Empty(await AllowedAsync(bench));
    }

    [Theory]
    [InlineData("title")]
    [InlineData("description")]
    [InlineData("schema")]
    [InlineData("annotations")]
    [InlineData("name")]
    public async Task A_tool_that_has_changed_asks_again(string what)
    {
        var tool = Tool();
        var source = new Tools(() => tool);
        await using var bench = await TurnBench.StartAsync(s => s.AddSingleton<IToolSource>(source));
        (await bench.AskAsync()).Call("c1", "deploy", What).Finish();
        Assert.Null((await AllowAsync(bench, ChatHost.Ada, await bench.PausedAsync())).Error);
        (await bench.Host.Model.NextAsync()).Finish("Done.");
        await bench.EndedAsync();

        tool = what switch
        {
            "title" => Tool(title: "Look at what is deployed"),
            "description" => Tool(description: "Deploys to production."),
            "schema" => Tool(method: (string what, string where = "test") => $"did {what} {where}"),
            "annotations" => Tool(annotations: "destructive"),
            _ => Tool(name: "deploy_all"),
        };
        (await bench.AskAsync()).Call("c2", tool.Name, What).Finish();
        Assert.Equal(ToolCallState.AwaitingApproval, Assert.Single((await bench.UntilAsync(m => m.Calls.Any(c => c.CallId == "c2") && m.Status is MessageStatus.AwaitingPeople)).Calls).State);

        // To allow it as it is now replaces what was allowed.
        Assert.Null((await AllowAsync(bench, ChatHost.Ada, await bench.PausedAsync())).Error);
        (await bench.Host.Model.NextAsync()).Finish("Done.");
        await bench.EndedAsync();
        Assert.Equal(what == "name" ? 2 : 1, (await AllowedAsync(bench)).Count);
    }

    [Theory]
    [InlineData("revoked")]
    [InlineData("owner who is none any more")]
    public async Task What_no_longer_counts_asks_again_also_for_a_call_that_was_about_to_run(string how)
    {
        var ruled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful(), TurnBench.Tool("other", () => "ran", async (_, _) => await ruled.Task));
        await bench.Host.AddPersonAsync(ChatHost.Grace);
        Assert.Null((await bench.Host.Rooms.SetMemberAsync(ChatHost.Ada, bench.Room.Id, ChatHost.Grace.Id, RoomRole.Owner, default)).Error);
        (await bench.AskAsync()).Call("c1", "careful", What).Finish();
        Assert.Null((await AllowAsync(bench, ChatHost.Grace, await bench.PausedAsync())).Error);
        (await bench.Host.Model.NextAsync()).Finish("Done.");
        await bench.EndedAsync();

        // The call is ready, and the rule of the one beside it takes its time.
        (await bench.AskAsync()).Call("c2", "careful", What).Call("c3", "other").Finish();
        await bench.SeenAsync("c2", c => c is { State: ToolCallState.Ready, Decision.IsStanding: true });
        Assert.Null(how == "revoked"
            ? (await bench.Host.Rooms.RevokeToolAsync(ChatHost.Ada, bench.Room.Id, "careful", default)).Error
            : (await bench.Host.Rooms.SetMemberAsync(ChatHost.Ada, bench.Room.Id, ChatHost.Grace.Id, RoomRole.Member, default)).Error);
        ruled.SetResult(false);
        var paused = await bench.UntilAsync(m => m.Calls.Count() == 2 && m.Status is MessageStatus.AwaitingPeople);
        Assert.Equal([ToolCallState.AwaitingApproval, ToolCallState.Succeeded], paused.Calls.Select(c => c.State));
        Assert.Equal("This tool had been allowed for the room. That no longer counts.", paused.Calls.Single(c => c.CallId == "c2").AskedAgain);
        Assert.Null((await bench.DecideAsync(ChatHost.Ada, paused, "c2", yes: false)).Error);
        (await bench.Host.Model.NextAsync()).Finish("Not done.");
        await bench.EndedAsync();
        Assert.Equal(how == "revoked" ? 0 : 1, (await AllowedAsync(bench)).Count);
    }

    [Theory]
    [EveryDatabase]
    public async Task What_somebody_allowed_goes_with_their_membership_and_their_name_with_their_account(TestDatabase database)
    {
        await using var bench = await TurnBench.ListenAsync(database, TurnBench.Careful());
        var (rooms, room) = (bench.Host.Rooms, bench.Room.Id);
        await bench.Host.AddPersonAsync(ChatHost.Grace);
        Assert.Null((await rooms.SetMemberAsync(ChatHost.Ada, room, ChatHost.Grace.Id, RoomRole.Owner, default)).Error);
        (await bench.AskAsync()).Call("c1", "careful", What).Finish();
        Assert.Null((await AllowAsync(bench, ChatHost.Grace, await bench.PausedAsync())).Error);
        (await bench.Host.Model.NextAsync()).Finish("Done.");
        var response = await bench.EndedAsync();
        Assert.Null((await bench.Responses.RegenerateAsync(ChatHost.Grace, room, response.Id, default)).Error);
        (await bench.Host.Model.NextAsync()).Finish("Again.");
        await bench.UntilAsync(m => m.Text == "Again." && m.Status.IsEnded);
        Assert.Null((await bench.Responses.RegenerateAsync(ChatHost.Ada, room, response.Id, default)).Error);
        (await bench.Host.Model.NextAsync()).Finish("Third.");
        await bench.UntilAsync(m => m.Text == "Third." && m.Status.IsEnded);
        Assert.Null((await rooms.RemoveMemberAsync(ChatHost.Ada, room, ChatHost.Grace.Id, default)).Error);
        Assert.Empty(await AllowedAsync(bench));

        await rooms.ForgetAsync(ChatHost.Grace.Id, "Grace", removesMessages: false, default);
        var versions = (await rooms.ReadVersionsAsync(ChatHost.Ada, room, response.Id, default)).Value;
        Assert.Equal(
            [("Deleted person", null), (null, "Deleted person"), (null, null)],
            versions.Select(v => (v.Calls.SingleOrDefault()?.Decision!.By.Name, v.Metadata!.RequestedBy?.Name)));
    }

    [Theory]
    [InlineData("careful")]
    [InlineData("care*")]
    public async Task What_a_setting_lists_is_asked_about_each_time_whatever_was_allowed_before(string pattern)
    {
        var lists = false;
        await using var bench = await TurnBench.StartAsync(s => s.Configure<ToolsOptions>(o => o.AlwaysAsk = lists ? [pattern] : []), TurnBench.Careful());
        (await bench.AskAsync()).Call("c1", "careful", What).Finish();
        Assert.Null((await AllowAsync(bench, ChatHost.Ada, await bench.PausedAsync())).Error);
        (await bench.Host.Model.NextAsync()).Finish("Done.");
        await bench.EndedAsync();
        lists = true;
        await bench.RestartAsync();
        (await bench.AskAsync()).Call("c2", "careful", What).Finish();
        var paused = await bench.UntilAsync(m => m.Calls.Any(c => c.CallId == "c2") && m.Status is MessageStatus.AwaitingPeople);
        Assert.False(bench.Responses.OffersForRoom(paused.Calls.Single()));
        Assert.Equal(RoomErrorKind.Conflict, (await AllowAsync(bench, ChatHost.Ada, paused)).Error?.Kind);
        Assert.Null((await bench.DecideAsync(ChatHost.Ada, paused, "c2", yes: true)).Error);
        (await bench.Host.Model.NextAsync()).Finish("Done.");
        await bench.EndedAsync();
    }

    [Fact]
    public async Task A_tool_that_is_listed_asks_even_if_it_has_no_rule_of_its_own()
    {
        await using var bench = await TurnBench.StartAsync(s => s.Configure<ToolsOptions>(o => o.AlwaysAsk.Add("plain")), TurnBench.Tool("plain", () => "ran"));
        (await bench.AskAsync()).Call("c1", "plain").Finish();
        Assert.Equal(ToolCallState.AwaitingApproval, Assert.Single((await bench.PausedAsync()).Calls).State);
    }

    [Theory]
    [InlineData("--Tools:AlwaysAsk:0=*care", "Tools:AlwaysAsk:0")]
    [InlineData("--Tools:AlwaysAsk:0=", "Tools:AlwaysAsk:0")]
    [InlineData("--Tools:TwoPeople:0=pay out", "Tools:TwoPeople:0")]
    [InlineData("--Tools:AllwaysAsk:0=pay", "Tools:AllwaysAsk")]
    public async Task A_list_that_protects_nothing_stops_the_start(string setting, string key)
    {
        var failed = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => ChatHost.StartAsync(settings: [setting]));
        Assert.Contains(key, failed.Message, StringComparison.Ordinal);
    }

    private static ChatTool Tool(string name = "deploy", string description = "Deploys.", string annotations = "", Delegate? method = null, string? title = null) =>
        new(AIFunctionFactory.Create(method ?? ((string what) => $"did {what}"), name, description)) { NeedsApproval = ChatTool.Always, Annotations = annotations, Title = title };

    private static Task<Result<Message>> AllowAsync(TurnBench bench, Person by, Message response)
    {
        var call = response.Calls.Last();
        return bench.Responses.ApproveInRoomAsync(by, bench.Room.Id, response.Id, call.CallId, call.Arguments, call.Tool, default);
    }

    private static async Task<IReadOnlyList<StandingApproval>> AllowedAsync(TurnBench bench) =>
        (await bench.Host.Live.ReadAsync(ChatHost.Ada, bench.Room.Id, default)).Value.Room.Settings.Rights.Always;

    private static async Task SetAsync(TurnBench bench, RoomSettingsChange change) =>
        Assert.Null((await bench.Host.Rooms.ChangeAsync(ChatHost.Ada, bench.Room.Id, null, change, default)).Error);

    private sealed class Tools(Func<ChatTool> tool) : IToolSource
    {
        IReadOnlyList<ChatTool> IToolSource.Tools => [tool()];
    }
}
