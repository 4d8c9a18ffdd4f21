using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Turns;

namespace BlazorChat.Tests.Rooms;

/// <summary>The fold of events: each counts once, too late ones change nothing.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class RoomStateTests
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
    public void The_same_event_twice_changes_nothing_the_second_time()
    {
        var posted = new RoomEvent.MessagePosted(Message(1));
        var once = _empty.Apply(posted);
        Assert.Same(once, once.Apply(posted));
        Assert.Equal(1, once.Version);
        Assert.Equal(1, once.Room.MessageCount);
    }

    [Fact]
    public void Messages_are_in_order_of_sequence_whatever_the_order_of_events()
    {
        var room = _empty.Apply(new RoomEvent.MessagePosted(Message(3))).Apply(new RoomEvent.MessagePosted(Message(1))).Apply(new RoomEvent.MessagePosted(Message(2)));
        Assert.Equal([1, 2, 3], room.Messages.Select(m => m.Sequence));
        Assert.Equal(3, room.Room.LastSequence);
    }

    [Fact]
    public void An_event_about_a_cleared_message_comes_too_late()
    {
        var response = Response(2);
        var cleared = _empty.Apply(new RoomEvent.ResponseStarted(Guid.NewGuid(), response)).Apply(new RoomEvent.RoomCleared(2, Ada));
        Assert.Empty(cleared.Messages);
        Assert.Same(cleared, cleared.Apply(new RoomEvent.MessagePosted(Message(1))));
        Assert.Same(cleared, cleared.Apply(new RoomEvent.ResponseEnded(response with { Status = MessageStatus.Complete.Instance })));
        Assert.Single(cleared.Apply(new RoomEvent.MessagePosted(Message(3))).Messages);
    }

    [Fact]
    public void What_answers_took_is_summed_and_an_end_told_twice_counts_once()
    {
        var response = Response(1);
        var ended = new RoomEvent.ResponseEnded(response with { Status = MessageStatus.Complete.Instance }) { Tokens = new TokenCounts(10, 5, 4, 2), Cost = 0.5m };
        var room = _empty.Apply(new RoomEvent.ResponseStarted(Guid.NewGuid(), response)).Apply(ended).Apply(ended);
        Assert.Equal((new TokenCounts(10, 5, 4, 2), 0.5m), (room.Room.Tokens, room.Room.Cost));

        // Resumed after a pause, it takes more.
        room = room.Apply(new RoomEvent.ResponseResumed(Guid.NewGuid(), response)).Apply(ended);
        Assert.Equal((new TokenCounts(20, 10, 8, 4), 1m), (room.Room.Tokens, room.Room.Cost));
    }

    [Fact]
    public void Nothing_happens_in_a_deleted_room()
    {
        var deleted = _empty.Apply(new RoomEvent.MessagePosted(Message(1))).Apply(new RoomEvent.RoomDeleted(Ada));
        Assert.Empty(deleted.Messages);
        Assert.Equal(Ada, deleted.DeletedBy);
        Assert.Same(deleted, deleted.Apply(new RoomEvent.MessagePosted(Message(2))));
        Assert.Same(deleted, deleted.Apply(new RoomEvent.RoomChanged(deleted.Room with { Name = "Back" })));
    }

    [Fact]
    public void The_window_is_trimmed_from_the_top_but_never_past_a_running_answer()
    {
        var room = _empty.Apply(new RoomEvent.ResponseStarted(Guid.NewGuid(), Response(1)));
        for (var i = 2; i <= 150; i++)
        {
            room = room.Apply(new RoomEvent.MessagePosted(Message(i)));
        }

        var second = Response(151);
        room = room.Apply(new RoomEvent.ResponseStarted(Guid.NewGuid(), second));
        Assert.Equal(151, room.Messages.Length);

        room = room.Apply(new RoomEvent.ResponseEnded(room.Messages[0] with { Status = MessageStatus.Complete.Instance }));
        Assert.Equal(RoomLimits.WindowSize, room.Messages.Length);
        Assert.True(room.HasOlder);
        Assert.Equal(151, room.Messages[^1].Sequence);
        Assert.Equal(151, room.Room.MessageCount);
    }

    [Fact]
    public void A_room_where_only_people_write_is_trimmed_too()
    {
        var room = _empty;
        for (var i = 1; i <= 1_000; i++)
        {
            room = room.Apply(new RoomEvent.MessagePosted(Message(i)));
            Assert.InRange(room.Messages.Length, Math.Min(i, RoomLimits.WindowSize), 2 * RoomLimits.WindowSize);
        }

        Assert.True(room.HasOlder);
    }

    [Fact]
    public void A_turn_leaves_the_queue_when_its_answer_starts_or_it_is_withdrawn()
    {
        var first = new Turn(Guid.NewGuid(), _empty.Room.Id, "demo", Ada, Now);
        var second = first with { Id = Guid.NewGuid(), AssistantId = "other", RequestedAt = Now.AddSeconds(1) };
        var room = _empty.Apply(new RoomEvent.TurnQueued(first)).Apply(new RoomEvent.TurnQueued(second)).Apply(new RoomEvent.TurnQueued(second));
        Assert.Equal([first, second], room.Queue.ToArray());
        room = room.Apply(new RoomEvent.ResponseStarted(first.Id, Response(1))).Apply(new RoomEvent.TurnWithdrawn(second.Id));
        Assert.Empty(room.Queue);
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

    private Message Response(long sequence) => Message(sequence) with { Author = Demo, Parts = [], Status = MessageStatus.Streaming.Instance };
}
