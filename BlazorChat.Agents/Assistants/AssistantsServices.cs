using BlazorChat.Assistants.Middleware;
using BlazorChat.Assistants.Providers.Anthropic;
using BlazorChat.Assistants.Providers.AzureOpenAI;
using BlazorChat.Assistants.Providers.Demo;
using BlazorChat.Assistants.Providers.Ollama;
using BlazorChat.Assistants.Providers.OpenAI;
using BlazorChat.Turns;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace BlazorChat.Assistants;

/// <summary>Registers the assistants.</summary>
internal static class AssistantsServices
{
    /// <summary>
    /// Registers <see cref="AssistantDirectory"/>, its providers and its options from the section <c>Assistants</c>. An invalid
    /// configuration stops the application at startup with all errors in one exception. You can add your own
    /// <see cref="IChatClientProvider"/> or <see cref="IChatMiddleware"/> before or after.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configuration">The application's whole configuration, with environment variables at its root.</param>
    public static IServiceCollection AddAssistants(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IChatClientProvider, DemoChatClientProvider>();
        services.AddSingleton<IChatClientProvider, OpenAIChatClientProvider>();
        services.AddSingleton<IChatClientProvider, AzureOpenAIChatClientProvider>();
        services.AddSingleton<IChatClientProvider, AnthropicChatClientProvider>();
        services.AddSingleton<IChatClientProvider, OllamaChatClientProvider>();
        services.AddChatMiddleware();
        services.AddSingleton<AssistantDirectory>();
        services.AddSingleton<IAssistants>(s => s.GetRequiredService<AssistantDirectory>());
        services.AddHostedService<InstructionsCheck>();
        services.AddHealthChecks().AddCheck<AssistantHealthCheck>("assistants", tags: [HealthTags.Ready]);

        services.AddSingleton<IConfigureOptions<AssistantsOptions>>(new AssistantsOptionsBinding(configuration));
        services.AddOptions<AssistantsOptions>().ValidateOnStart();
        services.AddSingleton<IPostConfigureOptions<AssistantsOptions>>(provider =>
            new AssistantsOptionsDefaults(configuration, provider.GetServices<IChatClientProvider>()));
        services.AddSingleton<IValidateOptions<AssistantsOptions>, AssistantsOptionsValidator>();
        return services;
    }
}
