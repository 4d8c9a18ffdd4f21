using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Turns.Flow;

/// <summary>A turn after its process, or its provider, has gone.</summary>
[Trait(nameof(Kind), Kind.Host)]
public class CrashTests : FlowTests
{
    [Fact]
    public async Task A_turn_that_was_cut_off_before_its_first_token_is_run_again_and_seen_by_who_watches()
    {
        await Host.PostAsync(Room, "Hello");
        await Model.NextAsync();
        var id = Watch.Now.Running.Single().Message.Id;
        await CrashAsync();
        var again = await Model.NextAsync();
        Assert.Equal(["Ada: Hello"], again.Lines);
        again.Say("Here ");
        var now = await UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Parts.Length > 0));
        Assert.Equal(id, now.Running.Single().Message.Id);
        again.Finish("I am");
        var ended = await Watch.EndedAsync();
        Assert.Equal((id, "Here I am"), (ended.Id, ended.Text));
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_partial_answer_is_continued_in_the_same_message_with_nothing_lost_or_doubled()
    {
        await Host.PostAsync(Room, "Hello");
        (await Model.NextAsync()).Say("One, two, th");
        await UntilJournaledAsync("th");
        await CrashAsync();
        var more = await Model.NextAsync();
        Assert.Equal("One, two, th", more.Messages[^2].Text);
        Assert.Contains("Go on", more.Messages[^1].Text, StringComparison.Ordinal);
        more.Finish("ree");
        var ended = await Watch.EndedAsync();
        Assert.Equal(("One, two, three", MessageStatus.Complete.Instance), (ended.Text, ended.Status));
        Assert.Equal(2, Watch.Now.Messages.Length);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task Everybody_sees_that_it_recovers_also_who_joins_then()
    {
        await Host.PostAsync(Room, "Hello");
        (await Model.NextAsync()).Say("Half");
        await UntilJournaledAsync("Half");
        await CrashAsync();
        var more = await Model.NextAsync();
        using var late = await Host.WatchAsync(Room, ChatHost.Grace);
        var frame = (await late.UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Note is not null))).Running.Single().Live!.Frame;
        Assert.Equal("Recovering…", frame.Note);
        Assert.Single(frame.Parts);
        more.Say(" more");
        await late.UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Note is null));
        more.Finish();
        Assert.Equal("Half more", (await late.EndedAsync()).Text);
    }

    [Fact]
    public async Task One_that_the_worker_has_not_taken_yet_says_that_it_recovers()
    {
        await Host.PostAsync(Room, "Hello");
        (await Model.NextAsync()).Say("Half");
        await UntilJournaledAsync("Half");
        using var held = new ManualResetEventSlim();
        var looks = 0;
        await GoOnAsync(await Host.CrashAsync(r => held.IsSet ? Change(r) : Wait(r), Configure, Settings));
        Assert.Equal(MessageStatus.Recovering.Instance, Watch.Now.Messages[^1].Message.Status);
        Assert.Equal("Half", Watch.Now.Messages[^1].Message.Text);
        Assert.Equal(Watch.Now.Messages[^1].Message.Id, Watch.Now.Queue.Single().MessageId);
        held.Set();
        (await Model.NextAsync()).Finish(" and half");
        Assert.Equal("Half and half", (await Watch.EndedAsync()).Text);

        // The start looks first, and is not held up; then the worker is.
        Assistant Wait(Assistant assistant)
        {
            if (Interlocked.Increment(ref looks) > 1)
            {
                held.Wait(Guard.Patience);
            }

            return Change(assistant);
        }
    }

    [Fact]
    public async Task It_is_continued_as_long_as_there_is_progress_and_three_times_without()
    {
        await Host.PostAsync(Room, "Hello");
        for (var i = 1; i <= 5; i++)
        {
            (await Model.NextAsync()).Say($"{i}");
            await UntilJournaledAsync($"{i}");
            await CrashAsync(r => Change(r) with { MaxSteps = 20 });
        }

        for (var i = 1; i <= 2; i++)
        {
            await Model.NextAsync();
            await CrashAsync(r => Change(r) with { MaxSteps = 20 });
        }

        // The fifth cut was the first of three without a word in between.
        await Model.NextAsync();
        await CrashAsync(r => Change(r) with { MaxSteps = 20 });
        var ended = await Watch.EndedAsync();
        Assert.Equal(("12345", MessageStatus.Interrupted.Instance), (ended.Text, ended.Status));
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task One_that_was_cut_off_twice_before_its_first_word_is_asked_again()
    {
        await Host.PostAsync(Room, "Hello");
        await Model.NextAsync();
        await CrashAsync();
        await Model.NextAsync();
        await CrashAsync();
        (await Model.NextAsync()).Finish("At last.");
        var ended = await Watch.EndedAsync();
        Assert.Equal(("At last.", MessageStatus.Complete.Instance), (ended.Text, ended.Status));
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task Past_its_window_or_with_the_setting_mark_or_without_its_assistant_it_is_interrupted()
    {
        await Host.PostAsync(Room, "Hello");
        (await Model.NextAsync()).Say("Half");
        await UntilJournaledAsync("Half");
        foreach (var change in new Func<Assistant, Assistant>[] { r => r with { Recovery = RecoveryMode.Mark }, r => Change(r) with { RecoveryWindow = TimeSpan.Zero } })
        {
            await using var other = await Host.CrashAsync(change, Configure, Settings);
            using var watch = await other.WatchAsync(Room);
            var ended = await watch.EndedAsync();
            Assert.Equal(("Half", MessageStatus.Interrupted.Instance), (ended.Text, ended.Status));
        }

        Host.Assistants.Change = r => r;
        await using var without = await Host.CrashAsync(Change, b => { ((FakeAssistants)b.Services.Last(s => s.ServiceType == typeof(IAssistants)).ImplementationInstance!).Gone = "demo"; }, Settings);
        using var viewer = await without.WatchAsync(Room);
        Assert.Equal(MessageStatus.Interrupted.Instance, (await viewer.EndedAsync()).Status);
        Assert.Equal(0, without.Model.Requests);
    }

    [Fact]
    public async Task Finished_tools_never_run_again_running_ones_become_errors_and_the_model_is_told()
    {
        await Host.PostAsync(Room, "Work");
        (await Model.NextAsync()).Say("I look.").Send(Call("done", "quick")).Send(Call("cut", "slow")).Finish(reason: ChatFinishReason.ToolCalls);
        await SlowRuns.Task.Soon();
        await UntilStoredAsync("done", ToolCallState.Succeeded);
        await CrashAsync();
        var next = await Model.NextAsync();
        var results = Results(next).ToList();
        Assert.Equal("done: quick 1", results[0]);
        Assert.StartsWith("cut: ", results[1], StringComparison.Ordinal);
        Assert.Contains("cut off while this call was running", results[1], StringComparison.Ordinal);
        next.Finish("Found.");
        var ended = await Watch.EndedAsync();
        Assert.Equal("I look.\n\nFound.", ended.Text);
        Assert.Equal([ToolCallState.Succeeded, ToolCallState.Failed], ended.Calls.Select(c => c.State));
        Assert.Equal((1, 1), (Runs["done"], Runs["cut"]));
    }

    [Fact]
    public async Task What_waits_for_people_waits_on_and_what_they_approved_and_did_not_run_runs()
    {
        await Host.PostAsync(Room, "Work");
        (await Model.NextAsync()).Send(Call("yes", "asks")).Send(Call("cut", "slow")).Finish(reason: ChatFinishReason.ToolCalls);
        await SlowRuns.Task.Soon();
        var id = Watch.Now.Running.Single().Message.Id;
        Assert.Null((await Host.Responses.DecideAsync(ChatHost.Ada, Room.Id, id, "yes", "{}", true, null, default)).Error);
        await CrashAsync();
        var next = await Model.NextAsync();
        Assert.Equal("yes: asked 1", Results(next).First());
        next.Send(Call("later", "asks")).Finish(reason: ChatFinishReason.ToolCalls);
        await UntilAsync(s => s.Find(id)!.Message.Status is MessageStatus.AwaitingPeople);
        await RestartAsync();
        Assert.IsType<MessageStatus.AwaitingPeople>(Watch.Now.Find(id)!.Message.Status);
        Assert.Null((await Host.Responses.DecideAsync(ChatHost.Ada, Room.Id, id, "later", "{}", true, null, default)).Error);
        var last = await Model.NextAsync();
        Assert.Equal("later: asked 1", Results(last).Last());
        last.Finish("Done");
        Assert.Equal("Done", (await Watch.EndedAsync()).Text);
        Assert.Equal((1, 1, 1), (Runs["yes"], Runs["cut"], Runs["later"]));
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task After_a_clean_restart_it_goes_on_too()
    {
        await Host.PostAsync(Room, "Hello");
        (await Model.NextAsync()).Say("Half a ");
        await UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Parts.Length > 0));
        await RestartAsync();
        (await Model.NextAsync()).Finish("sentence");
        var ended = await Watch.EndedAsync();
        Assert.Equal(("Half a sentence", MessageStatus.Complete.Instance), (ended.Text, ended.Status));
    }

    [Fact]
    public async Task A_stalled_provider_is_asked_to_go_on_in_the_same_message()
    {
        await Host.PostAsync(Room, "Hello");
        (await Model.NextAsync()).Say("Half a ").Fail(new Stall());
        var more = await Model.NextAsync();
        Assert.Equal("Half a ", more.Messages[^2].Text);
        more.Finish("sentence");
        Assert.Equal("Half a sentence", (await Watch.EndedAsync()).Text);

        // Silent twice without a word between: that is enough.
        await Host.PostAsync(Room, "Again");
        (await Model.NextAsync()).Fail(new Stall());
        (await Model.NextAsync()).Fail(new Stall());
        Assert.Equal(new MessageStatus.Failed("Silent."), (await Watch.EndedAsync(2)).Status);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_dropped_connection_goes_on_by_itself_visibly_and_runs_no_tool_again()
    {
        await Host.PostAsync(Room, "Work");
        (await Model.NextAsync()).Send(Call("done", "quick")).Finish(reason: ChatFinishReason.ToolCalls);
        (await Model.NextAsync()).Say("Half a ").Fail(new Drop());
        var id = (await UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Note == "The connection dropped. Going on in 1 s…"))).Running.Single().Message.Id;
        var more = await Model.NextAsync();
        Assert.Equal(["done: quick 1"], Results(more));
        Assert.Equal("Half a ", more.Messages[^2].Text);
        more.Say("sen");
        await UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Note is null));
        // The count begins anew with each word that came.
        more.Fail(new Drop());
        await UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Note == "The connection dropped. Going on in 1 s…"));
        (await Model.NextAsync()).Finish("tence");
        var ended = await Watch.EndedAsync();
        Assert.Equal((id, "Half a sentence", MessageStatus.Complete.Instance), (ended.Id, string.Concat(ended.Parts.OfType<TextPart>().Select(p => p.Text)), ended.Status));
        Assert.Equal(1, Runs["done"]);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_connection_that_keeps_dropping_fails_the_answer_which_can_be_continued()
    {
        Host.Assistants.Change = r => Change(r) with { MaxRecoveries = 1 };
        await Host.PostAsync(Room, "Work");
        (await Model.NextAsync()).Say("Half a ").Write("c", "quick", "{\"a").Fail(new Drop());
        (await Model.NextAsync()).Fail(new Drop());
        var failed = await Watch.EndedAsync();
        Assert.Equal(("Half a ", new MessageStatus.Failed("Dropped."), true), (failed.Text, failed.Status, failed.Status.CanContinue));
        Assert.Equal(ToolCallState.Failed, Assert.Single(failed.Calls).State);
        Assert.Null((await Host.Responses.ContinueAsync(ChatHost.Ada, Room.Id, failed.Id, default)).Error);
        (await Model.NextAsync()).Finish("Sentence.");
        await UntilAsync(s => s.Find(failed.Id)!.Message is { Status: MessageStatus.Complete } m && m.Text.EndsWith("Sentence.", StringComparison.Ordinal));

        // If nothing had come, the model's own retries were enough.
        await Host.PostAsync(Room, "Again");
        (await Model.NextAsync()).Fail(new Drop());
        Assert.Equal(new MessageStatus.Failed("Dropped."), (await Watch.EndedAsync(2)).Status);

        // A server that closes properly and never says that it is done is not asked for more for ever.
        await Host.PostAsync(Room, "Once more");
        (await Model.NextAsync()).Say("All of it. ").Fail(new Drop(isClean: true));
        (await Model.NextAsync()).Say("And more. ").Fail(new Drop(isClean: true));
        Assert.Equal(("All of it. And more. ", new MessageStatus.Failed("Dropped.")), ((await Watch.EndedAsync(3)).Text, Watch.Now.Messages[^1].Message.Status));
        await NothingIsLeftAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task While_it_waits_to_go_on_a_stop_ends_it_and_a_crash_loses_nothing(bool crashes)
    {
        await Host.LetMembersAsync(Room);
        await Host.PostAsync(Room, "Hello");
        (await Model.NextAsync()).Say("Half a ").Fail(new Drop());
        await UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Note is not null));
        if (crashes)
        {
            await CrashAsync();
            (await Model.NextAsync()).Finish("sentence");
            Assert.Equal("Half a sentence", (await Watch.EndedAsync()).Text);
        }
        else
        {
            Assert.Equal(1, (await Host.Responses.StopAsync(ChatHost.Grace, Room.Id, null, default)).Value);
            Assert.Equal(("Half a ", new MessageStatus.Stopped("Grace")), ((await Watch.EndedAsync()).Text, Watch.Now.Messages[^1].Message.Status));
            Assert.Equal(1, Model.Requests);
        }

        await NothingIsLeftAsync();
    }

    private async Task UntilStoredAsync(string callId, ToolCallState state)
    {
        var store = Host.App.Services.GetService(typeof(IRoomStore)) as IRoomStore;
        while ((await store!.ReadPageAsync(Room.Id, null, 10, default)).Messages.SelectMany(m => m.Calls).FirstOrDefault(c => c.CallId == callId)?.State != state)
        {
            await Task.Yield();
        }
    }

    private sealed class Drop(bool isClean = false) : ResponseFailedException("Dropped.", isClean ? null : new IOException())
    {
        public override bool IsDropped => true;
    }

    private sealed class Stall() : ResponseFailedException("Silent.")
    {
        public override bool IsStall => true;
    }
}
