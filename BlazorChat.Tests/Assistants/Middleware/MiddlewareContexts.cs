using BlazorChat.Messages;
using BlazorChat.Turns;
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
        var assistant = new Assistant(new Author(AuthorKind.Assistant, "ada", "Ada"), "", 1000) { Model = "m", Provider = "Mine", MaxOutputTokens = 100, MaxResponseCharacters = 1000 };
        return new ChatMiddlewareContext(assistant, configuration.GetSection("it"), time, NullLoggerFactory.Instance);
    }
}
