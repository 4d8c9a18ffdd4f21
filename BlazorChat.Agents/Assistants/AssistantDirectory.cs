using BlazorChat.Assistants.Middleware;
using BlazorChat.Assistants.Middleware.TextCalls;
using BlazorChat.Assistants.Middleware.Think;
using BlazorChat.Assistants.Pipeline;
using BlazorChat.Assistants.Providers.Demo;
using BlazorChat.Assistants.Resilience;
using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Turns.Kernels;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace BlazorChat.Assistants;

/// <summary>
/// The configured assistants and their chat clients. Fixed at startup. All rooms and threads share the clients.
/// </summary>
internal sealed class AssistantDirectory : IAssistants, IDisposable
{
    private readonly Dictionary<string, Assistant> _byId = new(StringComparer.Ordinal);

    /// <summary>Creates the directory and every client. Throws <see cref="OptionsValidationException"/> if the configuration is invalid.</summary>
    /// <param name="options">The complete, valid configuration.</param>
    /// <param name="providers">The providers; the last one with a name wins.</param>
    /// <param name="middleware">The middleware; the last one with a name wins.</param>
    /// <param name="time">The clock for timeouts and retries.</param>
    /// <param name="loggers">Creates the clients' loggers.</param>
    /// <param name="services">The application's services, which kernels can resolve.</param>
    public AssistantDirectory(
        IOptions<AssistantsOptions> options,
        IEnumerable<IChatClientProvider> providers,
        IEnumerable<IChatMiddleware> middleware,
        TimeProvider time,
        ILoggerFactory loggers,
        IServiceProvider? services = null)
    {
        var byName = new Dictionary<string, IChatClientProvider>(StringComparer.OrdinalIgnoreCase);
        foreach (var provider in providers)
        {
            byName[provider.Name] = provider;
        }

        var middlewareByName = new Dictionary<string, IChatMiddleware>(StringComparer.OrdinalIgnoreCase);
        foreach (var one in middleware)
        {
            middlewareByName[one.Name] = one;
        }

        var all = new List<Assistant>();
        foreach (var item in options.Value.Items)
        {
            var assistant = ToAssistant(item);
            var client = CreateClient(assistant, item, byName[assistant.Provider], middlewareByName, time, loggers);
            assistant = assistant with { Kernel = AssistantKernel.Create(client, services) };
            all.Add(assistant);
            _byId.Add(assistant.Id, assistant);
        }

        All = all.AsReadOnly();
        var logger = loggers.CreateLogger<AssistantDirectory>();
        foreach (var assistant in all)
        {
            AssistantLog.Configured(logger, assistant.Name, assistant.Id, assistant.Provider, assistant.Model);
        }

        for (var i = 0; i < all.Count; i++)
        {
            var item = options.Value.Items[i];
            foreach (var setting in UnsentSettings.Of($"{AssistantsOptions.SectionName}:{nameof(AssistantsOptions.Items)}:{i}", item, byName[all[i].Provider]))
            {
                AssistantLog.NotSent(logger, setting, all[i].Name, all[i].Provider);
            }
        }
    }

    /// <inheritdoc />
    public IReadOnlyList<Assistant> All { get; }

    /// <inheritdoc />
    public Assistant? Find(string assistantId) => _byId.GetValueOrDefault(assistantId);

    /// <summary>Disposes every client.</summary>
    public void Dispose()
    {
        foreach (var assistant in All)
        {
            assistant.Client.Dispose();
        }
    }

    private static Assistant ToAssistant(AssistantOptions item) =>
        new(new Author(AuthorKind.Assistant, item.Id!, item.Name!), item.Instructions ?? "", item.PromptTokens)
        {
            Avatar = item.Avatar,
            Model = item.Model!,
            Provider = item.Provider!,
            IsDemo = string.Equals(item.Provider, DemoChatClientProvider.ProviderName, StringComparison.OrdinalIgnoreCase),
            Template = item is { InstructionsFormat: InstructionsFormat.Template, Instructions: { Length: > 0 } text } ? InstructionsTemplate.Parse(text) : null,
            MaxOutputTokens = item.MaxOutputTokens,
            MaxResponseCharacters = item.MaxResponseCharacters,
            Tools = item.Tools is null ? ["*"] : [.. item.Tools],
            Delegates = [.. item.Delegates],
            MaxSteps = item.MaxSteps,
            MaxToolErrors = item.MaxToolErrors,
            ToolTimeout = item.ToolTimeout,
            Recovery = item.Recovery,
            MaxRecoveries = item.MaxRecoveries,
            RecoveryWindow = item.RecoveryWindow,
            Context = new ContextPolicy
            {
                KeepFirst = item.Context.KeepFirst,
                DropOldReasoning = item.Context.DropOldReasoning,
                DropToolResultsAfter = item.Context.DropToolResultsAfter,
            },
            Prices = item.Prices is { Input: { } input, Output: { } output } prices ? new TokenPrices(input, output, prices.CachedInput) : null,
        };

    /// <summary>
    /// Builds the pipeline, from the outside in: telemetry (measures what people see), the client that keeps the guard's promises around
    /// middleware (its documentation says why the guard itself is further in), the middleware in order, the reading of what models write into
    /// their text (calls, reasoning), the guard, the assistant's defaults, the recorder, the provider.
    /// </summary>
    private static TelemetryChatClient CreateClient(
        Assistant assistant,
        AssistantOptions item,
        IChatClientProvider provider,
        Dictionary<string, IChatMiddleware> middleware,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        IChatClient client = new RecordingChatClient(provider.Create(item));
        client = new AssistantDefaultsChatClient(client, item.MaxOutputTokens, item.Temperature, item.ReasoningEffort);
        var limits = new GuardLimits(item.IdleTimeout, item.TotalTimeout, item.RetryAttempts, item.MaxResponseCharacters);
        client = new GuardChatClient(client, limits, time, loggers.CreateLogger<GuardChatClient>());
        if (item.ThinkTags && !item.Middleware.Any(settings => string.Equals(settings[MiddlewareSettings.NameKey], ThinkMiddleware.MiddlewareName, StringComparison.OrdinalIgnoreCase)))
        {
            client = new ThinkChatClient(client, new ThinkOptions());
        }

        client = new TextCallChatClient(client, item.TextToolCalls);

        foreach (var settings in item.Middleware.Reverse())
        {
            client = middleware[settings[MiddlewareSettings.NameKey]!].Wrap(client, new ChatMiddlewareContext(assistant, settings, time, loggers));
        }

        client = new PipelineChatClient(client, limits, time, loggers.CreateLogger<PipelineChatClient>());
        return new TelemetryChatClient(client, assistant.Provider, assistant.Model);
    }
}
