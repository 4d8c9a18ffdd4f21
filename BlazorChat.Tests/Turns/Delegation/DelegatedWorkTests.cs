using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using BlazorChat.Tests.Turns.Flow;
using BlazorChat.Turns;
using BlazorChat.Turns.Delegation;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Turns.Delegation;

/// <summary>What stays of the steps of work that one assistant handed to another.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class DelegatedWorkTests : FlowTests
{
    [Fact]
    public async Task Its_steps_are_kept_with_the_call_and_never_sent_to_a_model()
    {
        await HandOnAsync();
        (await Host.Assistants.Clients[1].NextAsync()).Think("Hm.").Say("I look it up.").Send(Call("q", "quick")).Finish(reason: ChatFinishReason.ToolCalls);
        (await Host.Assistants.Clients[1].NextAsync()).Finish("It is 42.");
        var outer = await Model.NextAsync();
        Assert.Equal(["d: It is 42."], Results(outer));
        outer.Finish("42, they say.");
        var ended = await Watch.EndedAsync();
        AssertWork(ended);

        await RestartAsync();
        AssertWork(Watch.Now.Find(ended.Id)!.Message);
        await Host.PostAsync(Room, "@Demo sure?");
        var next = await Model.NextAsync();
        Assert.DoesNotContain(next.Messages.SelectMany(m => m.Contents), c => c is FunctionCallContent { Name: "quick" } or TextContent { Text: "I look it up." });
        next.Finish("Yes.");
        await Watch.EndedAsync(2);

        static void AssertWork(Message message)
        {
            var call = Assert.Single(message.Calls);
            Assert.Equal("It is 42.", call.Result);
            Assert.Equal(
                ["Hm.", "I look it up.", "quick Succeeded quick 1", "It is 42."],
                call.Work!.Parts.Select(p => p is ToolCallPart inner ? $"{inner.Name} {inner.State} {inner.Result}" : PartList.TextOf(p)));
        }
    }

    [Fact]
    public async Task What_it_did_before_it_failed_or_was_stopped_is_kept_too()
    {
        await Host.LetMembersAsync(Room);
        await HandOnAsync();
        (await Host.Assistants.Clients[1].NextAsync()).Say("I look it up.").Send(Call("q", "quick")).Finish(reason: ChatFinishReason.ToolCalls);
        var inner = await Host.Assistants.Clients[1].NextAsync();
        inner.Say("So far");
        Assert.Equal(1, (await Host.Responses.StopAsync(ChatHost.Grace, Room.Id, null, default)).Value);
        await inner.Stopped.Soon();
        var call = Assert.Single((await Watch.EndedAsync()).Calls);
        Assert.Equal(ToolCallState.Failed, call.State);
        Assert.Equal(["I look it up.", null], call.Work!.Parts.Select(PartList.TextOf));
    }

    [Fact]
    public void However_much_it_did_what_is_kept_is_bounded_and_has_its_end()
    {
        var parts = PartList.Numbered([.. Enumerable.Range(0, 400).SelectMany(i => new MessagePart[]
        {
            new TextPart($"{i} {new string('x', 5_000)}") { Step = i },
            new ToolCallPart($"c{i}", "tool") { Step = i, State = ToolCallState.Succeeded, Arguments = new string('y', 3_000), Result = new string('z', 16_000) },
        })]);
        var work = DelegatedWork.Shorten(parts).Parts;
        Assert.InRange(MessagePartsJson.Write(work).Length, 10_000, RoomLimits.WorkLength + 5_000);
        Assert.Matches("^… \\d+ earlier pieces of this work were not kept[.]$", PartList.TextOf(work[0]));
        Assert.Equal("c399", Assert.IsType<ToolCallPart>(work[^1]).CallId);
        Assert.Equal(work.Length, work.Select(p => p.PartId).Distinct().Count());

        // Work inside of work counts, too.
        var nested = DelegatedWork.Shorten([new ToolCallPart("a", "ask") { Work = new CallWork(work) }, new ToolCallPart("b", "ask") { Work = new CallWork(work) }]);
        Assert.InRange(MessagePartsJson.Write(nested.Parts).Length, 10_000, RoomLimits.WorkLength + 6_000);
    }

    [Fact]
    public async Task A_connection_of_the_inner_model_that_drops_goes_on_too()
    {
        await HandOnAsync();
        (await Host.Assistants.Clients[1].NextAsync()).Say("Half a ").Fail(new Drop());
        var more = await Host.Assistants.Clients[1].NextAsync();
        Assert.Equal(ChatRole.User, more.Messages[^1].Role);
        more.Finish("sentence.");
        var outer = await Model.NextAsync();
        Assert.Equal(["d: Half a sentence."], Results(outer));
        outer.Finish("Done.");
        await Watch.EndedAsync();
    }

    private async Task HandOnAsync()
    {
        Host.Assistants.Change = r => Change(r) with { Delegates = r.Author.Id == "demo" ? ["other"] : [] };
        await Host.PostAsync(Room, "@Demo work");
        (await Model.NextAsync()).Call("d", "ask_other", """{"task":"Look it up"}""").Finish(reason: ChatFinishReason.ToolCalls);
    }

    private sealed class Drop() : ResponseFailedException("Dropped.", new IOException())
    {
        public override bool IsDropped => true;
    }
}
