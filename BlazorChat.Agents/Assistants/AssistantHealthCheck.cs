using BlazorChat.Assistants.Providers;
using BlazorChat.Turns;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BlazorChat.Assistants;

/// <summary>Reports the form in which each assistant's server takes requests, where it is not the usual one. Never unhealthy: it is about settings.</summary>
internal sealed class AssistantHealthCheck(IAssistants assistants) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var rules = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var assistant in assistants.All)
        {
            if (assistant.Client.GetService<ModelServer>() is { Form.Rules: { Count: > 0 } some })
            {
                rules[assistant.Id] = string.Join(", ", some);
            }
        }

        return Task.FromResult(HealthCheckResult.Healthy(
            rules.Count == 0 ? null : $"Requests in another form: {string.Join("; ", rules.Select(rule => $"{rule.Key}: {rule.Value}"))}.", rules));
    }
}
