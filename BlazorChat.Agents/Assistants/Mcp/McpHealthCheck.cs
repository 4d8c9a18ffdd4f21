using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BlazorChat.Assistants.Mcp;

/// <summary>Checks that all MCP servers are connected. A disconnected one makes the application degraded, not unhealthy: rooms work without it.</summary>
internal sealed class McpHealthCheck(McpServers servers) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var away = servers.All.Where(server => server.State is McpServerState.Failed or McpServerState.Connecting).Select(server => server.Name).ToList();
        return Task.FromResult(away.Count == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded($"Not connected: {string.Join(", ", away)}."));
    }
}
