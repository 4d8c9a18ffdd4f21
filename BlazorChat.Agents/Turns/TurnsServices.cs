using BlazorChat.Access;
using BlazorChat.Turns.Hooks;
using BlazorChat.Turns.Tools;
using BlazorChat.Rooms;
using BlazorChat.Turns.Delegation;
using BlazorChat.Turns.Prompts;
using BlazorChat.Turns.Titles;
using Microsoft.Extensions.Options;

namespace BlazorChat.Turns;

/// <summary>Registers everything that responses need, except the store and the assistants.</summary>
internal static class TurnsServices
{
    public static IServiceCollection AddTurns(this IServiceCollection services)
    {
        services.AddSection<TurnsOptions>(TurnsOptions.Section);
        // After the grace period, outcomes must still be stored.
        services.AddOptions<HostOptions>().Configure<IOptions<TurnsOptions>>((host, responses) =>
            host.ShutdownTimeout = responses.Value.ShutdownGrace + TimeSpan.FromSeconds(15));
        services.AddSingleton<IResponseRules, MentionResponseRules>();
        services.AddSingleton<RunningTurns>();
        services.AddSingleton<IRunningTurns>(s => s.GetRequiredService<RunningTurns>());
        services.AddSingleton<IStorageObserver>(s => s.GetRequiredService<RunningTurns>());
        services.AddSingleton<TurnsMetrics>();
        services.AddSingleton<Recovery>();
        services.AddSingleton<AssistantInstructions>();
        services.AddSingleton<PromptBuilder>();
        services.AddSection<ToolsOptions>(ToolsOptions.Section);
        services.AddSingleton<IValidateOptions<ToolsOptions>, ToolsOptionsValidator>();
        services.AddSingleton<ToolPolicy>();
        services.AddSingleton<IToolPolicy>(s => s.GetRequiredService<ToolPolicy>());
        services.AddSingleton<ToolCatalog>();
        services.AddSingleton(s => new DelegationTools(
            s.GetRequiredService<StepLoop>(), s.GetRequiredService<ToolCatalog>().For,
            s.GetRequiredService<ToolCatalog>().Rules, s.GetRequiredService<AssistantInstructions>(), s.GetRequiredService<ContextCheck>(),
            s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ToolBatch>();
        services.AddSingleton<StepRecords>();
        services.AddSingleton<ContextCheck>();
        services.AddSingleton<StepLoop>();
        services.AddSingleton<TurnAskers>();
        services.AddSingleton<TurnRunServices>();
        services.AddSingleton<ITurnObserver, RoomTitles>();
        services.AddSingleton<TurnObservers>();
        services.AddSingleton<TurnRunner>();
        services.AddSingleton<ShutdownGrace>();
        services.AddSingleton<TurnSchedule>();
        services.AddSingleton<TurnWorker>();
        services.AddSingleton<ITurnScheduler>(s => s.GetRequiredService<TurnSchedule>());
        services.AddSingleton(s => new ResponseService(
            s.GetRequiredService<IRoomOwners>(), s.GetRequiredService<IRoomAuthorizer>(), s.GetRequiredService<RoomAccessDirectory>(),
            s.GetRequiredService<StepRecords>(), s.GetRequiredService<IToolPolicy>(), s.GetRequiredService<IPeople>(),
            s.GetRequiredService<ILogger<ResponseService>>()));
        services.AddToolExecution();
        services.AddSingleton<TurnJournal>();
        services.AddHostedService(s => s.GetRequiredService<TurnObservers>());
        // Services stop in reverse order: turns end, and store their text, while the journal still runs.
        services.AddHostedService(s => s.GetRequiredService<TurnJournal>());
        services.AddHostedService(s => s.GetRequiredService<TurnWorker>());
        services.AddSingleton<RequestExpiry>();
        services.AddHostedService(s => s.GetRequiredService<RequestExpiry>());
        return services;
    }
}
