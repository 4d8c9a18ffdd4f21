using BlazorChat.Storage;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace BlazorChat;

/// <summary>For whoever watches the process: is it alive, and can it serve?</summary>
internal static class HealthEndpoints
{
    public static void AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<WriteHealthCheck>();
        services.AddHealthChecks().AddDbContextCheck<ChatDbContext>("database", tags: [HealthTags.Ready]).AddCheck<WriteHealthCheck>("database-writes", tags: [HealthTags.Ready]);
    }

    public static void MapHealth(this WebApplication app)
    {
        // Alive is whoever answers at all: a restart does not mend a database that is away.
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(HealthTags.Ready) }).AllowAnonymous();
    }
}
