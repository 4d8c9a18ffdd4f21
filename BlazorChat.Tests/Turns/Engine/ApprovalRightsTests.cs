using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Turns.Engine;

/// <summary>Who may say yes, and to what: only what the server stored is ever run.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class ApprovalRightsTests
{
    private const string What = """{"what":"it"}""";

    private static readonly Person Eve = new(Guid.Parse("018f0000-0000-7000-8000-00000000000e"), "Eve");

    [Theory]
    [InlineData("asker")]
    [InlineData("owner")]
    public async Task The_asker_and_the_rooms_owner_may_decide(string who)
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful());
        (await bench.AskAsync(by: ChatHost.Grace)).Call("c1", "careful", What).Finish();
        var by = who == "asker" ? ChatHost.Grace : ChatHost.Ada;
        Assert.Null((await bench.DecideAsync(by, await bench.PausedAsync(), "c1", yes: true)).Error);
        (await bench.Host.Model.NextAsync()).Finish("Done.");
        Assert.Equal(by.Name, Assert.Single((await bench.EndedAsync()).Calls).Decision!.By.Name);
    }

    [Fact]
    public async Task A_stranger_nobody_and_what_is_forged_are_refused_and_change_nothing()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful());
        var elsewhere = await bench.Host.RoomAsync("Elsewhere");
        (await bench.AskAsync()).Call("c1", "careful", What).Finish();
        var paused = await bench.PausedAsync();
        var question = bench.Watch.Now.Messages[0].Message;
        async Task<RoomErrorKind?> Try(Person? by, Guid roomId, Guid messageId, string callId, string arguments) =>
            (await bench.Responses.DecideAsync(by, roomId, messageId, callId, arguments, isApproved: true, null, default)).Error?.Kind;

        Assert.Equal(RoomErrorKind.Forbidden, await Try(Eve, bench.Room.Id, paused.Id, "c1", What));
        Assert.Equal(RoomErrorKind.Forbidden, await Try(null, bench.Room.Id, paused.Id, "c1", What));
        Assert.Equal(RoomErrorKind.Forbidden, await Try(new Person(Guid.Empty, "Ada"), bench.Room.Id, paused.Id, "c1", What));
        Assert.Equal(RoomErrorKind.NotFound, await Try(ChatHost.Ada, bench.Room.Id, paused.Id, "c2", What));
        Assert.Equal(RoomErrorKind.NotFound, await Try(ChatHost.Ada, elsewhere.Id, paused.Id, "c1", What));
        Assert.Equal(RoomErrorKind.NotFound, await Try(ChatHost.Ada, Guid.NewGuid(), paused.Id, "c1", What));
        Assert.Equal(RoomErrorKind.NotFound, await Try(ChatHost.Ada, bench.Room.Id, question.Id, "c1", What));
        Assert.Equal(RoomErrorKind.NotFound, await Try(ChatHost.Ada, bench.Room.Id, Guid.NewGuid(), "c1", What));
        Assert.Equal(RoomErrorKind.Conflict, await Try(ChatHost.Ada, bench.Room.Id, paused.Id, "c1", """{"what":"something else"}"""));
        Assert.Equal(paused.Calls, (await bench.StoredAsync()).Calls);
        Assert.Empty(bench.Watch.Now.Queue);
        Assert.Equal(1, bench.Host.Model.Requests);
    }

    [Fact]
    public async Task The_first_answer_counts_the_same_again_is_silent_and_another_is_refused()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful());
        (await bench.AskAsync(by: ChatHost.Grace)).Call("c1", "careful", What).Finish();
        var paused = await bench.PausedAsync();
        Assert.Null((await bench.DecideAsync(ChatHost.Grace, paused, "c1", yes: true, "first")).Error);
        var next = await bench.Host.Model.NextAsync();
        Assert.Null((await bench.DecideAsync(ChatHost.Grace, paused, "c1", yes: true, "second")).Error);
        var no = await bench.DecideAsync(ChatHost.Grace, paused, "c1", yes: false);
        Assert.Equal(new RoomError(RoomErrorKind.Conflict, "Grace already approved this."), no.Error);
        Assert.Equal(RoomErrorKind.Conflict, (await bench.DecideAsync(ChatHost.Ada, paused, "c1", yes: false)).Error?.Kind);
        next.Finish("Done.");
        var ended = await bench.EndedAsync();
        Assert.Equal("first", Assert.Single(ended.Calls).Decision!.Reason);
        Assert.Null((await bench.DecideAsync(ChatHost.Grace, paused, "c1", yes: true)).Error);
        Assert.Equal(RoomErrorKind.Conflict, (await bench.DecideAsync(ChatHost.Grace, paused, "c1", yes: false)).Error?.Kind);
        Assert.Equal(ended.Parts.ToArray(), (await bench.StoredAsync()).Parts.ToArray());
        Assert.Equal(2, bench.Host.Model.Requests);
    }

    [Fact]
    public async Task A_call_that_nobody_was_asked_about_cannot_be_approved()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful(), TurnBench.Tool("plain", () => "ran"));
        (await bench.AskAsync()).Call("c1", "careful", What).Call("c2", "plain").Finish();
        var paused = await bench.PausedAsync();
        Assert.Equal(RoomErrorKind.NotFound, (await bench.DecideAsync(ChatHost.Ada, paused, "c2", yes: true)).Error?.Kind);
        Assert.Equal(paused.Calls, (await bench.StoredAsync()).Calls);
    }

    [Fact]
    public async Task Who_has_lost_the_right_meanwhile_cannot_decide_any_more()
    {
        var authorizer = new ChangingAuthorizer();
        await using var bench = await TurnBench.StartAsync(s => s.AddSingleton<IRoomAuthorizer>(authorizer.Over), TurnBench.Careful());
        (await bench.AskAsync()).Call("c1", "careful", What).Finish();
        var paused = await bench.PausedAsync();
        authorizer.Forbidden = RoomPermission.DecideToolCall;
        Assert.Equal(RoomErrorKind.Forbidden, (await bench.DecideAsync(ChatHost.Ada, paused, "c1", yes: true)).Error?.Kind);
        Assert.Equal(paused.Calls, (await bench.StoredAsync()).Calls);
        authorizer.Forbidden = null;
        Assert.Null((await bench.DecideAsync(ChatHost.Ada, paused, "c1", yes: true)).Error);
        (await bench.Host.Model.NextAsync()).Finish("Done.");
        await bench.EndedAsync();
    }

    [Fact]
    public async Task An_owner_who_stops_being_one_while_they_allow_a_tool_for_the_room_approves_only_the_call()
    {
        var authorizer = new ChangingAuthorizer();
        await using var bench = await TurnBench.StartAsync(s => s.AddSingleton<IRoomAuthorizer>(authorizer.Over), TurnBench.Careful());
        (await bench.AskAsync()).Call("c1", "careful", What).Finish();
        var paused = await bench.PausedAsync();
        // Asked before the decision is stored, and once more when the tool is to be allowed.
        (authorizer.Forbidden, authorizer.AllowedBefore) = (RoomPermission.ManageMembers, 1);
        Assert.Equal(
            RoomErrorKind.Forbidden, (await bench.Responses.ApproveInRoomAsync(ChatHost.Ada, bench.Room.Id, paused.Id, "c1", What, paused.Calls.Single().Tool, default)).Error?.Kind);
        (await bench.Host.Model.NextAsync()).Finish("Done.");
        Assert.True((await bench.EndedAsync()).Calls.Single().Decision is { IsApproved: true, IsStanding: false });
        Assert.Empty((await bench.Host.Live.ReadAsync(ChatHost.Ada, bench.Room.Id, default)).Value.Room.Settings.Rights.Always);
    }

    [Fact]
    public async Task A_tool_decides_from_its_arguments_and_a_rule_that_breaks_asks()
    {
        await using var bench = await TurnBench.StartAsync(
            TurnBench.Tool("pay", (int amount) => $"paid {amount}", (call, _) => ValueTask.FromResult(call.Arguments.Contains("1000", StringComparison.Ordinal))),
            TurnBench.Tool("odd", () => "ran", (_, _) => throw new InvalidOperationException("broken")));
        (await bench.AskAsync()).Call("c1", "pay", """{"amount":5}""").Call("c2", "pay", """{"amount":1000}""").Call("c3", "odd").Finish();
        Assert.Equal(
            [ToolCallState.Succeeded, ToolCallState.AwaitingApproval, ToolCallState.AwaitingApproval], (await bench.PausedAsync()).Calls.Select(c => c.State));
    }

    [Fact]
    public async Task A_tool_that_was_disabled_after_the_request_does_not_run()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful());
        (await bench.AskAsync()).Call("c1", "careful", What).Finish();
        var paused = await bench.PausedAsync();
        Assert.Null((await bench.Host.Rooms.ChangeAsync(ChatHost.Ada, bench.Room.Id, null, new RoomSettingsChange { DisabledTools = ["careful"] }, default)).Error);
        Assert.Null((await bench.DecideAsync(ChatHost.Ada, paused, "c1", yes: true)).Error);
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: This tool is no longer available."], next.Results);
        next.Finish("Gone.");
        await bench.EndedAsync();
    }

    private sealed class ChangingAuthorizer : IRoomAuthorizer
    {
        private RoomAuthorizer? _others;

        public RoomPermission? Forbidden { get; set; }

        /// <summary>How often it is still allowed.</summary>
        public int AllowedBefore { get; set; }

        public ValueTask<RoomError?> AuthorizeAsync(Person? person, RoomPermission permission, AuthorizedResource? resource, CancellationToken cancellationToken) =>
            permission == Forbidden && AllowedBefore-- <= 0 ? ValueTask.FromResult<RoomError?>(new RoomError(RoomErrorKind.Forbidden, "Not any more.")) : _others!.AuthorizeAsync(person, permission, resource, cancellationToken);

        public ChangingAuthorizer Over(IServiceProvider services)
        {
            _others = new RoomAuthorizer(services.GetRequiredService<RoomAccessDirectory>(), services.GetRequiredService<IPeople>());
            return this;
        }
    }
}
