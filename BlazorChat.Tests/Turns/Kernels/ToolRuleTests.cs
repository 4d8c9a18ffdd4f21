using BlazorChat.Turns.Tools;
using BlazorChat.Tests.Turns.Engine;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;

namespace BlazorChat.Tests.Turns.Kernels;

/// <summary>Approval rules by name, and tools by name.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class ToolRuleTests
{
    [Fact]
    public async Task A_rule_by_name_asks_about_the_calls_that_it_means()
    {
        await using var bench = await TurnBench.StartAsync(services =>
        {
            Register(services);
            services.AddSingleton(new ToolRule("shop_*", static (call, _) => ValueTask.FromResult(call.Arguments.Contains("99", StringComparison.Ordinal))));
        });
        (await bench.AskAsync()).Call("c1", "shop_ship", """{"number":1}""").Call("c2", "shop_ship", """{"number":99}""").Finish(reason: ChatFinishReason.ToolCalls);
        var paused = await bench.PausedAsync();
        Assert.Equal(["Succeeded", "AwaitingApproval"], paused.Calls.Select(c => c.State.ToString()));
        await bench.DecideAsync(ChatHost.Ada, paused, "c2", yes: true);
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: shipped 1", "c2: shipped 99"], next.Results);
        next.Finish("Done.");
        await bench.EndedAsync();
    }

    [Fact]
    public async Task A_rule_adds_to_what_a_tool_says_and_never_takes_away()
    {
        await using var bench = await TurnBench.StartAsync(
            services =>
            {
                services.AddSingleton(new ToolRule("careful", static (_, _) => ValueTask.FromResult(false)));
                services.AddSingleton(new ToolRule("ask_other", ChatTool.Always));
            },
            TurnBench.Careful());
        bench.Host.Assistants.Change = r => r with { Delegates = ["other"] };
        (await bench.AskAsync()).Call("c1", "careful", """{"what":"it"}""").Call("c2", "ask_other", """{"task":"it"}""").Finish(reason: ChatFinishReason.ToolCalls);
        var paused = await bench.PausedAsync();
        Assert.All(paused.Calls, call => Assert.Equal("AwaitingApproval", call.State.ToString()));
        Assert.Equal(2, paused.Calls.Count());
    }

    [Fact]
    public async Task A_rule_that_breaks_asks()
    {
        await using var bench = await TurnBench.StartAsync(services =>
        {
            Register(services);
            services.AddSingleton(new ToolRule("shop_ship", static (_, _) => throw new InvalidOperationException("Broken.")));
        });
        (await bench.AskAsync()).Call("c1", "shop_ship", """{"number":1}""").Finish(reason: ChatFinishReason.ToolCalls);
        await bench.PausedAsync();
    }

    [Fact]
    public async Task Assistants_are_given_a_plugins_functions_by_name()
    {
        await using var bench = await TurnBench.StartAsync(Register, TurnBench.Careful());
        bench.Host.Assistants.Change = r => r with { Tools = ["shop_*"] };
        Assert.Equal(["shop_ship"], (await bench.AskAsync()).Tools);
    }

    [Theory]
    [InlineData("")]
    [InlineData("*_ship")]
    [InlineData("a*b*")]
    public void A_pattern_that_would_match_nothing_is_refused(string pattern) => Assert.Throws<ArgumentException>(() => new ToolRule(pattern, ChatTool.Always));

    [Fact]
    public async Task A_prompt_function_is_a_tool_that_asks_the_assistants_model()
    {
        await using var bench = await TurnBench.StartAsync(services => services.AddSingleton(KernelPluginFactory.CreateFromFunctions(
            "words", [KernelFunctionFactory.CreateFromPrompt("Rhyme with {{$word}}.", functionName: "rhyme", description: "Finds a rhyme.")])));
        var asked = await bench.AskAsync();
        Assert.Contains("words_rhyme", asked.Tools);
        asked.Call("c1", "words_rhyme", """{"word":"<tea>"}""").Finish(reason: ChatFinishReason.ToolCalls);
        var inner = await bench.Host.Model.NextAsync();
        Assert.Contains("tea", inner.Messages[^1].Text, StringComparison.Ordinal);
        inner.Say("sea").Use(40, 2).Finish();
        var next = await bench.Host.Model.NextAsync();
        Assert.Equal(["c1: sea"], next.Results);
        next.Finish("Done.");
        Assert.Equal(40, (await bench.EndedAsync()).Metadata!.Tokens.Input);
    }

    private static void Register(IServiceCollection services) => services.AddKernel().Plugins.AddFromType<Shop>("shop");

    private sealed class Shop
    {
        [KernelFunction("ship")]
        public static string Ship(int number) => $"shipped {number}";
    }
}
