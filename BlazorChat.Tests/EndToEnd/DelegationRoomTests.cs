using BlazorChat.Messages;
using BlazorChat.Tests.Assistants.Providers;
using BlazorChat.Tests.Support;
using Microsoft.SemanticKernel;

namespace BlazorChat.Tests.EndToEnd;

/// <summary>One assistant hands work to another: what a second viewer sees of it, what comes back, and how it ends.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class DelegationRoomTests
{
    private static readonly ModelWire Outer = ModelWire.Named(ModelWire.OpenAI);
    private static readonly ModelWire Inner = ModelWire.Named(ModelWire.Anthropic);

    [Fact]
    public async Task Its_progress_is_seen_in_the_card_and_only_its_last_words_come_back()
    {
        await using var outer = await ModelStub.StartAsync();
        await using var inner = await ModelStub.StartAsync();
        await using var room = await StartAsync(outer, inner);
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        outer.EnqueueStream(Outer.Begin, Outer.Call(0, "call_1", "ask_helper", """{"task":"Roll, then tell."}"""), Outer.CallsEnd);
        inner.Enqueue(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.WriteAsync(Inner.Begin + Inner.Text("I am thinking of dice"));
            await seen.Task;
            await exchange.WriteAsync(Inner.Call(0, "call_1", "roll_dice") + Inner.CallsEnd);
        });
        inner.EnqueueStream(Inner.Begin, Inner.Text("A good roll."), Inner.End);
        outer.EnqueueStream(Outer.Begin, Outer.Text("The helper is pleased."), Outer.End);
        await room.AskAsync("Ask the helper");
        await room.FrameAsync(f => f.Parts.Any(p => p.Part is ToolCallPart { State: ToolCallState.Running, Result: { } shown } && shown.Contains("I am thinking of dice", StringComparison.Ordinal)));
        seen.SetResult();
        var response = await room.EndedAsync();
        Assert.Equal((MessageStatus.Complete.Instance, "The helper is pleased."), (response.Status, response.Text));
        var card = Assert.Single(response.Parts.OfType<ToolCallPart>());
        Assert.Equal((ToolCallState.Succeeded, "A good roll."), (card.State, card.Result));
        Assert.Equal("A good roll.", Assert.Single(SentResults.Of(outer.Requests[^1])).Text);
        Assert.DoesNotContain("thinking of dice", outer.Requests[^1].Body, StringComparison.Ordinal);

        // The inner one sees its task, and nothing of the room.
        Assert.Contains("Roll, then tell.", inner.Requests[0].Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Ask the helper", inner.Requests[0].Body, StringComparison.Ordinal);

        // Only the inner provider said what it counted: 3 in and 5 out, twice.
        Assert.Equal((6L, 10L), (response.Metadata!.Tokens.Input, response.Metadata.Tokens.Output));
        Assert.Equal(response.Metadata.Tokens, room.Watch.Now.Room.Tokens);
    }

    [Fact]
    public async Task A_stop_reaches_the_inner_one_s_provider()
    {
        await using var outer = await ModelStub.StartAsync();
        await using var inner = await ModelStub.StartAsync();
        await using var room = await StartAsync(outer, inner);
        outer.EnqueueStream(Outer.Begin, Outer.Call(0, "call_1", "ask_helper", """{"task":"Talk."}"""), Outer.CallsEnd);
        inner.Enqueue(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.WriteAsync(Inner.Begin + Inner.Text("Once upon a time"));
            await exchange.StallAsync();
        });
        await room.AskAsync("Ask the helper");
        await room.FrameAsync(f => f.Parts.Any(p => p.Part is ToolCallPart { Result: { } shown } && shown.Contains("Once upon", StringComparison.Ordinal)));
        Assert.Equal(1, (await room.Host.Responses.StopAsync(ChatHost.Grace, room.Room.Id, null, default)).Value);
        await inner.Requests[0].Closed.Soon();
        var response = await room.EndedAsync();
        Assert.Equal("Grace", Assert.IsType<MessageStatus.Stopped>(response.Status).By);
        Assert.Equal(ToolCallState.Failed, Assert.Single(response.Parts.OfType<ToolCallPart>()).State);
        Assert.Single(outer.Requests);
    }

    [Fact]
    public async Task Work_that_comes_back_to_who_handed_it_on_is_refused()
    {
        await using var outer = await ModelStub.StartAsync();
        await using var inner = await ModelStub.StartAsync();
        await using var room = await StartAsync(outer, inner, "Delegates:0=model");
        outer.EnqueueStream(Outer.Begin, Outer.Call(0, "call_1", "ask_helper", """{"task":"Ask the model."}"""), Outer.CallsEnd);
        inner.EnqueueStream(Inner.Begin, Inner.Call(0, "call_1", "ask_model", """{"task":"Ask the helper."}"""), Inner.CallsEnd);
        inner.EnqueueStream(Inner.Begin, Inner.Text("I may not."), Inner.End);
        outer.EnqueueStream(Outer.Begin, Outer.Text("So be it."), Outer.End);
        var response = await room.AnswerAsync("Go round");
        Assert.Equal(("So be it.", "I may not."), (response.Text, Assert.Single(response.Parts.OfType<ToolCallPart>()).Result));
        Assert.Contains("so it cannot be asked again", Assert.Single(SentResults.Of(inner.Requests[^1])).Text, StringComparison.Ordinal);
        Assert.Equal((2, 2), (outer.Requests.Count, inner.Requests.Count));
    }

    [Fact]
    public async Task The_inner_one_is_told_its_filled_in_template_and_what_its_server_cut_off_is_said_with_its_words()
    {
        await using var outer = await ModelStub.StartAsync();
        await using var inner = await ModelStub.StartAsync();
        await using var room = await StartAsync(outer, inner, "Instructions=I work in {{$room}}.", "InstructionsFormat=Template");
        await room.Host.Rooms.ChangeAsync(ChatHost.Ada, room.Room.Id, "R&D {{$assistant}}", null, null, default);
        var task = string.Concat(Enumerable.Repeat("a word and ", 700));
        outer.EnqueueStream(Outer.Begin, Outer.Call(0, "call_1", "ask_helper", $$"""{"task":"{{task}}"}"""), Outer.CallsEnd);
        // It says that it has read 3 tokens.
        inner.EnqueueStream(Inner.Begin, Inner.Text("It is short."), Inner.End);
        outer.EnqueueStream(Outer.Begin, Outer.Text("So it is."), Outer.End);
        var response = await room.AnswerAsync("Hand it on");
        Assert.Contains("I work in R&D {{$assistant}}.", inner.Requests[0].Json.GetProperty("system").ToString(), StringComparison.Ordinal);
        var result = Assert.Single(response.Parts.OfType<ToolCallPart>()).Result!;
        Assert.StartsWith("It is short.\n\n(The model read only about 3 of 2,", result, StringComparison.Ordinal);
        Assert.EndsWith("may have missed part of the conversation.)", result, StringComparison.Ordinal);
        Assert.Equal(result, Assert.Single(SentResults.Of(outer.Requests[^1])).Text);
    }

    [Fact]
    public async Task A_filter_of_the_kernel_sees_the_task_and_the_tools_of_the_inner_one_and_can_refuse_them()
    {
        var log = new FilterLog
        {
            Refuses = context =>
            {
                context.Result = new FunctionResult(context.Function, "Not today.");
                return context.Function.Name == "roll_dice";
            },
        };
        await using var outer = await ModelStub.StartAsync();
        await using var inner = await ModelStub.StartAsync();
        await using var room = await StartAsync(outer, inner, log);
        outer.EnqueueStream(Outer.Begin, Outer.Call(0, "call_1", "ask_helper", """{"task":"Roll."}"""), Outer.CallsEnd);
        inner.EnqueueStream(Inner.Begin, Inner.Call(0, "call_1", "roll_dice"), Inner.CallsEnd);
        inner.EnqueueStream(Inner.Begin, Inner.Text("No dice."), Inner.End);
        outer.EnqueueStream(Outer.Begin, Outer.Text("It has none."), Outer.End);
        var response = await room.AnswerAsync("Let it roll");
        Assert.Equal(("It has none.", "No dice."), (response.Text, Assert.Single(response.Parts.OfType<ToolCallPart>()).Result));
        Assert.Equal("Not today.", Assert.Single(SentResults.Of(inner.Requests[^1])).Text);
        Assert.Equal(["ask_helper", "roll_dice"], log.Seen.Select(seen => seen.Split('/')[1]));
    }

    private static Task<AssistantRoom> StartAsync(ModelStub outer, ModelStub inner, params string[] ofInner) => StartAsync(outer, inner, new FilterLog(), ofInner);

    private static Task<AssistantRoom> StartAsync(ModelStub outer, ModelStub inner, FilterLog log, params string[] ofInner) =>
        AssistantRoom.StartAsync(
            [
                .. AssistantRoom.Assistant(0, "Model", ModelWire.OpenAI, outer.Address, "Delegates:0=helper"),
                .. AssistantRoom.Assistant(1, "Helper", ModelWire.Anthropic, inner.Address, ofInner),
            ],
            builder => log.Register(builder.Services));
}
