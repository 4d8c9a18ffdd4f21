using System.Diagnostics;
using BlazorChat.Assistants.Mcp;
using BlazorChat.Messages;
using BlazorChat.Tests.Assistants.Mcp;
using BlazorChat.Tests.Assistants.Providers;
using BlazorChat.Tests.Support;
using BlazorChat.Turns.Tools;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;

namespace BlazorChat.Tests.EndToEnd;

/// <summary>Tools of other programs in a turn: a model's call over its wire protocol, to an MCP server over its standard input, and back.</summary>
[Trait(nameof(Kind), Kind.Process)]
public sealed class McpTurnTests
{
    [Fact]
    public async Task A_model_calls_a_program_s_tool_survives_its_death_in_the_middle_of_a_call_and_calls_it_again()
    {
        await using var stub = await ModelStub.StartAsync();
        var wire = ModelWire.Named(ModelWire.OpenAI);
        await using var room = await StartAsync(stub, "everything", await McpHost.EverythingScriptAsync(), "stdio");
        stub.EnqueueStream(wire.Begin, wire.Call(0, "call_1", "everything_echo", """{"message":"hello"}"""), wire.CallsEnd);
        stub.EnqueueStream(wire.Begin, wire.Text("It said hello."), wire.End);
        var response = await room.AnswerAsync("Echo hello");
        Assert.Equal("It said hello.", response.Text);
        var card = Assert.Single(response.Parts.OfType<ToolCallPart>());
        Assert.Equal((ToolCallState.Succeeded, "Echo: hello"), (card.State, card.Result));
        Assert.Equal("Echo: hello", Assert.Single(SentResults.Of(stub.Requests[^1])).Text);

        // It dies while a call runs whose progress everybody sees.
        stub.EnqueueStream(wire.Begin, wire.Call(0, "call_2", "everything_trigger-long-running-operation", """{"duration":60,"steps":600}"""), wire.CallsEnd);
        stub.EnqueueStream(wire.Begin, wire.Text("It broke."), wire.End);
        await room.AskAsync("Now the long one");
        await room.FrameAsync(f => f.Parts.Any(p => p.Part is ToolCallPart { State: ToolCallState.Running, Result: not null }));
        using (var process = Process.GetProcessById(ProcessId(room)))
        {
            process.Kill();
        }

        response = await room.EndedAsync();
        Assert.Equal((MessageStatus.Complete.Instance, "It broke."), (response.Status, response.Text));
        card = Assert.Single(response.Parts.OfType<ToolCallPart>());
        Assert.Equal(ToolCallState.Failed, card.State);
        Assert.Contains("was lost while", card.Result, StringComparison.Ordinal);
        Assert.Contains("was lost while", SentResults.Of(stub.Requests[^1])[^1].Text, StringComparison.Ordinal);

        await ConnectedAsync(room);
        stub.EnqueueStream(wire.Begin, wire.Call(0, "call_3", "everything_echo", """{"message":"again"}"""), wire.CallsEnd);
        stub.EnqueueStream(wire.Begin, wire.Text("It is back."), wire.End);
        response = await room.AnswerAsync("And again");
        Assert.Equal(("It is back.", "Echo: again"), (response.Text, Assert.Single(response.Parts.OfType<ToolCallPart>()).Result));
    }

    [Fact]
    public async Task A_tool_that_can_destroy_asks_people_first()
    {
        await using var stub = await ModelStub.StartAsync();
        var wire = ModelWire.Named(ModelWire.Anthropic);
        await using var room = await StartAsync(stub, "odd", McpHost.OddScript, "hints");
        stub.EnqueueStream(wire.Begin, wire.Call(0, "call_1", "odd_destroys", """{"all":true}"""), wire.Call(1, "call_2", "odd_reads"), wire.CallsEnd);
        stub.EnqueueStream(wire.Begin, wire.Text("Then not."), wire.End);
        await room.AskAsync("Destroy it");
        var waiting = await room.AwaitingAsync();
        var calls = waiting.Parts.OfType<ToolCallPart>().ToList();
        Assert.Equal((ToolCallState.AwaitingApproval, """{"all":true}"""), (calls[0].State, calls[0].Arguments));
        Assert.True(calls[1].IsFinished);
        Assert.Null((await room.DecideAsync(waiting, calls[0], isApproved: false)).Error);
        Assert.Equal("Then not.", (await room.EndedAsync()).Text);
        Assert.StartsWith("Not run: \"Ada\" rejected", SentResults.Of(stub.Requests[^1])[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_that_its_server_changes_while_a_call_waits_is_not_called_before_people_know()
    {
        await using var stub = await ModelStub.StartAsync();
        var wire = ModelWire.Named(ModelWire.Anthropic);
        await using var room = await StartAsync(stub, "odd", McpHost.OddScript, "changes");
        stub.EnqueueStream(wire.Begin, wire.Call(0, "call_1", "odd_careful", """{"all":true}"""), wire.CallsEnd);
        await room.AskAsync("Carefully");
        var waiting = await room.AwaitingAsync();
        stub.EnqueueStream(wire.Begin, wire.Call(0, "call_2", "odd_grow"), wire.CallsEnd);
        stub.EnqueueStream(wire.Begin, wire.Text("It has changed."), wire.End);
        await room.AskAsync("Change it");
        await room.Watch.UntilAsync(s => s.Messages[^1].Message is { Text: "It has changed.", Status: MessageStatus.Complete });
        var source = room.Host.App.Services.GetRequiredService<IToolSource>();
        while (source.Tools.FirstOrDefault(t => t.Name == "odd_careful")?.Function.Description != "Version 1")
        {
            await Task.Yield();
        }

        Assert.Null((await room.DecideAsync(waiting, waiting.Calls.Single(), isApproved: true)).Error);
        ToolCallPart? again = null;
        await room.Watch.UntilAsync(s => (again = s.Find(waiting.Id)!.Message is { Status: MessageStatus.AwaitingPeople } m ? m.Calls.Single() : null) is { AskedAgain: not null });
        Assert.Equal("This tool has changed since Ada approved the call: its description. The approval no longer counts.", again!.AskedAgain);

        stub.EnqueueStream(wire.Begin, wire.Text("Done."), wire.End);
        Assert.Null((await room.DecideAsync(waiting, again, isApproved: true)).Error);
        await room.Watch.UntilAsync(s => s.Find(waiting.Id)!.Message is { Text: "Done.", Status: MessageStatus.Complete });
        Assert.Equal("done", Assert.Single(room.Watch.Now.Find(waiting.Id)!.Message.Calls).Result);
    }

    [Fact]
    public async Task A_filter_of_the_kernel_sees_a_program_s_tool_and_can_refuse_it()
    {
        var log = new FilterLog
        {
            Refuses = context =>
            {
                context.Result = new FunctionResult(context.Function, "Not today.");
                return true;
            },
        };
        await using var stub = await ModelStub.StartAsync();
        var wire = ModelWire.Named(ModelWire.OpenAI);
        await using var room = await StartAsync(stub, log, "everything", await McpHost.EverythingScriptAsync(), "stdio");
        stub.EnqueueStream(wire.Begin, wire.Call(0, "call_1", "everything_echo", """{"message":"hello"}"""), wire.CallsEnd);
        stub.EnqueueStream(wire.Begin, wire.Text("It may not."), wire.End);
        var response = await room.AnswerAsync("Echo hello");
        Assert.Equal(("It may not.", "Not today."), (response.Text, Assert.Single(response.Parts.OfType<ToolCallPart>()).Result));
        Assert.Equal("Not today.", Assert.Single(SentResults.Of(stub.Requests[^1])).Text);
        Assert.EndsWith("/everything_echo", Assert.Single(log.Seen), StringComparison.Ordinal);
    }

    private static Task<AssistantRoom> StartAsync(ModelStub stub, string name, params string[] command) => StartAsync(stub, new FilterLog(), name, command);

    private static async Task<AssistantRoom> StartAsync(ModelStub stub, FilterLog log, string name, params string[] command)
    {
        const string Server = "--Mcp:Servers:0:";
        var protocol = name == "odd" ? ModelWire.Anthropic : ModelWire.OpenAI;
        var room = await AssistantRoom.StartAsync(
            [
                .. AssistantRoom.Assistant(0, "Model", protocol, stub.Address),
                // What the one does not say of its tools would count as a danger, and each call be asked for.
                $"{Server}Name={name}", $"{Server}Command=node", $"{Server}Approval={(name == "odd" ? "Destructive" : "Never")}", .. command.Select((argument, i) => $"{Server}Arguments:{i}={argument}"),
            ], builder => log.Register(builder.Services));
        await ConnectedAsync(room);
        return room;
    }

    private static int ProcessId(AssistantRoom room) =>
        room.Log.Lines.Where(line => line.Text.Contains("is running as process", StringComparison.Ordinal)).Select(line => int.Parse(line.Text.Split(' ')[^1])).Last();

    private static async Task ConnectedAsync(AssistantRoom room)
    {
        var servers = room.Host.App.Services.GetRequiredService<McpServers>();
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(object? sender, EventArgs e)
        {
            if (servers.All[0].State is McpServerState.Connected)
            {
                seen.TrySetResult();
            }
        }

        servers.Changed += Look;
        Look(null, EventArgs.Empty);
        await seen.Task.Soon();
        servers.Changed -= Look;
    }
}
