using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Cache;

/// <summary>Answers a repeated request of a room without asking the model.</summary>
/// <param name="cache">Forgets the responses of rooms.</param>
internal sealed class CacheMiddleware(ResponseCache cache) : IChatMiddleware
{
    public string Name => "cache";

    public IEnumerable<string> Validate(IConfigurationSection settings) => MiddlewareSettings.Check<CacheOptions>(settings);

    public IChatClient Wrap(IChatClient inner, ChatMiddlewareContext context)
    {
        var options = MiddlewareSettings.Read<CacheOptions>(context.Settings);
        return new CacheChatClient(inner, context.Assistant.Id, options.ToolCalls, cache.Add(options, context.Time));
    }
}
