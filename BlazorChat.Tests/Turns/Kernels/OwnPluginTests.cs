using BlazorChat.Tests.Assistants.Providers;
using BlazorChat.Turns;
using BlazorChat.Turns.Kernels;
using BlazorChat.Turns.Tools;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;

namespace BlazorChat.Tests.Turns.Kernels;

/// <summary>Plugins that are added to an assistant's own kernel: no tools of the assistant, but what its prompt functions may call.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class OwnPluginTests
{
    [Fact]
    public async Task A_model_inside_of_a_tool_may_call_them_but_not_what_needs_a_yes()
    {
        await using var room = await ModelRoom.StartAsync(ModelWire.OpenAI, configure: builder =>
        {
            builder.Services.AddKernel().Plugins.AddFromType<Worker>("worker");
            builder.Services.AddSingleton(new ToolRule("store_sell", ChatTool.Always));
        });
        var kernel = room.Host.App.Services.GetRequiredService<IAssistants>().Find("model")!.Kernel;
        kernel.Plugins.AddFromType<Store>("store");
        var wire = room.Wire;
        room.Stub.EnqueueStream(wire.Begin, wire.Call(0, "a", "worker_work"), wire.CallsEnd);
        room.Stub.EnqueueStream(wire.Begin, wire.Call(0, "x", "store_empty"), wire.Call(1, "y", "store_sell"), wire.Call(2, "z", "store_count"), wire.CallsEnd);
        room.Stub.EnqueueStream(wire.Begin, wire.Text("inner done"), wire.End);
        room.Stub.EnqueueStream(wire.Begin, wire.Text("All done."), wire.End);
        Assert.Equal("inner done", Assert.Single((await room.AnswerAsync()).Calls).Result);
        Assert.DoesNotContain("store_", room.Stub.Requests[0].Body, StringComparison.Ordinal);
        Assert.Equal(
            [NeedsApprovalFilter.Message, NeedsApprovalFilter.Message, "3"],
            room.Stub.Requests[2].Json.GetProperty("messages").EnumerateArray().Where(m => m.GetProperty("role").GetString() == "tool").Select(m => m.GetProperty("content").ToString()));
    }

    [Fact]
    public void Of_tools_of_one_name_the_one_that_needs_a_yes_counts()
    {
        var careful = new ChatTool(AIFunctionFactory.Create(() => "", "store_count")) { NeedsApproval = ChatTool.Always };
        var count = KernelPluginFactory.CreateFromType<Store>("store")["count"];
        Assert.True(Catalog([careful, new ChatTool(AIFunctionFactory.Create(() => "", "store_count"))]).MayNeedApproval(count));
        Assert.False(Catalog([new ChatTool(AIFunctionFactory.Create(() => "", "store_count"))]).MayNeedApproval(count));

        static ToolCatalog Catalog(ChatTool[] tools) => new(tools, [], [], [], [], new ToolPolicy(Microsoft.Extensions.Options.Options.Create(new ToolsOptions())));
    }

    private sealed class Worker
    {
        [KernelFunction("work")]
        public static async Task<string> WorkAsync(Kernel kernel, CancellationToken cancellationToken)
        {
            var model = new ChatClientBuilder(kernel.GetRequiredService<IChatClient>()).UseKernelFunctionInvocation().Build();
            var options = new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() }.ToChatOptions(kernel);
            return (await model.GetResponseAsync("Work.", options, cancellationToken)).Text;
        }
    }

    private sealed class Store
    {
        [KernelFunction("count")]
        public static int Count() => 3;

        [KernelFunction("sell")]
        public static string Sell() => "sold";

        [KernelFunction("empty"), NeedsApproval]
        public static string Empty() => "gone";
    }
}
