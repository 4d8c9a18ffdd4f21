using BlazorChat.Assistants.Middleware.Defaults;
using BlazorChat.Assistants.Middleware;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants;

/// <summary>Finds settings that an operator has configured but a provider does not send.</summary>
internal static class UnsentSettings
{
    /// <param name="key">The assistant's configuration key.</param>
    /// <param name="item">The assistant.</param>
    /// <param name="provider">Its provider.</param>
    /// <returns>The full key of each setting.</returns>
    public static IEnumerable<string> Of(string key, AssistantOptions item, IChatClientProvider provider)
    {
        var names = provider.NotSent(item).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (item.Temperature is not null && names.Contains(nameof(ChatOptions.Temperature)))
        {
            yield return $"{key}:{nameof(item.Temperature)}";
        }

        foreach (var entry in item.Middleware.Where(IsDefaults))
        {
            foreach (var setting in entry.GetChildren().Where(setting => names.Contains(setting.Key)))
            {
                yield return setting.Path;
            }
        }
    }

    private static bool IsDefaults(IConfigurationSection entry) =>
        string.Equals(entry[MiddlewareSettings.NameKey], DefaultsMiddleware.MiddlewareName, StringComparison.OrdinalIgnoreCase);
}
