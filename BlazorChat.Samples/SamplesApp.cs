using BlazorChat.Assistants;
using BlazorChat.Assistants.Middleware;
using BlazorChat.Components.Messages.Parts;
using BlazorChat.Outbox;
using BlazorChat.Turns.Hooks;
using BlazorChat.Turns.Tools;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.SemanticKernel;

namespace BlazorChat.Samples;

/// <summary>BlazorChat with every sample registered: an example of your own application.</summary>
public static class SamplesApp
{
    /// <summary>Builds the application; it is not started yet.</summary>
    /// <param name="args">The command line, as configuration.</param>
    /// <param name="configure">Makes final changes to settings and services, or null.</param>
    public static async Task<WebApplication> CreateAsync(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var app = await BlazorChatApp.CreateAsync(args, builder =>
        {
            AddAssistant(builder);
            AddSamples(builder.Services);
            ScreenTool.AddScript(builder);
            HelpDesk.Add(builder);
            configure?.Invoke(builder);
        }).ConfigureAwait(false);
        OrderWebhook.Map(app);
        return app;
    }

    private static void AddSamples(IServiceCollection services)
    {
        services.AddSingleton<OrderBook>();
        services.AddSingleton(OrderTool.Create());
        services.AddSingleton(RefundTool.Create());
        services.AddSingleton(ComplaintTool.Create());
        services.AddSingleton(ScreenTool.Create());
        services.AddKernel().Plugins.AddFromType<OrdersPlugin>(OrdersPlugin.Name);
        services.AddSingleton(ApologyPrompt.Create());
        services.AddSingleton(new ToolRule("letters_*", ChatTool.Always));
        services.AddSingleton<CallCounter>();
        services.AddSingleton<IFunctionInvocationFilter>(s => s.GetRequiredService<CallCounter>());
        services.AddSingleton<IDataPartRenderer, OrderRenderer>();
        services.AddSingleton<IChatMiddleware, TodayMiddleware>();
        services.AddSingleton<IStepHook, OrderFirstHook>();
        services.AddSingleton<IStepHook, AskersLanguageHook>();
        services.AddSingleton<OutcomeBook>();
        services.AddSingleton<ITurnObserver>(s => s.GetRequiredService<OutcomeBook>());
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<IRoomEventConsumer>(s => s.GetRequiredService<AuditTrail>());
        services.AddSingleton<IChatClientProvider, TryoutProvider>();
        services.AddSingleton(ConnectorProvider.Create());
        services.AddHostedService<MorningReport>();
    }

    // Before all other sources, so that settings, environment and command line override it.
    private static void AddAssistant(WebApplicationBuilder builder) =>
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
            {
                ["Assistants:Items:0:Name"] = "Tryout",
                ["Assistants:Items:0:Avatar"] = "🧪",
                ["Assistants:Items:0:Provider"] = TryoutProvider.ProviderName,
                ["Assistants:Items:0:InstructionsFormat"] = "Template",
                ["Assistants:Items:0:Instructions"] = "You are {{$assistant}} in {{$room}}. Today is {{$today}} in UTC.",
                ["Assistants:Items:0:Middleware:0:Name"] = TodayMiddleware.MiddlewareName,
            },
        });
}
