using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Turns;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BlazorChat.Tests.Turns;

/// <summary>What is shown of a running response is on disk soon, or it is not shown: a crash must not take back what people have read.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class TurnJournalTests : IAsyncLifetime
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly FakeTimeProvider _time = new();
    private readonly SlowStore _store = new();
    private readonly Guid _id = Guid.NewGuid();
    private readonly TurnJournal _journal;
    private readonly OpenRoom _room;
    private readonly Followed _followed = new();
    private readonly RoomSink _sink;
    private readonly ResponseDraft _draft;

    public TurnJournalTests()
    {
        _journal = new TurnJournal(_store, Options.Create(new TurnsOptions { JournalInterval = Interval }), _time, NullLogger<TurnJournal>.Instance);
        var room = new Room { Id = Guid.NewGuid(), Name = "Lobby", CreatedAt = _time.GetUtcNow(), LastActivityAt = _time.GetUtcNow() };
        var response = new Message
        {
            Id = _id, RoomId = room.Id, Sequence = 1, Author = new Author(AuthorKind.Assistant, "demo", "Demo"), Parts = [], Status = MessageStatus.Streaming.Instance, CreatedAt = _time.GetUtcNow(),
        };
        _room = new OpenRoom(new OpenRoomState(new RoomState { Room = room, Messages = [response] }, [new RunningResponse(_id, 0, [], [], null)]));
        _room.Follow(_followed);
        _sink = new RoomSink(_room, _journal, _id);
        _draft = new ResponseDraft(_id, [], 0, _sink);
    }

    private string Shown => string.Concat(_room.Capture().Running.Single().Parts.Select(PartList.TextOf));

    private string? Note => _room.Capture().Running.Single().Note;

    public Task InitializeAsync() => _journal.StartAsync(default);

    public async Task DisposeAsync()
    {
        _store.Release();
        await _journal.StopAsync(default);
        _sink.Dispose();
        _journal.Dispose();
    }

    [Fact]
    public async Task While_the_journal_keeps_up_text_is_shown_at_once_and_the_model_is_never_kept_waiting()
    {
        for (var i = 0; i < 50; i++)
        {
            _draft.AppendText($"t{i} ");
            Assert.EndsWith($"t{i} ", Shown, StringComparison.Ordinal);
            Assert.True(_journal.KeepPaceAsync(default).IsCompletedSuccessfully);
            await _store.UntilTakenAsync();
            _store.Release();
            await _time.WaitForTimerAsync(due => due > TimeSpan.Zero && due <= Interval);
            _time.Advance(Interval);
        }
    }

    [Fact]
    public async Task Nothing_is_shown_past_one_and_a_half_intervals_of_text_that_is_not_on_disk_and_the_rest_follows_when_it_is()
    {
        _draft.AppendText("a");
        await _store.UntilTakenAsync();
        _time.Advance(Interval * 1.5);
        _draft.AppendText("b");
        Assert.Equal("ab", Shown);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _draft.AppendText("c");
        _draft.AppendReasoning("d");
        _draft.SetCall(new ToolCallPart("c1", "count"));
        Assert.Equal("ab", Shown);
        Assert.Empty(_room.Capture().Running.Single().Parts.OfType<ToolCallPart>());

        // The first batch is stored, late: what came since waits for its own.
        _store.Release();
        await _store.UntilTakenAsync();
        Assert.Equal("ab", Shown);
        _store.Release();
        await _followed.UntilAsync(() => Shown == "abcd");
        Assert.Equal("c1", Assert.Single(_room.Capture().Running.Single().Parts.OfType<ToolCallPart>()).CallId);
        Assert.Equal(["a", "bc", "d"], _store.Stored);
    }

    [Fact]
    public async Task After_a_late_write_what_piled_up_meanwhile_is_shown_only_when_it_is_on_disk_and_then_text_is_shown_at_once_again()
    {
        _draft.AppendText("a");
        await _store.UntilTakenAsync();
        _time.Advance(Interval * 4);
        var paced = _journal.KeepPaceAsync(default);
        Assert.False(paced.IsCompleted);
        _store.Release();
        await paced.Soon();

        _draft.AppendText("piled up");
        Assert.Equal("a", Shown);
        await _store.UntilTakenAsync();
        _store.Release();
        await _followed.UntilAsync(() => Shown == "apiled up");
        _draft.AppendText("!");
        Assert.Equal("apiled up!", Shown);
    }

    [Fact]
    public async Task A_model_that_is_kept_waiting_can_be_stopped()
    {
        using var stop = new CancellationTokenSource();
        _draft.AppendText("a");
        await _store.UntilTakenAsync();
        _time.Advance(Interval * 2);
        Assert.True(_journal.KeepPaceAsync(stop.Token).IsCompletedSuccessfully);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var paced = _journal.KeepPaceAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => paced.Soon());
    }

    [Fact]
    public async Task While_the_database_is_away_the_model_is_read_nothing_more_is_shown_and_people_are_told_why()
    {
        _draft.AppendText("a");
        await _store.UntilTakenAsync();
        _time.Advance(Interval * 3);
        _draft.AppendText("b");
        var paced = _journal.KeepPaceAsync(default);
        _store.Fail(new StorageUnavailableException("away"));
        await paced.Soon();
        await _followed.UntilAsync(() => Note is not null);
        Assert.Contains("can't be saved", Note, StringComparison.Ordinal);
        _draft.AppendText("c");
        Assert.Equal("a", Shown);
        Assert.True(_journal.KeepPaceAsync(default).IsCompletedSuccessfully);

        await _time.WaitForTimerAsync(due => due > Interval);
        _time.Advance(TimeSpan.FromSeconds(2));
        await _store.UntilTakenAsync();
        _store.Release();
        await _followed.UntilAsync(() => Shown == "abc" && Note is null);
        Assert.Equal(["abc"], _store.Stored);
    }

    [Fact]
    public async Task A_note_is_shown_although_text_before_it_waits()
    {
        _draft.AppendText("a");
        await _store.UntilTakenAsync();
        _time.Advance(Interval * 2);
        _draft.AppendText("b");
        _draft.Note("Retrying in 4 s");
        Assert.Equal(("a", "Retrying in 4 s"), (Shown, Note));
        _store.Release();
        await _store.UntilTakenAsync();
        _store.Release();
        await _followed.UntilAsync(() => Shown == "ab");
        Assert.Equal("Retrying in 4 s", Note);
    }

    [Fact]
    public async Task Half_of_a_pair_that_waits_for_its_other_half_holds_up_nobody()
    {
        _draft.AppendText("\ud83d");
        // Something else makes the journal write: the half alone cannot be stored.
        _journal.Append(Guid.NewGuid(), 0, "other", isReasoning: false);
        await _store.UntilTakenAsync();
        _store.Release();
        await _time.WaitForTimerAsync(due => due > TimeSpan.Zero && due <= Interval);
        _time.Advance(Interval * 10);
        _draft.AppendText("\ude00");
        Assert.Equal("\ud83d\ude00", Shown);
        Assert.True(_journal.KeepPaceAsync(default).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_response_that_ends_while_its_text_waits_leaves_nothing_behind()
    {
        _draft.AppendText("a");
        await _store.UntilTakenAsync();
        _time.Advance(Interval * 2);
        _draft.AppendText("b");
        // Its end has stored it whole.
        _journal.Forget(_id);
        _sink.Dispose();
        _store.Release();
        var paced = _journal.KeepPaceAsync(default);
        await paced.Soon();
        await _time.WaitForTimerAsync(due => due > TimeSpan.Zero && due <= Interval);
        Assert.Equal("a", Shown);
        Assert.True(_journal.Progress.KeepsUp);
        Assert.Equal(["a"], _store.Stored);
    }

    /// <summary>Takes pieces when a test wants it to.</summary>
    private sealed class SlowStore : ITurnStore
    {
        private readonly SemaphoreSlim _taken = new(0);
        private readonly SemaphoreSlim _released = new(0);
        private readonly List<string> _stored = [];
        private Exception? _failure;

        public IReadOnlyList<string> Stored
        {
            get
            {
                lock (_stored)
                {
                    return [.. _stored];
                }
            }
        }

        public async Task UntilTakenAsync() => Assert.True(await _taken.WaitAsync(Guard.Patience));

        public void Release() => _released.Release();

        public void Fail(Exception failure)
        {
            _failure = failure;
            _released.Release();
        }

        public async Task AppendJournalAsync(IReadOnlyCollection<JournalPiece> pieces, CancellationToken cancellationToken)
        {
            _taken.Release();
            await _released.WaitAsync(cancellationToken);
            if (Interlocked.Exchange(ref _failure, null) is { } failure)
            {
                throw failure;
            }

            lock (_stored)
            {
                _stored.AddRange(pieces.Select(p => p.Text));
            }
        }

        public Task<IReadOnlyList<Turn>> ReadWaitingAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<Turn>> ReadRunningAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<Turn>> ReadExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> SaveAsync(Guid roomId, Guid messageId, ImmutableArray<MessagePart> parts, int step, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Guid?> AddBlobAsync(Guid messageId, Blob blob, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task AddStepAsync(Guid roomId, Guid messageId, int version, int step, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<(int Version, int Step, ReadOnlyMemory<byte> Content)>> ReadStepsAsync(Guid roomId, Guid messageId, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    /// <summary>Is told of each delta that the room took.</summary>
    private sealed class Followed : IRoomFollower
    {
        private readonly SemaphoreSlim _changed = new(0);

        public async Task UntilAsync(Func<bool> wanted)
        {
            while (!wanted())
            {
                Assert.True(await _changed.WaitAsync(Guard.Patience), "The room never became as wanted.");
            }
        }

        public void Begin(OpenRoomState room)
        {
        }

        public void OnEvent(RoomState state)
        {
        }

        public void OnDelta(ResponseDelta delta) => _changed.Release();

        public void End()
        {
        }
    }
}
