using BlazorChat.Turns.Tools;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace BlazorChat.Assistants.Mcp;

/// <summary>Registers MCP servers.</summary>
internal static class McpServices
{
    /// <summary>
    /// Registers <see cref="McpServers"/> from the section <c>Mcp</c>, as a source of tools, with a health check and the service that keeps
    /// them connected. Call it before the services that run turns are registered: services stop in reverse order, and a turn that ends may
    /// still wait for a tool. An invalid configuration stops the application at startup.
    /// </summary>
    /// <param name="services">The application's services.</param>
    public static IServiceCollection AddMcp(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IConfigureOptions<McpOptions>, McpOptionsBinding>();
        services.AddOptions<McpOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<McpOptions>, McpOptionsValidator>();
        services.AddSingleton<McpServers>();
        services.AddSingleton<IToolSource>(s => s.GetRequiredService<McpServers>());
        services.AddHostedService<McpConnections>();
        services.AddHealthChecks().AddCheck<McpHealthCheck>("mcp", HealthStatus.Degraded, [HealthTags.Ready]);
        return services;
    }
}
