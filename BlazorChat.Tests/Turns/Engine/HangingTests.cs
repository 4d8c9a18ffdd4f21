using BlazorChat.Messages;
using BlazorChat.Turns.Hooks;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Turns.Engine;

/// <summary>Others' code around steps that never ends.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class HangingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stop_ends_an_answer_whose_approval_rule_hangs(bool blocks)
    {
        using var held = new ManualResetEventSlim();
        var never = new TaskCompletionSource<bool>();
        using var asked = new SemaphoreSlim(0);
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("look", () => "seen", (_, _) =>
        {
            asked.Release();
            if (blocks)
            {
                held.Wait(CancellationToken.None);
            }

            return new ValueTask<bool>(never.Task);
        }));
        (await bench.AskAsync()).Call("c1", "look").Finish();
        await asked.WaitAsync().Soon();
        try
        {
            Assert.Equal(1, (await bench.Responses.StopAsync(ChatHost.Ada, bench.Room.Id, null, default)).Value);
            Assert.IsType<MessageStatus.Stopped>((await bench.EndedAsync()).Status);
        }
        finally
        {
            held.Set();
            never.TrySetResult(false);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stop_ends_an_answer_whose_hook_hangs(bool before)
    {
        var hook = new Hanging(before);
        await using var bench = await TurnBench.StartAsync(s => s.AddSingleton<IStepHook>(hook));
        Assert.Null((await bench.Host.Rooms.PostAsync(ChatHost.Ada, bench.Room.Id, Guid.NewGuid(), "Go", default)).Error);
        if (!before)
        {
            (await bench.Host.Model.NextAsync()).Finish("Said.");
        }

        await hook.Asked.WaitAsync().Soon();
        try
        {
            Assert.Equal(1, (await bench.Responses.StopAsync(ChatHost.Ada, bench.Room.Id, null, default)).Value);
            Assert.IsType<MessageStatus.Stopped>((await bench.EndedAsync()).Status);
        }
        finally
        {
            hook.Never.TrySetResult();
        }
    }

    private sealed class Hanging(bool before) : IStepHook
    {
        public SemaphoreSlim Asked { get; } = new(0);

        public TaskCompletionSource Never { get; } = new();

        public ValueTask BeforeStepAsync(StepRequest step, CancellationToken cancellationToken) => before ? HangAsync() : ValueTask.CompletedTask;

        public ValueTask AfterStepAsync(StepResult step, CancellationToken cancellationToken) => before ? ValueTask.CompletedTask : HangAsync();

        private ValueTask HangAsync()
        {
            Asked.Release();
            return new ValueTask(Never.Task);
        }
    }
}
