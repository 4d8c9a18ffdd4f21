using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Turns.Tools;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Turns.Engine;

/// <summary>Who approves besides the asker: people whom the owners named, and the second of two.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class TwoPeopleTests
{
    private const string What = """{"what":"it"}""";

    private static readonly Person Bella = new(Guid.Parse("018f0000-0000-7000-8000-00000000000c"), "Bella");

    [Fact]
    public async Task Nobody_is_two_people_and_the_second_approval_runs_the_call_also_after_a_crash()
    {
        var lists = true;
        await using var bench = await TurnBench.StartAsync(s => s.Configure<ToolsOptions>(o => o.TwoPeople = lists ? ["careful"] : []), TurnBench.Careful());
        await AddAccountsAsync(bench);
        (await bench.AskAsync(by: ChatHost.Grace)).Call("c1", "careful", What).Finish();
        var paused = await bench.PausedAsync();
        Assert.True(paused.Calls.Single().NeedsTwoPeople);
        Assert.False(bench.Responses.OffersForRoom(paused.Calls.Single()));
        Assert.Equal(
            RoomErrorKind.Conflict, (await bench.Responses.ApproveInRoomAsync(ChatHost.Ada, bench.Room.Id, paused.Id, "c1", What, paused.Calls.Single().Tool, default)).Error?.Kind);

        Assert.Null((await bench.DecideAsync(ChatHost.Grace, paused, "c1", yes: true, "Looks right")).Error);
        var half = (await bench.SeenAsync("c1", c => c.FirstApproval is not null))!;
        Assert.Equal((ToolCallState.AwaitingApproval, "Grace", "Looks right"), (half.State, half.FirstApproval!.By.Name, half.FirstApproval.Reason));
        // The same person again, under another name, in another browser.
        Assert.Null((await bench.DecideAsync(ChatHost.Grace, paused, "c1", yes: true)).Error);
        Assert.Null((await bench.DecideAsync(ChatHost.Grace with { Name = "Grace H." }, paused, "c1", yes: true)).Error);
        Assert.Equal(half, Assert.Single((await bench.StoredAsync()).Calls));

        // What waits keeps its rule, whatever the settings say after a restart.
        lists = false;
        await bench.CrashAsync();
        Assert.Null((await bench.DecideAsync(ChatHost.Grace, paused, "c1", yes: true)).Error);
        Assert.Equal(ToolCallState.AwaitingApproval, Assert.Single((await bench.StoredAsync()).Calls).State);
        Assert.Null((await bench.DecideAsync(ChatHost.Ada, paused, "c1", yes: true)).Error);
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: did it"], next.Results);
        next.Finish("Done.");
        var call = Assert.Single((await bench.EndedAsync()).Calls);
        Assert.Equal(("Grace", "Ada"), (call.FirstApproval!.By.Name, call.Decision!.By.Name));
    }

    [Theory]
    [InlineData("first")]
    [InlineData("second")]
    public async Task Either_of_them_can_still_say_no(string who)
    {
        await using var bench = await TurnBench.StartAsync(s => s.Configure<ToolsOptions>(o => o.TwoPeople.Add("careful")), TurnBench.Careful());
        await AddAccountsAsync(bench);
        (await bench.AskAsync(by: ChatHost.Grace)).Call("c1", "careful", What).Finish();
        var paused = await bench.PausedAsync();
        Assert.Null((await bench.DecideAsync(ChatHost.Grace, paused, "c1", yes: true)).Error);
        Assert.Null((await bench.DecideAsync(who == "first" ? ChatHost.Grace : ChatHost.Ada, paused, "c1", yes: false)).Error);
        (await bench.Host.Model.NextAsync()).Finish("Not done.");
        Assert.Equal(ToolCallState.Rejected, Assert.Single((await bench.EndedAsync()).Calls).State);
    }

    [Fact]
    public async Task Guests_are_not_two_people_because_anybody_can_be_several()
    {
        await using var bench = await TurnBench.StartAsync(s => s.Configure<ToolsOptions>(o => o.TwoPeople.Add("careful")), TurnBench.Careful());
        await bench.Host.AddPersonAsync(ChatHost.Grace);
        await bench.Host.AddPersonAsync(Bella, Standing.Registered);
        Assert.Null((await bench.Host.Rooms.SetMemberAsync(ChatHost.Ada, bench.Room.Id, Bella.Id, RoomRole.Owner, default)).Error);
        (await bench.AskAsync(by: ChatHost.Grace)).Call("c1", "careful", What).Finish();
        var paused = await bench.PausedAsync();
        foreach (var guest in new[] { ChatHost.Ada, ChatHost.Grace })
        {
            var error = (await bench.DecideAsync(guest, paused, "c1", yes: true)).Error;
            Assert.Equal(RoomErrorKind.Forbidden, error?.Kind);
            Assert.Equal(error, bench.Responses.WhyNotApprove(guest, paused.Calls.Single()));
        }

        Assert.Null(bench.Responses.WhyNotApprove(Bella, paused.Calls.Single()));
        Assert.Null((await bench.DecideAsync(Bella, paused, "c1", yes: true)).Error);
        Assert.Equal(RoomErrorKind.Forbidden, (await bench.DecideAsync(ChatHost.Ada, paused, "c1", yes: true)).Error?.Kind);
        Assert.Equal(ToolCallState.AwaitingApproval, Assert.Single((await bench.StoredAsync()).Calls).State);
        // A no takes nobody's account.
        Assert.Null((await bench.DecideAsync(ChatHost.Ada, paused, "c1", yes: false)).Error);
        (await bench.Host.Model.NextAsync()).Finish("Not done.");
        Assert.Equal(ToolCallState.Rejected, Assert.Single((await bench.EndedAsync()).Calls).State);
    }

    [Fact]
    public async Task A_call_without_anybody_to_second_it_does_not_run()
    {
        await using var bench = await TurnBench.StartAsync(s => s.Configure<ToolsOptions>(o => o.TwoPeople.Add("careful")), TurnBench.Careful());
        await AddAccountsAsync(bench);
        (await bench.AskAsync(by: ChatHost.Grace)).Call("c1", "careful", What).Finish();
        var paused = await bench.PausedAsync();
        Assert.Null((await bench.DecideAsync(ChatHost.Grace, paused, "c1", yes: true)).Error);
        // Whoever may not approve is no second person.
        Assert.Equal(RoomErrorKind.Forbidden, (await bench.DecideAsync(Bella, paused, "c1", yes: true)).Error?.Kind);
        Assert.Equal(ToolCallState.AwaitingApproval, Assert.Single((await bench.StoredAsync()).Calls).State);
    }

    [Theory]
    [EveryDatabase]
    public async Task Owners_name_people_who_approve_when_the_asker_is_away(TestDatabase database)
    {
        await using var bench = await TurnBench.ListenAsync(database, TurnBench.Careful());
        var rooms = bench.Host.Rooms;
        await bench.Host.AddPersonAsync(Bella);
        (await bench.AskAsync(by: ChatHost.Grace)).Call("c1", "careful", What).Finish();
        var paused = await bench.PausedAsync();
        Assert.Equal(RoomErrorKind.Conflict, (await rooms.SetApproverAsync(ChatHost.Ada, bench.Room.Id, Bella.Id, true, default)).Error?.Kind);
        Assert.Null((await rooms.SetMemberAsync(ChatHost.Ada, bench.Room.Id, Bella.Id, RoomRole.Member, default)).Error);
        Assert.Equal(RoomErrorKind.Forbidden, (await rooms.SetApproverAsync(Bella, bench.Room.Id, Bella.Id, true, default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.Forbidden, (await bench.DecideAsync(Bella, paused, "c1", yes: true)).Error?.Kind);
        Assert.Null((await rooms.SetApproverAsync(ChatHost.Ada, bench.Room.Id, Bella.Id, true, default)).Error);
        await bench.RestartAsync();
        rooms = bench.Host.Rooms;
        Assert.Equal("Only the person who asked or a room owner, or someone the owners named, can approve this.",
            (await bench.DecideAsync(new Person(Guid.NewGuid(), "Eve"), paused, "c1", yes: true)).Error?.Message);

        // Not as a viewer, and not after they were removed, though the room is open to them.
        Assert.Null((await rooms.SetMemberAsync(ChatHost.Ada, bench.Room.Id, Bella.Id, RoomRole.Viewer, default)).Error);
        Assert.Equal(RoomErrorKind.Forbidden, (await bench.DecideAsync(Bella, paused, "c1", yes: true)).Error?.Kind);
        Assert.Null((await rooms.RemoveMemberAsync(ChatHost.Ada, bench.Room.Id, Bella.Id, default)).Error);
        Assert.Equal(RoomErrorKind.Forbidden, (await bench.DecideAsync(Bella, paused, "c1", yes: true)).Error?.Kind);
        Assert.Null((await rooms.SetMemberAsync(ChatHost.Ada, bench.Room.Id, Bella.Id, RoomRole.Member, default)).Error);
        Assert.Equal(RoomErrorKind.Forbidden, (await bench.DecideAsync(Bella, paused, "c1", yes: true)).Error?.Kind);

        Assert.Null((await rooms.SetApproverAsync(ChatHost.Ada, bench.Room.Id, Bella.Id, true, default)).Error);
        Assert.Null((await bench.DecideAsync(Bella, paused, "c1", yes: true)).Error);
        (await bench.Host.Model.NextAsync()).Finish("Done.");
        Assert.Equal("Bella", Assert.Single((await bench.EndedAsync()).Calls).Decision!.By.Name);
        Assert.Empty((await rooms.SetApproverAsync(ChatHost.Ada, bench.Room.Id, Bella.Id, false, default)).Value.Settings.Rights.Approvers);
    }

    [Fact]
    public async Task Whoever_a_group_takes_out_of_an_open_room_approves_no_more_there()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful());
        var rooms = bench.Host.Rooms;
        var group = new Author(AuthorKind.Service, "group", "Group");
        await bench.Host.AddPersonAsync(Bella);
        (await bench.AskAsync(by: ChatHost.Grace)).Call("c1", "careful", What).Finish();
        var paused = await bench.PausedAsync();
        Assert.Null((await rooms.SetGroupRoleAsync(group, bench.Room.Id, Bella.Id, RoomRole.Member, default)).Error);
        Assert.Null((await rooms.SetApproverAsync(ChatHost.Ada, bench.Room.Id, Bella.Id, true, default)).Error);
        Assert.Null((await rooms.SetGroupRoleAsync(group, bench.Room.Id, Bella.Id, null, default)).Error);
        Assert.Equal(RoomErrorKind.Forbidden, (await bench.DecideAsync(Bella, paused, "c1", yes: true)).Error?.Kind);
        Assert.Null((await rooms.SetGroupRoleAsync(group, bench.Room.Id, Bella.Id, RoomRole.Member, default)).Error);
        Assert.Equal(RoomErrorKind.Forbidden, (await bench.DecideAsync(Bella, paused, "c1", yes: true)).Error?.Kind);
    }

    [Fact]
    public async Task What_waits_for_somebody_who_leaves_a_private_room_ends()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Careful());
        var rooms = bench.Host.Rooms;
        await bench.Host.AddPersonAsync(ChatHost.Grace);
        Assert.Null((await rooms.SetMemberAsync(ChatHost.Ada, bench.Room.Id, ChatHost.Grace.Id, RoomRole.Member, default)).Error);
        Assert.Null((await rooms.ChangeAccessAsync(ChatHost.Ada, bench.Room.Id, RoomVisibility.Private, null, default)).Error);
        (await bench.AskAsync(by: ChatHost.Grace)).Call("c1", "careful", What).Finish();
        var paused = await bench.PausedAsync();
        Assert.Null((await rooms.RemoveMemberAsync(ChatHost.Grace, bench.Room.Id, ChatHost.Grace.Id, default)).Error);
        var ended = (await rooms.ReadMessageAsync(ChatHost.Ada, bench.Room.Id, paused.Id, default)).Value;
        Assert.IsType<MessageStatus.Cut>(ended.Status);
        Assert.Equal(ToolCallState.Failed, Assert.Single(ended.Calls).State);
        Assert.NotNull((await bench.DecideAsync(ChatHost.Ada, paused, "c1", yes: true)).Error);
        Assert.False(bench.Host.Model.WasAskedAgain);
    }

    private static async Task AddAccountsAsync(TurnBench bench)
    {
        await bench.Host.AddPersonAsync(ChatHost.Ada, Standing.Registered);
        await bench.Host.AddPersonAsync(ChatHost.Grace, Standing.Registered);
    }
}
