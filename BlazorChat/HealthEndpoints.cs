using BlazorChat.Storage;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace BlazorChat;

/// <summary>Endpoints that tell a monitor whether the process is alive and whether it can serve requests.</summary>
internal static class HealthEndpoints
{
    public static void AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<WriteHealthCheck>();
        services.AddHealthChecks().AddDbContextCheck<ChatDbContext>("database", tags: [HealthTags.Ready]).AddCheck<WriteHealthCheck>("database-writes", tags: [HealthTags.Ready]);
    }

    public static void MapHealth(this WebApplication app)
    {
        // Any response means alive: a restart does not repair an unavailable database.
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(HealthTags.Ready) }).AllowAnonymous();
    }
}
