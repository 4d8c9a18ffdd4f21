using System.Text;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using CsCheck;

namespace BlazorChat.Tests.Rooms;

/// <summary>Whoever follows a room ends with the owner's state, whenever they came and whatever they heard twice or too late.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class RoomFoldPropertyTests
{
    private static readonly Author Ada = new(AuthorKind.Person, "a", "Ada");
    private static readonly Author Demo = new(AuthorKind.Assistant, "demo", "Demo");
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    // Other rooms at each run; what fails is made as short as it can be, and told with the seed that gives it again.
    [Fact]
    public void A_follower_who_joins_at_any_moment_and_hears_things_again_ends_with_the_owners_state() =>
        Gen.Select(Gen.Int[0, 9].Array[1, 60], Gen.Int[0, 60], Gen.Int[0, 1_000].Array[0, 40])
            .Sample((steps, joinsAt, again) => Follow(steps, joinsAt, again), iter: 2_000, threads: 1);

    [Fact]
    public void A_room_with_many_messages_is_followed_across_the_trimming_of_its_window() =>
        Assert.True(Follow([.. Enumerable.Range(0, 260).Select(i => i % 7 == 0 ? 1 : i % 11 == 0 ? 4 : 0)], 120, [.. Enumerable.Range(0, 200)]));

    private static bool Follow(int[] steps, int joinsAt, int[] again)
    {
        var owner = new OpenRoom(new OpenRoomState(
            new RoomState { Room = new Room { Id = Guid.NewGuid(), Name = "Room", CreatedAt = Now, LastActivityAt = Now }, Messages = [] }, []));
        OpenRoom? follower = null;
        var life = new Life(owner);
        var heard = new List<object>();
        for (var i = 0; i < steps.Length; i++)
        {
            if (i == joinsAt)
            {
                // As it travels.
                follower = new OpenRoom(RoomWire.Read<OpenRoomState>(RoomWire.Write(owner.Capture())));
            }

            foreach (var told in life.Step(steps[i]))
            {
                heard.Add(told);
                Tell(owner, told);
                if (follower is not null)
                {
                    Tell(follower, told);
                    if (again.Length > 0)
                    {
                        // Something that came before, once more.
                        Tell(follower, heard[again[i % again.Length] % heard.Count]);
                    }
                }
            }
        }

        if (follower is null)
        {
            return true;
        }

        Assert.Equal(Shown(owner), Shown(follower));
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
