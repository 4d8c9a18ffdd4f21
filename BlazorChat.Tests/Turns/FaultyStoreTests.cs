using System.Reflection;
using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Rooms;
using BlazorChat.Tests.Turns.Engine;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Turns;

/// <summary>The database fails now and then; the queue goes on, and nothing is lost.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class FaultyStoreTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_turn_that_could_not_be_taken_is_taken_later(bool isStorage)
    {
        FaultyStore? store = null;
        await using var host = await ChatHost.StartAsync(b => FaultyStore.Use(b.Services, s => store = s));
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
        FaultyStore? store = null;
        await using var host = await ChatHost.StartAsync(b => FaultyStore.Use(b.Services, s => store = s), null, ["--Turns:JournalInterval=00:00:00.010"]);
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
        FaultyStore? store = null;
        await using var host = await ChatHost.StartAsync(b => FaultyStore.Use(b.Services, s => store = s));
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
        FaultyStore? store = null;
        var runs = 0;
        await using var bench = await TurnBench.StartAsync(s => FaultyStore.Use(s, made => store = made), TurnBench.Tool("count", () =>
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
        FaultyStore? store = null;
        await using var bench = await TurnBench.StartAsync(
            s => FaultyStore.Use(s, made => store = made), TurnBench.Tool("count", () =>
            {
                store!.End = store.Save = new StorageUnavailableException("full");
                return "run";
            }));
        bench.Host.Assistants.Change = static r => r with { Recovery = RecoveryMode.Continue };
        (await bench.AskAsync()).Call("c1", "count").Finish(reason: ChatFinishReason.ToolCalls);
        await bench.Watch.UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Note is { } note && note.Contains("can't be saved", StringComparison.Ordinal)));
        Assert.Equal(1, (await bench.Responses.StopAsync(ChatHost.Grace, bench.Room.Id, null, default)).Value);
        store!.End = store.Save = null;
        Assert.Equal(new MessageStatus.Stopped("Grace"), (await bench.EndedAsync()).Status);
        Assert.False(bench.Host.Model.WasAskedAgain);
    }

    [Fact]
    public async Task A_store_that_takes_no_step_at_all_ends_the_answer_with_a_sentence()
    {
        FaultyStore? store = null;
        await using var bench = await TurnBench.StartAsync(s => FaultyStore.Use(s, made => store = made), TurnBench.Tool("count", () => "run"));
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

        Assert.Equal(new MessageStatus.Failed("This answer could not be saved, so it was ended."), (await ended).Status);
    }

    /// <summary>The real store, which fails where a test wants it to.</summary>
    private sealed class FaultyStore
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

        public static void Use(IServiceCollection services, Action<FaultyStore> made)
        {
            var store = new FaultyStore();
            made(store);
            Wrap<ITurnStore>(services, (real, call) => store.CallTurns(real, call));
            Wrap<IRoomStore>(services, (real, call) => store.CallRooms(real, call));
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

        private static void Wrap<T>(IServiceCollection services, Func<T, (MethodInfo Method, object?[] Arguments), object?> call)
            where T : class
        {
            var real = services.Last(s => s.ServiceType == typeof(T)).ImplementationType!;
            services.AddSingleton(real);
            services.AddSingleton(s => Put<T>((T)s.GetRequiredService(real), call));
        }

        private object? CallTurns(ITurnStore real, (MethodInfo Method, object?[] Arguments) call)
        {
            switch (call.Method.Name)
            {
                case nameof(ITurnStore.SaveAsync) when Save is { } failure:
                    return Fail<bool>(failure);
                case nameof(ITurnStore.AppendJournalAsync):
                    return Journal is { } full ? Fail<bool>(full) : AppendAsync(real, (IReadOnlyCollection<JournalPiece>)call.Arguments[0]!, (CancellationToken)call.Arguments[1]!);
                default:
                    return call.Method.Invoke(real, call.Arguments);
            }
        }

        // A change is that of a claim by what it gives, and that of an end by what it tells.
        private object? CallRooms(IRoomStore real, (MethodInfo Method, object?[] Arguments) call)
        {
            if (call.Method.Name != nameof(IRoomStore.ChangeAsync))
            {
                return call.Method.Invoke(real, call.Arguments);
            }

            if (Claim is { } failure && call.Method.GetGenericArguments()[0] == typeof(ClaimedTurn))
            {
                return Fail<RoomChangeResult<ClaimedTurn?>>(failure);
            }

            return call.Arguments[1] is Func<IRoomChange, CancellationToken, Task<Result<Message?>>> change
                ? real.ChangeAsync((Guid)call.Arguments[0]!, (of, token) => change(Put<IRoomChange>(of, Tell), token), (CancellationToken)call.Arguments[2]!)
                : call.Method.Invoke(real, call.Arguments);
        }

        private object? Tell(IRoomChange real, (MethodInfo Method, object?[] Arguments) call)
        {
            if (End is { } failure && call.Arguments is [RoomEvent.ResponseEnded])
            {
                _failed.TrySetResult();
                throw failure;
            }

            return call.Method.Invoke(real, call.Arguments);
        }

        private async Task AppendAsync(ITurnStore real, IReadOnlyCollection<JournalPiece> pieces, CancellationToken cancellationToken)
        {
            await real.AppendJournalAsync(pieces, cancellationToken);
            lock (_journaled)
            {
                _journaled.AddRange(pieces.Select(p => p.Text));
            }

            var told = _more;
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            told.TrySetResult();
        }

        private Task<T> Fail<T>(Exception exception)
        {
            _failed.TrySetResult();
            return Task.FromException<T>(exception);
        }
    }

    private static T Put<T>(T real, Func<T, (MethodInfo Method, object?[] Arguments), object?> call)
        where T : class
    {
        var made = DispatchProxy.Create<T, Between<T>>();
        ((Between<T>)(object)made).Begin(real, call);
        return made;
    }

    /// <summary>Stands before something and sees each call of it.</summary>
    public class Between<T> : DispatchProxy
        where T : class
    {
        private T _real = null!;
        private Func<T, (MethodInfo Method, object?[] Arguments), object?> _call = null!;

        internal void Begin(T real, Func<T, (MethodInfo Method, object?[] Arguments), object?> call) => (_real, _call) = (real, call);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _call(_real, (targetMethod!, args ?? []));
    }
}
