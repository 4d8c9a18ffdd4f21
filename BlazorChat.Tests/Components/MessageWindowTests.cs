using System.Collections.Immutable;
using BlazorChat.Components.Rooms;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Components;

/// <summary>A viewer's own list: no gap, nothing twice, nothing that was cleared.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class MessageWindowTests
{
    private static readonly Author Ada = new(AuthorKind.Person, "a", "Ada");
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly MessageWindow _window = new();

    [Fact]
    public void It_begins_with_the_rooms_newest_messages()
    {
        Assert.True(_window.Merge(State(51, 100)));
        Assert.Equal((51, 100, true), Range());
    }

    [Fact]
    public void It_begins_with_fifty_however_many_the_room_has_in_memory()
    {
        _window.Merge(State(1, 99, hasOlder: false));
        Assert.Equal((50, 99, true), Range());
        _window.Merge(State(1, 100, hasOlder: false));
        Assert.Equal((50, 100, true), Range());
        Assert.True(_window.Prepend(new OlderMessages(Messages(1, 49), HasOlder: false), before: 50));
        _window.Merge(State(1, 101, hasOlder: false));
        Assert.Equal((1, 101, false), Range());
    }

    [Fact]
    public void It_never_grows_without_bound()
    {
        for (var last = 50; last <= 3_000; last += 10)
        {
            _window.Merge(State(last - 49, last));
            Assert.InRange(_window.Messages.Length, 50, 1_000);
            Assert.Equal(last, _window.Messages[^1].Message.Sequence);
        }

        Assert.True(_window.HasOlder);
    }

    [Fact]
    public void The_same_state_again_is_no_change()
    {
        var state = State(1, 10);
        _window.Merge(state);
        Assert.False(_window.Merge(state with { Room = state.Room with { Name = "Other" } }));
    }

    [Fact]
    public void Messages_that_slide_out_of_the_rooms_window_stay_on_the_page()
    {
        _window.Merge(State(1, 50, hasOlder: false));
        _window.Merge(State(1, 99, hasOlder: false));
        _window.Merge(State(50, 101));
        Assert.Equal((1, 101, false), Range());
        Assert.Equal(101, _window.Messages.Select(m => m.Message.Sequence).Distinct().Count());
    }

    [Fact]
    public void Windows_that_touch_are_one()
    {
        _window.Merge(State(1, 50, hasOlder: false));
        _window.Merge(State(51, 100));
        Assert.Equal((1, 100, false), Range());
    }

    [Fact]
    public void A_viewer_who_missed_messages_begins_anew_rather_than_with_a_gap()
    {
        _window.Merge(State(1, 50, hasOlder: false));
        _window.Merge(State(52, 100));
        Assert.Equal((52, 100, true), Range());
    }

    [Fact]
    public void Older_pages_are_put_before()
    {
        _window.Merge(State(51, 100));
        Assert.True(_window.Prepend(new OlderMessages(Messages(1, 50), HasOlder: false), before: 51));
        Assert.Equal((1, 100, false), Range());
        _window.Merge(State(60, 110));
        Assert.Equal((1, 110, false), Range());
    }

    [Fact]
    public void A_page_that_does_not_fit_any_more_is_dropped()
    {
        _window.Merge(State(51, 100));
        _window.Merge(State(201, 250));
        Assert.False(_window.Prepend(new OlderMessages(Messages(1, 50), HasOlder: false), before: 51));
        Assert.Equal((201, 250, true), Range());
    }

    [Fact]
    public void Clearing_takes_older_pages_along()
    {
        _window.Merge(State(51, 100));
        _window.Prepend(new OlderMessages(Messages(1, 50), HasOlder: false), before: 51);
        Assert.True(_window.Merge(Cleared(through: 100)));
        Assert.Empty(_window.Messages);
        Assert.False(_window.HasOlder);
    }

    [Fact]
    public void After_clearing_a_long_window_nothing_old_comes_back()
    {
        _window.Merge(State(1, 99, hasOlder: false));
        var later = State(100, 160);
        _window.Merge(later with { Room = later.Room with { ClearedThrough = 99 } });
        Assert.Equal((100, 160, true), Range());
    }

    [Fact]
    public void An_answer_that_ended_out_of_sight_is_named_until_its_end_is_known()
    {
        var running = Running(Message(10));
        var first = State(1, 99, hasOlder: false);
        _window.Merge(first with { Messages = first.Messages.SetItem(9, running) });
        Assert.Empty(_window.Outdated);

        _window.Merge(State(50, 101));
        Assert.Equal([running.Message.Id], _window.Outdated);

        Assert.True(_window.Replace(new MessageFrame(running.Message with { Status = MessageStatus.Complete.Instance })));
        Assert.Empty(_window.Outdated);
        Assert.Null(_window.Messages[9].Live);
    }

    [Fact]
    public void A_message_that_is_gone_cannot_be_replaced()
    {
        _window.Merge(State(1, 10));
        Assert.False(_window.Replace(new MessageFrame(Message(1))));
    }

    [Fact]
    public void An_older_message_that_changed_takes_the_place_of_the_loaded_one()
    {
        var first = State(1, 99, hasOlder: false);
        _window.Merge(first);
        _window.Prepend(new OlderMessages([.. first.Messages.Take(49)], HasOlder: false), before: 50);
        var before = _window.Messages[9];
        var changed = new MessageFrame(before.Message with { IsRetried = true });
        var later = State(50, 101);
        Assert.True(_window.Merge(later with { Beyond = [changed] }));
        Assert.Same(changed, _window.Messages[9]);
        Assert.Equal((1, 101, false), Range());

        // Nothing of it in what comes next: it stays as it was seen last.
        _window.Merge(State(52, 103) with { Beyond = [] });
        Assert.Same(changed, _window.Messages[9]);
    }

    [Fact]
    public void An_older_message_that_runs_beyond_the_window_is_live_and_not_outdated()
    {
        var first = State(1, 99, hasOlder: false);
        _window.Merge(first);
        _window.Prepend(new OlderMessages([.. first.Messages.Take(49)], HasOlder: false), before: 50);
        var running = Running(first.Messages[9].Message);
        var later = State(50, 101);
        _window.Merge(later with { Beyond = [running] });
        Assert.NotNull(_window.Messages[9].Live);
        Assert.Empty(_window.Outdated);

        var ended = new MessageFrame(running.Message with { Status = MessageStatus.Complete.Instance });
        Assert.True(_window.Merge(later with { Beyond = [ended] }));
        Assert.Same(ended, _window.Messages[9]);
        Assert.Empty(_window.Outdated);

        // It went live and ended while others pushed it out of what the room remembers.
        _window.Merge(later with { Beyond = [running] });
        _window.Merge(later);
        Assert.Equal([running.Message.Id], _window.Outdated);
    }

    [Fact]
    public void A_message_that_was_removed_goes_wherever_it_stands()
    {
        var first = State(1, 99, hasOlder: false);
        _window.Merge(first);
        _window.Prepend(new OlderMessages([.. first.Messages.Take(49)], HasOlder: false), before: 50);
        var gone = _window.Messages[9].Message.Id;
        Assert.True(_window.Merge(first with { Messages = [.. first.Messages.Skip(49)], HasOlder = true, Removed = [gone] }));
        Assert.DoesNotContain(_window.Messages, m => m.Message.Id == gone);
        Assert.Equal((1, 99, false), Range());
        Assert.Equal(98, _window.Messages.Length);
    }

    [Fact]
    public void A_page_that_was_on_its_way_brings_back_nothing_removed_and_nothing_old()
    {
        var page = Messages(1, 50);
        var (gone, before) = (page[4], page[5]);
        var changed = new MessageFrame(before.Message with { IsRetried = true });
        _window.Merge(State(51, 100) with { Removed = [gone.Message.Id], Beyond = [changed] });
        Assert.True(_window.Prepend(new OlderMessages(page, HasOlder: false), before: 51));
        Assert.Equal(99, _window.Messages.Length);
        Assert.Same(changed, _window.Messages[4]);
    }

    private (long First, long Last, bool HasOlder) Range() =>
        (_window.Messages[0].Message.Sequence, _window.Messages[^1].Message.Sequence, _window.HasOlder);

    [Fact]
    public void What_changed_or_was_removed_before_the_rooms_window_is_so_on_the_page()
    {
        var first = State(51, 60);
        _window.Merge(first);
        _window.Prepend(new OlderMessages(Messages(41, 50), HasOlder: true), before: 51);
        var (gone, old) = (_window.Messages[2].Message, _window.Messages[3].Message);
        var changed = new MessageFrame(old with { Versions = 2 });
        var next = first with { Beyond = [changed], Removed = [gone.Id] };
        Assert.True(_window.Merge(next));
        Assert.Equal(19, _window.Messages.Length);
        Assert.DoesNotContain(_window.Messages, m => m.Message.Id == gone.Id);
        Assert.Same(changed, _window.Messages[2]);
        Assert.False(_window.Merge(next with { Room = next.Room with { Name = "Other" } }));
    }

    private static Given State(int first, int last, bool hasOlder = true) => new()
    {
        Room = new Room { Id = Guid.NewGuid(), Name = "Room", CreatedAt = Now, LastActivityAt = Now },
        Messages = Messages(first, last),
        HasOlder = hasOlder,
    };

    private static Given Cleared(long through)
    {
        var state = State(1, 0, hasOlder: false);
        return state with { Room = state.Room with { ClearedThrough = through }, ClearedBy = Ada };
    }

    private static MessageFrame Running(Message message)
    {
        var running = message with { Status = MessageStatus.Streaming.Instance };
        return MessageFrame.Running(running, new ResponseProjection(new RunningResponse(running.Id, 0, [], [], null)));
    }

    private static ImmutableArray<MessageFrame> Messages(int first, int last) =>
        [.. Enumerable.Range(first, last - first + 1).Select(n => new MessageFrame(Message(n)))];

    private static Message Message(long sequence) => new()
    {
        Id = Guid.NewGuid(),
        RoomId = Guid.Empty,
        Sequence = sequence,
        Author = Ada,
        Parts = [new TextPart("Text")],
        Status = MessageStatus.Complete.Instance,
        CreatedAt = Now,
    };

    // A room's frame with the messages that a test chose.
    private sealed record Given
    {
        public required Room Room { get; init; }

        public required ImmutableArray<MessageFrame> Messages { get; init; }

        public ImmutableArray<MessageFrame> Beyond { get; init; } = [];

        public ImmutableArray<Guid> Removed { get; init; } = [];

        public bool HasOlder { get; init; }

        public Author? ClearedBy { get; init; }

        public static implicit operator RoomFrame(Given given) => new(
            new RoomState
            {
                Room = given.Room,
                Messages = [.. given.Messages.Select(m => m.Message)],
                Beyond = [.. given.Beyond.Select(m => m.Message)],
                Removed = given.Removed,
                HasOlder = given.HasOlder,
                ClearedBy = given.ClearedBy,
            },
            given.Messages, given.Beyond);
    }
}
