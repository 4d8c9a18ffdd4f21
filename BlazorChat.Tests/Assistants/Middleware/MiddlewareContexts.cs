using BlazorChat.Assistants;
using BlazorChat.Assistants.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace BlazorChat.Tests.Assistants.Middleware;

/// <summary>What a middleware is made with, for tests of one alone.</summary>
internal static class MiddlewareContexts
{
    public static ChatMiddlewareContext Of(string name, TimeProvider time, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("it:Name", name), .. settings.Select(setting => new KeyValuePair<string, string?>($"it:{setting.Key}", setting.Value))])
            .Build();
        var assistant = new Assistant("ada", "Ada", "A", "", "m", "Mine") { MaxOutputTokens = 100, PromptTokens = 1000, MaxReplyCharacters = 1000 };
        return new ChatMiddlewareContext(assistant, configuration.GetSection("it"), time, NullLoggerFactory.Instance);
    }
}
