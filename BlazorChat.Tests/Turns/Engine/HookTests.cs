using System.Collections.Concurrent;
using System.Threading.Channels;
using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Turns.Hooks;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Turns.Prompts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Turns.Engine;

/// <summary>Code around steps and turns.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class HookTests
{
    [Fact]
    public async Task What_a_hook_changes_reaches_the_model_and_what_was_sent_can_be_read()
    {
        var hook = new Hook
        {
            Before = step =>
            {
                step.Options.ModelId = "bigger";
                step.Options.Instructions += " In verse.";
                step.Options.ToolMode = ChatToolMode.RequireSpecific("look");
                step.Tools.Remove(step.Tools.First(t => t.Name == "other"));
                step.Messages.Add(new ChatMessage(ChatRole.User, $"It is {step.Request.TimeZone}."));
            },
        };
        await using var bench = await TurnBench.StartAsync(
            s => s.AddSingleton<IStepHook>(hook), TurnBench.Tool("look", () => "seen"), TurnBench.Tool("other", () => "never"));
        bench.Host.Assistants.Change = r => r with { Tools = ["look", "other"] };
        var first = await bench.AskAsync(request: new TurnRequest(ChatHost.Ada.AsAuthor()) { TimeZone = "Europe/Vienna" });
        Assert.Equal(("bigger", "look"), (first.Options!.ModelId, ((RequiredChatToolMode)first.Options.ToolMode!).RequiredFunctionName));
        Assert.EndsWith(" In verse.", first.Options.Instructions, StringComparison.Ordinal);
        Assert.Equal(["look"], first.Tools);
        Assert.Equal("user: It is Europe/Vienna.", first.Lines.Last());
        first.Use(10, 2).Call("c1", "look").Call("c2", "other").Finish();
        (await bench.Host.Model.NextAsync()).Finish("Done.");
        var ended = await bench.EndedAsync();
        var after = hook.Results.First();
        Assert.Equal((new TokenCounts(10, 2, 0, 0), ChatFinishReason.Stop), (after.Tokens, after.FinishReason));
        Assert.Equal(["seen", "There is no tool with this name. The tools are: look."], after.Calls.Select(c => c.Result));

        var sent = (await bench.Responses.ReadSentAsync(ChatHost.Grace, bench.Room.Id, ended.Id, default)).Value;
        Assert.Equal([0, 1], sent.Select(s => s.Step));
        Assert.Equal("look", Assert.Single(sent[0].Tools).Name);
        Assert.Equal(("bigger", "must call look"), (sent[0].Settings["Model"], sent[0].Settings["Tool choice"]));
        Assert.Equal(new SentContent("text", "It is Europe/Vienna."), Assert.Single(sent[0].Messages[^1].Contents));
        Assert.Contains(sent[1].Messages.SelectMany(m => m.Contents), c => c == new SentContent("result", "seen"));
        Assert.Equal(RoomErrorKind.Forbidden, (await bench.Responses.ReadSentAsync(null, bench.Room.Id, ended.Id, default)).Error?.Kind);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_hook_that_throws_fails_the_answer_and_leaves_nothing_behind(bool before)
    {
        var broken = true;
        void Break()
        {
            if (broken)
            {
                throw new InvalidOperationException("secret");
            }
        }

        var hook = new Hook { Before = _ => { if (before) { Break(); } }, After = _ => { if (!before) { Break(); } } };
        await using var bench = await TurnBench.StartAsync(s => s.AddSingleton<IStepHook>(hook));
        await bench.Host.PostAsync(bench.Room, "Go");
        if (!before)
        {
            (await bench.Host.Model.NextAsync()).Finish("Text.");
        }

        Assert.Equal(new MessageStatus.Failed("Something went wrong on this server while answering."), (await bench.EndedAsync()).Status);
        Assert.Equal(0, bench.Host.App.Services.GetRequiredService<RunningTurns>().Count);
        await using var db = bench.Host.OpenDatabase();
        Assert.Empty(await db.Turns.ToListAsync());
        Assert.Empty(await db.Journal.ToListAsync());
        broken = false;
        (await bench.AskAsync("Again")).Finish("Fine.");
        await bench.UntilAsync(m => m.Text == "Fine." && m.Status.IsEnded);
    }

    [Fact]
    public async Task A_hook_can_put_another_client_in_the_model_s_place_for_one_step()
    {
        using var other = new FakeChatClient();
        var hook = new Hook { Before = step => step.Client = step.Step == 0 ? other : step.Client };
        await using var bench = await TurnBench.StartAsync(s => s.AddSingleton<IStepHook>(hook), TurnBench.Tool("look", () => "seen"));
        bench.Host.Assistants.Change = r => r with { Tools = ["look"] };
        await bench.Host.PostAsync(bench.Room, "Go");
        var first = await other.NextAsync();
        Assert.Equal("Ada: Go", first.Lines.Last());
        first.Say("From the other. ").Call("c1", "look").Finish();
        var second = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: seen"], second.Results);
        second.Finish("From its own.");
        Assert.Equal("From the other. From its own.", string.Concat((await bench.EndedAsync()).Parts.OfType<TextPart>().Select(p => p.Text)));
        Assert.Equal((1, 1), (other.Requests, bench.Host.Model.Requests));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_hook_s_own_sentence_is_shown_when_it_refuses(bool before)
    {
        static void Refuse() => throw new ResponseFailedException("The budget of this room is used up.", new InvalidOperationException("secret"));
        var hook = new Hook { Before = _ => { if (before) { Refuse(); } }, After = _ => { if (!before) { Refuse(); } } };
        await using var bench = await TurnBench.StartAsync(s => s.AddSingleton<IStepHook>(hook));
        await bench.Host.PostAsync(bench.Room, "Go");
        if (!before)
        {
            (await bench.Host.Model.NextAsync()).Finish("Text.");
        }

        var ended = await bench.EndedAsync();
        Assert.Equal((new MessageStatus.Failed("The budget of this room is used up."), before ? "" : "Text."), (ended.Status, ended.Text));
        Assert.Equal(before ? 0 : 1, bench.Host.Model.Requests);
    }

    [Fact]
    public async Task An_observer_may_throw_and_may_wait_for_an_answer_that_it_asks_for()
    {
        var observer = new Observer();
        await using var bench = await TurnBench.StartAsync(s => s.AddSingleton<ITurnObserver>(observer).AddSingleton<ITurnObserver>(new Broken()));
        observer.Bench = bench;
        (await bench.AskAsync()).Use(3, 4).Finish("One.");
        (await bench.Host.Model.NextAsync()).Finish("Two.");
        Assert.Equal("Two.", (await observer.Second.Task.Soon()).Text);
        Assert.Equal(new TokenCounts(3, 4, 0, 0), observer.Outcome!.Tokens);
        Assert.IsType<MessageStatus.Complete>(observer.Outcome.Message.Status);
    }

    [Fact]
    public async Task Observers_hear_of_what_was_withdrawn_superseded_ended_while_it_waited_or_given_up_by_a_start()
    {
        // Each process has its own.
        Listener observer = null!;
        await using var bench = await TurnBench.StartAsync(s => s.AddSingleton<ITurnObserver>(_ => observer = new Listener()), TurnBench.Browser());
        await bench.AskAsync("Busy");
        await bench.Host.PostAsync(bench.Room, "Withdrawn");
        var waiting = bench.Watch.Now.Queue.Single();
        await bench.Responses.WithdrawAsync(ChatHost.Ada, bench.Room.Id, waiting.Id, default);
        Assert.Equal($"withdrawn {waiting.QuestionId} Taken out of the queue by Ada.", await observer.NextAsync());

        await bench.Host.Rooms.ChangeAsync(ChatHost.Ada, bench.Room.Id, null, new RoomSettingsChange { Overlap = OverlapPolicy.Latest }, default);
        await bench.Host.PostAsync(bench.Room, "Superseded");
        var superseded = bench.Watch.Now.Queue.Single();
        await bench.Host.PostAsync(bench.Room, "Latest");
        Assert.Equal($"withdrawn {superseded.QuestionId} Taken out of the queue: Ada asked something newer.", await observer.NextAsync());

        // Its assistant marks what a crash cut off: the start gives it up.
        var id = bench.Watch.Now.Running.Single().Message.Id;
        await bench.CrashAsync();
        Assert.Equal($"ended {id} Interrupted", await observer.NextAsync());

        (await bench.Host.Model.NextAsync()).Call("c1", "clipboard").Finish();
        var paused = await bench.PausedAsync();
        Assert.Equal($"ended {paused.Id} AwaitingPeople", await observer.NextAsync());
        await bench.Responses.StopAsync(ChatHost.Grace, bench.Room.Id, paused.Id, default);
        Assert.Equal($"ended {paused.Id} Stopped", await observer.NextAsync());
    }

    private sealed class Listener : ITurnObserver
    {
        private readonly Channel<string> _heard = Channel.CreateUnbounded<string>();

        public async Task<string> NextAsync() => await _heard.Reader.ReadAsync().AsTask().Soon();

        public ValueTask OnTurnEndedAsync(TurnOutcome ended, CancellationToken cancellationToken) =>
            _heard.Writer.WriteAsync($"ended {ended.Message.Id} {ended.Message.Status.GetType().Name}", CancellationToken.None);

        public ValueTask OnTurnWithdrawnAsync(TurnWithdrawal withdrawn, CancellationToken cancellationToken) =>
            _heard.Writer.WriteAsync($"withdrawn {withdrawn.Turn.QuestionId} {withdrawn.Reason}", CancellationToken.None);
    }

    private sealed class Hook : IStepHook
    {
        public Action<StepRequest> Before { get; init; } = static _ => { };

        public Action<StepResult> After { get; init; } = static _ => { };

        public ConcurrentQueue<StepResult> Results { get; } = [];

        public ValueTask BeforeStepAsync(StepRequest step, CancellationToken cancellationToken)
        {
            Before(step);
            return ValueTask.CompletedTask;
        }

        public ValueTask AfterStepAsync(StepResult step, CancellationToken cancellationToken)
        {
            Results.Enqueue(step);
            After(step);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Broken : ITurnObserver
    {
        public ValueTask OnTurnEndedAsync(TurnOutcome ended, CancellationToken cancellationToken) => throw new InvalidOperationException("broken");
    }

    private sealed class Observer : ITurnObserver
    {
        public TurnBench? Bench { get; set; }

        public TurnOutcome? Outcome { get; private set; }

        public TaskCompletionSource<Message> Second { get; } = new();

        public async ValueTask OnTurnEndedAsync(TurnOutcome ended, CancellationToken cancellationToken)
        {
            if (Outcome is not null)
            {
                return;
            }

            Outcome = ended;
            using var watch = await Bench!.Host.WatchAsync(Bench.Room);
            await Bench.Host.PostAsync(Bench.Room, "And now?");
            Second.SetResult(await watch.EndedAsync(2));
        }
    }
}
