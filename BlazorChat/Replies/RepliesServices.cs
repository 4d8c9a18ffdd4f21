using BlazorChat.Replies.Hooks;
using BlazorChat.Replies.Tools;
using BlazorChat.Rooms;
using Microsoft.Extensions.Options;

namespace BlazorChat.Replies;

/// <summary>Registers what answers need but for the store and the assistants.</summary>
internal static class RepliesServices
{
    public static IServiceCollection AddReplies(this IServiceCollection services)
    {
        services.AddSection<RepliesOptions>(RepliesOptions.Section);
        // Beyond the grace, outcomes are still to be stored.
        services.AddOptions<HostOptions>().Configure<IOptions<RepliesOptions>>((host, replies) =>
            host.ShutdownTimeout = replies.Value.ShutdownGrace + TimeSpan.FromSeconds(15));
        services.AddSingleton<IAnswerRules, MentionAnswerRules>();
        services.AddSingleton<RunningTurns>();
        services.AddSingleton<IRoomObserver>(s => s.GetRequiredService<RunningTurns>());
        services.AddSingleton<IStorageObserver>(s => s.GetRequiredService<RunningTurns>());
        services.AddSingleton<RepliesMetrics>();
        services.AddSingleton<Recovery>();
        services.AddSingleton<AssistantInstructions>();
        services.AddSingleton<PromptBuilder>();
        services.AddSingleton<ToolCatalog>();
        services.AddSingleton(s => new DelegationTools(
            s.GetRequiredService<ToolExecution>(), s.GetRequiredService<ToolCatalog>().For,
            s.GetRequiredService<ToolCatalog>().Rules, s.GetRequiredService<AssistantInstructions>(), s.GetRequiredService<ContextCheck>(),
            s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ToolBatch>();
        services.AddSingleton<StepRecords>();
        services.AddSingleton<ContextCheck>();
        services.AddSingleton<TurnSteps>();
        services.AddSingleton<ITurnObserver, RoomTitles>();
        services.AddSingleton<TurnObservers>();
        services.AddSingleton<TurnRunner>();
        services.AddSingleton<ShutdownGrace>();
        services.AddSingleton<TurnWorker>();
        services.AddSingleton<IRoomObserver>(s => s.GetRequiredService<TurnWorker>());
        services.AddSingleton<ReplyService>();
        services.AddToolExecution();
        services.AddSingleton<TurnJournal>();
        services.AddHostedService(s => s.GetRequiredService<TurnObservers>());
        // Stopped in the reverse order: turns end, and store their text, while the journal still runs.
        services.AddHostedService(s => s.GetRequiredService<TurnJournal>());
        services.AddHostedService(s => s.GetRequiredService<TurnWorker>());
        return services;
    }
}
