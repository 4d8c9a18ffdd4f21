using System.Text;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using CsCheck;

namespace BlazorChat.Tests.Rooms;

/// <summary>
/// Whoever follows a room ends with the owner's state, whenever they came and whatever they heard twice, too late or not at all: the
/// numbers say what was missed, and then the state is asked for again.
/// </summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class RoomFoldPropertyTests
{
    private static readonly Author Ada = new(AuthorKind.Person, "a", "Ada");
    private static readonly Author Demo = new(AuthorKind.Assistant, "demo", "Demo");
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private enum Fate
    {
        Comes,
        IsLost,
        ComesTwice,
        ComesAfterTheNext,
        ComesAgainMuchLater,
    }

    [Fact]
    public void A_follower_ends_with_the_owners_state_whatever_is_lost_repeated_or_late() =>
        Property.Holds(
            Gen.Select(Gen.Int[0, 11].Array[1, 60], Gen.Int[0, 60], Gen.Int[0, 4].Array[1, 40]),
            life => Follow(life.Item1, life.Item2, [.. life.Item3.Select(fate => (Fate)fate)]), sample: 2_000, whole: 200_000);

    [Fact]
    public void A_room_with_many_messages_is_followed_across_the_trimming_of_its_window() =>
        Assert.True(Follow(
            [.. Enumerable.Range(0, 260).Select(i => i % 7 == 0 ? 1 : i % 11 == 0 ? 4 : 0)], 120, [Fate.Comes, Fate.ComesTwice, Fate.ComesAgainMuchLater]));

    private static bool Follow(int[] steps, int joinsAt, Fate[] fates)
    {
        var owner = new OpenRoom(new OpenRoomState(
            new RoomState { Room = new Room { Id = Guid.NewGuid(), Name = "Room", CreatedAt = Now, LastActivityAt = Now }, Messages = [] }, []));
        var life = new Life(owner);
        Follower? follower = null;
        var told = 0;
        for (var i = 0; i < steps.Length; i++)
        {
            if (i == joinsAt)
            {
                follower = new Follower(owner);
            }

            foreach (var what in life.Step(steps[i]))
            {
                Tell(owner, what);
                follower?.Hear(what, fates[told++ % fates.Length]);
            }
        }

        if (follower is not null)
        {
            follower.Catch();
            Assert.Equal(Shown(owner), Shown(follower.Room));
        }

        return true;
    }

    private static void Tell(OpenRoom room, object told)
    {
        if (told is RoomEvent roomEvent)
        {
            room.Apply(roomEvent);
        }
        else
        {
            room.Apply((ResponseDelta)told);
        }
    }

    // How often a room has changed while it was open is its own.
    private static string Shown(OpenRoom room)
    {
        var state = room.Capture();
        return Encoding.UTF8.GetString(RoomWire.Write(state with { State = state.State with { Version = 0 } }));
    }

    /// <summary>Somebody elsewhere who follows the room, over a connection that loses, repeats and delays.</summary>
    private sealed class Follower(OpenRoom owner)
    {
        private readonly List<object> _heard = [];
        private object? _late;

        public OpenRoom Room { get; private set; } = Travelled(owner);

        public void Hear(object what, Fate fate)
        {
            var late = _late;
            _late = fate == Fate.ComesAfterTheNext ? what : null;
            if (fate is Fate.Comes or Fate.ComesTwice or Fate.ComesAgainMuchLater)
            {
                Take(what);
            }

            if (fate == Fate.ComesTwice)
            {
                Take(what);
            }

            if (late is not null)
            {
                Take(late);
            }

            if (fate == Fate.ComesAgainMuchLater)
            {
                Take(_heard[_heard.Count / 2]);
            }
        }

        /// <summary>What was lost last is noticed by the numbers, too: whoever owns the room says them from time to time.</summary>
        public void Catch()
        {
            if (Room.State.Room.LastEvent != owner.State.Room.LastEvent || owner.Capture().Running.Any(r => NumberOf(r.MessageId) != r.Number))
            {
                Room = Travelled(owner);
            }
        }

        private void Take(object what)
        {
            _heard.Add(what);
            if (Misses(what))
            {
                Room = Travelled(owner);
            }

            Tell(Room, what);
        }

        private bool Misses(object what) => what is RoomEvent roomEvent
            ? roomEvent.Number > Room.State.Room.LastEvent + 1
            : what is ResponseDelta delta && NumberOf(delta.MessageId) is { } number && delta.Number > number + 1;

        private long? NumberOf(Guid messageId) => Room.Capture().Running.FirstOrDefault(r => r.MessageId == messageId)?.Number;

        private static OpenRoom Travelled(OpenRoom owner) => new(RoomWire.Read<OpenRoomState>(RoomWire.Write(owner.Capture())));
    }

    /// <summary>A life of a room, in which what happens fits to what happened before.</summary>
    private sealed class Life(OpenRoom room)
    {
        private readonly List<Message> _running = [];
        private readonly List<Message> _ended = [];
        private readonly Dictionary<Guid, (long Number, int Parts, bool IsText)> _deltas = [];
        private long _number;
        private long _sequence;

        public IEnumerable<object> Step(int what)
        {
            switch (what)
            {
                case 1:
                    var started = Message(Demo, MessageStatus.Streaming.Instance) with { Parts = [] };
                    _running.Add(started);
                    _deltas[started.Id] = (0, 0, false);
                    yield return Numbered(new RoomEvent.ResponseStarted(Guid.NewGuid(), started));
                    break;
                case 2 or 3 when _running is [.., var writing]:
                    yield return Text(writing, what == 2 ? "word " : "\n\n- item");
                    break;
                case 4 when _running is [.., var calling]:
                    var call = new ToolCallPart($"c{_deltas[calling.Id].Number}", "dice") { State = ToolCallState.Running };
                    yield return Part(calling, call);
                    yield return Part(calling, new TextPart("while it runs"));
                    // A part that is not the last.
                    yield return new ResponseDelta.PartSet(
                        calling.Id, Next(calling), call with { PartId = _deltas[calling.Id].Parts - 1, State = ToolCallState.Succeeded, Result = "6" });
                    break;
                case 5 when _running is [.., var noted]:
                    yield return new ResponseDelta.Noted(noted.Id, Next(noted), $"note {_number}");
                    break;
                case 6 when _running is [var first, ..]:
                    _running.RemoveAt(0);
                    var ended = first with { Status = MessageStatus.Complete.Instance, Parts = [new TextPart("Done")], EndedAt = Now };
                    _ended.Add(ended);
                    yield return Numbered(new RoomEvent.ResponseEnded(ended) { Tokens = new TokenCounts(1, 2, 0, 0) });
                    break;
                case 7 when _ended is [.., var changed]:
                    yield return Numbered(new RoomEvent.MessageChanged(changed with { Versions = 2, Parts = [new TextPart($"Changed {_number}")] }));
                    break;
                case 8 when room.State.Messages is [var oldest, ..]:
                    _running.RemoveAll(m => m.Id == oldest.Id);
                    _ended.RemoveAll(m => m.Id == oldest.Id);
                    yield return Numbered(new RoomEvent.MessageRemoved(oldest.Id, Ada));
                    break;
                case 9 when _number % 3 == 0:
                    _running.Clear();
                    _ended.Clear();
                    yield return Numbered(new RoomEvent.RoomCleared(_sequence, Ada));
                    break;
                case 11 when room.State.ClearedBy is not null:
                    var back = Message(Ada, MessageStatus.Complete.Instance) with { Sequence = room.State.Room.ClearedThrough };
                    yield return Numbered(new RoomEvent.RoomBroughtBack(room.State.Room with { ClearedThrough = 0 }, false, 1, [back], HasOlder: _number % 2 == 0, [], Ada));
                    break;
                case 10 when _number % 2 == 0:
                    var own = room.State.Messages.Count(m => m.Author == Ada);
                    yield return Numbered(new RoomEvent.PersonForgotten(new DeletedPerson(Ada.Id, [Ada.Name], RemovesMessages: _number % 4 == 0), _number % 4 == 0 ? own : 0));
                    break;
                default:
                    yield return Numbered(new RoomEvent.MessagePosted(Message(Ada, MessageStatus.Complete.Instance)));
                    break;
            }
        }

        private ResponseDelta Text(Message response, string text)
        {
            var (_, parts, isText) = _deltas[response.Id];
            return isText ? new ResponseDelta.TextAppended(response.Id, Next(response), parts, text) : Part(response, new TextPart(text));
        }

        private ResponseDelta.PartSet Part(Message response, MessagePart part)
        {
            var number = Next(response);
            var parts = _deltas[response.Id].Parts;
            _deltas[response.Id] = (number, parts + 1, part is TextPart);
            return new ResponseDelta.PartSet(response.Id, number, part with { PartId = parts + 1 });
        }

        private long Next(Message response)
        {
            var (number, parts, isText) = _deltas[response.Id];
            _deltas[response.Id] = (number + 1, parts, isText);
            return number + 1;
        }

        private RoomEvent Numbered(RoomEvent roomEvent) => roomEvent with { Number = ++_number };

        private Message Message(Author author, MessageStatus status) => new()
        {
            Id = Guid.NewGuid(),
            RoomId = room.State.Room.Id,
            Sequence = ++_sequence,
            Author = author,
            Parts = [new TextPart($"Message {_sequence}")],
            Status = status,
            CreatedAt = Now,
        };
    }
}
