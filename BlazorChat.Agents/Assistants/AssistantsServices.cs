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

/// <summary>Registers who answers.</summary>
internal static class AssistantsServices
{
    /// <summary>
    /// Registers <see cref="AssistantDirectory"/>, its providers and its options from the section <c>Assistants</c>; a wrong
    /// configuration stops the application at start with every error in one exception. Add an <see cref="IChatClientProvider"/> or
    /// <see cref="IChatMiddleware"/> of your own before or after.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configuration">The application's whole configuration, the environment's variables at its root.</param>
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

        services.AddSingleton<IConfigureOptions<AssistantsOptions>>(new AssistantsOptionsBinding(configuration));
        services.AddOptions<AssistantsOptions>().ValidateOnStart();
        services.AddSingleton<IPostConfigureOptions<AssistantsOptions>>(provider =>
            new AssistantsOptionsDefaults(configuration, provider.GetServices<IChatClientProvider>()));
        services.AddSingleton<IValidateOptions<AssistantsOptions>, AssistantsOptionsValidator>();
        return services;
    }
}
