using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Tests.Turns.Engine;
using BlazorChat.Turns.Tools;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Turns.Tools;

/// <summary>A tool gives a turn what everybody may read who reads the room, never what its asker alone may.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class RoomReadersTests : IAsyncLifetime
{
    private const string Refusal = "Not everybody who can read this room may see this, and everybody here reads the answer. \"Ada\" can ask for it in a private room of their own.";

    private ChatHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await ChatHost.StartAsync();
        await _host.AddPersonAsync(ChatHost.Ada, Standing.Registered);
        await _host.AddPersonAsync(ChatHost.Grace, Standing.Registered);
    }

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Theory]
    [InlineData(RoomVisibility.Private, false, true)]
    [InlineData(RoomVisibility.Private, true, false)]
    [InlineData(RoomVisibility.Open, false, false)]
    [InlineData(RoomVisibility.OpenToGuests, false, false)]
    public async Task What_only_the_asker_may_read_is_given_only_in_a_room_of_their_own(RoomVisibility visibility, bool hasOthers, bool isGiven)
    {
        var room = await RoomAsync(visibility, hasOthers ? RoomRole.Viewer : null);
        var asked = new List<Guid?>();
        var refused = await Record.ExceptionAsync(async () => await ReadersOf(room).RequireAsync((person, _) =>
        {
            asked.Add(person);
            return ValueTask.FromResult(person == ChatHost.Ada.Id);
        }, default));
        Assert.Equal(isGiven, refused is null);
        Assert.True(isGiven || refused is ToolFailedException { Message: Refusal }, refused?.Message);
        Assert.Equal(visibility != RoomVisibility.Private, asked.Contains(null));
    }

    [Theory]
    [InlineData(RoomVisibility.Private)]
    [InlineData(RoomVisibility.OpenToGuests)]
    public async Task What_everybody_may_read_is_given_everywhere(RoomVisibility visibility)
    {
        var readers = ReadersOf(await RoomAsync(visibility, RoomRole.Viewer));
        await readers.RequireAsync((_, _) => ValueTask.FromResult(true), default);
        Assert.Equal(visibility != RoomVisibility.Private, readers.IsOpen);
        Assert.Equal(new[] { ChatHost.Ada.Id, ChatHost.Grace.Id }.Order(), readers.Members.Order());
    }

    // here, whether Grace is in here, there, whether Grace is in there, whether it is given
    [Theory]
    [InlineData(RoomVisibility.Private, false, RoomVisibility.Private, false, true)]
    [InlineData(RoomVisibility.Private, true, RoomVisibility.Private, false, false)]
    [InlineData(RoomVisibility.Private, true, RoomVisibility.Private, true, true)]
    [InlineData(RoomVisibility.Private, true, RoomVisibility.Open, false, true)]
    [InlineData(RoomVisibility.Open, false, RoomVisibility.Private, true, false)]
    [InlineData(RoomVisibility.Open, false, RoomVisibility.Open, false, true)]
    [InlineData(RoomVisibility.OpenToGuests, false, RoomVisibility.Open, false, false)]
    [InlineData(RoomVisibility.OpenToGuests, false, RoomVisibility.OpenToGuests, false, true)]
    public async Task Another_room_is_read_if_all_readers_of_this_one_may_read_it(
        RoomVisibility hereIs, bool isGraceHere, RoomVisibility thereIs, bool isGraceThere, bool isGiven)
    {
        var here = await RoomAsync(hereIs, isGraceHere ? RoomRole.Member : null);
        var there = await RoomAsync(thereIs, isGraceThere ? RoomRole.Member : null);
        if (isGiven)
        {
            Assert.Equal(0, ReadersOf(here).FirstMessageOf(there.Id));
        }
        else
        {
            var refused = Assert.ThrowsAny<ToolFailedException>(() => ReadersOf(here).FirstMessageOf(there.Id));
            // A room that does not exist is refused in the same words.
            Assert.Equal(refused.Message, Assert.ThrowsAny<ToolFailedException>(() => ReadersOf(here).FirstMessageOf(Guid.NewGuid())).Message);
        }
    }

    [Fact]
    public async Task Of_this_room_it_is_what_the_asker_may_see_and_of_another_what_the_last_newcomer_may()
    {
        var (here, there) = (await RoomAsync(RoomVisibility.Private, null), await RoomAsync(RoomVisibility.Private, null));
        foreach (var room in new[] { here, there })
        {
            Assert.Null((await _host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default)).Error);
            Assert.Null((await _host.Rooms.ChangeAccessAsync(ChatHost.Ada, room.Id, null, hidesHistory: true, default)).Error);
            await _host.PostAsync(room, "Before Grace came");
            Assert.Null((await _host.Rooms.SetMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, RoomRole.Member, default)).Error);
        }

        Assert.Equal((0, 2), (ReadersOf(here).FirstMessageOf(here.Id), ReadersOf(here, ChatHost.Grace).FirstMessageOf(here.Id)));
        Assert.Equal((2, 2), (ReadersOf(here).FirstMessageOf(there.Id), ReadersOf(here, ChatHost.Grace).FirstMessageOf(there.Id)));
        // Whoever leaves reads no more.
        Assert.Null((await _host.Rooms.RemoveMemberAsync(ChatHost.Ada, here.Id, ChatHost.Grace.Id, default)).Error);
        Assert.Equal(0, ReadersOf(here).FirstMessageOf(there.Id));
    }

    [Fact]
    public async Task A_call_that_belongs_to_no_room_gets_nothing()
    {
        Assert.ThrowsAny<ToolFailedException>(() => RoomReaders.Unknown.FirstMessageOf(Guid.NewGuid()));
        await Assert.ThrowsAnyAsync<ToolFailedException>(async () => await RoomReaders.Unknown.RequireAsync((_, _) => ValueTask.FromResult(true), default));
        Assert.True(RoomReaders.Unknown.IsOpen);
    }

    [Fact]
    public async Task The_model_gets_the_sentence_and_not_the_secret_and_so_does_work_that_was_handed_on()
    {
        // The bench's room is open to everybody.
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("salary", async (ToolCallContext call, CancellationToken token) =>
        {
            await call.Readers.RequireAsync((person, _) => ValueTask.FromResult(person == ChatHost.Ada.Id), token);
            return "1,000,000";
        }));
        (await bench.AskAsync()).Call("c1", "salary").Finish();
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal([$"c1: {Refusal}"], next.Results);
        next.Finish("Please ask me in a room of your own.");
        Assert.Equal(ToolCallState.Failed, Assert.Single((await bench.EndedAsync()).Calls).State);

        var own = (await bench.Host.Rooms.CreateAsync(ChatHost.Ada, "Mine", default, RoomVisibility.Private)).Value;
        await bench.Host.PostAsync(own, "Go");
        (await bench.Host.Model.NextAsync()).Call("c2", "salary").Finish();
        next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c2: 1,000,000"], next.Results);
        next.Finish("There.");
        using var watch = await bench.Host.WatchAsync(own);
        await watch.EndedAsync();
    }

    private RoomReaders ReadersOf(Room room, Person? asker = null) => new(
        _host.App.Services.GetRequiredService<RoomAccessDirectory>(), _host.App.Services.GetRequiredService<IPeople>(), room.Id, (asker ?? ChatHost.Ada).AsAuthor());

    private async Task<Room> RoomAsync(RoomVisibility visibility, RoomRole? ofGrace)
    {
        var room = (await _host.Rooms.CreateAsync(ChatHost.Ada, "Room", default, visibility)).Value;
        if (ofGrace is { } role)
        {
            Assert.Null((await _host.Rooms.SetMemberAsync(ChatHost.Ada, room.Id, ChatHost.Grace.Id, role, default)).Error);
        }

        return room;
    }
}
