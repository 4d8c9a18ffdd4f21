using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Turns.Hooks;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Turns.Flow;

/// <summary>What a turn leaves behind: its response, and nothing else.</summary>
[Trait(nameof(Kind), Kind.Host)]
public class OrphanTests : FlowTests, IStepHook
{
    private bool _throws;

    public ValueTask AfterStepAsync(StepResult step, CancellationToken cancellationToken) =>
        _throws ? throw new InvalidOperationException("A hook broke.") : ValueTask.CompletedTask;

    protected override void Configure(WebApplicationBuilder builder)
    {
        base.Configure(builder);
        builder.Services.AddSingleton<IStepHook>(this);
    }

    [Fact]
    public async Task A_piece_of_an_earlier_run_of_the_same_answer_is_never_glued_to_it()
    {
        await Host.PostAsync(Room, "Hello");
        (await Model.NextAsync()).Finish("Half", ChatFinishReason.Length);
        var cut = await Watch.EndedAsync();
        for (var i = 0; i < 3; i++)
        {
            await Host.Responses.ContinueAsync(ChatHost.Ada, Room.Id, cut.Id, default);
            var more = await Model.NextAsync();
            // As a flush that was held up until the response runs again would bring it.
            await Host.App.Services.GetRequiredService<ITurnStore>().AppendJournalAsync([new JournalPiece(cut.Id, i, 1, false, "LATE")], default);
            more.Say($"-{i}");
            await UntilJournaledAsync($"-{i}");
            await using (var crashed = await Host.CrashAsync(r => r with { Recovery = RecoveryMode.Mark }, Configure, Settings))
            {
                using var watch = await crashed.WatchAsync(Room);
                Assert.DoesNotContain("LATE", (await watch.EndedAsync()).Text, StringComparison.Ordinal);
                Assert.EndsWith($"-{i}", (await watch.EndedAsync()).Text, StringComparison.Ordinal);
            }

            more.Finish(reason: ChatFinishReason.Length);
            await UntilAsync(s => s.Find(cut.Id)!.Message is { Status: MessageStatus.Cut } m && m.Text.EndsWith($"-{i}", StringComparison.Ordinal));
        }

        Assert.Equal("Half-0-1-2", Watch.Now.Find(cut.Id)!.Message.Text);
    }

    [Fact]
    public async Task A_piece_of_a_step_that_is_stored_comes_too_late()
    {
        await Host.PostAsync(Room, "Work");
        (await Model.NextAsync()).Say("Step one.").Send(Call("c", "slow")).Finish(reason: ChatFinishReason.ToolCalls);
        await SlowRuns.Task.Soon();
        var id = Watch.Now.Running.Single().Message.Id;
        await Host.App.Services.GetRequiredService<ITurnStore>().AppendJournalAsync([new JournalPiece(id, 0, 50, false, "Step one.")], default);
        await CrashAsync();
        var next = await Model.NextAsync();
        Assert.Equal("Step one.", next.Messages.Last(m => m.Role == ChatRole.Assistant).Text);
        next.Finish("End.");
        Assert.Equal("Step one.\n\nEnd.", (await Watch.EndedAsync()).Text);
    }

    [Fact]
    public async Task A_decision_while_the_answer_still_runs_doubles_no_text_after_a_crash()
    {
        await Host.PostAsync(Room, "Work");
        (await Model.NextAsync()).Say("I will ask.").Send(Call("a", "asks")).Send(Call("s", "slow")).Finish(reason: ChatFinishReason.ToolCalls);
        await SlowRuns.Task.Soon();
        var id = Watch.Now.Running.Single().Message.Id;
        Assert.Null((await Host.Responses.DecideAsync(ChatHost.Ada, Room.Id, id, "a", "{}", false, "no need", default)).Error);
        await CrashAsync();
        (await Model.NextAsync()).Finish("Well.");
        Assert.Equal("I will ask.\n\nWell.", (await Watch.EndedAsync()).Text);
    }

    [Fact]
    public async Task A_turn_that_throws_leaves_no_registration_lock_journal_or_turn()
    {
        _throws = true;
        await Host.PostAsync(Room, "Hello");
        (await Model.NextAsync()).Finish("Half");
        Assert.IsType<MessageStatus.Failed>((await Watch.EndedAsync()).Status);
        await NothingIsLeftAsync();
        _throws = false;
        Assert.Equal("Fine", (await AskAsync("Again", "Fine")).Text);
        await NothingIsLeftAsync();
        Assert.Equal(0, GateCount());
    }

    [Fact]
    public async Task Stop_reaches_a_continuation_and_a_tool_that_runs_in_it()
    {
        await Host.LetMembersAsync(Room);
        await Host.PostAsync(Room, "Work");
        (await Model.NextAsync()).Send(Call("a", "asks")).Finish(reason: ChatFinishReason.ToolCalls);
        var id = (await UntilAsync(s => s.Messages.Any(m => m.Message.Status is MessageStatus.AwaitingPeople))).Messages[^1].Message.Id;
        await Host.Responses.DecideAsync(ChatHost.Ada, Room.Id, id, "a", "{}", true, null, default);
        (await Model.NextAsync()).Send(Call("s", "slow")).Finish(reason: ChatFinishReason.ToolCalls);
        await SlowRuns.Task.Soon();
        Assert.Equal(1, (await Host.Responses.StopAsync(ChatHost.Grace, Room.Id, id, default)).Value);
        var ended = await Watch.EndedAsync();
        Assert.Equal(new MessageStatus.Stopped("Grace"), ended.Status);
        Assert.Equal([ToolCallState.Succeeded, ToolCallState.Failed], ended.Calls.Select(c => c.State));
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task Stop_reaches_an_inner_assistant()
    {
        await Host.LetMembersAsync(Room);
        Host.Assistants.Change = r => Change(r) with { Delegates = r.Author.Id == "demo" ? ["other"] : [] };
        await Host.PostAsync(Room, "@Demo work");
        var outer = await Model.NextAsync();
        var tool = outer.Options!.Tools!.Single(t => t.Name.Contains("other", StringComparison.OrdinalIgnoreCase));
        var arguments = ((AIFunctionDeclaration)tool).JsonSchema.GetProperty("properties").EnumerateObject().ToDictionary(p => p.Name, object? (_) => "Look it up", StringComparer.Ordinal);
        outer.Send(new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent("d", tool.Name, arguments)])).Finish(reason: ChatFinishReason.ToolCalls);
        var inner = await Host.Assistants.Clients[1].NextAsync();
        inner.Say("I am looking");
        Assert.Equal(1, (await Host.Responses.StopAsync(ChatHost.Grace, Room.Id, null, default)).Value);
        await inner.Stopped.Soon();
        Assert.Equal(new MessageStatus.Stopped("Grace"), (await Watch.EndedAsync()).Status);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_second_message_in_the_middle_of_a_stream_wipes_nothing()
    {
        await Host.PostAsync(Room, "One");
        var response = (await Model.NextAsync()).Say("Half a ");
        await UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Parts.Length > 0));
        await Host.PostAsync(Room, "Two", ChatHost.Grace);
        await Host.PostAsync(Room, "Three");
        response.Finish("sentence");
        Assert.Equal("Half a sentence", (await UntilAsync(s => s.Messages[1].Message.Status.IsEnded)).Messages[1].Message.Text);
        (await Model.NextAsync()).Finish("2");
        (await Model.NextAsync()).Finish("3");
        await Watch.EndedAsync(3);
        Assert.Equal("Half a sentence", Watch.Now.Messages[1].Message.Text);
    }
}
