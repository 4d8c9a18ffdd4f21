using System.Text;
using BlazorChat.Assistants;
using BlazorChat.Tests.Support;
using BlazorChat.Turns;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BlazorChat.Tests.Assistants.Middleware;

[Trait(nameof(Kind), Kind.Unit)]
public sealed class MiddlewareOptionsTests
{
    [Fact]
    public void Every_wrong_setting_is_named_by_its_whole_key()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Build(
            """
            { "Assistants": { "Items": [ { "Name": "Ada", "Provider": "Demo",
              "Tools": [ "ok_*", "not ok", "a*b" ], "Delegates": [ "nobody", "ada" ], "MaxSteps": 51, "MaxToolErrors": 0, "ToolTimeout": "02:00:00",
              "Recovery": 7, "MaxRecoveries": -1, "RecoveryWindow": "-00:00:01", "Context": { "KeepFirst": -1, "DropToolResultsAfter": -1 },
              "Prices": { "Input": -1, "CachedInput": -1 },
              "Middleware": [
                { "Name": "nonsense" },
                { },
                { "Name": "think", "Tag": "<x>", "Anywere": true },
                { "Name": "redaction", "Patterns": [ "emial" ], "Custom": [ { "Pattern": "(", "Replace": "x" } ] },
                { "Name": "cache", "MaxEntries": 0, "MaxAge": "long" },
                { "Name": "cache", "MaxEntries": 0 },
                { "Name": "simulate-streaming", "WordsPerSecond": 0 },
                { "Name": "defaults", "Temperature": 3, "StopSequences": [ "" ] },
                { "Name": "logging", "Level": "Trace" } ] } ] } }
            """));
        string[] keys =
        [
            "Tools:1", "Tools:2", "Delegates:0", "Delegates:1", "MaxSteps", "MaxToolErrors", "ToolTimeout", "Recovery", "MaxRecoveries", "RecoveryWindow",
            "Context:KeepFirst", "Context:DropToolResultsAfter", "Prices:Input", "Prices:Output", "Prices:CachedInput",
            "Middleware:0:Name", "Middleware:1:Name", "Middleware:2:Tag", "Middleware:2:Anywere", "Middleware:3:Patterns:0", "Middleware:3:Custom:0:Pattern",
            "Middleware:3:Custom:0:Replace", "Middleware:4:MaxAge", "Middleware:5:MaxEntries", "Middleware:6:WordsPerSecond", "Middleware:7:Temperature", "Middleware:8:Level",
        ];
        foreach (var key in keys)
        {
            Assert.Contains(error.Failures, failure => failure.StartsWith($"Assistants:Items:0:{key} ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void What_is_configured_reaches_turns()
    {
        using var services = Build(
            """
            { "Assistants": { "Items": [
              { "Name": "Ada", "Provider": "Demo", "Tools": [ "dice", "web_*" ], "Delegates": [ "grace" ], "MaxSteps": 7, "MaxToolErrors": 2, "ToolTimeout": "00:00:05",
                "Recovery": "Mark", "MaxRecoveries": 1, "RecoveryWindow": "00:10:00", "Context": { "KeepFirst": 2, "DropOldReasoning": false, "DropToolResultsAfter": 9 },
                "Prices": { "Input": 1.5, "Output": 6 } },
              { "Name": "Grace", "Provider": "Demo", "Delegates": [ "ada" ], "Tools": [ "-" ] } ] } }
            """);
        var assistants = services.GetRequiredService<AssistantDirectory>();
        var ada = assistants.Find("ada")!;
        Assert.Equal(["dice", "web_*"], ada.Tools);
        Assert.Equal(["grace"], ada.Delegates);
        Assert.Equal((7, 2, TimeSpan.FromSeconds(5)), (ada.MaxSteps, ada.MaxToolErrors, ada.ToolTimeout));
        Assert.Equal((RecoveryMode.Mark, 1, TimeSpan.FromMinutes(10)), (ada.Recovery, ada.MaxRecoveries, ada.RecoveryWindow));
        Assert.Equal(new ContextPolicy { KeepFirst = 2, DropOldReasoning = false, DropToolResultsAfter = 9 }, ada.Context);
        Assert.Equal(new TokenPrices(1.5m, 6), ada.Prices);
        Assert.Equal(("Demo", "demo"), (ada.Provider, ada.Model));
        Assert.Equal(["-"], assistants.Find("grace")!.Tools);
    }

    [Fact]
    public void What_is_left_out_is_what_turns_do_by_themselves()
    {
        using var services = Build("""{ "Assistants": { "Items": [ { "Name": "Ada", "Provider": "Demo" } ] } }""");
        var ada = services.GetRequiredService<AssistantDirectory>().Find("ada")!;
        var expected = new Assistant(ada.Author, ada.Instructions, ada.PromptTokens) { Kernel = ada.Kernel };
        Assert.Equal(expected.Tools, ada.Tools);
        Assert.Equal(expected with { Provider = ada.Provider, Model = ada.Model, IsDemo = true, Avatar = ada.Avatar, Tools = ada.Tools, Delegates = ada.Delegates }, ada);
    }

    private static ServiceProvider Build(string settings)
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(settings));
        var services = new ServiceCollection().AddLogging()
            .AddAssistants(new ConfigurationBuilder().AddJsonStream(json).Build())
            .BuildServiceProvider(validateScopes: true);
        _ = services.GetRequiredService<AssistantDirectory>();
        return services;
    }
}
