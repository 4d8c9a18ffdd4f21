using BlazorChat.Assistants.Middleware.Filters;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Think;

/// <summary>Turns what a model writes between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c> into reasoning.</summary>
internal sealed class ThinkMiddleware : IChatMiddleware
{
    public string Name => "think";

    public IEnumerable<string> Validate(IConfigurationSection settings) => MiddlewareSettings.Check<ThinkOptions>(settings);

    public IChatClient Wrap(IChatClient inner, ChatMiddlewareContext context) =>
        new ThinkChatClient(inner, MiddlewareSettings.Read<ThinkOptions>(context.Settings));

    private sealed class ThinkChatClient(IChatClient inner, ThinkOptions options) : ContentFilterChatClient(inner)
    {
        protected override ContentFilter CreateFilter() => new ThinkFilter(options);
    }
}
