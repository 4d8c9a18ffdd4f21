using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Turns;

namespace BlazorChat.Tests.Turns;

/// <summary>Who waits where, and what a message does to those that wait: rules alone, without a host or a database.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class TurnQueueTests
{
    private static readonly Author Ada = new(AuthorKind.Person, "a", "Ada");
    private static readonly Author Grace = new(AuthorKind.Person, "g", "Grace");
    private static readonly Guid Room = Guid.NewGuid();

    private DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Each_question_waits_in_its_own_place()
    {
        var queue = Queue(OverlapPolicy.Queue);
        var questions = new[] { Post(queue, Ada), Post(queue, Grace), Post(queue, Ada) };
        Assert.Equal(questions, queue.Turns.Order(Turn.ByPlace).Select(t => t.QuestionId!.Value));
        Assert.Equal(questions[0], queue.Next("demo", _now)!.QuestionId);
    }

    [Fact]
    public void Only_the_latest_is_answered_where_the_room_says_so()
    {
        var queue = Queue(OverlapPolicy.Latest);
        var first = Post(queue, Ada);
        var last = Post(queue, Grace);
        Assert.Equal(first, Assert.Single(queue.Withdrawn).QuestionId);
        Assert.Equal(last, Assert.Single(queue.Turns).QuestionId);
    }

    [Fact]
    public void What_one_author_writes_meanwhile_is_answered_together_and_never_with_what_others_wrote()
    {
        var queue = Queue(OverlapPolicy.Merge);
        var (first, other, second) = (Post(queue, Ada), Post(queue, Grace), Post(queue, Ada));
        Assert.Equal(2, queue.Turns.Count);
        var mine = queue.Turns.Single(t => t.RequestedBy == Ada);
        Assert.Equal((second, first), (mine.QuestionId!.Value, Assert.Single(mine.EarlierQuestionIds)));
        Assert.Equal(other, queue.Turns.Single(t => t.RequestedBy == Grace).QuestionId);
    }

    [Fact]
    public void An_author_who_writes_on_is_waited_for()
    {
        var queue = Queue(OverlapPolicy.Debounce);
        Post(queue, Ada);
        var due = _now + TimeSpan.FromSeconds(2);
        Assert.Null(queue.Next("demo", due - TimeSpan.FromMilliseconds(1)));
        Assert.NotNull(queue.Next("demo", due));
        Post(queue, Ada);
        Assert.Null(queue.Next("demo", due));
    }

    [Theory]
    [InlineData(TurnStatus.Waiting, true)]
    [InlineData(TurnStatus.Running, true)]
    [InlineData(TurnStatus.Ready, true)]
    [InlineData(TurnStatus.Suspended, false)]
    public void A_busy_assistant_takes_no_question_where_the_room_says_so(TurnStatus status, bool isRefused)
    {
        var queue = Queue(OverlapPolicy.Drop, Waiting("demo") with { Status = status });
        Assert.Equal(isRefused ? RoomErrorKind.Conflict : null, queue.Refuse(["demo"])?.Kind);
        Assert.Null(queue.Refuse(["other"]));
        Assert.Null(queue.Refuse([]));
    }

    [Fact]
    public void A_full_queue_refuses_one_more_but_gives_way_to_the_latest()
    {
        var full = Enumerable.Range(0, RoomLimits.QueueLength).Select(_ => Waiting("demo")).ToArray();
        Assert.Equal(RoomErrorKind.Limit, Queue(OverlapPolicy.Queue, full).Refuse(["demo"])?.Kind);
        Assert.Null(Queue(OverlapPolicy.Queue, full[1..]).Refuse(["demo"]));
        Assert.Equal(RoomErrorKind.Limit, Queue(OverlapPolicy.Queue, full[1..]).Refuse(["demo", "other"])?.Kind);
        Assert.Null(Queue(OverlapPolicy.Latest, full).Refuse(["demo"]));
        // Those that run or wait for people have no place in it.
        Assert.Null(Queue(OverlapPolicy.Queue, [.. full[2..], Waiting("x") with { Status = TurnStatus.Running }, Waiting("y") with { Status = TurnStatus.Suspended }]).Refuse(["demo"]));
    }

    [Fact]
    public void One_person_takes_no_more_than_a_share_of_the_queue()
    {
        var share = Enumerable.Range(0, RoomLimits.QueueShare).Select(_ => Waiting("demo")).ToArray();
        Assert.Equal(RoomErrorKind.Limit, Queue(OverlapPolicy.Queue, share).Refuse(["demo"], Ada)?.Kind);
        Assert.Null(Queue(OverlapPolicy.Queue, share).Refuse(["demo"], Grace));
        Assert.Null(Queue(OverlapPolicy.Queue, share[1..]).Refuse(["demo"], Ada));
        Assert.Equal(RoomErrorKind.Limit, Queue(OverlapPolicy.Queue, share[1..]).Refuse(["demo", "other"], Ada)?.Kind);
        Assert.Equal(RoomErrorKind.Limit, Queue(OverlapPolicy.Queue, share).Reopen(Response(), isRegeneration: true, new TurnRequest(Ada), _now)?.Kind);
        Assert.Null(Queue(OverlapPolicy.Queue, share).Reopen(Response(), isRegeneration: true, new TurnRequest(Grace), _now));
        // A message that a waiting turn takes over needs no place of its own, however full the queue is.
        var full = share.Concat(Enumerable.Range(0, RoomLimits.QueueLength).Select(_ => Waiting("demo") with { RequestedBy = Grace })).ToArray();
        Assert.Null(Queue(OverlapPolicy.Merge, full).Refuse(["demo"], Ada));
        Assert.Equal(RoomErrorKind.Limit, Queue(OverlapPolicy.Merge, full).Refuse(["demo", "other"], Ada)?.Kind);
    }

    [Fact]
    public void What_can_go_on_comes_before_what_begins()
    {
        var waiting = Waiting("demo");
        var ready = Waiting("demo") with { Status = TurnStatus.Ready, MessageId = Guid.NewGuid() };
        Assert.Equal(ready.Id, Queue(OverlapPolicy.Queue, waiting, ready).Next("demo", _now)!.Id);
        Assert.Null(Queue(OverlapPolicy.Queue, waiting, ready).Next("other", _now));
        Assert.Null(Queue(OverlapPolicy.Queue, Waiting("demo") with { Status = TurnStatus.Suspended }).Next("demo", _now));
        Assert.Null(Queue(OverlapPolicy.Queue, waiting, Waiting("demo") with { Status = TurnStatus.Running }).Next("demo", _now));
    }

    [Fact]
    public void A_question_that_is_removed_leaves_the_turn_what_else_its_author_wrote()
    {
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        var turn = Waiting("demo") with { QuestionId = second, EarlierQuestionIds = [first] };
        var withoutLast = Queue(OverlapPolicy.Merge, turn);
        withoutLast.RemoveQuestion(second);
        Assert.Equal((first, 0), (Assert.Single(withoutLast.Queued).QuestionId!.Value, withoutLast.Queued[0].EarlierQuestionIds.Length));

        var withoutFirst = Queue(OverlapPolicy.Merge, turn);
        withoutFirst.RemoveQuestion(first);
        Assert.Equal((second, 0), (Assert.Single(withoutFirst.Queued).QuestionId!.Value, withoutFirst.Queued[0].EarlierQuestionIds.Length));

        var alone = Queue(OverlapPolicy.Queue, Waiting("demo") with { QuestionId = first });
        alone.RemoveQuestion(first);
        Assert.Single(alone.Withdrawn);
        Assert.Empty(alone.Turns);
    }

    [Fact]
    public void A_response_that_is_removed_takes_its_turn_with_it()
    {
        var response = Guid.NewGuid();
        var queue = Queue(OverlapPolicy.Queue, Waiting("demo") with { Status = TurnStatus.Suspended, MessageId = response });
        queue.RemoveQuestion(response);
        Assert.Empty(queue.Turns);
        Assert.Single(queue.Gone);
        Assert.Empty(queue.Withdrawn);
    }

    [Fact]
    public void A_response_is_asked_for_again_once_at_a_time()
    {
        var response = Response();
        var queue = Queue(OverlapPolicy.Queue);
        Assert.Null(queue.Reopen(response, isRegeneration: false, new TurnRequest(Grace), _now));
        var turn = Assert.Single(queue.Queued);
        Assert.Equal((TurnStatus.Ready, response.Id, Grace, 2), (turn.Status, turn.MessageId!.Value, turn.RequestedBy, turn.FirstStep));
        Assert.Equal(RoomErrorKind.Conflict, queue.Reopen(response, isRegeneration: true, new TurnRequest(Ada), _now)?.Kind);
    }

    private Guid Post(TurnQueue queue, Author author)
    {
        _now += TimeSpan.FromSeconds(1);
        var id = Guid.NewGuid();
        queue.Post(new NewMessage(Room, author, Guid.NewGuid(), "Hello", ["demo"], new TurnRequest(author), _now), id);
        return id;
    }

    private Turn Waiting(string assistantId) => new(Guid.CreateVersion7(), Room, assistantId, Ada, _now);

    private static TurnQueue Queue(OverlapPolicy overlap, params Turn[] turns) => new(Room, new RoomSettings { Overlap = overlap }, [.. turns]);

    private Message Response() => new()
    {
        Id = Guid.NewGuid(),
        RoomId = Room,
        Sequence = 7,
        Author = new Author(AuthorKind.Assistant, "demo", "Demo"),
        Parts = [new TextPart("Half") { Step = 1 }],
        Status = MessageStatus.Interrupted.Instance,
        CreatedAt = _now,
        QuestionId = Guid.NewGuid(),
        Step = 2,
    };
}
