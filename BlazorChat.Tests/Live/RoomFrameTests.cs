using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Markdown;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Live;

/// <summary>A room's frames: what did not change is the same instance, and is not rendered again.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class RoomFrameTests
{
    private static readonly Author Ada = new(AuthorKind.Person, "a", "Ada");
    private static readonly Author Demo = new(AuthorKind.Assistant, "demo", "Demo");
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly RoomState _empty = new()
    {
        Room = new Room { Id = Guid.NewGuid(), Name = "Room", CreatedAt = Now, LastActivityAt = Now },
        Messages = [],
    };

    [Fact]
    public void A_changed_message_keeps_its_rendered_blocks()
    {
        var posted = _empty.Apply(new RoomEvent.MessagePosted(Message(1)));
        var first = RoomFrame.Of(new OpenRoomState(posted, []));
        var block = Assert.Single(first.Messages[0].Blocks);
        var next = first.Next(posted.Apply(new RoomEvent.MessageChanged(posted.Messages[0] with { IsRetried = true })));
        Assert.True(next.Messages[0].Message.IsRetried);
        Assert.Same(block, next.Messages[0].Blocks[0]);
    }

    [Fact]
    public void Messages_that_did_not_change_are_the_same_also_when_others_leave_before_them()
    {
        var state = _empty;
        for (var i = 1; i <= 99; i++)
        {
            state = state.Apply(new RoomEvent.MessagePosted(Message(i)));
        }

        var first = RoomFrame.Of(new OpenRoomState(state, []));
        var next = first.Next(state.Apply(new RoomEvent.MessagePosted(Message(100))));
        Assert.Equal(RoomLimits.WindowSize, next.Messages.Length);
        Assert.All(next.Messages.Take(RoomLimits.WindowSize - 1), (m, i) => Assert.Same(first.Messages[50 + i], m));
    }

    [Fact]
    public void A_response_that_ends_keeps_the_blocks_that_viewers_have()
    {
        var response = Message(1) with { Author = Demo, Parts = [], Status = MessageStatus.Streaming.Instance };
        var room = new OpenRoom(new OpenRoomState(_empty, []));
        var follower = new Follower();
        room.Follow(follower);
        room.Apply(new RoomEvent.ResponseStarted(Guid.NewGuid(), response));
        room.Apply(new ResponseDelta.PartSet(response.Id, 1, new TextPart("One.\n\n") { PartId = 1 }));
        room.Apply(new ResponseDelta.TextAppended(response.Id, 2, 1, "Two."));
        var live = follower.Frame.Messages[0].Live!;
        live.Compose();
        var closed = Assert.Single(live.Frame.Parts[0].Text!.Closed);

        room.Apply(new RoomEvent.ResponseEnded(response with { Parts = [new TextPart("One.\n\nTwo.")], Status = MessageStatus.Complete.Instance }));
        var ended = Assert.Single(follower.Frame.Messages);
        Assert.Null(ended.Live);
        Assert.Equal(2, ended.Blocks.Length);
        Assert.Same(closed, ended.Blocks[0]);
    }

    [Fact]
    public void A_response_that_goes_on_is_never_empty_for_those_who_have_seen_it()
    {
        var response = Message(1) with { Author = Demo, Parts = [new TextPart("The first half") { PartId = 1 }], Status = MessageStatus.Interrupted.Instance };
        var room = new OpenRoom(new OpenRoomState(_empty, []));
        var follower = new Follower();
        room.Follow(follower);
        room.Apply(new RoomEvent.MessagePosted(response));
        var shown = follower.Frame.Messages[0].Blocks;

        room.Apply(new RoomEvent.ResponseResumed(Guid.NewGuid(), response with { Status = MessageStatus.Streaming.Instance }));
        // Nothing is composed yet.
        var live = follower.Frame.Messages[0].Live!;
        Assert.Equal(shown, Assert.Single(live.Frame.Parts).Text!.Closed);
        room.Apply(new ResponseDelta.TextAppended(response.Id, 1, 1, " and the second"));
        Assert.Equal(["The first half and the second", null!], follower.Lines());

        // What is asked anew begins empty.
        room.Apply(new RoomEvent.ResponseEnded(response));
        _ = follower.Frame.Messages[0].Blocks;
        room.Apply(new RoomEvent.ResponseResumed(Guid.NewGuid(), response with { Parts = [], Status = MessageStatus.Streaming.Instance }));
        Assert.Empty(follower.Frame.Messages[0].Live!.Frame.Parts);
    }

    [Fact]
    public void Whoever_comes_in_the_middle_sees_what_the_others_see()
    {
        var response = Message(1) with { Author = Demo, Parts = [], Status = MessageStatus.Streaming.Instance };
        var room = new OpenRoom(new OpenRoomState(_empty, []));
        var (early, late) = (new Follower(), new Follower());
        room.Follow(early);
        room.Apply(new RoomEvent.ResponseStarted(Guid.NewGuid(), response));
        room.Apply(new ResponseDelta.PartSet(response.Id, 1, new TextPart("One") { PartId = 1 }));
        room.Apply(new ResponseDelta.PartSet(response.Id, 2, new ToolCallPart("c", "dice") { PartId = 2, State = ToolCallState.Running }));
        room.Apply(new ResponseDelta.Noted(response.Id, 3, "Retrying in 4 s"));
        room.Follow(late);
        room.Apply(new ResponseDelta.PartSet(response.Id, 4, new TextPart("Two") { PartId = 3 }));
        room.Apply(new ResponseDelta.TextAppended(response.Id, 5, 3, ", three"));

        Assert.Equal(early.Lines(), late.Lines());
        Assert.Equal(["One", "dice", "Two, three", "Retrying in 4 s"], late.Lines());
    }

    private Message Message(long sequence) => new()
    {
        Id = new Guid((int)sequence, 0, 0, new byte[8]),
        RoomId = _empty.Room.Id,
        Sequence = sequence,
        Author = Ada,
        Parts = [new TextPart($"Message {sequence}")],
        Status = MessageStatus.Complete.Instance,
        CreatedAt = Now,
    };

    private sealed class Follower : IRoomFollower
    {
        public RoomFrame Frame { get; private set; } = null!;

        public void Begin(OpenRoomState room) => Frame = RoomFrame.Of(room);

        public void OnEvent(RoomState state) => Frame = Frame.Next(state);

        public void OnDelta(ResponseDelta delta) => Frame.Find(delta.MessageId)!.Live!.Apply(delta);

        public void End()
        {
        }

        public IReadOnlyList<string> Lines()
        {
            var live = Frame.Messages[0].Live!;
            live.Compose();
            return
            [
                .. live.Frame.Parts.Select(p => p.Part is ToolCallPart call ? call.Name : string.Concat(p.Text!.Closed.Select(b => b.Html)) + Open(p.Text)),
                live.Frame.Note!,
            ];
        }

        private static string Open(BlazorChat.Markdown.MarkdownFrame text) =>
            text.Open is BlazorChat.Markdown.OpenMarkup markup ? string.Concat(markup.Pieces()).Trim() : "";
    }
}
