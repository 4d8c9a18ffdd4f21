using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Turns.Tools;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Turns.Engine;

/// <summary>Answers are made of parts, in one order for everybody and on disk.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class PartTests
{
    [Fact]
    public async Task Text_around_a_call_keeps_its_order_for_early_and_late_viewers_and_on_disk()
    {
        var release = new TaskCompletionSource<string>();
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("look", () => release.Task));
        (await bench.AskAsync()).Say("Let me look.").Call("c1", "look").Finish();
        await bench.SeenAsync("text Let me look.", "call look Running");
        using var late = await bench.Host.WatchAsync(bench.Room, ChatHost.Grace);
        Assert.Equal(["text Let me look.", "call look Running"], TurnBench.Lines(TurnBench.Newest(late.Now)!));

        release.SetResult("42");
        var second = await bench.Host.Model.NextAsync();
        second.Say("It is ");
        await bench.SeenAsync("text Let me look.", "call look Succeeded 42", "text It is");
        using var later = await bench.Host.WatchAsync(bench.Room, ChatHost.Grace);
        Assert.Equal(["text Let me look.", "call look Succeeded 42", "text It is"], TurnBench.Lines(TurnBench.Newest(later.Now)!));

        second.Finish("42.");
        var ended = await bench.EndedAsync();
        string[] all = ["text Let me look.", "call look Succeeded 42", "text It is 42."];
        foreach (var watch in new[] { bench.Watch, late, later })
        {
            await watch.UntilAsync(s => s.Messages[^1].Message.Status.IsEnded);
            Assert.Equal(all, TurnBench.Lines(watch.Now.Messages[^1]));
        }

        Assert.Equal([0, 0, 1], ended.Parts.Select(p => p.Step));
        Assert.Equal(all, TurnBench.Lines(new MessageFrame(await bench.StoredAsync())));
    }

    [Fact]
    public async Task Text_behind_a_call_is_not_added_to_by_the_step_that_knows_its_result()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("look", () => "5°"));
        (await bench.AskAsync()).Call("c1", "look").Say("Let me look.").Finish(reason: ChatFinishReason.ToolCalls);
        var second = await bench.Host.Model.NextAsync();
        second.Say("It is ");
        await bench.SeenAsync("call look Succeeded 5°", "text Let me look.", "text It is");
        second.Finish("5°.");
        var ended = await bench.EndedAsync();
        string[] all = ["call look Succeeded 5°", "text Let me look.", "text It is 5°."];
        Assert.Equal(all, TurnBench.Lines(bench.Watch.Now.Messages[^1]));
        Assert.Equal([0, 0, 1], ended.Parts.Select(p => p.Step));
        Assert.Equal(all, TurnBench.Lines(new MessageFrame(await bench.StoredAsync())));

        // The model is told in the order in which it was.
        var next = await bench.AskAsync("And now?");
        Assert.Equal(["It is 5°."], next.Messages.Where(m => m.Role == ChatRole.Assistant).Skip(1).Select(m => m.Text));
        next.Finish("6°.");
        await bench.Watch.EndedAsync(2);
    }

    [Fact]
    public async Task A_viewer_that_comes_in_the_middle_sees_all_of_the_text_once()
    {
        await using var bench = await TurnBench.StartAsync();
        var response = await bench.AskAsync();
        var said = "";
        for (var i = 0; i < 20; i++)
        {
            var piece = $"word{i} ";
            said += piece;
            response.Say(piece);
            await bench.SeenAsync($"text {said.Trim()}");
            using var late = await bench.Host.WatchAsync(bench.Room, ChatHost.Grace);
            Assert.Equal([$"text {said.Trim()}"], TurnBench.Lines(TurnBench.Newest(late.Now)!));
        }

        response.Finish();
        Assert.Equal(said, (await bench.EndedAsync()).Text);
    }

    [Fact]
    public async Task An_error_is_the_same_for_those_who_watched_and_those_who_come_late_and_comes_last()
    {
        await using var bench = await TurnBench.StartAsync();
        var response = await bench.AskAsync();
        response.Say("Half").Fail(new ResponseFailedException("The model has gone home."));
        await bench.EndedAsync();
        using var late = await bench.Host.WatchAsync(bench.Room, ChatHost.Grace);
        foreach (var seen in new[] { bench.Watch.Now, late.Now })
        {
            var message = TurnBench.Newest(seen)!;
            Assert.Equal(new MessageStatus.Failed("The model has gone home."), message.Message.Status);
            Assert.Equal(["text Half"], TurnBench.Lines(message));
        }
    }

    [Fact]
    public async Task Reasoning_streams_into_a_part_of_its_own_with_its_signature()
    {
        await using var bench = await TurnBench.StartAsync();
        var response = await bench.AskAsync();
        response.Think("Let me ").Think("see.");
        await bench.SeenAsync("reasoning Let me see.");
        response.Think("", "sig-1").Think("Again.", "sig-2").Say("Done.").Finish();
        var parts = (await bench.EndedAsync()).Parts;
        Assert.Equal(
            [
                new ReasoningPart("Let me see.") { PartId = 1, ProtectedData = "sig-1", Origin = "Fake/fake" },
                new ReasoningPart("Again.") { PartId = 2, ProtectedData = "sig-2", Origin = "Fake/fake" },
                new TextPart("Done.") { PartId = 3 },
            ],
            parts.ToArray());
        Assert.Equal(["reasoning Let me see.", "reasoning Again.", "text Done."], TurnBench.Lines(TurnBench.Newest(bench.Watch.Now)!));
    }

    [Fact]
    public async Task Reasoning_goes_back_to_the_model_that_gave_it_and_to_no_other()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("look", () => "seen"));
        (await bench.AskAsync()).Think("secret thought", "sig-1").Call("c1", "look").Finish();
        var second = await bench.Host.Model.NextAsync();
        var back = Assert.Single(second.Messages.SelectMany(m => m.Contents).OfType<TextReasoningContent>());
        Assert.Equal(("secret thought", "sig-1"), (back.Text, back.ProtectedData));
        second.Finish("Answer.");
        await bench.EndedAsync();

        Assert.Null((await bench.Host.Rooms.PostAsync(ChatHost.Ada, bench.Room.Id, Guid.NewGuid(), "@Other and you?", default)).Error);
        var other = await bench.Host.Assistants.Clients[1].NextAsync();
        Assert.DoesNotContain(other.Messages.SelectMany(m => m.Contents), c => c is TextReasoningContent);
        Assert.DoesNotContain(other.Lines, l => l.Contains("secret", StringComparison.Ordinal));
        other.Finish("Me too.");
        await bench.EndedAsync();

        bench.Host.Assistants.Change = r => r with { Model = "another" };
        var changed = await bench.AskAsync("And now?");
        Assert.DoesNotContain(changed.Messages.SelectMany(m => m.Contents), c => c is TextReasoningContent);
        changed.Finish("Well.");
    }

    [Fact]
    public async Task Reasoning_without_a_signature_is_shown_and_kept_for_a_server_that_asks_for_it()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("look", () => "seen"));
        (await bench.AskAsync()).Think("aloud").Call("c1", "look").Finish();
        var second = await bench.Host.Model.NextAsync();
        // The pipeline takes it out for all others: see RequestFormTests.
        Assert.Equal("aloud", Assert.Single(second.Messages.SelectMany(m => m.Contents).OfType<TextReasoningContent>(), c => c.ProtectedData is null).Text);
        second.Finish("ok");
        Assert.Equal(new ReasoningPart("aloud") { PartId = 1 }, (await bench.EndedAsync()).Parts[0]);
    }

    [Fact]
    public async Task Data_of_the_same_type_and_id_take_their_place_and_others_come_after()
    {
        var step = new TaskCompletionSource();
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("work", async (ToolCallContext call) =>
        {
            call.Publish(new DataPart("progress", "p", """{"value":1}"""));
            call.Publish(new DataPart("note", null, "1"));
            await step.Task;
            call.Publish(new DataPart("note", null, "2"));
            call.Publish(new DataPart("other", "p", "3"));
            call.Publish(new DataPart("progress", "p", """{"value":2}"""));
            return "done";
        }));
        (await bench.AskAsync()).Call("c1", "work").Finish();
        await bench.SeenAsync("call work Running", """data progress {"value":1}""", "data note 1");
        step.SetResult();
        (await bench.Host.Model.NextAsync()).Finish("Ready.");
        string[] lines = ["call work Succeeded done", """data progress {"value":2}""", "data note 1", "data note 2", "data other 3", "text Ready."];
        var ended = await bench.EndedAsync();
        Assert.Equal(lines, TurnBench.Lines(new MessageFrame(ended)));
        Assert.Equal(lines, TurnBench.Lines(new MessageFrame(await bench.StoredAsync())));
    }

    [Fact]
    public async Task Transient_data_are_seen_and_not_stored()
    {
        var step = new TaskCompletionSource();
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("work", async (ToolCallContext call) =>
        {
            call.Publish(new DataPart("progress", "p", """{"value":1}"""), isTransient: true);
            call.Publish(new DataPart("progress", "p", """{"value":2}"""), isTransient: true);
            await step.Task;
            return "done";
        }));
        (await bench.AskAsync()).Call("c1", "work").Finish();
        var seen = await bench.Watch.UntilAsync(s => TurnBench.Newest(s)?.Live?.Frame.Shown is [{ Json: """{"value":2}""" }]);
        Assert.Equal(["call work Running"], TurnBench.Lines(TurnBench.Newest(seen)!));
        step.SetResult();
        (await bench.Host.Model.NextAsync()).Finish("Ready.");
        Assert.DoesNotContain((await bench.EndedAsync()).Parts, p => p is DataPart);
        Assert.DoesNotContain((await bench.StoredAsync()).Parts, p => p is DataPart);
    }

    [Fact]
    public async Task A_tool_that_shows_transient_data_without_end_fills_nobodys_memory()
    {
        var shown = new TaskCompletionSource();
        var step = new TaskCompletionSource();
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("work", async (ToolCallContext call) =>
        {
            for (var i = 0; i < 3 * RoomLimits.ShownData; i++)
            {
                call.Publish(new DataPart("note", null, $"{i}"), isTransient: true);
            }

            shown.SetResult();
            await step.Task;
            return "done";
        }));
        (await bench.AskAsync()).Call("c1", "work").Finish();
        await shown.Task.Soon();
        var seen = await bench.Watch.UntilAsync(s => TurnBench.Newest(s)?.Live?.Frame.Shown is [.., var last] && last.Json == $"{(3 * RoomLimits.ShownData) - 1}");
        Assert.Equal(RoomLimits.ShownData, TurnBench.Newest(seen)!.Live!.Frame.Shown.Length);
        step.SetResult();
        (await bench.Host.Model.NextAsync()).Finish("Ready.");
        await bench.EndedAsync();
    }

    [Fact]
    public async Task Sources_that_a_model_cites_are_parts()
    {
        await using var bench = await TurnBench.StartAsync();
        var response = await bench.AskAsync();
        response.Send(new ChatResponseUpdate(ChatRole.Assistant, [new TextContent("So it is.")
        {
            Annotations = [new CitationAnnotation { Url = new Uri("https://example.org/a"), Title = "A" }],
        }])).Finish();
        Assert.Equal([new TextPart("So it is.") { PartId = 1 }, new SourcePart("https://example.org/a", "A") { PartId = 2 }], (await bench.EndedAsync()).Parts.ToArray());
    }

    [Fact]
    public async Task What_cannot_be_written_does_not_keep_an_answer_from_ending()
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("look", (string what) => what));
        (await bench.AskAsync()).Think("half \ud83d", "sig\ud83d").Say("half \ud83d and \0").Call("c\ud83d", "look\ud83d", """{"what":"\ud83d"}""").Finish();
        (await bench.Host.Model.NextAsync()).Say("\ud83d").Finish();
        Assert.IsType<MessageStatus.Complete>((await bench.EndedAsync()).Status);
        Assert.Equal(4, (await bench.StoredAsync()).Parts.Length);
    }
}
