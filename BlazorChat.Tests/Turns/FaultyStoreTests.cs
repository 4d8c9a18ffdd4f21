using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Rooms;
using BlazorChat.Tests.Turns.Engine;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Turns;

/// <summary>The database fails now and then; the queue goes on, and nothing is lost.</summary>
public sealed class FaultyStoreTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_turn_that_could_not_be_taken_is_taken_later(bool isStorage)
    {
        FaultyTurnStore? store = null;
        await using var host = await ChatHost.StartAsync(b => FaultyTurnStore.Use(b.Services, s => store = s));
        store!.Claim = isStorage ? new StorageUnavailableException("full") : new InvalidOperationException("unexpected");
        var room = await host.RoomAsync();
        await host.PostAsync(room, "Hello");
        await store.Failed.Soon();
        store.Claim = null;

        (await host.Model.NextAsync()).Finish("Here");
        using var watch = await host.WatchAsync(room);
        Assert.Equal("Here", (await watch.EndedAsync()).Text);
    }

    [Fact]
    public async Task Text_that_could_not_be_journaled_is_journaled_later_and_the_answer_goes_on()
    {
        FaultyTurnStore? store = null;
        await using var host = await ChatHost.StartAsync(b => FaultyTurnStore.Use(b.Services, s => store = s), null, ["--Turns:JournalInterval=00:00:00.010"]);
        store!.Journal = new StorageUnavailableException("full");
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        await host.PostAsync(room, "Hello");
        var response = await host.Model.NextAsync();
        response.Say("One ");
        await store.Failed.Soon();
        response.Say("two");
        await watch.UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Number > 0));
        store.Journal = null;
        Assert.Equal("One two", string.Concat(await store.UntilJournaledAsync("two")));
        response.Finish();
        Assert.Equal("One two", (await watch.EndedAsync()).Text);
    }

    [Fact]
    public async Task An_outcome_that_could_not_be_stored_at_once_is_stored_later()
    {
        FaultyTurnStore? store = null;
        await using var host = await ChatHost.StartAsync(b => FaultyTurnStore.Use(b.Services, s => store = s));
        store!.End = new StorageUnavailableException("full");
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        await host.PostAsync(room, "Hello");
        (await host.Model.NextAsync()).Finish("Done");
        await store.Failed.Soon();
        store.End = null;
        var ended = await watch.EndedAsync();
        Assert.Equal(("Done", MessageStatus.Complete.Instance), (ended.Text, ended.Status));
        Assert.Equal(MessageStatus.Complete.Instance, (await host.Live.ReadMessageAsync(ChatHost.Ada, room.Id, ended.Id, default)).Value.Message.Status);
    }

    [Fact]
    public async Task A_step_that_could_not_be_saved_goes_on_when_it_can_and_its_tool_is_not_run_again()
    {
        FaultyTurnStore? store = null;
        var runs = 0;
        await using var bench = await TurnBench.StartAsync(s => FaultyTurnStore.Use(s, made => store = made), TurnBench.Tool("count", () =>
        {
            store!.Save = new StorageUnavailableException("full");
            return $"run {Interlocked.Increment(ref runs)}";
        }));
        bench.Host.Assistants.Change = static r => r with { Recovery = RecoveryMode.Continue };
        (await bench.AskAsync()).Call("c1", "count").Finish(reason: ChatFinishReason.ToolCalls);
        await store!.Failed.Soon();
        store.Save = null;

        var again = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: run 1"], again.Results);
        again.Finish("Once");
        var ended = await bench.EndedAsync();
        Assert.Equal(("Once", MessageStatus.Complete.Instance, 1), (ended.Text, ended.Status, runs));
    }

    [Fact]
    public async Task A_stop_while_nothing_can_be_saved_counts_when_it_can()
    {
        FaultyTurnStore? store = null;
        await using var bench = await TurnBench.StartAsync(
            s => FaultyTurnStore.Use(s, made => store = made), TurnBench.Tool("count", () =>
            {
                store!.End = store.Save = new StorageUnavailableException("full");
                return "run";
            }));
        bench.Host.Assistants.Change = static r => r with { Recovery = RecoveryMode.Continue };
        (await bench.AskAsync()).Call("c1", "count").Finish(reason: ChatFinishReason.ToolCalls);
        await bench.Watch.UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Note is { } note && note.Contains("cannot be saved", StringComparison.Ordinal)));
        Assert.Equal(1, (await bench.Responses.StopAsync(ChatHost.Grace, bench.Room.Id, null, default)).Value);
        store!.End = store.Save = null;
        Assert.Equal(new MessageStatus.Stopped("Grace"), (await bench.EndedAsync()).Status);
        Assert.False(bench.Host.Model.WasAskedAgain);
    }

    [Fact]
    public async Task A_store_that_takes_no_step_at_all_ends_the_answer_with_a_sentence()
    {
        FaultyTurnStore? store = null;
        await using var bench = await TurnBench.StartAsync(s => FaultyTurnStore.Use(s, made => store = made), TurnBench.Tool("count", () => "run"));
        bench.Host.Assistants.Change = static r => r with { Recovery = RecoveryMode.Continue, MaxRecoveries = 1 };
        store!.Save = new StorageUnavailableException("full");
        var asked = await bench.AskAsync();
        var ended = bench.EndedAsync();
        for (var i = 1; ; i++)
        {
            asked.Call($"c{i}", "count").Finish(reason: ChatFinishReason.ToolCalls);
            var next = bench.Host.Model.NextAsync();
            if (await Task.WhenAny(next, ended) == ended)
            {
                break;
            }

            asked = await next;
        }

        Assert.Equal(new MessageStatus.Failed("What came of this answer could not be saved, so it does not go on."), (await ended).Status);
    }

    /// <summary>The real store, which fails where a test wants it to.</summary>
    private sealed class FaultyTurnStore(ITurnStore inner) : ITurnStore
    {
        private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<string> _journaled = [];
        private volatile TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Exception? Claim { get; set; }

        public Exception? Journal { get; set; }

        public Exception? Save { get; set; }

        public Exception? End { get; set; }

        /// <summary>Done when a failure was thrown.</summary>
        public Task Failed => _failed.Task;

        public static void Use(IServiceCollection services, Action<FaultyTurnStore> made)
        {
            var real = services.Last(s => s.ServiceType == typeof(ITurnStore)).ImplementationType!;
            services.AddSingleton(real);
            services.AddSingleton<ITurnStore>(s =>
            {
                var store = new FaultyTurnStore((ITurnStore)s.GetRequiredService(real));
                made(store);
                return store;
            });
        }

        /// <summary>Waits until the journal ends with a text.</summary>
        public async Task<IReadOnlyList<string>> UntilJournaledAsync(string last)
        {
            while (true)
            {
                var next = _more.Task;
                lock (_journaled)
                {
                    if (_journaled.Count > 0 && _journaled[^1].EndsWith(last, StringComparison.Ordinal))
                    {
                        return [.. _journaled];
                    }
                }

                await next.Soon();
            }
        }

        public Task<IReadOnlyList<Turn>> ReadWaitingAsync(CancellationToken cancellationToken) => inner.ReadWaitingAsync(cancellationToken);

        public Task<ClaimedTurn?> ClaimAsync(Guid roomId, Author assistant, DateTimeOffset now, CancellationToken cancellationToken) =>
            FailOr(Claim, () => inner.ClaimAsync(roomId, assistant, now, cancellationToken));

        public Task<bool> SaveAsync(Guid roomId, Guid messageId, ImmutableArray<MessagePart> parts, int step, CancellationToken cancellationToken) =>
            FailOr(Save, () => inner.SaveAsync(roomId, messageId, parts, step, cancellationToken));

        public Task<ChangedResponse?> EndAsync(EndedTurn ended, CancellationToken cancellationToken) => FailOr(End, () => inner.EndAsync(ended, cancellationToken));

        public Task<TitledRoom?> TitleAsync(Guid roomId, Guid messageId, string? title, TokenCounts tokens, decimal? cost, CancellationToken cancellationToken) =>
            inner.TitleAsync(roomId, messageId, title, tokens, cost, cancellationToken);

        public Task<Result<ChangedResponse>> ChangeCallAsync(
            Guid roomId, Guid messageId, string callId, Func<ToolCallPart, Result<ToolCallPart>> change, CancellationToken cancellationToken) =>
            inner.ChangeCallAsync(roomId, messageId, callId, change, cancellationToken);

        public Task<(IReadOnlyList<Turn> Withdrawn, IReadOnlyList<Message> Changed)> WithdrawAsync(
            Guid roomId, string? assistantId, Guid? turnId, DateTimeOffset now, CancellationToken cancellationToken) =>
            inner.WithdrawAsync(roomId, assistantId, turnId, now, cancellationToken);

        public Task<Turn?> FindWaitingAsync(Guid roomId, Guid turnId, CancellationToken cancellationToken) =>
            inner.FindWaitingAsync(roomId, turnId, cancellationToken);

        public Task<Result<ChangedResponse>> RetryAsync(Guid roomId, Guid messageId, TurnRequest request, DateTimeOffset now, CancellationToken cancellationToken) =>
            inner.RetryAsync(roomId, messageId, request, now, cancellationToken);

        public Task<Result<ChangedResponse>> ReopenAsync(
            Guid roomId, Guid messageId, bool isRegeneration, TurnRequest request, DateTimeOffset now, CancellationToken cancellationToken) =>
            inner.ReopenAsync(roomId, messageId, isRegeneration, request, now, cancellationToken);

        public Task<Result<Turn>> AskAsync(Guid roomId, Guid questionId, string assistantId, TurnRequest request, DateTimeOffset now, CancellationToken cancellationToken) =>
            inner.AskAsync(roomId, questionId, assistantId, request, now, cancellationToken);

        public Task<Guid?> AddBlobAsync(Guid messageId, Blob blob, CancellationToken cancellationToken) => inner.AddBlobAsync(messageId, blob, cancellationToken);

        public Task AddStepAsync(Guid roomId, Guid messageId, int version, int step, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
            inner.AddStepAsync(roomId, messageId, version, step, content, cancellationToken);

        public Task<IReadOnlyList<(int Version, int Step, ReadOnlyMemory<byte> Content)>> ReadStepsAsync(Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
            inner.ReadStepsAsync(roomId, messageId, cancellationToken);

        public async Task AppendJournalAsync(IReadOnlyCollection<JournalPiece> pieces, CancellationToken cancellationToken)
        {
            await FailOr(Journal, async () =>
            {
                await inner.AppendJournalAsync(pieces, cancellationToken);
                return true;
            });
            lock (_journaled)
            {
                _journaled.AddRange(pieces.Select(p => p.Text));
            }

            var told = _more;
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            told.TrySetResult();
        }

        public Task<(int Continued, int Marked)> RecoverAsync(Func<string, RecoveryPolicy> policy, DateTimeOffset now, CancellationToken cancellationToken) =>
            inner.RecoverAsync(policy, now, cancellationToken);

        private Task<T> FailOr<T>(Exception? exception, Func<Task<T>> work)
        {
            if (exception is null)
            {
                return work();
            }

            _failed.TrySetResult();
            return Task.FromException<T>(exception);
        }
    }
}
