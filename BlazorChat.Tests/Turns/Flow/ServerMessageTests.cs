using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Turns.Flow;

/// <summary>Messages that code on the server posts.</summary>
[Trait(nameof(Kind), Kind.Host)]
public class ServerMessageTests : FlowTests
{
    private static readonly Author Clock = new(AuthorKind.Service, "clock", "Clock");

    [Fact]
    public async Task It_asks_only_when_it_is_to_and_waits_in_the_same_queue()
    {
        Assert.Null((await Host.Rooms.PostFromServerAsync(Clock, Room.Id, Guid.NewGuid(), "It is noon.", false, default)).Error);
        Assert.Empty(Watch.Now.Queue);
        await Host.PostAsync(Room, "Hello");
        var first = await Model.NextAsync();
        Assert.Equal(["Clock: It is noon.", "Ada: Hello"], first.Lines);
        await Host.Rooms.PostFromServerAsync(Clock, Room.Id, Guid.NewGuid(), "Sum up the day.", true, default);
        Assert.Equal(Clock, Watch.Now.Queue.Single().RequestedBy);
        first.Finish("Hi");
        var second = await Model.NextAsync();
        Assert.Equal("Clock: Sum up the day.", second.Lines.Last());
        second.Finish("A good one");
        Assert.Equal(Clock, (await Watch.EndedAsync(2)).AskedBy);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task The_same_id_again_is_the_same_message()
    {
        var id = Guid.NewGuid();
        var both = await Task.WhenAll(
            Host.Rooms.PostFromServerAsync(Clock, Room.Id, id, "Once", true, default), Host.Rooms.PostFromServerAsync(Clock, Room.Id, id, "Once", true, default));
        Assert.Equal(both[0].Value.Id, both[1].Value.Id);
        (await Model.NextAsync()).Finish("ok");
        await Watch.EndedAsync();
        Assert.Equal(2, Watch.Now.Messages.Length);
        Assert.Equal(1, Model.Requests);
    }

    [Fact]
    public async Task It_obeys_the_bounds_and_comes_from_a_service_only()
    {
        Assert.Equal(RoomErrorKind.Invalid, (await Host.Rooms.PostFromServerAsync(Clock, Room.Id, Guid.NewGuid(), " ", true, default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.NotFound, (await Host.Rooms.PostFromServerAsync(Clock, Guid.NewGuid(), Guid.NewGuid(), "x", true, default)).Error?.Kind);
        await Assert.ThrowsAsync<ArgumentException>(() => Host.Rooms.PostFromServerAsync(ChatHost.Ada.AsAuthor(), Room.Id, Guid.NewGuid(), "x", true, default));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_it_asks_for_is_approved_by_the_owner_or_where_there_is_none_by_everybody(bool hasOwner)
    {
        if (!hasOwner)
        {
            // No command takes the last owner away.
            Host.App.Services.GetRequiredService<RoomAccessDirectory>().OnRoomEvent(Room.Id, new RoomEvent.MemberRemoved(ChatHost.Ada.Id, ChatHost.Ada.AsAuthor()));
        }

        await Host.Rooms.PostFromServerAsync(Clock, Room.Id, Guid.NewGuid(), "Work", true, default);
        (await Model.NextAsync()).Send(Call("c", "asks")).Finish(reason: ChatFinishReason.ToolCalls);
        var waiting = (await UntilAsync(s => s.Messages.Any(m => m.Message.Status is MessageStatus.AwaitingPeople))).Messages[^1].Message;
        var decided = await Host.Responses.DecideAsync(ChatHost.Grace, Room.Id, waiting.Id, "c", "{}", true, null, default);
        Assert.Equal(hasOwner ? RoomErrorKind.Forbidden : null, decided.Error?.Kind);
        if (hasOwner)
        {
            Assert.Null((await Host.Responses.DecideAsync(ChatHost.Ada, Room.Id, waiting.Id, "c", "{}", true, null, default)).Error);
        }

        (await Model.NextAsync()).Finish("Done");
        Assert.Equal("Done", (await Watch.EndedAsync()).Text);
    }
}
